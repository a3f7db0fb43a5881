"""Mappings that a tensor can't tell apart have equal parts, and the table gives back what was computed."""

from __future__ import annotations

import numpy as np
import pytest
from search.small_cases import Listed, SmallCase, everything, small_case

from snnhw.model.kernel import fanouts_of, record_space, tile_sizes
from snnhw.model.tensor import FIGURES, Geometry, alone, tensor_costs
from snnhw.search.branching import _is_tangled, _sight
from snnhw.search.candidates import complete_nest_of, nest_of
from snnhw.search.parts import empty_parts, make_room, part_key, part_of
from snnhw.search.task import Task

Part = tuple[float, ...]


def nest_and_geometry(listed: Listed, task: Task, i: int) -> tuple[object, Geometry]:
    nest = nest_of(listed.factors[i], listed.orders[i], listed.keep[i])
    fanouts, replication = fanouts_of(nest)
    sizes, node_sizes = tile_sizes(task.plan, nest)
    return nest, Geometry(sizes, node_sizes, fanouts, replication, np.empty((len(fanouts), record_space(nest, fanouts), 4)))


def part(listed: Listed, task: Task, i: int, k: int) -> Part:
    """Reason, energy, share and figures of a tensor, computed anew."""
    nest, geometry = nest_and_geometry(listed, task, i)
    figures = np.empty((FIGURES, listed.keep.shape[1]))
    complete = complete_nest_of(nest, task.space.has_fanout)
    reason, energy, share = tensor_costs(task.plan, task.sparse, alone(nest, k), complete, geometry, k, True, figures)
    return (reason,) if reason else (reason, energy, share, *figures.ravel())


def differing(case: SmallCase, limit: int) -> list[tuple[int, int, int]]:
    """(mapping, mapping, tensor) with one key and two parts."""
    listed, task = everything(case, limit), case.task()
    if listed is None or _is_tangled(task):
        return []
    sight, found = _sight(task), []
    first: dict[tuple[int, int], tuple[int, Part]] = {}
    for i in range(len(listed.costs)):
        nest, _ = nest_and_geometry(listed, task, i)
        for k in range(listed.keep.shape[2]):
            mine = part(listed, task, i, k)
            other, theirs = first.setdefault((k, int(part_key(sight, nest, k))), (i, mine))
            if len(mine) != len(theirs) or not np.allclose(mine, theirs, rtol=1e-12, atol=1e-12):
                found.append((other, i, k))
    return found


@pytest.mark.parametrize("sparse", [False, True])
def test_equal_keys_have_equal_parts(sparse: bool) -> None:
    for seed in range(30):
        assert differing(small_case(seed, sparse=sparse), 300) == [], seed


def test_a_part_is_computed_once_and_given_back() -> None:
    case = small_case(4, sparse=True)
    listed, task = everything(case), case.task()
    assert listed is not None
    parts, sight = empty_parts(100, 3, listed.keep.shape[1]), _sight(task)
    nest, geometry = nest_and_geometry(listed, task, 0)
    complete = complete_nest_of(nest, task.space.has_fanout)
    row, is_new = part_of(task.plan, task.sparse, sight, parts, nest, complete, geometry, 1, True)
    again, is_new_again = part_of(task.plan, task.sparse, sight, parts, nest, complete, geometry, 1, True)
    assert (row, is_new) == (again, not is_new_again) == (0, True)
    assert (parts.reasons[0], parts.energy_pJ[0], parts.shares[0]) == part(listed, task, 0, 1)[:3]


def test_a_full_table_goes_on_without_keeping_more() -> None:
    case = small_case(4, sparse=False)
    listed, task = everything(case), case.task()
    assert listed is not None
    parts, sight = empty_parts(1, 3, listed.keep.shape[1]), _sight(task)
    nest, geometry = nest_and_geometry(listed, task, 0)
    complete = complete_nest_of(nest, task.space.has_fanout)
    rows = [part_of(task.plan, task.sparse, sight, parts, nest, complete, geometry, k, True)[0] for k in (0, 1, 2)]
    assert rows == [0, 2, 1]
    assert parts.energy_pJ[2] == part(listed, task, 0, 1)[1]


def test_room_is_made_by_forgetting_everything() -> None:
    case = small_case(4, sparse=False)
    listed, task = everything(case), case.task()
    assert listed is not None
    parts = empty_parts(20, 3, listed.keep.shape[1])
    nest, geometry = nest_and_geometry(listed, task, 0)
    complete = complete_nest_of(nest, task.space.has_fanout)
    part_of(task.plan, task.sparse, _sight(task), parts, nest, complete, geometry, 0, True)
    make_room(parts, 5)
    assert parts.used[0] == 1
    make_room(parts, 20)
    assert parts.used[0] == 0
    assert not parts.keys.any()
