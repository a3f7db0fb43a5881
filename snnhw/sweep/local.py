"""Points in processes of this machine. One that dies is replaced, and its point tried once more."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any

from snnhw.errors import EngineError, SnnhwError
from snnhw.sweep.point import Outcome, Work
from snnhw.sweep.runner import Evaluate, crashed

ATTEMPTS = 2
POINTS_PER_PROCESS = 4
ENDING_SECONDS = 5.0


@dataclass(slots=True)
class _Worker:
    """A process, this end of its pipe, and the point that it is at."""

    process: Any
    pipe: Connection
    work: Work | None = None


class LocalRunner:
    """So many processes, started afresh so that no thread or lock is copied into them, and only when there is work for them."""

    def __init__(self, evaluate: Evaluate, jobs: int) -> None:
        self._evaluate = evaluate
        self._jobs = jobs
        self._context = multiprocessing.get_context("spawn")
        self._workers: list[_Worker] = []
        self._waiting: deque[Work] = deque()
        self._begun: dict[str, int] = {}

    @property
    def slots(self) -> int:
        """Some for each process, so that none waits while points are claimed."""
        return POINTS_PER_PROCESS * self._jobs

    def put(self, work: Work) -> None:
        """See Runner."""
        self._waiting.append(work)
        self._hand_out()

    def take(self) -> list[Outcome]:
        """See Runner."""
        while True:
            busy = {worker.pipe: worker for worker in self._workers if worker.work is not None}
            if not busy and not self._waiting:
                raise EngineError("nothing is under way")
            done = [outcome for pipe in wait(list(busy)) if (outcome := self._received(busy[pipe])) is not None]  # type: ignore[index]
            self._hand_out()
            if done:
                return done

    def close(self) -> None:
        """See Runner."""
        for worker in self._workers:
            worker.pipe.close()
            if worker.work is not None:
                worker.process.terminate()
        for worker in self._workers:
            worker.process.join(ENDING_SECONDS)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()
        self._workers.clear()
        self._waiting.clear()

    def _hand_out(self) -> None:
        while self._waiting:
            worker = next((one for one in self._workers if one.work is None), None)
            if worker is None:
                if len(self._workers) == self._jobs:
                    return
                worker = self._started()
            self._hand(worker, self._waiting.popleft())

    def _hand(self, worker: _Worker, work: Work) -> None:
        worker.work = work
        self._begun[work.key] = self._begun.get(work.key, 0) + 1
        try:
            worker.pipe.send(work)
        except OSError:  # it died while it had nothing to do: its end of the pipe is found closed when it is waited for
            return

    def _started(self) -> _Worker:
        here, there = self._context.Pipe()
        process = self._context.Process(target=_serve, args=(there, self._evaluate), daemon=True)
        process.start()
        there.close()
        worker = _Worker(process, here)
        self._workers.append(worker)
        return worker

    def _received(self, worker: _Worker) -> Outcome | None:
        """What a process has to say of its point; of one that is dead nothing, if the point is tried again."""
        work = worker.work
        if work is None:
            return None
        try:
            said = worker.pipe.recv()
        except (EOFError, OSError):
            return self._buried(worker, work)
        worker.work = None
        attempts = self._begun.pop(work.key)
        if isinstance(said, SnnhwError):
            raise said
        return said if attempts == 1 else _after(said, attempts)

    def _buried(self, worker: _Worker, work: Work) -> Outcome | None:
        worker.pipe.close()
        worker.process.join(ENDING_SECONDS)
        self._workers.remove(worker)
        if self._begun[work.key] < ATTEMPTS:
            self._waiting.appendleft(work)
            return None
        return crashed(work, _how(worker.process.exitcode), self._begun.pop(work.key))


def _after(outcome: Outcome, attempts: int) -> Outcome:
    from dataclasses import replace

    return replace(outcome, attempts=attempts)


def _how(exitcode: int | None) -> str:
    if exitcode is not None and exitcode < 0:
        return f"signal {-exitcode}"
    return f"exit status {exitcode}"


def _serve(pipe: Connection, evaluate: Evaluate) -> None:
    """A process: one point after another, until the other end of the pipe is closed. Ctrl-C is the other end's to answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    while True:
        try:
            work = pipe.recv()
        except (EOFError, OSError):
            return
        said: Outcome | SnnhwError
        try:
            said = evaluate(work)
        except SnnhwError as error:
            said = error
        try:
            pipe.send(said)
        except OSError:
            return


def _end_with_parent() -> None:
    """Leave nothing behind where the sweep was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
