"""Why nothing fits, in words."""

import pytest
from search.machines import conv1d, costs, fixed, machine

from snnhw.errors import SearchError
from snnhw.model.plan import make_plan
from snnhw.model.sparse_plan import make_sparse_plan
from snnhw.search import search
from snnhw.search.remedies import trial_of
from snnhw.spec.architecture import Architecture
from snnhw.spec.constraints import Constraints, LoopConstraint, StorageConstraint
from snnhw.spec.mapper import MapperConfig
from snnhw.spec.problem import Problem

KEEP_ALL = StorageConstraint(level="pad", keep=frozenset({"Weights", "Inputs", "Outputs"}))


def why(architecture: Architecture, problem: Problem, *loops: LoopConstraint, min_utilization: float = 0.0,
        budget: int | None = 2000) -> str:
    constraints = Constraints(loops=loops, storage=(KEEP_ALL,), min_utilization=min_utilization)
    with pytest.raises(SearchError) as error:
        search(architecture, problem, constraints, costs(), MapperConfig(max_evaluations=budget))
    return str(error.value)


def test_a_level_that_cannot_hold_its_smallest_tiles_is_named() -> None:
    assert why(machine(spad_words=2), conv1d()) == (
        "no mapping can fit: pad holds 16 bits, and the smallest tiles that bounds and constraints allow there (Weights, 1 word of 8 bits "
        "and Inputs, 1 word of 8 bits and Outputs, 1 word of 8 bits) need 24; give it 8 bits more (1 word), bypass it, or relax the "
        "factors at and inside it; what would help: dropping one of the constraints pad keep Inputs, pad keep Outputs, pad keep Weights")


def test_the_smallest_tile_follows_from_the_constraints() -> None:
    said = why(machine(spad_words=8), conv1d(), fixed("pad", "temporal", "P=4"))
    assert "pad holds 64 bits" in said
    assert "Inputs, 4 words of 8 bits" in said
    assert "need 72; give it 8 bits more" in said


def test_factors_in_space_that_do_not_fit_the_fan_out_together_are_named() -> None:
    assert why(machine(), conv1d(p=4, c=4, m=4), fixed("DRAM", "spatial", "P=2 C=2 M=2")) == (
        "no mapping can fit: DRAM spatial: the factors that constraints ask for, P=2 C=2 M=2, do not fit its fan-out of 2 x 2; "
        "what would help: dropping one of the constraints DRAM spatial P=2, DRAM spatial C=2, DRAM spatial M=2")


def test_a_utilization_out_of_reach_is_named_with_how_many_candidates_died() -> None:
    said = why(machine(columns=3, rows=1), conv1d(), min_utilization=1.0)
    assert said.startswith("no mapping found that fits, among ")
    assert "use fewer than 3 compute instances (min_utilization)" in said


def test_a_search_that_finds_nothing_ends_although_it_has_no_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("snnhw.search.mapper.exhaust", lambda task: None)
    monkeypatch.setattr("snnhw.search.annealing._MOST_FIRST_STEPS", 50)
    assert "use fewer than 3 compute instances" in why(machine(columns=3, rows=1), conv1d(), min_utilization=1.0, budget=None)


def test_capacity_is_counted_where_it_is_what_kills() -> None:
    """P, C and M can each be 1 in the pad, but not all at once: 4 of the 8 iterations outside are too few for the tiles to fit."""
    outside = (fixed("DRAM", "temporal", "P<=2 C<=2 M<=2"), fixed("DRAM", "spatial", "P<=2 C<=2 M<=2"))
    said = why(machine(spad_words=3, columns=2, rows=1), conv1d(p=4, c=4, m=4), *outside)
    assert said.startswith("no mapping found that fits, among ")
    assert "need more than pad holds" in said


def test_dropping_a_utilization_that_nothing_reaches_is_named() -> None:
    """Of 9 instances no divisors of these bounds use all."""
    said = why(machine(columns=3, rows=3), conv1d(p=4, c=2, m=2), min_utilization=1.0)
    assert "dropping" in said.split("what would help: ")[1]
    assert "utilization 1" in said.split("what would help: ")[1]


def test_remedies_take_no_longer_than_the_search_may_and_never_more_than_twenty_seconds() -> None:
    architecture, problem = machine(), conv1d()
    plan, sparse = make_plan(architecture, problem, costs()), make_sparse_plan(architecture, problem)
    trials = [trial_of(architecture, problem, plan, sparse, MapperConfig(max_seconds=seconds)) for seconds in (None, 100.0, 2.0)]
    assert [trial.seconds for trial in trials] == [20.0, 20.0, 2.0]
