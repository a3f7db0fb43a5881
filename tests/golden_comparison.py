"""Holds an evaluation against what the real Timeloop printed for the same input (tests/golden/README.md says how close is close)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from snnhw.errors import MappingError
from snnhw.model import evaluate
from snnhw.model.result import Evaluation, LevelResult, TensorCounts
from snnhw.spec import read_timeloop_input

GOLDEN = Path(__file__).parent / "golden"
_PRINTED = 0.01
"""Timeloop prints two decimals; a figure may be off by that, times how often it is multiplied up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """A figure on which Timeloop and the model disagree."""

    where: str
    timeloop: float | str
    model: float | str

    def __str__(self) -> str:
        return f"{self.where}: Timeloop {self.timeloop}, model {self.model}"


def cases(suite: str) -> list[str]:
    """Names of the cases of a suite, `003` or `invalid-003`."""
    return sorted(path.stem for path in (GOLDEN / suite).glob("*.json"))


def disagreements(suite: str, case: str, *, follow_faults: bool) -> list[Disagreement]:
    """What the model says differently of one case."""
    printed = json.loads((GOLDEN / suite / f"{case}.json").read_text())
    given = read_timeloop_input([GOLDEN / suite / f"{case}.yaml"], "model")
    if given.mapping is None or given.reference is None:
        raise ValueError(f"{suite}/{case} has no mapping or no energies")
    try:
        evaluation = evaluate(given.architecture, given.problem, given.mapping, given.reference, follow_faults=follow_faults)
    except MappingError as error:
        return [] if "invalid" in printed else [Disagreement(where="verdict", timeloop="valid", model=str(error))]
    if "invalid" in printed:
        return [Disagreement(where="verdict", timeloop=printed["invalid"], model="valid")]
    return list(_differences(printed, evaluation))


def _is_near(printed: float, ours: float, slack: float) -> bool:
    """Equal to 0.1 %, or to the slack."""
    return abs(printed - ours) <= slack + abs(printed) / 1000


def _differences(printed: Mapping[str, Any], evaluation: Evaluation) -> Iterator[Disagreement]:
    found = [*_whole(printed["summary"], evaluation)]
    ours = {level.name: level for level in evaluation.levels}
    for level in printed["levels"]:
        found += _level(level, ours[level["name"]])
    networks = {network.name: network for network in evaluation.networks}
    for network in printed.get("networks", []):
        for tensor, figures in network["tensors"].items():
            moved = networks[network["name"]].tensors.get(tensor)
            for name, slack in (("ingresses", 1.0), ("hops", 2 * _PRINTED), ("energy_pJ", 0.1)):
                found.append((f"{network['name']}.{tensor}.{name}", figures[name], getattr(moved, name, 0.0), slack))
    for where, timeloop, model, slack in found:
        if not _is_near(timeloop, model, slack):
            yield Disagreement(where=where, timeloop=timeloop, model=model)


Figure = tuple[str, float, float, float]
"""What it is, what Timeloop prints, what the model says, how far apart they may be beside the 0.1 %."""


def _whole(summary: Mapping[str, Any], evaluation: Evaluation) -> Iterator[Figure]:
    yield "cycles", float(summary["Cycles"]), evaluation.cycles, 1.0
    per_compute_fJ = summary.get("fJ_per_Algorithmic-Compute", summary["fJ_per_Compute"])["Total"]
    scale = summary["computes"] / 1000
    yield "energy_pJ", per_compute_fJ * scale, evaluation.energy_pJ, 0.1 + _PRINTED * scale
    yield "utilization", float(summary["Utilization"].rstrip("%")) / 100, evaluation.utilization, _PRINTED / 100


_COMPUTES = {"Computes (total)": "computes", "Actual Computes (total)": "computes", "Gated Computes (total)": "gated_computes",
             "Skipped Computes (total)": "skipped_computes"}


def _level(printed: Mapping[str, Any], ours: LevelResult) -> Iterator[Figure]:
    name, stats = printed["name"], printed["stats"]
    for key, field in _COMPUTES.items():
        if key in stats:
            yield f"{name}.{field}", stats[key], getattr(ours, field), 1.0
    if "Energy (total)" in stats:
        yield f"{name}.energy_pJ", stats["Energy (total)"], ours.energy_pJ, 0.1
    if "Cycles" in stats:
        yield f"{name}.cycles", stats["Cycles"], ours.cycles, 1.0
    if printed["leakage_pJ"] is not None:
        yield f"{name}.leakage_pJ", printed["leakage_pJ"], ours.leakage_pJ, 0.1
    for tensor, figures in printed["tensors"].items():
        counts = ours.tensors.get(tensor, TensorCounts())
        for field, value, slack in _tensor(figures):
            yield f"{name}.{tensor}.{field}", value, getattr(counts, field), slack


def _tensor(figures: Mapping[str, float]) -> Iterator[tuple[str, float, float]]:
    """(field of TensorCounts, what Timeloop prints, slack) of one tensor at one level; what it leaves out is 0."""
    is_sparse = "Data tile shape" in figures
    yield "tile_size", figures["Data tile shape" if is_sparse else "Utilized capacity"], 0.0
    yield "energy_pJ", figures.get("Energy (total)", 0.0), 0.1
    instances = "Utilized instances (average)" if is_sparse else "Utilized instances (max)"
    yield "instances", figures[instances], _PRINTED
    for action in ("reads", "fills", "updates"):
        yield action, figures.get(f"{'Actual scalar' if is_sparse else 'Scalar'} {action} (per-instance)", 0.0), 1.0
        for how in ("Gated", "Skipped") if is_sparse else ():
            yield f"{how.lower()}_{action}", figures.get(f"{how} scalar {action} (per-instance)", 0.0), 1.0
