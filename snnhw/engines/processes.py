"""Searches in processes of their own, several at a time."""

from __future__ import annotations

import multiprocessing
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

from snnhw.engines.interface import engine_named
from snnhw.engines.task import Task
from snnhw.errors import EngineError, SnnhwError

if TYPE_CHECKING:
    from snnhw.search import SearchOutcome, SearchProgress

Tell: TypeAlias = "Callable[[int, SearchProgress], None]"

TELLING_SECONDS = 0.2
"""Between two steps that a search tells, and between two looks at what searches have told."""

STOPPING_SECONDS = 10.0
"""That a search gets after Ctrl-C to hand over its best so far."""

_told: Any = None
_stop: Any = None
"""In a process that searches: the queue to those who listen, None where nobody does; and the event that ends all searches."""


def searched_at_once(engine: str, tasks: Sequence[Task], jobs: int, tell: Tell | None) -> Iterator[SearchOutcome | SnnhwError]:
    """What became of each task's search, in order, with at most `jobs` of them at a time. tell: called with the task's index and a step.

    The processes are started afresh, so that no thread or lock of this one is copied into them. On Ctrl-C the searches under way give their
    best so far, ended_by "interrupted"; KeyboardInterrupt behind the last one, or at the first that has none.
    """
    before = set(multiprocessing.active_children())
    context = multiprocessing.get_context("spawn")
    told, stop = None if tell is None else context.SimpleQueue(), context.Event()
    pool = ProcessPoolExecutor(min(jobs, len(tasks)), context, _begin, (told, stop))
    try:
        with _deaf_to_interrupts():
            waiting = [pool.submit(_search, engine, index, task) for index, task in enumerate(tasks)]
        for future in waiting:
            try:
                while not wait([future], None if tell is None else TELLING_SECONDS).done:
                    _pass_on(told, tell)
                _pass_on(told, tell)
            except KeyboardInterrupt:
                stop.set()
                for other in waiting:
                    other.cancel()
            if stop.is_set() and (not wait([future], STOPPING_SECONDS).done or future.cancelled()):
                raise KeyboardInterrupt
            yield _result(future)
        pool.shutdown()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in set(multiprocessing.active_children()) - before:
            process.terminate()


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Processes that start here ignore Ctrl-C from their first instruction on, as a child inherits that; see `_begin`."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _pass_on(told: Any, tell: Tell | None) -> None:
    while tell is not None and not told.empty():
        tell(*told.get())


def _result(future: Future[SearchOutcome]) -> SearchOutcome | SnnhwError:
    from concurrent.futures.process import BrokenProcessPool

    try:
        return future.result()
    except SnnhwError as error:
        return error
    except BrokenProcessPool:
        return EngineError("the process that searched ended early (out of memory?); try fewer --jobs")


def _begin(told: Any, stop: Any) -> None:
    """Ctrl-C goes to all processes of a terminal; only the one that collects answers it, and tells the others."""
    global _told, _stop
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _told, _stop = told, stop


def _search(engine: str, index: int, task: Task) -> SearchOutcome:
    if _stop.is_set():
        raise KeyboardInterrupt
    return engine_named(engine).search(task.architecture, task.problem, task.constraints, task.reference, task.config, _Step(index))


class _Step:
    """Hears the steps of a search: tells them, but not more often than somebody looks, and ends the search when it has to stop."""

    def __init__(self, index: int) -> None:
        self.index = index
        self.next = 0.0

    def __call__(self, step: SearchProgress) -> None:
        if time.monotonic() < self.next:
            return
        self.next = time.monotonic() + TELLING_SECONDS
        if _stop.is_set():
            raise KeyboardInterrupt
        if _told is not None:
            _told.put((self.index, step))
