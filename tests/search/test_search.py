"""The search finds the best mapping of a small mapspace, and good ones of large ones."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from search.machines import broken, conv1d, costs, every_mapping, fixed, machine

from snnhw.errors import CapacityError
from snnhw.model import evaluate
from snnhw.model.result import Evaluation
from snnhw.search import SearchOutcome, SearchProgress, search
from snnhw.search.task import Task
from snnhw.spec.architecture import Architecture
from snnhw.spec.constraints import Constraints, StorageConstraint
from snnhw.spec.mapper import MapperConfig, Metric
from snnhw.spec.mapping import Mapping
from snnhw.spec.problem import Problem
from snnhw.spec.timeloop_input import read_timeloop_input

KEEP_ALL = Constraints(storage=(StorageConstraint(level="pad", keep=frozenset({"Weights", "Inputs", "Outputs"})),))
GOLDEN = Path(__file__).parents[1] / "golden" / "mapper"


def find(architecture: Architecture, problem: Problem, constraints: Constraints = KEEP_ALL, **config: object) -> SearchOutcome:
    return search(architecture, problem, constraints, costs(), MapperConfig(**config))


def metric(evaluation: Evaluation, name: Metric) -> float:
    return {"energy": evaluation.energy_pJ, "cycles": evaluation.cycles, "edp": evaluation.energy_pJ * evaluation.cycles}[name]


def brute_force(architecture: Architecture, problem: Problem) -> list[tuple[Mapping, Evaluation]]:
    found = []
    for mapping in every_mapping(architecture, problem):
        try:
            found.append((mapping, evaluate(architecture, problem, mapping, costs())))
        except CapacityError:
            continue
    return found


@pytest.mark.parametrize(("problem", "spad_words"), [
    (conv1d(p=4, c=2, m=2), 8), (conv1d(p=4, c=1, m=2, r=2), 6), (conv1d(p=3, c=4, m=1), 7)])
def test_a_small_mapspace_is_searched_to_its_end_and_gives_the_optimum(problem: Problem, spad_words: int) -> None:
    architecture = machine(spad_words=spad_words)
    all_of_them = brute_force(architecture, problem)
    for name in ("energy", "cycles", "edp"):
        outcome = find(architecture, problem, metrics=(name,))
        assert outcome.report.ended_by == "exhausted"
        assert outcome.report.optimal
        assert outcome.report.evaluated <= len(all_of_them)
        assert metric(outcome.evaluation, name) == pytest.approx(min(metric(e, name) for _, e in all_of_them), rel=1e-12)


def test_what_is_bypassed_is_searched_too() -> None:
    architecture, problem = machine(spad_words=4), conv1d(p=4, c=2, m=2)
    free, kept = find(architecture, problem, Constraints()), find(architecture, problem, KEEP_ALL)
    assert metric(free.evaluation, "edp") < metric(kept.evaluation, "edp")
    assert free.report.evaluated > kept.report.evaluated


def test_a_walk_finds_the_optimum_of_a_small_mapspace(monkeypatch: pytest.MonkeyPatch) -> None:
    architecture, problem = machine(), conv1d(p=8, c=2, m=4)
    best = metric(find(architecture, problem).evaluation, "edp")
    monkeypatch.setattr("snnhw.search.mapper.branch", lambda task, problem: None)
    monkeypatch.setattr("snnhw.search.mapper.exhaust", lambda task: None)
    walked = find(architecture, problem, max_evaluations=4000)
    assert walked.report.ended_by in ("budget", "converged")
    assert metric(walked.evaluation, "edp") == pytest.approx(best, rel=1e-12)


def test_the_next_metric_breaks_ties_of_the_first() -> None:
    architecture, problem = machine(), conv1d(p=4, c=2, m=2)
    all_of_them = [evaluation for _, evaluation in brute_force(architecture, problem)]
    least = min(e.cycles for e in all_of_them)
    outcome = find(architecture, problem, metrics=("cycles", "energy"))
    assert outcome.evaluation.cycles == least
    assert outcome.evaluation.energy_pJ == pytest.approx(min(e.energy_pJ for e in all_of_them if e.cycles == least), rel=1e-12)


def test_the_evaluation_is_the_models_of_the_mapping() -> None:
    architecture, problem = machine(), conv1d()
    outcome = find(architecture, problem)
    assert outcome.evaluation == evaluate(architecture, problem, outcome.mapping, costs())


def test_the_same_seed_gives_the_same_mapping() -> None:
    architecture, problem = machine(columns=6, rows=4, spad_words=40), conv1d(p=48, c=24, m=36, r=3)
    first, again = (find(architecture, problem, seed=7, max_evaluations=1500) for _ in range(2))
    assert first.mapping == again.mapping
    assert first.report.evaluated == again.report.evaluated


@pytest.mark.parametrize("budget", [1, 5, 100])
def test_the_budget_of_evaluations_is_kept(budget: int) -> None:
    architecture, problem = machine(columns=6, rows=4, spad_words=40), conv1d(p=48, c=24, m=36, r=3)
    assert 1 <= find(architecture, problem, max_evaluations=budget).report.evaluated <= budget


def test_more_evaluations_give_nothing_worse() -> None:
    architecture, problem = machine(columns=6, rows=4, spad_words=40), conv1d(p=48, c=24, m=36, r=3)
    few, many = (metric(find(architecture, problem, max_evaluations=n).evaluation, "edp") for n in (40, 4000))
    assert many < few


def test_min_utilization_holds() -> None:
    architecture, problem = machine(columns=6, rows=4, spad_words=40), conv1d(p=48, c=24, m=36, r=3)
    outcome = find(architecture, problem, replace(KEEP_ALL, min_utilization=1.0), metrics=("energy",), max_evaluations=300)
    spatial = [loop.bound for level in outcome.mapping.levels for loop in (*level.spatial_x, *level.spatial_y)]
    product = 1
    for bound in spatial:
        product *= bound
    assert product == 24


def test_constraints_hold_in_what_is_found() -> None:
    architecture, problem = machine(columns=6, rows=4, spad_words=40), conv1d(p=48, c=24, m=36, r=3)
    constraints = KEEP_ALL.with_more(Constraints(loops=(fixed("pad", "temporal", "R=3 C=1 P>=2"), fixed("DRAM", "spatial", "P<=3 C=4"))))
    outcome = find(architecture, problem, constraints, max_evaluations=500)
    assert broken(outcome.mapping, problem, architecture, constraints) == []


def test_without_a_budget_a_search_ends_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("snnhw.search.annealing._UNLIMITED_ROUND", 500)
    monkeypatch.setattr("snnhw.search.mapper.branch", lambda task, problem: None)
    monkeypatch.setattr("snnhw.search.mapper.exhaust", lambda task: None)
    assert find(machine(), conv1d(), max_evaluations=None).report.ended_by == "converged"


def test_the_budget_of_seconds_ends_a_search(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("snnhw.search.mapper.branch", lambda task, problem: None)
    architecture, problem = machine(columns=6, rows=4, spad_words=40), conv1d(p=48, c=24, m=36, r=3)
    outcome = find(architecture, problem, max_evaluations=10_000_000, max_seconds=0.5)
    assert outcome.report.ended_by == "seconds"


def test_progress_is_told_on_the_way() -> None:
    architecture, problem = machine(columns=6, rows=4, spad_words=40), conv1d(p=48, c=24, m=36, r=3)
    told: list[SearchProgress] = []
    search(architecture, problem, KEEP_ALL, costs(), MapperConfig(max_evaluations=3500), told.append)
    assert [one.evaluated for one in told] == sorted({one.evaluated for one in told})
    assert 1 <= len(told) <= 5
    assert all(one.budget == 3500 for one in told)
    assert told[-1].lower_bound is not None


def test_ctrl_c_gives_the_best_so_far() -> None:
    def interrupt(progress: SearchProgress) -> None:
        if progress.best_energy_pJ is not None:
            raise KeyboardInterrupt

    architecture, problem = machine(columns=6, rows=4, spad_words=40), conv1d(p=48, c=24, m=36, r=3)
    outcome = search(architecture, problem, KEEP_ALL, costs(), MapperConfig(max_evaluations=50_000), interrupt)
    assert outcome.report.ended_by == "interrupted"
    assert outcome.report.evaluated < 5000
    assert evaluate(architecture, problem, outcome.mapping, costs()) == outcome.evaluation


def test_ctrl_c_before_anything_was_found_goes_on_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(task: Task, problem: Problem) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("snnhw.search.mapper.branch", interrupted)
    with pytest.raises(KeyboardInterrupt):
        find(machine(), conv1d())


def test_a_search_that_spends_its_budget_says_so() -> None:
    for budget in (1, 2):
        report = find(machine(), conv1d(p=8, c=2, m=4), max_evaluations=budget).report
        assert (report.evaluated, report.ended_by, report.optimal) == (budget, "budget", False)


def test_nothing_is_left_where_every_mapping_was_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("snnhw.search.mapper.branch", lambda task, problem: None)
    report = find(machine(spad_words=8), conv1d(p=4, c=2, m=2)).report
    assert (report.ended_by, report.optimal, report.left) == ("exhausted", True, 0)


@pytest.mark.parametrize("case", ["Conv2", "Conv4", "Dense1", "TCJA12"])
@pytest.mark.parametrize("kind", ["dense", "sparse"])
def test_no_worse_than_timeloop_mapper_on_its_own_inputs(kind: str, case: str) -> None:
    given = read_timeloop_input([GOLDEN / f"{kind}-{case}.yaml"], "mapper")
    reference = json.loads((GOLDEN / f"{kind}-{case}.json").read_text())
    assert given.mapper is not None
    assert given.reference is not None
    outcome = search(given.architecture, given.problem, Constraints(), given.reference, given.mapper)
    assert broken(outcome.mapping, given.problem, given.architecture, given.architecture.constraints) == []
    assert metric(outcome.evaluation, "edp") <= reference["cycles"] * reference["energy_uJ"] * 1e6 * 1.0001
