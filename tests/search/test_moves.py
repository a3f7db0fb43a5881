"""Each move changes what it is for, and nothing that has to stay."""

from collections.abc import Callable

import numpy as np
import pytest
from search.machines import conv1d, costs, fixed, machine

from snnhw.model.plan import make_plan
from snnhw.search.moves import change, exchange, reorder, shift, toggle
from snnhw.search.randomness import seeded
from snnhw.search.slots import SPATIAL, TEMPORAL
from snnhw.search.space import Space, make_mapspace
from snnhw.spec.constraints import Constraints, LoopConstraint, StorageConstraint

PROBLEM = conv1d(p=12, c=8, m=6, r=3)
BOUNDS = [12, 8, 6, 3]
DRAM, PAD = 1, 0
P, C, M, R = range(4)


def space_of(*loops: LoopConstraint, storage: tuple[StorageConstraint, ...] = ()) -> Space:
    architecture = machine(columns=6, rows=4, spad_words=1000)
    plan = make_plan(architecture, PROBLEM, costs())
    return make_mapspace(architecture, PROBLEM, Constraints(loops=loops, storage=storage), plan).arrays


def positions(order: np.ndarray) -> dict[int, int]:
    return {int(d): i for i, d in enumerate(order)}


@pytest.mark.parametrize("move", [shift, exchange])
def test_moves_of_factors_keep_the_products(move: Callable[..., bool]) -> None:
    space, state = space_of(), seeded(0)
    factors = space.start.copy()
    shift(space, factors, state)
    seen = set()
    for _ in range(300):
        move(space, factors, state)
        seen.add(factors.tobytes())
        assert factors.prod(axis=0).tolist() == BOUNDS
    assert len(seen) > 20


@pytest.mark.parametrize("move", [shift, exchange])
def test_moves_of_factors_stay_within_ranges(move: Callable[..., bool]) -> None:
    space, state = space_of(fixed("pad", "temporal", "P>=2 P<=4 C=1"), fixed("DRAM", "spatial", "M=2")), seeded(1)
    factors = space.start.copy()
    for _ in range(300):
        move(space, factors, state)
        assert 2 <= factors[3 * PAD, P] <= 4
        assert factors[3 * PAD, C] == 1
        assert factors[3 * DRAM + 1, M] * factors[3 * DRAM + 2, M] == 2


def test_a_move_that_fails_leaves_the_factors_as_they_were() -> None:
    """Where all factors are fixed nothing can move."""
    ones = "P=1 C=1 M=1 R=1"
    loops = (fixed("pad", "temporal", "P=12 C=8 M=6 R=3"), fixed("DRAM", "spatial", ones), fixed("DRAM", "temporal", ones))
    space, state = space_of(*loops), seeded(2)
    factors = space.start.copy()
    for move in (shift, exchange):
        assert not move(space, factors, state)
    np.testing.assert_array_equal(factors, space.start)


def test_a_fixed_factor_in_space_may_change_its_axis() -> None:
    space, state = space_of(fixed("DRAM", "spatial", "M=2")), seeded(3)
    factors = space.start.copy()
    axes = set()
    for _ in range(2000):
        shift(space, factors, state)
        axes.add(tuple(factors[3 * DRAM + 1:3 * DRAM + 3, M].tolist()))
    assert axes == {(2, 1), (1, 2)}


def test_an_exchange_keeps_a_factor_at_its_least_value_of_another_kind() -> None:
    """6 = 2 * 3 in the pad can become 4 only by giving a 3 for a 2, as nothing below 4 is allowed there."""
    space, state = space_of(fixed("pad", "temporal", "P>=4 P<=6")), seeded(4)
    factors = space.start.copy()
    seen = set()
    for _ in range(2000):
        exchange(space, factors, state)
        seen.add(int(factors[3 * PAD, P]))
    assert seen == {4, 6}


def test_reorder_respects_innermost_and_outermost_dimensions() -> None:
    space, state = space_of(LoopConstraint(level="DRAM", kind="temporal", innermost=("C",), outermost=("P",))), seeded(5)
    orders = space.start_orders.copy()
    seen = set()
    for _ in range(300):
        reorder(space, space.start, orders, state)
        place = positions(orders[DRAM, TEMPORAL])
        assert place[C] < min(place[M], place[R])
        assert place[P] > max(place[M], place[R])
        seen.add(place[M] < place[R])
    assert seen == {True, False}


def test_reorder_moves_loops_that_are_there() -> None:
    space, state = space_of(), seeded(6)
    orders = space.start_orders.copy()
    before = [d for d in orders[DRAM, TEMPORAL] if space.start[3 * DRAM, d] > 1]
    assert reorder(space, space.start, orders, state)
    assert [d for d in orders[DRAM, TEMPORAL] if space.start[3 * DRAM, d] > 1] != before


def test_only_loops_without_a_fixed_order_are_free() -> None:
    space = space_of(LoopConstraint(level="DRAM", kind="temporal", innermost=("C", "M", "P", "R")))
    assert [DRAM, TEMPORAL] not in space.free_orders.tolist()
    assert [DRAM, SPATIAL] in space.free_orders.tolist()


def test_toggle_changes_free_tensors_only_and_leaves_each_a_keeper() -> None:
    space = space_of(storage=(StorageConstraint(level="pad", keep=frozenset({"Inputs"})),
                              StorageConstraint(level="DRAM", bypass=frozenset({"Outputs"}))))
    state, keep = seeded(7), space.start_keep.copy()
    seen = set()
    for _ in range(100):
        toggle(space, keep, state)
        assert keep[PAD, 1]
        assert keep.any(axis=0).all()
        seen.add(bool(keep[PAD, 0]))
    assert seen == {True, False}


def test_changes_depend_on_the_seed_alone() -> None:
    space = space_of()
    results = []
    for seed in (8, 8, 9):
        state = seeded(seed)
        factors, orders, keep = space.start.copy(), space.start_orders.copy(), space.start_keep.copy()
        for _ in range(50):
            change(space, factors, orders, keep, state)
        results.append((factors.tobytes(), orders.tobytes(), keep.tobytes()))
    assert results[0] == results[1] != results[2]
