"""Searching the points of a plan instead of evaluating all of them, against the store of a sweep."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from snnhw.errors import Finding, OutputError, SpecError
from snnhw.sweep.chooser import Chooser
from snnhw.sweep.keys import Sources
from snnhw.sweep.objectives import Objective, objectives_of
from snnhw.sweep.owners import Owner
from snnhw.sweep.pareto import Candidate, Front, front_of
from snnhw.sweep.plan import Plan
from snnhw.sweep.plan_form import digest_of, read_plan
from snnhw.sweep.point import Outcome, Point, Work
from snnhw.sweep.run import ERRORS, LOOKING_SECONDS, check_machines, runner_of
from snnhw.sweep.runner import Evaluate, Runner
from snnhw.sweep.sampler import check_optuna
from snnhw.sweep.space import runs_of, space_of, study_name
from snnhw.sweep.store import Store
from snnhw.sweep.work import evaluate_point


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimizeProgress:
    """How far an optimisation is: trials finished, of how many; failed: of the points known; front: points on it, best: the first one's
    figures (the best value of the first objective), None before there is one; last: the point that was finished last."""

    trials: int
    most: int
    failed: int = 0
    front: int = 0
    best: tuple[float, ...] | None = None
    last: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimizeReport:
    """What an optimisation found.

    front: of all points of the plan that the folder knows, those of a sweep too; trials: that the study has finished, before: of them when
    it began; exhausted: whether the plan has no other point; errors: of points that failed now.
    """

    folder: Path
    objectives: tuple[Objective, ...]
    front: Front
    trials: int = 0
    before: int = 0
    exhausted: bool = False
    interrupted: bool = False
    errors: tuple[str, ...] = field(default=())


Listener: TypeAlias = Callable[[OptimizeProgress], None]


def optimize(plan: str | Path | Plan, folder: str | Path, *, objectives: Sequence[str] = ("edp",), trials: int = 100, seed: int = 0,
             jobs: int = 1, cache: bool = True, progress: Listener | None = None, evaluate: Evaluate = evaluate_point) -> OptimizeReport:
    """Look for the best points of a plan in `trials` evaluations; see docs/sweeps.md.

    plan: a file, or what was read from one. folder: of a sweep, new or one to go on with: what it has is not evaluated again. objectives:
    NAME, NAME:min or NAME:max of energy, latency, cycles, edp, area, accuracy, energy_pJ.COMPONENT. trials: of the study in all, earlier
    runs of it counted. seed: with one job the same points come from the same seed. jobs: local processes. cache, evaluate: as in
    run_sweep. Ctrl-C ends it, with `interrupted` set; what was finished is kept. Raises SpecError for a wrong plan or objective,
    OutputError where the store cannot be written.
    """
    wanted = objectives_of(objectives)
    chosen = plan if isinstance(plan, Plan) else read_plan(plan)
    space = space_of(chosen)
    check_optuna()
    sources = Sources(chosen.folder)
    _check_accuracy(wanted, chosen, sources)
    with Store(folder, create=True) as store:
        store.note_plan(digest_of(chosen), chosen.file, chosen.text)
        owner = Owner(store.folder)
        check_machines(owner)
        chooser = Chooser(space=space, sources=sources, store=store, objectives=wanted, seed=seed)
        name = study_name(chosen, wanted, seed, sources)
        study = _Study(name, chooser, store, owner, trials=trials, jobs=jobs, cache=cache, progress=progress)
        try:
            return study.run(lambda: runner_of(evaluate, jobs, None))
        finally:
            study.end()
            owner.close()


def _check_accuracy(objectives: Sequence[Objective], plan: Plan, sources: Sources) -> None:
    if any(one.figure == "accuracy" for one in objectives):
        findings = [Finding(file=name, key="accuracy", seen="nothing", expected="the accuracy of the run, 0 to 1, as it is an objective")
                    for name in runs_of(plan) if sources.run(name).accuracy is None]
        if findings:
            raise SpecError(findings)


class _Study:
    """An optimisation under way."""

    def __init__(self, name: str, chooser: Chooser, store: Store, owner: Owner, *, trials: int, jobs: int, cache: bool,
                 progress: Listener | None) -> None:
        self.name, self.chooser, self.store, self.owner = name, chooser, store, owner
        self.most, self.jobs, self.cache, self.progress = trials, jobs, cache, progress
        self.busy: dict[str, Work] = {}
        self.elsewhere: dict[str, Point] = {}
        self.runner: Runner | None = None
        self.before = self.trials = 0
        self.exhausted = self.interrupted = False
        self.errors: list[str] = []

    def run(self, start: Callable[[], Runner]) -> OptimizeReport:
        """All trials. start: makes a runner, which happens only where there is something to do."""
        try:
            self.chooser.learn()
            self.before = self.trials = self.store.trials(self.name, self.owner).finished
            while True:
                while len(self.busy) < self.jobs and self._begun(start):
                    continue
                if self.busy and self.runner is not None:
                    self._take(self.runner)
                elif self._waits():
                    time.sleep(LOOKING_SECONDS)
                else:
                    break
                self.chooser.learn()
        except KeyboardInterrupt:
            self.interrupted = True
        return OptimizeReport(folder=self.store.folder, objectives=self.chooser.objectives, front=self._front(), trials=self.trials,
                              before=self.before, exhausted=self.exhausted, interrupted=self.interrupted, errors=tuple(self.errors))

    def end(self) -> None:
        """End what is under way, and let others have what was claimed."""
        if self.runner is not None:
            self.runner.close()
        if self.busy:
            with suppress(OutputError):  # a claim of a process that has ended holds nobody up
                self.store.release(self.owner)

    def _begun(self, start: Callable[[], Runner]) -> bool:
        """Claim a point and begin with it, or learn of it what there is to know. False where nothing can be begun now."""
        for key, point in list(self.elsewhere.items()):
            if self._claimed(key, point, start) == "mine":
                return True
        standing = self.store.trials(self.name, self.owner)
        if standing.finished + standing.under_way >= self.most:
            return False
        chosen = self.chooser.next()
        self.exhausted = chosen is None and not self.elsewhere
        if chosen is None:
            return False
        key = self.chooser.key(chosen)
        self.store.register([(chosen, key)])
        return self._claimed(key, chosen, start) != "enough"

    def _claimed(self, key: str, point: Point, start: Callable[[], Runner]) -> str:
        state = self.store.claim_trial(self.name, key, self.owner, self.most)
        self.elsewhere.pop(key, None)
        if state == "elsewhere":
            self.elsewhere[key] = point
            self.chooser.pend(point)
        elif state == "mine":
            self.runner = self.runner or start()
            self.busy[key] = self.chooser.work(point, self.cache)
            self.chooser.pend(point)
            self.runner.put(self.busy[key])
        else:
            self.chooser.free(point)
            if state != "enough":
                self.chooser.learn_of(key, point)
        return state

    def _waits(self) -> bool:
        """Whether other processes are at points that this study needs."""
        standing = self.store.trials(self.name, self.owner)
        self.trials = standing.finished
        return standing.elsewhere > 0 or (bool(self.elsewhere) and standing.finished < self.most)

    def _take(self, runner: Runner) -> None:
        for outcome in runner.take():
            work = self.busy[outcome.key]
            self.store.finish(outcome, work, self.owner)
            del self.busy[outcome.key]
            self.chooser.free(work.point)
            self._note(outcome, work.point)

    def _note(self, outcome: Outcome, point: Point) -> None:
        self.chooser.learn()
        self.trials = self.store.trials(self.name, self.owner).finished
        if outcome.error and len(self.errors) < ERRORS:
            self.errors.append(f"{point.label}: {outcome.error}")
        if self.progress is not None:
            front = self._front()
            best = front.points[0].values if front.points else None
            self.progress(OptimizeProgress(trials=self.trials, most=self.most, failed=front.failed, front=len(front.front), best=best,
                                           last=point.label))

    def _front(self) -> Front:
        objectives = self.chooser.objectives
        found: list[Candidate] = []
        failed = left_out = 0
        for row in self.chooser.rows():
            values = [one.value(row.figures) for one in objectives]
            known = tuple(value for value in values if value is not None)
            if row.status == "failed":
                failed += 1
            elif len(known) < len(values):
                left_out += 1
            else:
                found.append(Candidate(key=row.key, inputs=row.inputs, values=known))
        return front_of(found, [one.figure for one in objectives], [one.figure for one in objectives if one.maximize],
                        left_out=left_out, failed=failed)
