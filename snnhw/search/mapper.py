"""The search: the best mapping of a problem on an architecture."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as MappingType
from dataclasses import replace

import numpy as np

from snnhw.errors import SearchError
from snnhw.model import evaluate
from snnhw.model.plan import make_plan
from snnhw.model.result import SearchReport
from snnhw.model.sparse_plan import make_sparse_plan
from snnhw.model.spatial import skips_in_space
from snnhw.search.annealing import anneal
from snnhw.search.branching import Outlook, branch
from snnhw.search.compulsory import compulsory_bound
from snnhw.search.exhaustive import exhaust
from snnhw.search.explain import check_possible, nothing_found
from snnhw.search.outcome import SearchOutcome, SearchProgress
from snnhw.search.padded import search_padded
from snnhw.search.random_search import draw_at_random
from snnhw.search.remedies import trial_of, with_remedies
from snnhw.search.space import make_mapspace
from snnhw.search.task import Candidate, Task
from snnhw.spec.architecture import Architecture
from snnhw.spec.constraints import Constraints
from snnhw.spec.mapper import MapperConfig
from snnhw.spec.mapping import LevelMapping, Loop, Mapping
from snnhw.spec.problem import Problem
from snnhw.spec.reference import ReferenceTable
from snnhw.spec.resolution import resolve


def search(architecture: Architecture, problem: Problem, constraints: Constraints, reference: ReferenceTable, config: MapperConfig,
           progress: Callable[[SearchProgress], None] | None = None) -> SearchOutcome:
    """The best mapping within the constraints, the architecture's and those given.

    config.metrics: the first decides, the next break ties.
    Branch and bound (branching.py) looks for the best mapping and closes the mapspace if the budget lasts: then no mapping is better, but
    for a billionth. Where it ends first, or the mapspace is too large for it, simulated annealing goes on with what is left. The same
    input and seed give the same mapping on every machine unless max_seconds ends the search. Factors divide bounds; one dimension runs
    along one axis of a fan-out. config.imperfect also tries factors that do not divide (padded.py), of which nothing is proven.
    config.algorithm "random" draws mappings instead (random_search.py), and victory_condition and timeout may end that.
    report: see SearchReport; ended_by is "exhausted" (closed), "budget", "converged" (hardly anything new within reach, or one of these
    two), "seconds", or "interrupted" after Ctrl-C, with the best so far.
    Raises SearchError where nothing fits, constraints contradict each other or instances are skipped (skipping_spatial), SpecError for an
    energy that is missing, KeyboardInterrupt if that comes before anything was found.
    """
    if skips_in_space(architecture):
        raise SearchError("skipping_spatial: snnhw models it in a given mapping (snnhw model) and does not search with it; "
                          "take it out of the architecture")

    def searched(larger: Problem, budget: int | None) -> SearchOutcome:
        return _search(architecture, larger, constraints, reference, replace(config, max_evaluations=budget), progress)

    if not (config.imperfect or constraints.imperfect or architecture.constraints.imperfect):
        return searched(problem, config.max_evaluations)
    outcome = search_padded(architecture, problem, reference, config.metrics, config.max_evaluations, searched)
    return replace(outcome, report=replace(outcome.report, lower_bound=_compulsory(architecture, problem, reference, config)))


def _compulsory(architecture: Architecture, problem: Problem, reference: ReferenceTable, config: MapperConfig) -> float | None:
    """A bound that holds for all mappings, whatever divides what and whatever constraints say."""
    free = replace(architecture, constraints=Constraints(storage=architecture.constraints.storage))
    plan = make_plan(free, problem, reference)
    mapspace = make_mapspace(free, problem, Constraints(), plan)
    task = Task(plan=plan, sparse=make_sparse_plan(free, problem), mapspace=mapspace, config=config, listener=None)
    return compulsory_bound(task, problem)


def _search(architecture: Architecture, problem: Problem, constraints: Constraints, reference: ReferenceTable, config: MapperConfig,
            progress: Callable[[SearchProgress], None] | None) -> SearchOutcome:
    """The best mapping whose factors divide."""
    both = resolve(architecture.constraints.with_more(constraints), problem)
    unlinked = both.unlinked()
    plan = make_plan(architecture, problem, reference, unlinked)
    sparse = make_sparse_plan(architecture, problem)
    trial = trial_of(replace(architecture, constraints=Constraints()), problem, plan, sparse, config)
    try:
        mapspace = make_mapspace(architecture, problem, constraints, plan)
        task = Task(plan=plan, sparse=sparse, mapspace=mapspace, config=config, listener=progress)
        check_possible(task, problem)
    except SearchError as error:
        raise with_remedies(error, trial, both, searches=False) from None
    try:
        outlook = _searched(task, problem)
    except KeyboardInterrupt:
        if task.best is None:
            raise
        outlook = Outlook(closed=False, ended_by="interrupted", lower_bound=task.bound, left=None)
    if task.best is None:
        raise with_remedies(nothing_found(task), trial, both, searches=True)
    mapping = mapping_of(architecture, problem, task.best, unlinked)
    report = SearchReport(evaluated=task.evaluated, pruned=task.dropped, seconds=task.seconds, ended_by=outlook.ended_by, left=outlook.left,
                          lower_bound=outlook.lower_bound, objective=task.best.values[0], optimal=outlook.closed)
    return SearchOutcome(mapping=mapping, evaluation=evaluate(architecture, problem, mapping, reference), report=report)


def _searched(task: Task, problem: Problem) -> Outlook:
    """Branch and bound, and annealing where that doesn't come to its end; or draws at random."""
    if task.config.algorithm == "random":
        return _open(task, problem, draw_at_random(task))
    outlook = branch(task, problem)
    if outlook is not None and (outlook.closed or outlook.ended_by == "seconds"):
        return outlook
    if outlook is None and (ended_by := exhaust(task)) is not None:
        if ended_by == "exhausted" and task.best is not None:
            return Outlook(closed=True, ended_by=ended_by, lower_bound=task.best.values[0], left=0)
        return _open(task, problem, ended_by)
    ended_by = anneal(task)
    if ended_by == "converged" and task.left is not None and task.left <= 0:
        ended_by = "budget"  # branch and bound had spent the rest of it
    if outlook is None:
        return _open(task, problem, ended_by)
    return replace(outlook, ended_by=ended_by, lower_bound=min(outlook.lower_bound or 0.0, task.best.values[0] if task.best else np.inf))


def _open(task: Task, problem: Problem, ended_by: str) -> Outlook:
    """What is known of a mapspace that nobody has closed."""
    bound = compulsory_bound(task, problem)
    if bound is not None and task.best is not None:
        bound = min(bound, task.best.values[0])
    return Outlook(closed=False, ended_by=ended_by, lower_bound=bound, left=None)


def mapping_of(architecture: Architecture, problem: Problem, candidate: Candidate,
               unlinked: MappingType[str, frozenset[str]] | None = None) -> Mapping:
    """The mapping that a candidate stands for, loops of more than one iteration only. unlinked: see make_plan."""
    levels = []
    for level, spec in enumerate(reversed(architecture.storage)):
        loops = []
        for place in range(3):
            order = candidate.orders[level, min(place, 1)][::-1]
            factors = candidate.factors[3 * level + place]
            loops.append(tuple(Loop(dimension=problem.dimensions[d], bound=int(factors[d])) for d in order if factors[d] > 1))
        keep = frozenset(tensor.name for k, tensor in enumerate(problem.tensors) if candidate.keep[level, k])
        levels.append(LevelMapping(level=spec.name, temporal=loops[0], spatial_x=loops[1], spatial_y=loops[2], keep=keep,
                                   no_link_transfer=(unlinked or {}).get(spec.name, frozenset())))
    return Mapping(levels=tuple(reversed(levels)))
