"""What the causality policies ask of a mapping."""

from __future__ import annotations

import pytest

from snn_workload.causality import causality_constraints
from snn_workload.layer import Layer
from snn_workload.layers import Linear, RecurrentLinear
from snnhw.spec.constraints import Constraints, FactorBound
from snnhw.spec.mapper import Causality
from snnhw.spec.problem import Problem

LEVELS = ("DRAM", "GLB", "pad")
PROBLEM = Linear(C=6, M=5).problem(4)
ALL, NONE = FactorBound(dimension="T", relation="=", value=0), FactorBound(dimension="T", relation="=", value=1)


def factors(constraints: Constraints, kind: str) -> dict[str, tuple[FactorBound, ...]]:
    return {loop.level: loop.factors for loop in constraints.loops if loop.kind == kind}


def test_strict_puts_all_steps_into_the_outermost_temporal_loop() -> None:
    """T stands whole and outermost at DRAM, and nowhere else in time."""
    constraints = causality_constraints("strict", LEVELS, PROBLEM)
    assert factors(constraints, "temporal") == {"DRAM": (ALL,), "GLB": (NONE,), "pad": (NONE,)}
    assert {loop.level: loop.outermost for loop in constraints.loops if loop.outermost} == {"DRAM": ("T",)}


@pytest.mark.parametrize("policy", ["strict", "layer"])
def test_time_is_never_spatial(policy: Causality) -> None:
    """No instance runs a step beside another one's."""
    assert factors(causality_constraints(policy, LEVELS, PROBLEM), "spatial") == dict.fromkeys(LEVELS, (NONE,))


def test_layer_leaves_temporal_tiles_free() -> None:
    """A layer may take several steps at once, at any level."""
    assert factors(causality_constraints("layer", LEVELS, PROBLEM), "temporal") == {}


def test_free_asks_nothing() -> None:
    """T is a loop like any other."""
    assert causality_constraints("free", LEVELS, PROBLEM) == Constraints()


@pytest.mark.parametrize("policy", ["strict", "layer", "free"])
def test_a_problem_without_time_is_not_constrained(policy: Causality) -> None:
    """A constraint on a dimension that isn't there would be an error later on."""
    timeless = Problem(name="x", dimensions=("C",), bounds={"C": 3}, tensors=())
    assert causality_constraints(policy, LEVELS, timeless) == Constraints()


def test_one_level_is_enough() -> None:
    """With a single storage level T stands there, whole."""
    assert factors(causality_constraints("strict", ("DRAM",), PROBLEM), "temporal") == {"DRAM": (ALL,)}


def test_recurrence_makes_layer_strict() -> None:
    """A step that needs all spikes of the step before can't be taken together with it; a feed-forward one can."""
    recurrent = Layer(name="r", kind=RecurrentLinear(C=6, M=5))
    plain = Layer(name="l", kind=Linear(C=6, M=5))
    assert recurrent.causality("layer", LEVELS, PROBLEM) == causality_constraints("strict", LEVELS, PROBLEM)
    assert plain.causality("layer", LEVELS, PROBLEM) == causality_constraints("layer", LEVELS, PROBLEM)
    assert recurrent.causality("free", LEVELS, PROBLEM) == Constraints()
