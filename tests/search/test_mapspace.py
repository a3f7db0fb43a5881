"""What constraints leave of a mapspace, and what they say when that is nothing."""

import numpy as np
import pytest
from search.machines import conv1d, costs, fixed, machine

from snnhw.errors import SearchError
from snnhw.model.plan import make_plan
from snnhw.search.slots import SPATIAL, TEMPORAL, Slot
from snnhw.search.space import FREE, Mapspace, make_mapspace, smallest_extents
from snnhw.spec.architecture import Architecture
from snnhw.spec.constraints import Constraints, LoopConstraint, StorageConstraint
from snnhw.spec.problem import Problem

DRAM, PAD = 1, 0
P, C, M, R = range(4)


def mapspace(*loops: LoopConstraint, storage: tuple[StorageConstraint, ...] = (), problem: Problem | None = None,
             architecture: Architecture | None = None) -> Mapspace:
    architecture, problem = architecture or machine(), problem or conv1d()
    return make_mapspace(architecture, problem, Constraints(loops=loops, storage=storage), make_plan(architecture, problem, costs()))


def range_of(space: Mapspace, level: int, kind: int, dimension: int) -> tuple[int, int]:
    found = space.ranges[Slot(level, kind, dimension)]
    return found.least, found.most


def test_without_constraints_only_bounds_and_fan_outs_limit_factors() -> None:
    space = mapspace()
    assert range_of(space, DRAM, TEMPORAL, P) == (1, 4)
    assert range_of(space, DRAM, SPATIAL, P) == (1, 2)
    assert range_of(space, PAD, SPATIAL, P) == (1, 1)


def test_constraints_narrow_a_range_together() -> None:
    space = mapspace(fixed("pad", "temporal", "P<=4"), fixed("pad", "temporal", "P>=2"), problem=conv1d(p=8))
    assert range_of(space, PAD, TEMPORAL, P) == (2, 4)


def test_a_factor_of_0_is_what_the_other_fixed_factors_leave() -> None:
    space = mapspace(fixed("pad", "temporal", "P=0"), fixed("DRAM", "spatial", "P=2"), problem=conv1d(p=8))
    assert range_of(space, PAD, TEMPORAL, P) == (4, 4)


def test_no_reuse_bars_loops_over_dimensions_that_the_tensor_lacks() -> None:
    space = mapspace(LoopConstraint(level="pad", kind="temporal", no_reuse=("Weights",)))
    assert [range_of(space, PAD, TEMPORAL, d)[1] for d in (P, C, M)] == [1, 2, 2]


def test_maximize_takes_the_largest_product_that_the_mesh_holds() -> None:
    space = mapspace(LoopConstraint(level="DRAM", kind="spatial", maximize=(("C", "M"),)), problem=conv1d(p=1, c=9, m=8),
                     architecture=machine(columns=4, rows=3))
    assert [range_of(space, DRAM, SPATIAL, d) for d in (C, M)] == [(3, 3), (4, 4)]


def test_maximize_in_time_takes_what_the_capacity_leaves_after_the_groups_before() -> None:
    loop = LoopConstraint(level="pad", kind="temporal", maximize=(("M",), ("C",)), maximize_capacity=6)
    space = mapspace(loop, problem=conv1d(p=1, c=4, m=3))
    assert [range_of(space, PAD, TEMPORAL, d) for d in (C, M)] == [(2, 2), (3, 3)]


def test_a_fan_out_can_be_limited_further() -> None:
    assert mapspace(LoopConstraint(level="DRAM", kind="spatial", max_fanout_y=1)).arrays.mesh.tolist() == [[1, 1], [2, 1]]


def test_only_x_closes_y() -> None:
    space = mapspace(LoopConstraint(level="DRAM", kind="spatial", only_x=("C",))).arrays
    assert space.place_most[3 * DRAM + 1:3 * DRAM + 3, C].tolist() == [2, 1]


def test_a_split_of_a_whole_permutation_says_the_axis_of_each_dimension() -> None:
    space = mapspace(LoopConstraint(level="DRAM", kind="spatial", innermost=("M", "C", "P", "R"), split=1)).arrays
    assert space.place_most[3 * DRAM + 1].tolist() == [1, 1, 2, 1]
    assert space.place_most[3 * DRAM + 2].tolist() == [2, 2, 1, 1]


def test_a_split_of_part_of_a_permutation_leaves_places_to_the_others() -> None:
    space = mapspace(LoopConstraint(level="DRAM", kind="spatial", innermost=("M",), split=2)).arrays
    assert space.room[DRAM].tolist() == [1, 2]
    assert space.counted[DRAM].tolist() == [True, True, False, True]


def test_innermost_and_outermost_dimensions_stand_around_the_others() -> None:
    before = mapspace(LoopConstraint(level="DRAM", kind="temporal", innermost=("C",), outermost=("P",))).arrays.before[DRAM, TEMPORAL]
    assert before[C, M]
    assert before[C, P]
    assert before[M, P]
    assert not before[M, C]


def test_tensors_that_no_constraint_names_are_free_but_at_the_outermost_level() -> None:
    keep = mapspace(storage=(StorageConstraint(level="pad", keep=frozenset({"Inputs"}), bypass=frozenset({"Weights"})),)).arrays.keep
    assert keep.tolist() == [[0, 1, FREE], [1, 1, 1]]


def test_the_smallest_tile_of_a_level_follows_from_the_factors_at_and_inside_it() -> None:
    extents = list(smallest_extents(mapspace(fixed("DRAM", "temporal", "P<=2"), fixed("DRAM", "spatial", "P=1"))))
    assert extents == [(2, 1, 1, 1), (4, 2, 2, 1)]


def test_the_architectures_constraints_hold_beside_those_given() -> None:
    built_in = Constraints(loops=(fixed("pad", "temporal", "C=2"),))
    space = mapspace(fixed("pad", "temporal", "P=1"), architecture=machine(constraints=built_in))
    assert range_of(space, PAD, TEMPORAL, P) == (1, 1)
    assert range_of(space, PAD, TEMPORAL, C) == (2, 2)


@pytest.mark.parametrize(("loops", "said"), [
    ((fixed("pad", "temporal", "P=2"), fixed("pad", "temporal", "P<=1")),
     "the constraints contradict each other: pad temporal P=2 contradicts pad temporal P<=1"),
    ((fixed("pad", "spatial", "P=2"),), "the constraints contradict each other: pad spatial P=2 contradicts the fan-out of pad, 1 x 1"),
    ((fixed("pad", "temporal", "P=3"),), "the constraints leave no factors: P: pad temporal P=3 does not divide its bound 4"),
    ((fixed("pad", "temporal", "P>=3"), fixed("pad", "temporal", "P<=3")),
     "the constraints leave no factors: P: pad temporal P>=3 and pad temporal P<=3 leave no divisor of its bound 4"),
    ((fixed("pad", "temporal", "R>=3"), fixed("pad", "temporal", "R<=4"), fixed("DRAM", "temporal", "R=5")),
     "the constraints leave no factors: R: pad temporal R>=3 and pad temporal R<=4 leave no divisor of its bound 5"),
    ((fixed("pad", "temporal", "P=4"), fixed("DRAM", "temporal", "P=2")),
     "the constraints leave no factors: P: DRAM temporal P=2, pad temporal P=4 multiply to 8, which does not divide its bound 4"),
    ((fixed("pad", "temporal", "P=2"), fixed("DRAM", "temporal", "P=1"), fixed("DRAM", "spatial", "P=1")),
     "the constraints leave no factors: P: all its factors are fixed and multiply to 2, its bound is 4 (pad temporal P=2)"),
    ((fixed("pad", "temporal", "P<=1"), fixed("DRAM", "temporal", "P<=1")),
     "the constraints leave no factors: P: no factors within its constraints multiply to its bound 4 (the fan-out of DRAM, 2 x 2)"),
    ((LoopConstraint(level="DRAM", kind="temporal", innermost=("C",)), LoopConstraint(level="DRAM", kind="temporal", innermost=("M",))),
     "the constraints contradict each other: DRAM temporal: permutations contradict each other over C, M "
     "(C innermost, - outermost, M innermost, - outermost)"),
    ((LoopConstraint(level="DRAM", kind="spatial", split=1), LoopConstraint(level="DRAM", kind="spatial", split=2)),
     "the constraints contradict each other: DRAM spatial: splits 1 and 2 contradict each other"),
    ((fixed("GLB", "temporal", "P=1"),), "constraints for GLB, but the storage levels are DRAM, pad"),
])
def test_contradictions_are_named(loops: tuple[LoopConstraint, ...], said: str) -> None:
    with pytest.raises(SearchError) as error:
        mapspace(*loops, problem=conv1d(r=5))
    assert str(error.value) == said


@pytest.mark.parametrize(("factor", "said"), [
    ("P=3", "DRAM spatial P=3 does not divide its bound 4"),
    ("P>=3", "DRAM spatial P>=3 and the fan-out of DRAM, 3 x 1 leave no divisor of its bound 4")])
def test_a_fan_out_is_named_where_it_bars_what_a_least_factor_leaves(factor: str, said: str) -> None:
    with pytest.raises(SearchError) as error:
        mapspace(fixed("DRAM", "spatial", factor), architecture=machine(columns=3, rows=1))
    assert str(error.value) == f"the constraints leave no factors: P: {said}"


def test_a_tensor_to_be_kept_and_bypassed_is_a_contradiction() -> None:
    storage = (StorageConstraint(level="pad", keep=frozenset({"Inputs"})), StorageConstraint(level="pad", bypass=frozenset({"Inputs"})))
    with pytest.raises(SearchError, match=r"^the constraints contradict each other: pad: Inputs is to be kept and to be bypassed$"):
        mapspace(storage=storage)


def test_a_tensor_that_every_level_bypasses_is_a_contradiction() -> None:
    storage = tuple(StorageConstraint(level=level, bypass=frozenset({"Inputs"})) for level in ("DRAM", "pad"))
    with pytest.raises(SearchError) as error:
        mapspace(storage=storage)
    assert str(error.value) == "the constraints contradict each other: Inputs: every level has to bypass it, so that none can keep it"


def test_the_start_has_all_factors_as_far_outside_as_they_may_be() -> None:
    start = mapspace(fixed("DRAM", "temporal", "P<=2")).arrays.start
    assert start[3 * DRAM].tolist() == [2, 2, 2, 1]
    assert start.prod(axis=0).tolist() == [4, 2, 2, 1]
    assert np.flatnonzero(start[:, P] > 1).tolist() == [3 * DRAM, 3 * DRAM + 1]
