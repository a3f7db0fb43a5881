"""Orders of loops that look alike cost the same."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest
from search.small_cases import Listed, SmallCase, everything, small_case

from snnhw.search.slots import TEMPORAL
from snnhw.search.views import Catalogue, Eyes, all_orders, classes, eyes

Key = tuple[object, ...]


def class_key(case: SmallCase, catalogue: Catalogue, listed: Listed, i: int) -> Key:
    """Which class of orders in time each level of a mapping is in, and all else about it."""
    factors, orders = listed.factors[i], listed.orders[i]
    seen = []
    for level in range(orders.shape[0]):
        dims = [int(d) for d in orders[level, 0] if factors[3 * level, d] > 1]
        seen.append(class_of(case, catalogue, level, dims))
    space = tuple(int(d) for level in range(orders.shape[0]) for place in (1, 2) for d in orders[level, 1]
                  if factors[3 * level + place, d] > 1)
    return factors.tobytes(), listed.keep[i].tobytes(), space, tuple(seen)


def class_of(case: SmallCase, catalogue: Catalogue, level: int, order: list[int]) -> tuple[object, ...]:
    """The views of all tensors that look at a level."""
    space = catalogue._space
    looking = catalogue.looking(level)
    (_, views), = classes(catalogue._eyes, looking, chain(order, space.before.shape[-1]), order)
    return views


def chain(order: list[int], dims: int) -> np.ndarray:
    """Constraints that leave one order only."""
    before = np.zeros((dims, dims), np.bool_)
    for i, d in enumerate(order):
        before[d, order[i + 1:]] = True
    return before


def differing(case: SmallCase, limit: int) -> list[tuple[int, int]]:
    """Pairs of mappings of one class that cost differently."""
    listed = everything(case, limit)
    if listed is None:
        return []
    catalogue = Catalogue(case.plan, case.sparse, case.mapspace.arrays)
    members: dict[Key, list[int]] = defaultdict(list)
    for i in range(len(listed.costs)):
        members[class_key(case, catalogue, listed, i)].append(i)
    return [(group[0], i) for group in members.values() for i in group[1:]
            if not np.allclose(listed.costs[i], listed.costs[group[0]], rtol=1e-12, atol=0)]


@pytest.mark.parametrize("sparse", [False, True])
def test_every_order_costs_what_its_class_costs(sparse: bool) -> None:
    for seed in range(30):
        assert differing(small_case(seed, sparse=sparse), 400) == [], seed


def test_every_class_that_constraints_leave_has_one_order() -> None:
    case = small_case(5, sparse=False)
    space = case.mapspace.arrays
    catalogue = Catalogue(case.plan, case.sparse, space)
    before = space.before[-1, TEMPORAL]
    made, views = catalogue.get(len(space.mesh) - 1, range(before.shape[0]))
    assert len(np.unique(views, axis=0)) == len(views) == len(made)
    expected = {class_of(case, catalogue, len(space.mesh) - 1, order) for order in all_orders(before, range(before.shape[0]))}
    assert len(made) == len(expected)


def test_a_plain_tensor_sees_only_what_stands_inside_its_first_relevant_loop() -> None:
    plain = Eyes(ranks=(0, 1, 2, 0), shared=0, sees_first=False, sees_all=False)
    found = classes((plain,), (True,), np.zeros((4, 4), np.bool_), range(4))
    assert {views[0] for _, views in found} == {(), (frozenset({0}),), (frozenset({3}),), (frozenset({0, 3}),)}


def test_a_tensor_with_a_window_sees_loops_up_to_one_that_moves_another_rank() -> None:
    window = Eyes(ranks=(1, 1, 2, 0), shared=1, sees_first=True, sees_all=False)
    found = {views[0] for _, views in classes((window,), (True,), np.zeros((4, 4), np.bool_), range(4))}
    assert (0, 1) in found
    assert (1, 0) in found
    assert (0, frozenset({3}), 1) in found
    assert (2,) in found
    assert (0, 2) not in found


def test_nobody_looks_where_nothing_further_in_is_kept() -> None:
    assert classes((Eyes(ranks=(0, 1), shared=0, sees_first=True, sees_all=True),), (False,), np.zeros((2, 2), np.bool_), (0, 1)) == [
        ([0, 1], ((),))]


def test_a_gated_tensor_sees_which_loop_is_its_first() -> None:
    case = next(one for one in (small_case(seed, sparse=True) for seed in range(100)) if one.sparse.saf_target.size)
    found = eyes(case.plan, case.sparse)
    assert all(found[k].sees_first for k in case.sparse.saf_target)
