"""Candidates stand for the same loops as the mappings that they become, and random changes keep them within the mapspace."""

import numpy as np
import pytest
from search.machines import broken, conv1d, costs, fixed, machine

from snnhw.errors import CapacityError
from snnhw.model import evaluate
from snnhw.model.encoding import encode, encode_complete
from snnhw.model.plan import make_plan
from snnhw.model.sparse_plan import make_sparse_plan
from snnhw.search.candidates import complete_nest_of, nest_of, tiles_excess
from snnhw.search.mapper import mapping_of
from snnhw.search.memory import empty_memory, key_of, recall, remember_all
from snnhw.search.pool import Pool, propose, starting_pool
from snnhw.search.randomness import below, seeded
from snnhw.search.space import make_mapspace
from snnhw.search.task import Candidate
from snnhw.spec.architecture import Architecture
from snnhw.spec.constraints import Constraints, LoopConstraint, StorageConstraint
from snnhw.spec.mapping import Mapping

PROBLEM = conv1d(p=12, c=4, m=6, r=3)
CONSTRAINTS = Constraints(
    loops=(fixed("pad", "temporal", "P<=6 R=3"), fixed("DRAM", "spatial", "M>=2"),
           LoopConstraint(level="DRAM", kind="spatial", innermost=("M", "C", "P", "R"), split=2),
           LoopConstraint(level="pad", kind="temporal", innermost=("R",), outermost=("C",))),
    storage=(StorageConstraint(level="pad", keep=frozenset({"Inputs"})),))


def walked(steps: int, *, spad_words: int = 64) -> Pool:
    """A pool after so many random changes within CONSTRAINTS."""
    architecture = machine(columns=6, rows=4, spad_words=spad_words)
    plan = make_plan(architecture, PROBLEM, costs())
    space = make_mapspace(architecture, PROBLEM, CONSTRAINTS, plan).arrays
    sparse = make_sparse_plan(architecture, PROBLEM)
    pool, proposed = (starting_pool(plan, sparse, space, 8) for _ in range(2))
    memory, state, died = empty_memory(8), seeded(3), np.zeros(5, np.int64)
    for _ in range(steps):
        propose(plan, sparse, space, pool, proposed, memory, np.zeros((8, 2)), np.ones(8, np.bool_), state, died)
        pool, proposed = proposed, pool
    return pool


def mappings(pool: Pool, architecture: Architecture | None = None) -> list[Mapping]:
    return [mapping_of(architecture or machine(columns=6, rows=4), PROBLEM, Candidate(
        factors=pool.factors[i], orders=pool.orders[i], keep=pool.keep[i], values=(), cost=(0, 0))) for i in range(pool.keys.size)]


@pytest.mark.parametrize("steps", [1, 10, 300])
def test_random_changes_stay_within_every_constraint(steps: int) -> None:
    architecture = machine(columns=6, rows=4)
    for mapping in mappings(walked(steps)):
        assert broken(mapping, PROBLEM, architecture, CONSTRAINTS) == []


def test_random_changes_reach_many_different_candidates() -> None:
    assert len(set(walked(300).keys.tolist())) > 4


def test_a_candidate_has_the_loops_of_its_mapping() -> None:
    pool = walked(200)
    for i, mapping in enumerate(mappings(pool)):
        expected = encode(PROBLEM, mapping)
        for ours, theirs in zip(nest_of(pool.factors[i], pool.orders[i], pool.keep[i]), expected, strict=True):
            np.testing.assert_array_equal(ours, theirs)


def test_a_candidate_has_all_loops_of_its_mapping() -> None:
    pool, has_fanout = walked(200), np.array([False, True])
    for i, mapping in enumerate(mappings(pool)):
        ours = complete_nest_of(nest_of(pool.factors[i], pool.orders[i], pool.keep[i]), has_fanout)
        for a, b in zip(ours, encode_complete(PROBLEM, mapping, has_fanout), strict=True):
            np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("spad_words", [20, 40, 80])
def test_tiles_are_too_large_exactly_where_the_model_says_so(spad_words: int) -> None:
    architecture = machine(columns=6, rows=4, spad_words=spad_words)
    plan, sparse = make_plan(architecture, PROBLEM, costs()), make_sparse_plan(architecture, PROBLEM)
    pool = walked(200, spad_words=10_000)
    refused = []
    for i, mapping in enumerate(mappings(pool, architecture)):
        try:
            evaluate(architecture, PROBLEM, mapping, costs())
            refused.append(False)
        except CapacityError:
            refused.append(True)
        assert (tiles_excess(plan, sparse, pool.factors[i], pool.keep[i])[0] > 0) == refused[-1]
    assert spad_words > 20 or any(refused)


def test_a_key_belongs_to_the_loops_not_to_where_absent_loops_stand() -> None:
    factors = np.ones((6, 4), np.int64)
    factors[3] = [4, 2, 1, 1]
    keep = np.ones((2, 3), np.bool_)
    orders = np.tile(np.arange(4), (2, 2, 1))
    absent_moved, present_moved = orders.copy(), orders.copy()
    absent_moved[1, 0] = [0, 2, 3, 1]
    present_moved[1, 0] = [1, 0, 2, 3]
    assert key_of(factors, orders, keep) == key_of(factors, absent_moved, keep)
    assert key_of(factors, orders, keep) != key_of(factors, present_moved, keep)


def test_memory_gives_back_what_it_was_given_and_nothing_else() -> None:
    memory, cost = empty_memory(4), np.zeros(2)
    keys = np.array([5, 2 ** 40 + 1, 9], np.uint64)
    remember_all(memory, keys, np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), np.array([True, True, False]))
    assert recall(memory, keys[1], cost)
    assert cost.tolist() == [3.0, 4.0]
    assert not recall(memory, keys[2], cost)


def test_random_numbers_are_even_and_depend_on_the_seed_alone() -> None:
    first, again, other = ([below(state, 10) for _ in range(5000)] for state in (seeded(1), seeded(1), seeded(2)))
    assert first == again != other
    assert all(400 < first.count(digit) < 600 for digit in range(10))
