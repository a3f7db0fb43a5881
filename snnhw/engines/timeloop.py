"""The real Timeloop as an engine: timeloop-mapper searches, timeloop-model evaluates, each in a folder of its own and within a limit."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from snnhw.engines.timeloop_answer import evaluation_of, needed_bits
from snnhw.engines.timeloop_errors import failure_of, unusable
from snnhw.engines.timeloop_find import MAPPER, MODEL, find_programs, fingerprint, program
from snnhw.engines.timeloop_form import Form, raised_mapping, timeloop_form
from snnhw.engines.timeloop_progress import MapperProgress
from snnhw.engines.timeloop_run import INPUT, Run, run_program
from snnhw.engines.timeloop_stats import Stats, read_stats
from snnhw.engines.timeloop_xml import with_exact_figures
from snnhw.errors import CapacityError, EngineError, Finding, SpecError
from snnhw.model.result import Evaluation, SearchReport
from snnhw.spec.architecture import Architecture
from snnhw.spec.constraints import Constraints
from snnhw.spec.mapper import MapperConfig, powers
from snnhw.spec.mapping import Mapping as LoopMapping
from snnhw.spec.problem import Problem
from snnhw.spec.reference import ReferenceTable
from snnhw.spec.timeloop_input import read_timeloop_input
from snnhw.spec.timeloop_mapper import TimeloopMapperOptions
from snnhw.spec.writing import mapper_data

if TYPE_CHECKING:
    from snnhw.search import SearchOutcome, SearchProgress

N = TypeVar("N", int, float)

SECONDS, THREADS, ACCELERGY = "SNNHW_TIMELOOP_SECONDS", "SNNHW_TIMELOOP_THREADS", "SNNHW_TIMELOOP_ACCELERGY"

INVALID_IN_A_ROW = 500_000
"""Mappings in a row that do not fit, of one thread, that end a search where the mapper names no timeout. Timeloop's own default, 1000,
ends most searches under constraints before the first mapping that fits."""

_ENVIRONMENT = {"TIMELOOP_HIDE_INCONSEQUENTIAL_STATS": "0"}
"""So that levels without accesses are printed too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeloopEngine:
    """timeloop-mapper and timeloop-model. seconds: the limit of one run; threads: of a search, which decide what it finds.

    accelergy: let Timeloop ask Accelergy for energies instead of writing ours into its input.
    """

    name: str = "timeloop"
    seconds: float = 600.0
    threads: int = 2
    accelergy: bool = False

    @property
    def version(self) -> str:
        """What tells one build from another (Timeloop says no version), and the settings that results depend on."""
        found = find_programs()
        parts = [f"{path.name} sha256:{fingerprint(path)}" for path in (found.model, found.mapper) if path is not None]
        return ", ".join([*parts, f"{self.threads} threads", *(["energies of Accelergy"] if self.accelergy else [])])

    def search(self, architecture: Architecture, problem: Problem, constraints: Constraints, reference: ReferenceTable,
               config: MapperConfig, progress: Callable[[SearchProgress], None] | None = None) -> SearchOutcome:
        """The best mapping that timeloop-mapper finds within its budget, and what it says of it.

        Where the tiles do not fit a level that they share, which Timeloop cannot know, it searches once more with the level's rows divided
        among them. Raises EngineError where it stops or cannot be asked, SearchError where it finds nothing.
        """
        asked = replace(architecture, constraints=architecture.constraints.with_more(constraints))
        listener = MapperProgress(config.max_evaluations, problem.operations, progress)
        limit = self.seconds if config.max_seconds is None else config.max_seconds
        form = self._form(asked, problem, reference, mapper=mapper_options(config, self.threads))
        run, stats = self._answer(MAPPER, form, limit, listener)
        try:
            evaluation = self._evaluation(run, form, stats)
        except CapacityError:
            rows = divided_rows(form, stats)
            form = self._form(asked, problem, reference, mapper=mapper_options(config, self.threads), rows=rows)
            run, stats = self._answer(MAPPER, form, limit, listener)
            evaluation = self._evaluation(run, form, stats)
        mapping = _found_mapping(run, form)
        run.remove()
        return _outcome(mapping, evaluation, config, run, listener)

    def evaluate(self, architecture: Architecture, problem: Problem, mapping: LoopMapping, reference: ReferenceTable) -> Evaluation:
        """What timeloop-model says of a mapping. Raises MappingError or CapacityError where it does not fit, else EngineError."""
        form = self._form(architecture, problem, reference, mapping=mapping)
        run, stats = self._answer(MODEL, form, self.seconds, None)
        evaluation = self._evaluation(run, form, stats)
        run.remove()
        return evaluation

    def _form(self, architecture: Architecture, problem: Problem, reference: ReferenceTable, *, mapping: LoopMapping | None = None,
              mapper: TimeloopMapperOptions | None = None, rows: Mapping[str, int] | None = None) -> Form:
        return timeloop_form(architecture, problem, reference, mapping=mapping, mapper=mapper, tables=not self.accelergy, rows=rows)

    def _answer(self, name: str, form: Form, limit: float, listener: MapperProgress | None) -> tuple[Run, Stats]:
        """Run a program and read its figures. On Ctrl-C without results KeyboardInterrupt."""
        run = run_program(program(name), form.text, seconds=limit, tell=listener, environment=_ENVIRONMENT)
        results = f"{name}.stats.txt"
        if run.ended_by == "interrupted" and (run.killed or not run.text(results) or name == MODEL):
            run.remove()
            raise KeyboardInterrupt
        failure = failure_of(run, results, limit)
        if failure is not None:
            raise failure
        try:
            return run, with_exact_figures(read_stats(run.text(results) or ""), run.text(f"{name}.map+stats.xml"), form.problem)
        except EngineError as error:
            raise unusable(run, error) from None

    @staticmethod
    def _evaluation(run: Run, form: Form, stats: Stats) -> Evaluation:
        """The record of an answer. A mapping that does not fit by what Timeloop says leaves no folder: nothing went wrong there."""
        try:
            return evaluation_of(form, stats)
        except EngineError as error:
            raise unusable(run, error) from None
        except CapacityError:
            run.remove()
            raise


def timeloop_engine() -> TimeloopEngine:
    """The engine with the settings of the environment. Raises SpecError for a setting that is no number, EngineError without Timeloop."""
    engine = TimeloopEngine(seconds=_setting(SECONDS, 600.0, float), threads=_setting(THREADS, 2, int),
                            accelergy=os.environ.get(ACCELERGY, "") not in ("", "0"))
    program(MODEL)
    return engine


def _setting(name: str, default: N, kind: Callable[[str], N]) -> N:
    text = os.environ.get(name)
    if not text:
        return default
    try:
        value = kind(text)
    except ValueError:
        value = kind("0")
    if not 0 < value < math.inf:
        raise SpecError(Finding(file="environment", key=name, seen=f'"{text}"', expected="x > 0", fix="unset it for the default"))
    return value


def mapper_options(config: MapperConfig, threads: int) -> TimeloopMapperOptions:
    """The search that a mapper's settings ask for. Its figures decide, and no seed: Timeloop has none."""
    metrics = mapper_data(config)["optimization_metrics"]
    return TimeloopMapperOptions(
        algorithm="random_pruned", optimization_metrics=tuple(metrics), num_threads=threads, search_size=config.max_evaluations or 0,
        victory_condition=config.victory_condition or 0, timeout=config.timeout or INVALID_IN_A_ROW, log_stats=True)


def divided_rows(form: Form, stats: Stats) -> dict[str, int]:
    """Rows for each of the levels that share one whose tiles do not fit: as its own tile's share of all tiles is."""
    rows: dict[str, int] = {}
    depths = {level.name: level.depth_words for level in form.lowered.architecture.storage}
    for level in form.architecture.storage:
        needed = needed_bits(form, stats, level)
        if len(needed) < 2 or level.capacity_bits is None or sum(needed.values()) * level.multiple_buffering <= level.capacity_bits:
            continue
        for name, bits in needed.items():
            rows[name] = max(1, math.floor((depths[name] or 1) * bits / sum(needed.values())))
    return rows


def _found_mapping(run: Run, form: Form) -> LoopMapping:
    """The mapping that timeloop-mapper wrote, said of the user's architecture."""
    try:
        found = read_timeloop_input([run.folder / INPUT, run.folder / f"{MAPPER}.map.yaml"], "model").mapping
    except SpecError as error:
        raise unusable(run, EngineError(f"the mapping that timeloop-mapper wrote cannot be read: {error}")) from None
    if found is None:
        raise unusable(run, EngineError("timeloop-mapper wrote no mapping"))
    return raised_mapping(form, found)


def _outcome(mapping: LoopMapping, evaluation: Evaluation, config: MapperConfig, run: Run, listener: MapperProgress) -> SearchOutcome:
    from snnhw.search import SearchOutcome

    energy_power, cycles_power = powers(config.metrics[0])
    objective = float(evaluation.energy_pJ ** energy_power * evaluation.cycles ** cycles_power)
    ended_by = listener.ended_by if run.ended_by == "itself" else run.ended_by
    report = SearchReport(evaluated=listener.valid, pruned=listener.invalid, seconds=run.seconds, ended_by=ended_by, objective=objective)
    return SearchOutcome(mapping=mapping, evaluation=evaluation, report=report)
