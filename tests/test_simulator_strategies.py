"""The strategies draw cases that fit together, and of all kinds."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from simulator import simulate
from simulator.strategies import MOST_OPERATIONS, Case, cases, reference_of

from snnhw.spec.factors import covered
from snnhw.spec.mapping import LevelMapping, Loop

many = settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def loops_of(level: LevelMapping) -> tuple[Loop, ...]:
    return level.temporal + level.spatial_y + level.spatial_x


@many
@given(case=cases(divide=False))
def test_the_loops_make_up_the_problem(case: Case) -> None:
    for dimension in case.problem.dimensions:
        loops = [loop for level in case.mapping.levels for loop in loops_of(level) if loop.dimension == dimension]
        assert covered([(loop.bound, loop.residual or loop.bound) for loop in loops]) == case.problem.bounds[dimension]
    assert case.problem.operations <= MOST_OPERATIONS


@many
@given(case=cases())
def test_the_spatial_loops_fit_the_meshes(case: Case) -> None:
    meshes = [level.mesh for level in case.architecture.storage] + [case.architecture.compute.mesh]
    x = y = 1
    for part, mesh, inner in zip(case.mapping.levels, meshes, meshes[1:], strict=False):
        assert (inner.x % mesh.x, inner.y % mesh.y) == (0, 0)
        for loop in part.spatial_x:
            x *= loop.bound
        for loop in part.spatial_y:
            y *= loop.bound
        assert (x <= inner.x, y <= inner.y) == (True, True)


@many
@given(case=cases())
def test_each_tensor_is_kept_somewhere_and_each_component_has_its_energies(case: Case) -> None:
    assert set().union(*(level.keep for level in case.mapping.levels)) == {tensor.name for tensor in case.problem.tensors}
    names = {level.name for level in case.architecture.storage} | {case.architecture.compute.name}
    assert set(reference_of(case.architecture).components) == names


@many
@given(case=cases(divide=False))
def test_a_dimension_has_at_most_one_loop_in_time_and_one_in_space_at_a_level(case: Case) -> None:
    for level in case.mapping.levels:
        for loops in (level.temporal, level.spatial_x + level.spatial_y):
            assert len({loop.dimension for loop in loops}) == len(loops)


def test_all_kinds_of_cases_come_up() -> None:
    seen: set[str] = set()

    @settings(max_examples=250, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow])
    @given(case=cases(divide=False))
    def look(case: Case) -> None:
        counts = simulate(case.architecture, case.problem, case.mapping)
        transfers = [t for network in counts.networks for t in network.tensors.values()]
        seen.update({f"{len(counts.levels)} levels", case.problem.name})
        seen.update({"links"} if any(t.link_transfers for t in transfers) else set())
        seen.update({"multicast"} if any(size > 1 for t in transfers for size, _ in t.multicast) else set())
        seen.update({"sums on the way"} if any(t.spatial_reductions for t in transfers) else set())
        seen.update({"bypass"} if any(len(level.tensors) < 3 for level in counts.levels) else set())
        seen.update({"outermost level bypassed"} if len(counts.levels[0].tensors) < 3 else set())
        seen.update({"a last pass cut short"} if any(loop.is_imperfect for p in case.mapping.levels for loop in loops_of(p)) else set())
        seen.update({"an idle column"} if counts.compute_instances < case.architecture.compute.mesh.instances else set())

    look()
    assert {f"{n} levels" for n in (1, 2, 3, 4)} <= seen
    assert {"links", "multicast", "sums on the way", "an idle column"} <= seen
    assert {"bypass", "outermost level bypassed", "a last pass cut short"} <= seen
    assert {"linear", "recurrent", "conv1d", "conv1d over time", "conv2d", "depthwise", "temporal", "scalar weights"} <= seen
