"""What would help where nothing fits: a constraint less, or a larger level.

Each remedy is tried before it is named: without a constraint, or with more room, the mapspace is made again and, where the first search had
come that far, a short one finds a mapping in it. Changes that help only together are not looked for.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

from snnhw.errors import SearchError
from snnhw.model.plan import Plan
from snnhw.model.sparse_plan import SparsePlan
from snnhw.search.annealing import anneal
from snnhw.search.branching import branch
from snnhw.search.explain import check_possible
from snnhw.search.space import make_mapspace
from snnhw.search.task import Task
from snnhw.spec.architecture import Architecture
from snnhw.spec.constraints import Constraints, FactorBound, LoopConstraint, StorageConstraint
from snnhw.spec.mapper import MapperConfig
from snnhw.spec.problem import Problem

_MOST_NAMED = 6
_SECONDS, _TRIAL_SECONDS = 20.0, 1.5
"""That all remedies may take together, less where the search itself may take less; and one trial."""

_DOUBLINGS = 40
_ASKS = ("split", "only_x", "only_y", "max_fanout_x", "max_fanout_y", "maximize", "no_reuse")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a remedy is tried on. architecture: without its constraints; seconds: that all remedies may take."""

    architecture: Architecture
    problem: Problem
    plan: Plan
    sparse: SparsePlan
    seconds: float = _SECONDS

    def fits(self, constraints: Constraints, searches: bool, level: int = 0, more_bits: float = 0.0) -> bool:
        """Whether a mapping exists within constraints where a level holds more; only whether none is excluded where it is not searched."""
        capacity = self.plan.capacity_bits.copy()
        capacity[level] += more_bits
        plan = self.plan._replace(capacity_bits=capacity)
        try:
            mapspace = make_mapspace(self.architecture, self.problem, constraints, plan)
            config = MapperConfig(max_evaluations=64, max_seconds=min(_TRIAL_SECONDS, self.seconds / 4))
            task = Task(plan=plan, sparse=self.sparse, mapspace=mapspace, config=config, listener=None)
            check_possible(task, self.problem)
        except SearchError:
            return False
        if not searches:
            return True
        outlook = branch(task, self.problem)
        if task.best is None and not (outlook is not None and outlook.closed):
            anneal(task)
        return task.best is not None


def trial_of(architecture: Architecture, problem: Problem, plan: Plan, sparse: SparsePlan, config: MapperConfig) -> Trial:
    """See Trial. config: of the search that found nothing."""
    seconds = _SECONDS if config.max_seconds is None else min(_SECONDS, config.max_seconds)
    return Trial(architecture=architecture, problem=problem, plan=plan, sparse=sparse, seconds=seconds)


def with_remedies(error: SearchError, trial: Trial, constraints: Constraints, *, searches: bool) -> SearchError:
    """The error and what would help. constraints: all, resolved for the problem; searches: whether only a search can tell.

    Constraints have the first half of the time, and levels what they leave.
    """
    began = time.monotonic()
    if searches and trial.fits(constraints, True):
        return SearchError(f"{error}; mappings that fit exist: give the search more evaluations, or another algorithm")
    dropped = []
    for name, less in without_one(constraints):
        if time.monotonic() > began + trial.seconds / 2:
            break
        if trial.fits(less, searches):
            dropped.append(name)
    found = list(_enlarged(trial, constraints, began + trial.seconds)) if searches else []
    if dropped:
        named = ", ".join(dropped[:_MOST_NAMED]) + (f" or {len(dropped) - _MOST_NAMED} others" if len(dropped) > _MOST_NAMED else "")
        found.append(f"dropping {'the constraint' if len(dropped) == 1 else 'one of the constraints'} {named}")
    return SearchError(f"{error}; what would help: {', or '.join(found)}") if found else error


def without_one(constraints: Constraints) -> Iterator[tuple[str, Constraints]]:
    """Each single thing that the constraints ask for, in the words of their file, and the constraints without it."""
    if constraints.min_utilization > 0:
        yield f"utilization {constraints.min_utilization:g}", replace(constraints, min_utilization=0.0)
    said = set()
    for i, loop in enumerate(constraints.loops):
        for name, less in _less_of_loop(loop):
            if name not in said:
                said.add(name)
                yield name, _without(constraints, name, i, less)
    for storage in constraints.storage:
        for kind in ("keep", "bypass"):
            for tensor in sorted(getattr(storage, kind)):
                if (name := f"{storage.level} {kind} {tensor}") not in said:
                    said.add(name)
                    less_held = tuple(_not_held(one, storage.level, kind, tensor) for one in constraints.storage)
                    yield name, replace(constraints, storage=less_held)


def _without(constraints: Constraints, name: str, i: int, less: LoopConstraint) -> Constraints:
    """Takes the thing out of constraint i, and out of every other one that says the same."""
    loops = list(constraints.loops)
    loops[i] = less
    for other, loop in enumerate(loops):
        if other != i:
            loops[other] = dict(_less_of_loop(loop)).get(name, loop)
    return replace(constraints, loops=tuple(loops))


def _less_of_loop(loop: LoopConstraint) -> Iterator[tuple[str, LoopConstraint]]:
    where = f"{loop.level} {loop.kind}"
    for factor in loop.factors:
        yield f"{where} {_said(factor)}", replace(loop, factors=tuple(other for other in loop.factors if other != factor))
    if loop.innermost or loop.outermost:
        text = "".join(loop.innermost) + ("_" + "".join(loop.outermost) if loop.outermost else "")
        yield f"{where} permutation {text}", replace(loop, innermost=(), outermost=())
    nothing: dict[str, Any] = {field.name: field.default for field in fields(LoopConstraint)}
    for ask in _ASKS:
        if getattr(loop, ask) != nothing[ask]:
            yield f"{where} {ask}", replace(loop, **{ask: nothing[ask]})


def _said(factor: FactorBound) -> str:
    return f"{factor.dimension}{factor.relation}{factor.value}"


def _not_held(storage: StorageConstraint, level: str, kind: str, tensor: str) -> StorageConstraint:
    if storage.level != level:
        return storage
    return replace(storage, keep=storage.keep - {tensor}) if kind == "keep" else replace(storage, bypass=storage.bypass - {tensor})


def _enlarged(trial: Trial, constraints: Constraints, ends: float) -> Iterator[str]:
    """Levels that help when they alone grow, and by how much: doubled until a mapping is found, then halved down to 1 % of that.

    A level for which there is no time to the end is left out.
    """
    for level, spec in enumerate(reversed(trial.architecture.storage)):
        if time.monotonic() > ends or trial.plan.capacity_bits[level] == math.inf or not trial.fits(constraints, True, level, math.inf):
            continue
        low, high = 0, 1
        for _ in range(_DOUBLINGS):
            if time.monotonic() > ends or trial.fits(constraints, True, level, float(high * spec.word_bits)):
                break
            low, high = high, 2 * high
        while high - low > max(1, high // 100) and time.monotonic() < ends:
            middle = (low + high) // 2
            if trial.fits(constraints, True, level, float(middle * spec.word_bits)):
                high = middle
            else:
                low = middle
        if time.monotonic() < ends:
            yield f"{high:,} {'word' if high == 1 else 'words'} of {spec.word_bits} bits more in {spec.name}"
