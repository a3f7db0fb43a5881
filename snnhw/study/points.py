"""The study's points: each network in each format, through the sweep's processes, cache and store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from snn_workload import write_run
from snnhw.errors import EngineError
from snnhw.study.data import Fit
from snnhw.study.networks import Network, run_of
from snnhw.sweep.plan import Plan
from snnhw.sweep.run import Listener, SweepReport, run_sweep
from snnhw.sweep.store import Row, Store
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


def read_results(plan: Plan, folder: Path) -> Results:
    """The plan's points from the folder's store."""
    wanted = {(str(point.stats), point.variables) for point in plan}
    found: dict[tuple[str, str, str], Measured] = {}
    with Store(folder) as store:
        for row in store.rows():
            variables = row.inputs.get("variables", {})
            if row.status == "done" and (row.inputs["stats"], tuple(sorted(variables.items()))) in wanted:
                name = Path(row.inputs["stats"]).stem
                found[name, variables["weight_format"], variables["spike_format"]] = _measured(store.full_rows(row.key)[0])
    return Results(points=found)


def _measured(row: Row) -> Measured:
    record = unpacked(row.result)
    totals = record["totals"]
    components = {share["name"]: share["energy_pJ"] / 1e6 for share in record["components"]}
    computes = sum(layer["evaluation"]["levels"][0]["computes"] for layer in record["layers"])
    return Measured(energy_uJ=totals["energy_pJ"] / 1e6, cycles=totals["cycles"], edp_Js=totals["edp_Js"], components=components,
                    computes=computes)
