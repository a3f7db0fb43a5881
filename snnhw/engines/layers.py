"""The searches of a network's layers: each problem once, one after the other or several at a time."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from snnhw.engines.interface import Engine, engine_named
from snnhw.engines.progress import Listener, Progress
from snnhw.errors import EngineError, SnnhwError, SpecError
from snnhw.search import SearchOutcome, SearchProgress
from snnhw.spec.architecture import Architecture
from snnhw.spec.constraints import Constraints
from snnhw.spec.mapper import MapperConfig
from snnhw.spec.problem import Problem
from snnhw.spec.reference import ReferenceTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One layer's search. label: how errors and progress name the layer."""

    label: str
    problem: Problem
    architecture: Architecture
    constraints: Constraints
    reference: ReferenceTable
    config: MapperConfig

    def asks_the_same(self, other: Task) -> bool:
        """Whether the search would be the same: everything equal but the names of layer and problem."""
        return replace(self, label="", problem=replace(self.problem, name="")) == \
            replace(other, label="", problem=replace(other.problem, name=""))


def outcomes(engine: Engine, tasks: Sequence[Task], jobs: int = 1, progress: Listener | None = None) -> Iterator[SearchOutcome]:
    """The outcome of each task, in order, as they are done. A task that asks what an earlier one asked gets its outcome.

    jobs above 1 searches in that many processes; the outcomes are the same. Raises what the search raises, with the layer's name.
    """
    first = [next(k for k, other in enumerate(tasks) if other.asks_the_same(task)) for task in tasks]
    distinct = sorted(set(first))
    run = _in_turn if jobs == 1 or len(distinct) == 1 else _at_once
    searched = run(engine, [tasks[i] for i in distinct], jobs, _Steps(progress, [tasks[i].label for i in distinct]))
    found: dict[int, SearchOutcome] = {}
    for i, origin in enumerate(first):
        if origin == i:
            found[i] = next(searched)
        yield found[origin]


@dataclass(frozen=True, slots=True)
class _Steps:
    """Tells a listener, if there is one, what happens to which task."""

    listener: Listener | None
    labels: Sequence[str]

    def tell(self, index: int, **said: Any) -> None:
        if self.listener is not None:
            self.listener(Progress(layer=self.labels[index], index=index, layers=len(self.labels), **said))

    def listener_of(self, index: int) -> Callable[[SearchProgress], None] | None:
        """What a search calls; None where nobody listens."""
        if self.listener is None:
            return None
        return lambda step: self.tell(index, evaluated=step.evaluated, budget=step.budget, said=_best(step))


def _best(step: SearchProgress) -> str:
    if step.best_energy_pJ is None:
        return "nothing fits yet"
    return f"{step.best_energy_pJ / 1e6:.4g} uJ" + ("" if step.best_cycles is None else f", {step.best_cycles:,} cycles")


def _in_turn(engine: Engine, tasks: Sequence[Task], jobs: int, steps: _Steps) -> Iterator[SearchOutcome]:
    for i, task in enumerate(tasks):
        steps.tell(i, budget=task.config.max_evaluations)
        try:
            outcome = engine.search(task.architecture, task.problem, task.constraints, task.reference, task.config, steps.listener_of(i))
        except SnnhwError as error:
            _raise_for(task, error)
        steps.tell(i, evaluated=outcome.report.evaluated, done=True)
        yield outcome


def _at_once(engine: Engine, tasks: Sequence[Task], jobs: int, steps: _Steps) -> Iterator[SearchOutcome]:
    """In processes that are started afresh, so that no thread or lock of this one is copied into them."""
    before = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(min(jobs, len(tasks)), multiprocessing.get_context("spawn"), _ignore_interrupt)
    try:
        waiting = [pool.submit(_search, engine.name, task) for task in tasks]
        for i, (task, future) in enumerate(zip(tasks, waiting, strict=True)):
            steps.tell(i, budget=task.config.max_evaluations)
            outcome = _result(task, future)
            steps.tell(i, evaluated=outcome.report.evaluated, done=True)
            yield outcome
        pool.shutdown()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in set(multiprocessing.active_children()) - before:
            process.terminate()


def _result(task: Task, future: Future[SearchOutcome]) -> SearchOutcome:
    from concurrent.futures.process import BrokenProcessPool

    try:
        return future.result()
    except SnnhwError as error:
        _raise_for(task, error)
    except BrokenProcessPool:
        raise EngineError(f"{task.label}: the process that searched ended early (out of memory?); try fewer --jobs") from None


def _search(engine: str, task: Task) -> SearchOutcome:
    return engine_named(engine).search(task.architecture, task.problem, task.constraints, task.reference, task.config)


def _ignore_interrupt() -> None:
    """Ctrl-C goes to all processes of a terminal; only the one that collects answers it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _raise_for(task: Task, error: SnnhwError) -> NoReturn:
    """The error again, of the same kind, with the layer that it is about; what is wrong with an input says so itself."""
    if isinstance(error, SpecError):
        raise error
    raise type(error)(f"{task.label}: {error}") from error
