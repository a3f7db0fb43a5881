"""The search: the best mapping of a problem on an architecture."""

from __future__ import annotations

from collections.abc import Callable

from snnhw.model import evaluate
from snnhw.model.plan import make_plan
from snnhw.model.result import SearchReport
from snnhw.model.sparse_plan import make_sparse_plan
from snnhw.search.annealing import anneal
from snnhw.search.exhaustive import exhaust
from snnhw.search.explain import check_possible, nothing_found
from snnhw.search.outcome import SearchOutcome, SearchProgress
from snnhw.search.space import make_mapspace
from snnhw.search.task import Candidate, Task
from snnhw.spec.architecture import Architecture
from snnhw.spec.constraints import Constraints
from snnhw.spec.mapper import MapperConfig
from snnhw.spec.mapping import LevelMapping, Loop, Mapping
from snnhw.spec.problem import Problem
from snnhw.spec.reference import ReferenceTable


def search(architecture: Architecture, problem: Problem, constraints: Constraints, reference: ReferenceTable, config: MapperConfig,
           progress: Callable[[SearchProgress], None] | None = None) -> SearchOutcome:
    """The best mapping within the constraints, the architecture's and those given.

    config.metrics: the first decides, the next break ties.
    A mapspace that the budget covers is searched to its end ("exhausted"), a larger one by simulated annealing. The same input and seed
    give the same mapping on every machine unless max_seconds ends the search. Factors divide bounds; one dimension runs along one axis of
    a fan-out. report: `evaluated` mappings, `pruned` ones dropped before the model saw them, and `ended_by`: "exhausted", "budget",
    "converged" (hardly anything new within reach), "seconds", or "interrupted" after Ctrl-C, with the best so far.
    Raises SearchError where nothing fits or constraints contradict each other, SpecError for an energy that is missing, KeyboardInterrupt
    if that comes before anything was found.
    """
    plan = make_plan(architecture, problem, reference)
    mapspace = make_mapspace(architecture, problem, constraints, plan)
    task = Task(plan=plan, sparse=make_sparse_plan(architecture, problem), mapspace=mapspace, config=config, listener=progress)
    check_possible(task, problem)
    try:
        ended_by = exhaust(task) or anneal(task)
    except KeyboardInterrupt:
        if task.best is None:
            raise
        ended_by = "interrupted"
    if task.best is None:
        raise nothing_found(task)
    mapping = mapping_of(architecture, problem, task.best)
    report = SearchReport(evaluated=task.evaluated, pruned=task.dropped, seconds=task.seconds, ended_by=ended_by)
    return SearchOutcome(mapping=mapping, evaluation=evaluate(architecture, problem, mapping, reference), report=report)


def mapping_of(architecture: Architecture, problem: Problem, candidate: Candidate) -> Mapping:
    """The mapping that a candidate stands for, loops of more than one iteration only."""
    levels = []
    for level, spec in enumerate(reversed(architecture.storage)):
        loops = []
        for place in range(3):
            order = candidate.orders[level, min(place, 1)][::-1]
            factors = candidate.factors[3 * level + place]
            loops.append(tuple(Loop(dimension=problem.dimensions[d], bound=int(factors[d])) for d in order if factors[d] > 1))
        keep = frozenset(tensor.name for k, tensor in enumerate(problem.tensors) if candidate.keep[level, k])
        levels.append(LevelMapping(level=spec.name, temporal=loops[0], spatial_x=loops[1], spatial_y=loops[2], keep=keep))
    return Mapping(levels=tuple(reversed(levels)))
