"""What timeloop-mapper does: the best mapping of inputs that leave it open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from snnhw.engines.cache import ResultCache
from snnhw.engines.interface import engine_named
from snnhw.engines.layers import Attempt, attempts, collected
from snnhw.engines.model import input_groups, reference_of
from snnhw.engines.progress import Listener
from snnhw.engines.task import Task
from snnhw.errors import EngineError, SnnhwError, SpecError
from snnhw.model.result import Evaluation, SearchReport
from snnhw.spec.constraints import Constraints
from snnhw.spec.load import load_mapper
from snnhw.spec.mapper import MapperConfig
from snnhw.spec.mapping import Mapping
from snnhw.spec.timeloop_input import read_timeloop_input
from snnhw.spec.writing import write_mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class MapOutcome:
    """One input: the best mapping found and what the model says of it, or why there is none.

    status: 0, or the exit code of its error: 2 where the input itself is wrong, 3 where nothing fits. mapping_yaml: the mapping in
    Timeloop's format, "" where it cannot be said there. notes: what the input says without effect.
    """

    file: str
    evaluation: Evaluation | None = None
    mapping: Mapping | None = None
    mapping_yaml: str = ""
    report: SearchReport | None = None
    error: str = ""
    status: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MapResult:
    """The outcomes in the order of the inputs. interrupted: Ctrl-C came, and inputs whose search had not begun have no outcome."""

    outcomes: tuple[MapOutcome, ...]
    interrupted: bool = False

    @property
    def exit_code(self) -> int:
        """The status of a command that ends with it: 2 where an input is wrong, else the highest of its outcomes."""
        found = {outcome.status for outcome in self.outcomes}
        return SpecError.exit_code if SpecError.exit_code in found else max(found, default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Open:
    """An input that was read, and its search."""

    task: Task
    notes: tuple[str, ...]


def map_files(paths: Sequence[str | Path], *, one: bool = False, mapper: str | Path | MapperConfig | None = None, seed: int | None = None,
              max_evaluations: int | None = None, max_seconds: float | None = None, jobs: int = 1, engine: str = "native",
              cache: bool = True, progress: Listener | None = None) -> MapResult:
    """The best mapping of each input of timeloop-mapper: architecture, problem, constraints, mapper section, ERT.

    A folder stands for its *.yaml files; one: the files are parts of a single input, which is named after the first.
    mapper: a file, a preset's name or settings, instead of each input's own section; seed, max_evaluations and max_seconds: instead of the
    mapper's. jobs: inputs searched at once, in processes of their own. cache: as in `evaluate`.
    A wrong input, or one that nothing fits, has an outcome with its error. Ctrl-C gives what is done, with `interrupted` set.
    Raises SpecError for a wrong mapper and for a folder without inputs.
    """
    # load
    chosen = engine_named(engine)
    config = load_mapper(mapper) if isinstance(mapper, str | Path) else mapper
    limits = {name: value for name, value in
              (("seed", seed), ("max_evaluations", max_evaluations), ("max_seconds", max_seconds)) if value is not None}
    given = [_read(files, config, limits) for files in input_groups([Path(path) for path in paths], one)]
    # map
    tasks = [item.task for item in given if isinstance(item, _Open)]
    found, interrupted = collected(attempts(chosen, tasks, jobs, progress, ResultCache(chosen) if cache else None))
    # result
    left = iter(found)
    outcomes = (item if isinstance(item, MapOutcome) else _outcome(item, next(left, None)) for item in given)
    return MapResult(outcomes=tuple(outcome for outcome in outcomes if outcome is not None), interrupted=interrupted)


def _read(files: Sequence[Path], config: MapperConfig | None, limits: dict[str, Any]) -> _Open | MapOutcome:
    file = str(files[0])
    try:
        given = read_timeloop_input(files, "mapper", needs_mapper=config is None)
        settings = config or given.mapper or MapperConfig()
        task = Task(label=file, problem=given.problem, architecture=given.architecture, constraints=Constraints(),
                    reference=reference_of(given), config=replace(settings, **limits))
    except SnnhwError as error:
        return MapOutcome(file=file, error=str(error), status=error.exit_code)
    return _Open(task=task, notes=given.notes)


def _outcome(given: _Open, attempt: Attempt | None) -> MapOutcome | None:
    """What became of an input; None where its search was not begun."""
    task = given.task
    if attempt is None:
        return None
    if isinstance(attempt, SnnhwError):
        return MapOutcome(file=task.label, error=str(attempt), status=attempt.exit_code, notes=given.notes)
    try:
        text, notes = write_mapping(attempt.mapping, task.architecture, task.problem), given.notes
    except EngineError as error:
        text, notes = "", (*given.notes, f"{task.label}: no mapping in Timeloop's format: {error}")
    return MapOutcome(file=task.label, evaluation=attempt.evaluation, mapping=attempt.mapping, mapping_yaml=text, report=attempt.report,
                      notes=notes)
