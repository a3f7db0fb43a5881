"""Running a sweep: each point of a plan evaluated once, and kept, whatever happens on the way."""

from __future__ import annotations

import logging
import re
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import TypeAlias

from snnhw.errors import EngineError, Finding, OutputError, SpecError
from snnhw.sweep.keys import Sources
from snnhw.sweep.owners import Owner
from snnhw.sweep.plan import Plan
from snnhw.sweep.plan_form import digest_of, read_plan
from snnhw.sweep.point import Outcome, Point, Work
from snnhw.sweep.runner import Evaluate, Runner
from snnhw.sweep.store import Store
from snnhw.sweep.work import evaluate_point

log = logging.getLogger(__name__)

CHUNK = 256
"""Points that are looked up in the store at a time."""

LOOKING_SECONDS = 1.0
"""Between two looks whether another sweep on the folder has finished its points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepProgress:
    """How far a sweep is: points done, failed, and in all; before: how many of them were finished before it began; last: the point that was
    finished last, "" before the first."""

    points: int
    done: int = 0
    failed: int = 0
    before: int = 0
    last: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepReport:
    """What a sweep did. points: of the plan, different keys; done, failed: how they stand now; before: finished when it began;
    elsewhere: finished by another sweep on the folder meanwhile; retried: failed ones that were tried again."""

    folder: Path
    points: int = 0
    done: int = 0
    failed: int = 0
    before: int = 0
    elsewhere: int = 0
    retried: int = 0
    interrupted: bool = False
    errors: tuple[str, ...] = field(default=())


Listener: TypeAlias = Callable[[SweepProgress], None]
ERRORS = 10
"""Errors that a report holds at most, each once; the store has all."""


def run_sweep(plan: str | Path | Plan, folder: str | Path, *, jobs: int = 1, dask: str | None = None, retry_failed: bool = False,
              cache: bool = True, progress: Listener | None = None, evaluate: Evaluate = evaluate_point) -> SweepReport:
    """Evaluate the points of a plan that the store in `folder` lacks; see docs/sweeps.md.

    plan: a file, or what was read from one. jobs: local processes; dask: instead of them a scheduler's address, or local:N.
    retry_failed: whether points that failed before are tried again. cache: whether results of searches are taken and kept. evaluate: what
    is done with a point. Ctrl-C ends it, with `interrupted` set; what was finished is kept. Raises SpecError for a wrong plan,
    OutputError where the store cannot be written, EngineError where no process or scheduler can go on.
    """
    chosen = plan if isinstance(plan, Plan) else read_plan(plan)
    with Store(folder, create=True) as store:
        store.note_plan(digest_of(chosen), chosen.file, chosen.text)
        owner = Owner(store.folder)
        check_machines(owner)
        sweep = _Sweep(chosen, store, owner, retry_failed=retry_failed, cache=cache, progress=progress)
        try:
            return sweep.run(lambda: runner_of(evaluate, jobs, dask))
        finally:
            sweep.end()
            owner.close()


def check_machines(owner: Owner) -> None:
    """Several sweeps share a folder on one machine; SQLite's log does not work between machines."""
    others = owner.on_other_machines()
    if others:
        owner.close()
        raise OutputError(f"{owner.folder}: a sweep on {', '.join(others)} is at this folder; wait for it, or start this one there")


def runner_of(evaluate: Evaluate, jobs: int, dask: str | None) -> Runner:
    """Who evaluates the points: local processes, or a Dask cluster where one is named."""
    if dask is not None:
        from snnhw.sweep.on_dask import DaskRunner

        return DaskRunner(evaluate, dask)
    from snnhw.sweep.local import LocalRunner

    return LocalRunner(evaluate, jobs)


class _Sweep:
    """A sweep under way. Points come in chunks from the plan; of those that the store lacks a few are claimed at a time."""

    def __init__(self, plan: Plan, store: Store, owner: Owner, *, retry_failed: bool, cache: bool, progress: Listener | None) -> None:
        self.plan, self.store, self.owner = plan, store, owner
        self.retry_failed, self.cache, self.progress = retry_failed, cache, progress
        self.sources = Sources(plan.folder)
        self.report = SweepReport(folder=store.folder)
        self.total = 0
        self.seen: set[bytes] = set()
        self.open: deque[tuple[str, Point]] = deque()
        self.elsewhere: deque[tuple[str, Point]] = deque()
        self.busy: dict[str, Work] = {}
        self.runner: Runner | None = None

    def run(self, start: Callable[[], Runner]) -> SweepReport:
        """All points. start: makes a runner, which happens only where there is something to do."""
        try:
            self.total = self._counted()
            chunks = self._chunks()
            while self._filled(chunks, start):
                self._take()
        except KeyboardInterrupt:
            self.report = replace(self.report, interrupted=True)
        return self.report

    def end(self) -> None:
        """End what is under way, and let others have what was claimed."""
        if self.runner is not None:
            self.runner.close()
        if self.busy:
            with suppress(OutputError):  # a claim of a sweep that has ended holds nobody up
                self.store.release(self.owner)

    def _counted(self) -> int:
        """How many points the plan has; 0 where nobody asks."""
        if self.progress is None:
            return 0
        plain = not self.plan.where and not self.plan.points and self.plan.sample is None
        return self.plan.grid_size if plain else sum(1 for _ in self.plan)

    def _chunks(self) -> Iterator[list[tuple[str, Point]]]:
        """The plan's points with their keys, in the plan's order. They are noted as asked for."""
        points = iter(self.plan)
        while chunk := [(self.sources.key(point), point) for point in islice(points, CHUNK)]:
            self.store.register((point, key) for key, point in chunk)
            yield chunk

    def _filled(self, chunks: Iterator[list[tuple[str, Point]]], start: Callable[[], Runner]) -> bool:
        """Give the runner what it can take. False when nothing is left."""
        while True:
            if not self.open and (chunk := next(chunks, None)) is not None:
                self._look_up(chunk)
            elif not self.open and not self.busy and not self.elsewhere:
                return False
            elif not self.open and not self.busy:
                self._look_elsewhere()
            elif self.open and (self.runner is None or len(self.busy) <= self.runner.slots // 2):
                self.runner = self.runner or start()
                self._claim(self.runner)
            else:
                return True

    def _look_up(self, chunk: list[tuple[str, Point]]) -> None:
        """Sort points into those that are finished and those that are open. What two names stand for is one point, under the first name."""
        fresh = {key: point for key, point in reversed(chunk) if bytes.fromhex(key) not in self.seen}
        self.seen.update(map(bytes.fromhex, fresh))
        known = self.store.status_of(list(fresh))
        for key, point in reversed(fresh.items()):
            status = known.get(key)
            if status is None or (status == "failed" and self.retry_failed):
                self.open.append((key, point))
                self.report = replace(self.report, points=self.report.points + 1, retried=self.report.retried + (status == "failed"))
            else:
                self._count(status, points=1, before=1)

    def _claim(self, runner: Runner) -> None:
        batch = [self.open.popleft() for _ in range(min(len(self.open), max(1, runner.slots - len(self.busy))))]
        states = self.store.claim([key for key, _ in batch], self.owner, retry_failed=self.retry_failed)
        for (key, point), state in zip(batch, states, strict=True):
            if state == "mine":
                work = replace(self.sources.work(point, self.cache), key=key)
                self.busy[key] = work
                runner.put(work)
            elif state == "elsewhere":
                self.elsewhere.append((key, point))
            else:
                self._count(state, elsewhere=1)

    def _look_elsewhere(self) -> None:
        """What other sweeps on the folder have finished counts; what they have let go is open again; else wait a little."""
        states = self.store.claim([key for key, _ in self.elsewhere], self.owner)
        waiting, self.elsewhere = self.elsewhere, deque()
        for (key, point), state in zip(waiting, states, strict=True):
            if state == "mine":
                self.open.append((key, point))
            elif state == "elsewhere":
                self.elsewhere.append((key, point))
            else:
                self._count(state, elsewhere=1)
        if len(self.elsewhere) == len(waiting):
            time.sleep(LOOKING_SECONDS)

    def _take(self) -> None:
        if self.runner is None:
            raise EngineError("nothing is under way")
        for outcome in self.runner.take():
            work = self.busy[outcome.key]
            self.store.finish(outcome, work, self.owner)
            log.info("point %s (%s): %s in %.3f s%s", outcome.key[:12], work.point.label, outcome.status, outcome.seconds,
                     f": {outcome.error}" if outcome.error else "")
            del self.busy[outcome.key]
            self._count(outcome.status, last=work.point.label, outcome=outcome)

    def _count(self, status: str, *, points: int = 0, before: int = 0, elsewhere: int = 0, last: str = "",
               outcome: Outcome | None = None) -> None:
        one = self.report
        self.report = replace(one, points=one.points + points, done=one.done + (status == "done"), failed=one.failed + (status == "failed"),
                              before=one.before + before, elsewhere=one.elsewhere + elsewhere)
        if outcome is not None and outcome.error and len(one.errors) < ERRORS:
            self.report = replace(self.report, errors=tuple(dict.fromkeys((*one.errors, f"{last}: {outcome.error}"))))
        if self.progress is not None:
            self.progress(SweepProgress(points=max(self.total, self.report.points), done=self.report.done, failed=self.report.failed,
                                        before=self.report.before, last=last))


def check_dask(where: str) -> None:
    """Raises SpecError where `local:` is not followed by a number."""
    if where.startswith("local:") and not re.fullmatch("[1-9][0-9]{0,3}", where.removeprefix("local:")):
        raise SpecError(Finding(file="--dask", seen=where, expected="local:N with the number of workers, or a scheduler's address",
                                fix="local:2, for instance"))
