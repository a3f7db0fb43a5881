"""The three tables put together are the mapspace's lists of factors."""

from __future__ import annotations

import numpy as np
import pytest
from search.machines import conv1d, costs, fixed, machine
from search.small_cases import everything, small_case

from snnhw.model.plan import make_plan
from snnhw.search.space import Mapspace, make_mapspace
from snnhw.search.tables import head_level, tables
from snnhw.spec.constraints import Constraints, LoopConstraint


def mapspace(*loops: LoopConstraint, columns: int = 2, rows: int = 2, min_utilization: float = 0.0) -> Mapspace:
    architecture, problem = machine(columns=columns, rows=rows), conv1d(p=4, c=2, m=2)
    constraints = Constraints(loops=loops, min_utilization=min_utilization)
    return make_mapspace(architecture, problem, constraints, make_plan(architecture, problem, costs()))


def all_factors(space: Mapspace) -> set[bytes]:
    """Every (places, dims) that the tables make."""
    cut = tables(space, 10_000)
    assert cut is not None
    found = set()
    for head in np.ndindex(*(len(one) for one in cut.heads)):
        for s, ids in enumerate(cut.space_ids):
            first, many = ([int(a[d, head[d], ids[d]]) for d in range(len(head))] for a in (cut.rest.first, cut.rest.many))
            for row in np.ndindex(*many):
                factors = cut.spaces[s].copy()
                factors[3 * cut.level] = [cut.heads[d][at] for d, at in enumerate(head)]
                for d, at in enumerate(row):
                    factors[:3 * cut.level:3, d] = cut.rest.factors[first[d] + at]
                found.add(factors.tobytes())
    return found


@pytest.mark.parametrize("seed", [2, 9, 14, 23, 31])
def test_every_mapping_is_in_the_tables_and_every_list_multiplies_to_the_bounds(seed: int) -> None:
    case = small_case(seed, sparse=False)
    listed, made = everything(case), all_factors(case.mapspace)
    assert listed is not None
    assert {one.tobytes() for one in listed.factors} <= made
    bounds = [case.problem.bounds[d] for d in case.problem.dimensions]
    shape = listed.factors.shape[1:]
    assert all(np.frombuffer(one, np.int64).reshape(shape).prod(axis=0).tolist() == bounds for one in made)


def test_the_head_is_the_outermost_level_that_may_have_loops_in_time() -> None:
    assert head_level(mapspace().arrays) == 1
    assert head_level(mapspace(fixed("DRAM", "temporal", "P=1 C=1 M=1 R=1")).arrays) == 0


def test_loops_in_space_fit_the_meshes_together_and_those_with_most_instances_come_first() -> None:
    cut = tables(mapspace(columns=2, rows=1), 100)
    assert cut is not None
    assert cut.instances.tolist() == [2, 2, 2, 1]
    assert all(space.prod() <= 2 for space in cut.spaces)


def test_loops_in_space_that_use_too_few_instances_are_left_out() -> None:
    cut = tables(mapspace(columns=2, rows=1, min_utilization=1.0), 100)
    assert cut is not None
    assert cut.instances.tolist() == [2, 2, 2]


def test_tables_longer_than_the_limit_are_not_made() -> None:
    assert tables(mapspace(), 3) is None
