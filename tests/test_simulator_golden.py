"""The simulator, running the iterations that Timeloop runs, gives Timeloop's counts: exactly, down to the word."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from simulator import SimulatedCounts, SimulatedTensor, simulate
from simulator.simulate import steps_of

from snnhw.spec.timeloop_input import read_timeloop_input

GOLDEN = Path(__file__).parent / "golden"
MOST_STEPS = 600_000
MOST_STEPS_OF_ALL = 20_000
FIGURES = {"reads": "Scalar reads (per-instance)", "fills": "Scalar fills (per-instance)", "updates": "Scalar updates (per-instance)",
           "tile_size": "Utilized capacity", "partition_size": "Partition size", "instances": "Utilized instances (max)",
           "temporal_reductions": "Temporal reductions (per-instance)"}


def valid_cases(suite: str) -> list[Path]:
    return [path for path in sorted((GOLDEN / suite).glob("*.yaml")) if "invalid" not in path.stem]


@pytest.mark.parametrize("path", valid_cases("dense") + valid_cases("imperfect"), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_two_iterations_give_timeloops_counts(path: Path) -> None:
    given = read_timeloop_input([path], "model")
    assert given.mapping is not None
    steps = steps_of(given.architecture, given.problem, given.mapping, iterations="two")
    if steps > MOST_STEPS:
        pytest.skip(f"{steps} steps are more than {MOST_STEPS}")
    counts = simulate(given.architecture, given.problem, given.mapping, iterations="two")
    assert differences(json.loads(path.with_suffix(".json").read_text()), counts) == []


def test_all_iterations_give_timeloops_counts_where_no_window_slides() -> None:
    found: dict[str, list[str]] = {}
    for path in valid_cases("dense"):
        given = read_timeloop_input([path], "model")
        assert given.mapping is not None
        slides = any(len(rank) > 1 for tensor in given.problem.tensors for rank in tensor.projection)
        if not slides and steps_of(given.architecture, given.problem, given.mapping) <= MOST_STEPS_OF_ALL:
            counts = simulate(given.architecture, given.problem, given.mapping)
            found[path.stem] = differences(json.loads(path.with_suffix(".json").read_text()), counts)
    assert {name: texts for name, texts in found.items() if texts} == {}
    assert len(found) >= 30


def test_hardly_any_golden_case_is_too_large() -> None:
    suites = {"dense": 0, "imperfect": 1}
    for suite, allowed in suites.items():
        inputs = [read_timeloop_input([path], "model") for path in valid_cases(suite)]
        steps = [steps_of(i.architecture, i.problem, i.mapping, iterations="two") for i in inputs if i.mapping is not None]
        assert len(steps) == len(inputs)
        assert sum(n > MOST_STEPS for n in steps) <= allowed


def differences(reference: dict[str, Any], counts: SimulatedCounts) -> list[str]:
    """Every figure that is not the reference's. Networks are printed with two decimals."""
    found: list[str] = [] if int(reference["summary"]["Cycles"]) == counts.cycles else [f"cycles {counts.cycles}"]
    levels = {level.name: level for level in counts.levels}
    for printed in reference["levels"]:
        if printed["name"] not in levels:
            found += [] if printed["stats"]["Computes (total)"] == counts.computes else [f"computes {counts.computes}"]
            continue
        level = levels[printed["name"]]
        found += [] if printed["stats"].get("Cycles", 0) == level.cycles else [f"{level.name}: cycles {level.cycles}"]
        for name, figures in printed["tensors"].items():
            found += [f"{level.name}.{name}: {text}" for text in _stored(figures, level.tensors[name])]
    for printed in reference.get("networks", []):
        for name, figures in printed["tensors"].items():
            mine = counts.network(printed["name"]).tensors[name]
            found += [f"{printed['name']}.{name}: {key} {float(getattr(mine, key))}, not {figures[key]}"
                      for key in ("ingresses", "hops", "link_transfers", "spatial_reductions")
                      if abs(float(getattr(mine, key)) - figures[key]) > 0.0051]
    return found


def _stored(figures: dict[str, float], mine: SimulatedTensor) -> list[str]:
    return [f"{name} {getattr(mine, name)}, not {figures.get(key, 0.0)}" for name, key in FIGURES.items()
            if getattr(mine, name) != figures.get(key, 0.0)]
