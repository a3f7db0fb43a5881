"""What timeloop-model does: evaluate inputs that carry their mapping."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from snnhw.errors import Finding, MappingError, SnnhwError, SpecError
from snnhw.model import evaluate
from snnhw.model.result import Evaluation
from snnhw.spec.reference import ReferenceTable
from snnhw.spec.timeloop_input import TimeloopInput, read_timeloop_input


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelOutcome:
    """One input: its evaluation, or why there is none.

    is_broken: the input itself is wrong, so that it says nothing of a mapping. notes: what the input says without effect.
    """

    file: str
    evaluation: Evaluation | None = None
    error: str = ""
    is_broken: bool = False
    notes: tuple[str, ...] = ()


def model(paths: Sequence[Path], *, one: bool = False, corrected: bool = False,
          progress: Callable[[int, int], None] | None = None) -> tuple[ModelOutcome, ...]:
    """Each input's outcome, in order. A folder stands for its *.yaml files, sorted by name.

    one: the files are parts of a single input, which is named after the first. corrected: do what is right where timeloop-model's own
    sparse counts are wrong (docs/fidelity.md); otherwise its figures. progress: told how many inputs are done, and of how many.
    Raises SpecError for a folder without any such file.
    """
    groups = input_groups(paths, one)
    outcomes = []
    for i, group in enumerate(groups):
        if progress is not None:
            progress(i, len(groups))
        outcomes.append(model_input(group, corrected=corrected))
    return tuple(outcomes)


def input_groups(paths: Sequence[Path], one: bool) -> list[list[Path]]:
    """The files of each input: all of them where they are parts of one, else each alone. A folder stands for its *.yaml files."""
    files = [file for path in paths for file in _files(path)]
    return [files] if one else [[file] for file in files]


def hint_of_parts(errors: Sequence[str]) -> str:
    """What to do where inputs look like the parts of one: none of several is fine, and two or more lack whole parts; else "".

    errors: of each input, "" where it is fine.
    """
    lacking = [error for error in errors if any(f'seen no "{part}"' in error for part in ("problem", "architecture", "mapping", "mapper"))]
    return "the files look like parts of one input; --one reads them as such" if all(errors) and len(lacking) > 1 else ""


def model_input(files: Sequence[Path], *, corrected: bool = False) -> ModelOutcome:
    """One input, which may be spread over several files. What is wrong with it or its mapping is in the outcome."""
    file = str(files[0])
    try:
        given = read_timeloop_input(files, "model")
        if given.mapping is None:
            raise SpecError(Finding(file=file, key="mapping", seen="nothing", expected="a mapping"))
        evaluation = evaluate(given.architecture, given.problem, given.mapping, reference_of(given), follow_faults=not corrected)
    except MappingError as error:
        return ModelOutcome(file=file, error=str(error))
    except SnnhwError as error:
        return ModelOutcome(file=file, error=str(error), is_broken=True)
    return ModelOutcome(file=file, evaluation=evaluation, notes=given.notes)


def reference_of(given: TimeloopInput) -> ReferenceTable:
    """The input's own ERT; where it has none, what the energy model says, as the timeloop binaries then ask Accelergy."""
    if given.reference is not None:
        return given.reference
    from snnhw.energy import estimate

    return estimate(given.architecture, None)


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    files = sorted(path.glob("*.yaml"))
    if not files:
        raise SpecError(Finding(file=str(path), seen="a folder without *.yaml files", expected="Timeloop inputs, such as 000.yaml"))
    yield from files
