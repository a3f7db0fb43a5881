"""Branch and bound returns the optimum of the mapspace and proves it: of small ones, all of whose mappings the whole model evaluates."""

from __future__ import annotations

import numpy as np
import pytest
from numba import typeof
from search.machines import conv1d, costs, fixed, machine
from search.small_cases import SmallCase, everything, small_case

from snnhw.model.sparse_plan import SparsePlan
from snnhw.search import search
from snnhw.search.branching import _ground, _is_tangled, branch
from snnhw.search.tables import tables
from snnhw.search.task import metric_values
from snnhw.spec.constraints import Constraints, StorageConstraint
from snnhw.spec.mapper import MapperConfig, Metric, Product

METRICS: tuple[tuple[Metric, ...], ...] = (
    ("edp",), ("energy",), ("cycles", "energy"), (Product(energy=1, cycles=2),), ("edp", "cycles"))
ONCE_WRONG = (
    (3, False), (6, False), (56, True), (72, False), (100, True), (109, True), (118, True), (143, True), (152, True), (162, False),
    (200, True), (209, True), (215, True), (217, True), (224, True), (228, False), (241, True), (300, False), (321, False), (330, False),
    (336, False), (50, True), (356, True), (442, True), (2350, True), (3025, True), (3324, False), (3359, False),
    (3401, False), (3617, False), (3750, False))
"""Cases (number, sparse) that showed a bound, a class of orders or a key of parts to be wrong, once."""


def least(case: SmallCase, metrics: tuple[Metric, ...], limit: int) -> tuple[float, ...] | None:
    """Metrics of the best of all mappings, None if nothing fits or there are too many."""
    listed = everything(case, limit)
    if listed is None or not np.isfinite(listed.costs).any():
        return None
    fitting = listed.costs[np.isfinite(listed.costs[:, 0])]
    return min(tuple(float(v) for v in values) for values in metric_values(fitting, metrics).T)


def check(case: SmallCase, metrics: tuple[Metric, ...], limit: int) -> bool:
    """Whether the case could be checked; the check asserts."""
    expected = least(case, metrics, limit)
    if expected is None:
        return False
    task = case.task(*metrics)
    outlook = branch(task, case.problem)
    assert outlook is not None
    assert task.best is not None
    assert (outlook.closed, outlook.ended_by, outlook.left) == (True, "exhausted", 0)
    assert task.best.values == pytest.approx(expected, rel=2e-9)
    assert outlook.lower_bound == task.best.values[0]
    return True


def test_kernels_get_the_same_types_whatever_is_searched() -> None:
    """A layout that depends on the mapspace would have them compiled anew, for a minute."""
    kinds = set()
    for seed in range(400, 440):
        case = small_case(seed, sparse=seed % 2 == 0)
        task = case.task("edp")
        cut = tables(task.mapspace, 1 << 20)
        if cut is not None and len(cut.spaces):
            kinds.add((str(typeof(task.space)), str(typeof(_ground(task, case.problem, cut)))))
    assert len(kinds) == 1


@pytest.mark.parametrize("sparse", [False, True])
def test_the_optimum_of_random_small_mapspaces_is_found_and_proven(sparse: bool) -> None:
    checked = sum(check(small_case(seed, sparse=sparse), METRICS[seed % 5], 600) for seed in range(400, 440))
    assert checked > 15


@pytest.mark.parametrize(("seed", "sparse"), ONCE_WRONG)
def test_what_was_wrong_once_is_right(seed: int, sparse: bool) -> None:
    case = small_case(seed, sparse=sparse)
    assert all(check(case, metrics, 4000) for metrics in (METRICS[seed % 5], METRICS[(seed // 5 + 2) % 5]))


def test_a_mapping_that_is_better_than_all_heads_closes_the_mapspace_at_once() -> None:
    case = small_case(6, sparse=False)
    task = case.task()
    branch(task, case.problem)
    again = case.task()
    again.best = task.best
    outlook = branch(again, case.problem)
    assert outlook is not None
    assert outlook.closed
    assert again.evaluated <= task.evaluated
    assert again.best.values == task.best.values


def test_a_budget_that_ends_leaves_heads_and_a_bound() -> None:
    architecture, problem = machine(columns=6, rows=4, spad_words=40), conv1d(p=48, c=24, m=36, r=3)
    closed = search(architecture, problem, Constraints(), costs(), MapperConfig(max_evaluations=None)).report
    report = search(architecture, problem, Constraints(), costs(), MapperConfig(max_evaluations=20)).report
    assert (closed.optimal, closed.gap, closed.left) == (True, 0.0, 0)
    assert report.evaluated <= 20
    assert not report.optimal
    assert report.left is not None
    assert report.left > 0
    assert report.lower_bound is not None
    assert report.lower_bound <= closed.objective <= report.objective


def test_a_search_that_its_budget_cut_inside_a_head_is_not_called_optimal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("snnhw.search.branching._LOOKS_PER_EVALUATION", 1e9)
    architecture, problem = machine(spad_words=60, columns=4), conv1d(p=8, c=4, m=4)
    one_head = Constraints(loops=(fixed("DRAM", "temporal", "P=2 C=1 M=1 R=1"),),
                           storage=(StorageConstraint(level="pad", keep=frozenset({"Weights", "Inputs", "Outputs"})),))
    closed = search(architecture, problem, one_head, costs(), MapperConfig(max_evaluations=None)).report
    assert closed.optimal
    assert closed.evaluated >= 6
    for budget in range(1, 7):
        report = search(architecture, problem, one_head, costs(), MapperConfig(max_evaluations=budget)).report
        assert not report.optimal
        assert report.lower_bound is not None
        assert report.lower_bound <= closed.objective <= report.objective * (1 + 1e-9)


def test_options_that_gate_several_tensors_are_left_to_others() -> None:
    case = small_case(3, sparse=False)
    task = case.task()
    assert not _is_tangled(task)
    gated: SparsePlan = task.sparse._replace(saf_target=np.array([0, 1]), saf_group=np.array([0, 0]))
    task.sparse = gated
    assert _is_tangled(task)
    assert branch(task, case.problem) is None
