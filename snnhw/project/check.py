"""Linting: read a file as what it is, and say everything that is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from snnhw.errors import Finding, SnnhwError, SpecError
from snnhw.project.kinds import SUFFIXES, FileKind, kind_of, none_of_ours
from snnhw.project.parts import TIMELOOP_PARTS, is_whole
from snnhw.spec.document import Document, KeyPath, read_document

NONE_OF_OURS = "none of ours"
"""The kind of a file in a folder that is passed over."""

_STEP = re.compile(r"\[(\d+)\]|([^.\[\]]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A file (or several that are one input), what it was read as, and everything that is wrong with it ("" if nothing is)."""

    file: str
    kind: str = ""
    error: str = ""


def check(paths: str | Path | Sequence[str | Path]) -> tuple[Checked, ...]:
    """Read each file as what its content says that it is, and say everything that is wrong with it.

    Architectures, run files, tables of layers, mappers, plans of sweeps, trainings, reference tables (ERT, ART), results, inputs
    of the timeloop binaries and their parts. A folder stands for the files in it and below, but for those that begin with a dot and
    those that are none of ours, which are passed over. Parts that make up one input of a timeloop binary are read together as well, so that
    names in one are held against those of the others.
    """
    files = {file: Path(path) != file for path in ([paths] if isinstance(paths, str | Path) else paths) for file in _files(Path(path))}
    kinds: dict[Path, FileKind] = {}
    found = [_checked(file, kinds, is_found=is_found) for file, is_found in files.items()]
    return (*found, *_together({file: kind for file, kind in kinds.items() if kind.part}, found))


def _files(path: Path) -> Iterator[Path]:
    """The file, or those of a folder, in order."""
    if not path.is_dir():
        yield path
        return
    inside = sorted(file for file in path.rglob("*") if file.suffix.lower() in SUFFIXES and file.is_file()
                    and not any(part.startswith(".") for part in file.relative_to(path).parts))
    if not inside:
        raise SpecError(Finding(file=str(path), seen="a folder without such files", expected=f"files that end in {', '.join(SUFFIXES)}"))
    yield from inside


def _checked(path: Path, kinds: dict[Path, FileKind], *, is_found: bool) -> Checked:
    """is_found: in a folder, where files of others may lie."""
    kind = ""
    try:
        found = kind_of(path)
        if found is None and is_found:
            return Checked(file=str(path), kind=NONE_OF_OURS)
        if found is None:
            raise SpecError(none_of_ours(path))
        kind, kinds[path] = found.name, found
        found.read(path)
    except SpecError as error:
        kinds.pop(path, None)
        return Checked(file=str(path), kind=kind, error=str(SpecError(_with_lines(path, error.findings))))
    except SnnhwError as error:
        kinds.pop(path, None)
        return Checked(file=str(path), kind=kind, error=str(error))
    return Checked(file=str(path), kind=kind)


def _with_lines(path: Path, findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings, with the lines at which their keys stand where they have none."""
    listed = list(findings)
    document = _document(path) if any(one.line is None and one.key for one in listed) else None
    for one in listed:
        own = one.file == str(path) and one.line is None and one.key and document is not None
        yield replace(one, line=document.line(_path_of(one.key, document))) if own and document is not None else one


def _document(path: Path) -> Document | None:
    try:
        return read_document(path, template=False)
    except SpecError:
        return None


def _path_of(key: str, document: Document) -> KeyPath:
    """The key path that a dotted key stands for, as far as the document has it."""
    path: KeyPath = ()
    for match in _STEP.finditer(key):
        text = match[1] or match[2]
        here = document.get(path)
        step: str | int = int(text) if isinstance(here, list) and text.isdigit() else text
        if document.get((*path, step), path) is path:
            break
        path = (*path, step)
    return path


def _together(parts: dict[Path, FileKind], found: Sequence[Checked]) -> Iterator[Checked]:
    """What is wrong with parts of an input as a whole, where they make up one and each is right on its own."""
    if len(parts) < 2 or any(one.error for one in found if one.kind in TIMELOOP_PARTS):
        return
    binary = is_whole([kind.part for kind in parts.values()])
    if binary is None:
        return
    from snnhw.spec.timeloop_input import read_timeloop_input

    name, kind = " + ".join(map(str, parts)), f"an input of timeloop-{binary}"
    try:
        read_timeloop_input(list(parts), binary)
    except SnnhwError as error:
        yield Checked(file=name, kind=kind, error=str(error))
        return
    yield Checked(file=name, kind=kind)
