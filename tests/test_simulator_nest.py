"""The loops of a mapping, and positions in them."""

from __future__ import annotations

from simulator.nest import Extent, NestLoop, Position, nest_of
from simulator.simulate import steps_of, utilized_instances

from snnhw.spec.architecture import Architecture, Compute, Mesh, StorageLevel
from snnhw.spec.mapping import LevelMapping, Loop, Mapping
from snnhw.spec.problem import Problem

PROBLEM = Problem(name="p", dimensions=("P", "K"), bounds={"P": 12, "K": 2}, tensors=())


def architecture(*meshes: Mesh) -> Architecture:
    storage = tuple(StorageLevel(name=f"L{i}", class_name="SRAM", mesh=mesh) for i, mesh in enumerate(meshes[:-1]))
    return Architecture(name="a", storage=storage, compute=Compute(name="mac", class_name="intmac", mesh=meshes[-1]))


def two_levels(outer: Loop, inner: Loop, spatial: tuple[Loop, ...] = ()) -> Mapping:
    return Mapping(levels=(LevelMapping(level="L0", temporal=(outer,), spatial_x=spatial), LevelMapping(level="L1", temporal=(inner,))))


def test_a_loop_moves_by_all_that_the_loops_inside_cover() -> None:
    mapping = two_levels(Loop(dimension="P", bound=3), Loop(dimension="P", bound=2), (Loop(dimension="P", bound=2),))
    nest = nest_of(architecture(Mesh(), Mesh(x=2), Mesh(x=2)), PROBLEM, mapping)
    assert [loop.stride for level in nest.levels for loop in level.temporal + level.spatial] == [4, 2, 1]
    assert (nest.levels[1].tile.full["P"], nest.levels[0].array.full["P"], nest.levels[0].tile.full["P"]) == (2, 4, 12)
    assert not nest.is_imperfect


def test_rows_are_outside_columns_and_loops_of_one_iteration_vanish() -> None:
    level = LevelMapping(level="L0", temporal=(Loop(dimension="P", bound=1),), spatial_x=(Loop(dimension="P", bound=3),),
                         spatial_y=(Loop(dimension="K", bound=2), Loop(dimension="P", bound=4)))
    nest = nest_of(architecture(Mesh(), Mesh(x=5, y=8)), PROBLEM, Mapping(levels=(level,)))
    assert [(loop.dimension, loop.bound) for loop in nest.levels[0].spatial] == [("K", 2), ("P", 4), ("P", 3)]
    assert (nest.levels[0].temporal, nest.levels[0].mesh, nest.levels[0].fanout) == ((), (5, 8), 24)


def test_the_last_pass_of_a_dimension_covers_less() -> None:
    mapping = two_levels(Loop(dimension="P", bound=3), Loop(dimension="P", bound=4, residual=2))
    nest = nest_of(architecture(Mesh(), Mesh(), Mesh()), PROBLEM, mapping)
    assert (nest.levels[0].tile.full["P"], nest.levels[0].tile.last["P"]) == (12, 10)
    assert [level.temporal[0].imperfect_inside for level in nest.levels] == [True, False]
    assert nest.is_imperfect


def test_a_loop_is_cut_short_only_where_all_loops_outside_are_at_their_end() -> None:
    outer = NestLoop(dimension="P", bound=3, last_bound=3, stride=4, imperfect_inside=True)
    inner = NestLoop(dimension="P", bound=4, last_bound=2, stride=1, imperfect_inside=False)
    start = Position({"P": 0, "K": 0}, frozenset({"P", "K"}))
    assert [start.inside(outer, i).iterations(inner) for i in range(3)] == [4, 4, 2]
    extent = Extent(full={"P": 4, "K": 1}, last={"P": 2, "K": 1})
    assert [start.inside(outer, i).extent(extent)["P"] for i in range(3)] == [4, 4, 2]
    assert start.inside(outer, 2).inside(inner, 1) == Position({"P": 9, "K": 0}, frozenset({"P", "K"}))


def test_instances_that_work_are_averaged_over_passes_and_cut_to_a_whole_number() -> None:
    mapping = two_levels(Loop(dimension="P", bound=3), Loop(dimension="K", bound=2), (Loop(dimension="P", bound=4, residual=2),))
    nest = nest_of(architecture(Mesh(), Mesh(x=4), Mesh(x=4)), PROBLEM, mapping)
    assert utilized_instances(nest) == ([1, (4 + 4 + 2) // 3], (4 + 4 + 2) // 3)


def test_steps_are_the_iterations_that_run() -> None:
    mapping = two_levels(Loop(dimension="P", bound=3), Loop(dimension="P", bound=2), (Loop(dimension="P", bound=2),))
    made = architecture(Mesh(), Mesh(x=2), Mesh(x=2))
    assert steps_of(made, PROBLEM, mapping) == 3 * 2 * 2
    assert steps_of(made, PROBLEM, mapping, iterations="two") == 2 * 2 * 2
