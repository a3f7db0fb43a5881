"""Drawing at random counts what fits, ends as it is told to, and draws everything that the mapspace has."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from search.machines import broken, conv1d, costs, fixed, machine

from snnhw.errors import SearchError
from snnhw.model import evaluate
from snnhw.model.plan import make_plan
from snnhw.model.sparse_plan import make_sparse_plan
from snnhw.search import SearchOutcome, search
from snnhw.search.random_search import _urn, draw_one
from snnhw.search.space import make_mapspace
from snnhw.search.task import Task
from snnhw.spec.architecture import Architecture
from snnhw.spec.constraints import Constraints, LoopConstraint, StorageConstraint
from snnhw.spec.mapper import MapperConfig
from snnhw.spec.problem import Problem

KEEP_ALL = Constraints(storage=(StorageConstraint(level="pad", keep=frozenset({"Weights", "Inputs", "Outputs"})),))
RANDOM = MapperConfig(algorithm="random", max_evaluations=200, timeout=100_000)


def drawn(architecture: Architecture, problem: Problem, constraints: Constraints = KEEP_ALL, **config: object) -> SearchOutcome:
    return search(architecture, problem, constraints, costs(), replace(RANDOM, **config))  # type: ignore[arg-type]


def task(problem: Problem, constraints: Constraints) -> Task:
    architecture = machine(columns=2, rows=1)
    plan = make_plan(architecture, problem, costs())
    return Task(plan=plan, sparse=make_sparse_plan(architecture, problem), config=RANDOM, listener=None,
                mapspace=make_mapspace(architecture, problem, constraints, plan))


def draws(one: Task, count: int) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    urn, found = _urn(one), []
    for _ in range(count):
        factors, orders, keep = np.ones_like(one.space.start), one.space.start_orders.copy(), one.space.start_keep.copy()
        draw_one(one.space, urn, factors, orders, keep)
        found.append((factors, orders, keep))
    return found


@pytest.mark.parametrize("budget", [1, 37])
def test_the_budget_counts_mappings_that_fit(budget: int) -> None:
    report = drawn(machine(spad_words=12), conv1d(p=8, c=4, m=4, r=3), max_evaluations=budget).report
    assert (report.ended_by, report.evaluated) == ("budget", budget)
    assert report.pruned > budget
    assert (report.optimal, report.left) == (False, None)


def test_mappings_in_a_row_that_are_no_better_end_it() -> None:
    report = drawn(machine(), conv1d(), max_evaluations=None, victory_condition=60).report
    assert report.ended_by == "converged"
    assert 60 < report.evaluated < 5000


def test_candidates_in_a_row_that_do_not_fit_end_it() -> None:
    report = drawn(machine(spad_words=3), conv1d(p=8, c=4, m=4, r=3), max_evaluations=None, timeout=100).report
    assert report.ended_by == "converged"
    assert report.pruned >= 100


def test_it_ends_without_a_timeout_where_nothing_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("snnhw.search.random_search._ENOUGH", 3000)
    with pytest.raises(SearchError, match=r"no mapping found that fits, among 3,000 candidates: .*use fewer than 3 compute instances"):
        drawn(machine(columns=3, rows=1), conv1d(), replace(KEEP_ALL, min_utilization=1.0), timeout=None)


def test_seconds_end_it() -> None:
    assert drawn(machine(), conv1d(), max_evaluations=None, max_seconds=0.2).report.ended_by == "seconds"


def test_the_seed_decides_what_is_drawn() -> None:
    architecture, problem = machine(columns=6, rows=4, spad_words=40), conv1d(p=48, c=24, m=36, r=3)
    first, again, other = (drawn(architecture, problem, seed=seed, max_evaluations=20) for seed in (1, 1, 2))
    assert first.mapping == again.mapping != other.mapping
    assert first.report.pruned == again.report.pruned != other.report.pruned


def test_what_is_drawn_is_what_the_model_says_and_within_the_constraints() -> None:
    architecture, problem = machine(columns=6, rows=4, spad_words=40), conv1d(p=48, c=24, m=36, r=3)
    constraints = KEEP_ALL.with_more(Constraints(loops=(
        fixed("pad", "temporal", "R=3 P<=6"), LoopConstraint(level="DRAM", kind="temporal", innermost=("M",), outermost=("C",)))))
    outcome = drawn(architecture, problem, constraints, max_evaluations=50)
    assert broken(outcome.mapping, problem, architecture, constraints) == []
    assert outcome.evaluation == evaluate(architecture, problem, outcome.mapping, costs())
    assert outcome.report.objective == pytest.approx(outcome.evaluation.energy_pJ * outcome.evaluation.cycles, rel=1e-12)


def test_a_long_draw_finds_the_optimum_of_a_small_mapspace() -> None:
    best = search(machine(), conv1d(), KEEP_ALL, costs(), MapperConfig()).report.objective
    assert drawn(machine(), conv1d(), max_evaluations=20_000).report.objective == pytest.approx(best, rel=1e-12)


def test_every_list_of_factors_is_as_likely_as_any_other() -> None:
    one = task(conv1d(p=4, c=1, m=1), KEEP_ALL)
    seen = Counter(tuple(factors[:, 0].tolist()) for factors, _, _ in draws(one, 5000))
    assert len(seen) == 3 + 2
    assert all(abs(count - 1000) < 150 for count in seen.values())


def test_every_order_that_constraints_leave_is_drawn_and_no_other() -> None:
    loop = LoopConstraint(level="DRAM", kind="temporal", outermost=("P",))
    found = draws(task(conv1d(p=2, c=2, m=2, r=2), KEEP_ALL.with_more(Constraints(loops=(loop,)))), 2000)
    outside = Counter(tuple(orders[1, 0].tolist()) for _, orders, _ in found)
    inside = Counter(tuple(orders[0, 0].tolist()) for _, orders, _ in found)
    assert len(outside) == 6
    assert all(order[-1] == 0 and abs(count - 333) < 100 for order, count in outside.items())
    assert len(inside) == 24
    assert all(abs(count - 83) < 50 for count in inside.values())


def test_what_may_be_kept_is_kept_half_of_the_time() -> None:
    found = draws(task(conv1d(), Constraints(storage=(StorageConstraint(level="pad", keep=frozenset({"Inputs"})),))), 2000)
    share = np.mean([keep for _, _, keep in found], axis=0)
    assert share[1].tolist() == [1, 1, 1]
    assert share[0].tolist() == pytest.approx([0.5, 1, 0.5], abs=0.05)
