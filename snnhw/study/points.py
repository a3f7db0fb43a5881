"""The study's points: each network in each format, through the sweep's processes, cache and store."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from snn_workload import write_run
from snnhw.engines.preparation import prepare
from snnhw.errors import EngineError
from snnhw.model.result import NetworkResult
from snnhw.report.breakdown import by_component
from snnhw.report.read import result_of
from snnhw.study.data import Fit
from snnhw.study.exchange import Exchanged, Searched, with_exchanged
from snnhw.study.networks import Network, run_of
from snnhw.sweep.plan import Plan
from snnhw.sweep.run import Listener, SweepReport, run_sweep
from snnhw.sweep.store import FILE, Row, Store
from snnhw.sweep.work import unpacked

FORMATS = ("RLE", "CP", "UOP", "UB")
SPIKE_FORMATS = ("RLE", "UOP")
"""Formats of spikes for which energies without weight compression are published."""

UNCOMPRESSED = "none"
ARCHITECTURE, MAPPER, RUNS = "eyeriss_iscas23", "iscas23", "runs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One point. energy_uJ, components: uJ, in all and by component; computes: operations that happen, zeros skipped; edp_Js: J*s."""

    energy_uJ: float
    cycles: int
    edp_Js: float
    components: Mapping[str, float]
    computes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """All points, by name of the network, format of the weights and format of the spikes."""

    points: Mapping[tuple[str, str, str], Measured]

    def of(self, network: str, weight_format: str, spike_format: str | None = None) -> Measured:
        """A point; spikes in the format of the weights unless another is named."""
        return self.points[network, weight_format, spike_format or weight_format]


def formats_of(network: Network) -> tuple[tuple[str, str], ...]:
    """The formats of weights and spikes that a network is evaluated in."""
    same = tuple((one, one) for one in FORMATS)
    return (*same, *((UNCOMPRESSED, one) for one in SPIKE_FORMATS)) if network.method == "quantisation" else same


def write_runs(networks: Sequence[Network], fit: Fit, folder: Path) -> None:
    """A run file for each network, in the folder's `runs`."""
    (folder / RUNS).mkdir(parents=True, exist_ok=True)
    for network in networks:
        write_run(run_of(network, fit), folder / RUNS / f"{network.name}.json")


def plan_of(networks: Sequence[Network], fit: Fit, folder: Path) -> Plan:
    """The sweep. Its points name run files of the folder."""
    base = {"arch": ARCHITECTURE, "mapper": MAPPER}
    points = tuple({"stats": f"{RUNS}/{network.name}.json",
                    "variables": {"weight_format": weights, "spike_format": spikes, **fit.variables}}
                   for network in networks for weights, spikes in formats_of(network))
    text = yaml.safe_dump({"sweep": {"version": 0.1, "base": base, "points": list(points)}}, sort_keys=False)
    return Plan(file="iscas23", folder=folder, text=text, base=base, points=points)


def evaluated(plan: Plan, folder: Path, *, jobs: int, cache: bool, progress: Listener | None) -> SweepReport:
    """Evaluate what the folder's store lacks. Raises EngineError with the first messages where points failed."""
    report = run_sweep(plan, folder, jobs=jobs, cache=cache, retry_failed=True, progress=progress)
    if report.failed and not report.interrupted:
        raise EngineError(f"{report.failed} points of the study failed:\n" + "\n".join(report.errors))
    return report


def read_searched(plan: Plan, folder: Path) -> tuple[Searched, ...]:
    """The plan's points from the folder's store, in its order, each with the searches that it stands for."""
    found: dict[tuple[str, str], Row] = {}
    with Store(folder) as store:
        for row in store.rows():
            if row.status == "done":
                found[row.inputs["stats"], _text(row.inputs.get("variables", {}))] = row
        rows = [found[point.stats, _text(dict(point.variables))] for point in plan]
        return tuple(_searched(store.full_rows(row.key)[0], row.inputs, folder) for row in rows)


def results_of(points: Sequence[Searched], moved: Sequence[Exchanged]) -> Results:
    """What is measured at each point, with the mappings that it took from others."""
    found = {point.key: _measured(with_exchanged(point, moved)) for point in points}
    return Results(points={(network, weights, spikes): one for (network, weights, spikes), one in found.items()})


def _searched(row: Row, inputs: Mapping[str, Any], folder: Path) -> Searched:
    variables = inputs["variables"]
    prepared = prepare(inputs["arch"], folder / inputs["stats"], mapper=inputs["mapper"], variables=variables)
    return Searched(key=(Path(inputs["stats"]).stem, variables["weight_format"], variables["spike_format"]), run=prepared.run,
                    tasks=prepared.tasks, result=result_of(unpacked(row.result), folder / FILE))


def _text(variables: Mapping[str, Any]) -> str:
    return json.dumps(variables, sort_keys=True)


def _measured(result: NetworkResult) -> Measured:
    return Measured(energy_uJ=result.energy_pJ / 1e6, cycles=result.cycles, edp_Js=result.edp_Js,
                    components={share.name: share.energy_pJ / 1e6 for share in by_component(result.layers)},
                    computes=sum(layer.evaluation.levels[0].computes for layer in result.layers))
