"""The searches of a network's layers: each problem once, one after the other or several at a time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from snnhw.engines.cache import ResultCache
from snnhw.engines.interface import Engine
from snnhw.engines.processes import searched_at_once
from snnhw.engines.progress import Listener, Progress
from snnhw.engines.task import Task
from snnhw.errors import SnnhwError
from snnhw.spec.mapper import powers

if TYPE_CHECKING:
    from snnhw.search import SearchOutcome, SearchProgress

log = logging.getLogger(__name__)
A = TypeVar("A", bound="SearchOutcome | SnnhwError")
Attempt: TypeAlias = "SearchOutcome | SnnhwError"
"""What became of a search: what it found, or why it found nothing."""


def attempts(engine: Engine, tasks: Sequence[Task], jobs: int = 1, progress: Listener | None = None,
             cache: ResultCache | None = None) -> Iterator[Attempt]:
    """What became of each task, in order, as they are done. A task that asks what an earlier one asked gets its outcome.

    jobs above 1 searches in that many processes; the outcomes are the same. cache: where outcomes are looked for before, and kept.
    """
    first = [next(k for k, other in enumerate(tasks) if other.asks_the_same(task)) for task in tasks]
    distinct = sorted(set(first))
    searched = _searched(engine, [tasks[i] for i in distinct], jobs, _Steps(progress, [tasks[i] for i in distinct]), cache)
    found: dict[int, Attempt] = {}
    for i, origin in enumerate(first):
        if origin == i:
            found[i] = next(searched)
        yield found[origin]


def collected(found: Iterable[A]) -> tuple[list[A], bool]:
    """All attempts, or those until Ctrl-C, and whether that came. A search that it ends gives what it had found."""
    done: list[A] = []
    try:
        for attempt in found:
            done.append(attempt)
    except KeyboardInterrupt:
        return done, True
    return done, any(not isinstance(attempt, SnnhwError) and attempt.report.ended_by == "interrupted" for attempt in done)


@dataclass(frozen=True, slots=True)
class _Steps:
    """Tells a listener, if there is one, what happens to which task."""

    listener: Listener | None
    tasks: Sequence[Task]

    def tell(self, index: int, **said: Any) -> None:
        if self.listener is not None:
            self.listener(Progress(layer=self.tasks[index].label, index=index, layers=len(self.tasks), **said))

    def listener_of(self, index: int) -> Callable[[SearchProgress], None] | None:
        """What a search calls; None where nobody listens."""
        if self.listener is None:
            return None
        task = self.tasks[index]
        return lambda step: self.tell(index, evaluated=step.evaluated, seconds=step.seconds, budget=step.budget, edp_Js=_edp(task, step),
                                      gap=_gap(task, step))

    def teller(self, indices: Sequence[int]) -> Callable[[int, SearchProgress], None] | None:
        """What is called with a position among `indices` and a step of that task's search; None where nobody listens."""
        listeners = [self.listener_of(index) for index in indices]

        def tell(position: int, step: SearchProgress) -> None:
            listener = listeners[position]
            if listener is not None:
                listener(step)

        return None if self.listener is None else tell

    def done(self, index: int, attempt: Attempt) -> None:
        """Tell that a task is finished."""
        if isinstance(attempt, SnnhwError):
            self.tell(index, done=True)
            return
        evaluation, report = attempt.evaluation, attempt.report
        edp_Js = evaluation.energy_pJ * 1e-12 * evaluation.cycles * self.tasks[index].architecture.cycle_seconds
        self.tell(index, done=True, evaluated=report.evaluated, seconds=report.seconds, edp_Js=edp_Js, gap=report.gap)


def _edp(task: Task, step: SearchProgress) -> float | None:
    if step.best_energy_pJ is None or step.best_cycles is None:
        return None
    return step.best_energy_pJ * 1e-12 * step.best_cycles * task.architecture.cycle_seconds


def _gap(task: Task, step: SearchProgress) -> float | None:
    """By how much the best so far may be above the optimum of the first metric; None without a bound."""
    bound = getattr(step, "lower_bound", None)
    if bound is None or step.best_energy_pJ is None or step.best_cycles is None:
        return None
    energy_power, cycles_power = powers(task.config.metrics[0])
    objective = step.best_energy_pJ ** energy_power * step.best_cycles ** cycles_power
    return max(0.0, 1.0 - bound / objective) if objective else None


def _searched(engine: Engine, tasks: Sequence[Task], jobs: int, steps: _Steps, cache: ResultCache | None) -> Iterator[Attempt]:
    """Each task's attempt, from the cache where it has it, else searched and kept."""
    known = [None if cache is None else cache.find_search(task) for task in tasks]
    missing = [i for i, outcome in enumerate(known) if outcome is None]
    run = _in_turn if jobs == 1 or len(missing) <= 1 else _at_once
    fresh = run(engine, tasks, missing, jobs, steps)
    for i, task in enumerate(tasks):
        attempt: Attempt = known[i] or next(fresh)
        _log(task, attempt, None if cache is None else known[i] is not None)
        if cache is not None and known[i] is None and not isinstance(attempt, SnnhwError):
            cache.keep_search(task, attempt)
        steps.done(i, attempt)
        yield attempt


def _log(task: Task, attempt: Attempt, was_known: bool | None) -> None:
    """A line on a search. was_known: whether the cache had it, None where none was asked."""
    if was_known is not None:
        log.info("%s: cache %s", task.label, "hit" if was_known else "miss")
    if isinstance(attempt, SnnhwError):
        log.info("%s: search failed: %s", task.label, attempt)
        return
    report, found = attempt.report, attempt.evaluation
    log.info("%s: %d mappings evaluated in %.3f s, ended by %s, %.6g pJ, %d cycles, %s", task.label, report.evaluated, report.seconds,
             report.ended_by, found.energy_pJ, found.cycles,
             "proven optimal" if report.optimal else "no bound" if report.gap is None else f"gap {report.gap:.3%}")


def _at_once(engine: Engine, tasks: Sequence[Task], wanted: Sequence[int], jobs: int, steps: _Steps) -> Iterator[Attempt]:
    """In processes of their own, which tell on the way how far they are."""
    for i in wanted:
        steps.tell(i, budget=tasks[i].config.max_evaluations)
    yield from searched_at_once(engine.name, [tasks[i] for i in wanted], jobs, steps.teller(wanted))


def _in_turn(engine: Engine, tasks: Sequence[Task], wanted: Sequence[int], jobs: int, steps: _Steps) -> Iterator[Attempt]:
    for i in wanted:
        task = tasks[i]
        steps.tell(i, budget=task.config.max_evaluations)
        try:
            found = engine.search(task.architecture, task.problem, task.constraints, task.reference, task.config, steps.listener_of(i))
        except SnnhwError as error:
            yield error
            continue
        yield found
        if found.report.ended_by == "interrupted":
            raise KeyboardInterrupt
