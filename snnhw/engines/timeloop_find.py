"""Where the real Timeloop is: the programs timeloop-model and timeloop-mapper."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from snnhw.errors import EngineError

MODEL, MAPPER = "timeloop-model", "timeloop-mapper"
VARIABLE = "SNNHW_TIMELOOP"
"""A folder with the programs (or with bin/ below it), or one of the programs itself."""

HOW_TO_GET = ("it is in no package registry: run snnhw in the image of docker/Dockerfile.timeloop, or build it from its sources "
              f"(github.com/NVlabs/timeloop), then put its programs on PATH or set {VARIABLE} to their folder; docs/timeloop.md")


@dataclass(frozen=True, slots=True, kw_only=True)
class Programs:
    """The programs, each None where it is not there, and who led to them: SNNHW_TIMELOOP, PATH or pytimeloop."""

    model: Path | None = None
    mapper: Path | None = None
    by: str = ""


def find_programs() -> Programs:
    """The programs that SNNHW_TIMELOOP names; where it is not set, those on PATH, else those that lie beside pytimeloop.

    A variable that leads nowhere is an error and not passed over. Raises EngineError.
    """
    named = os.environ.get(VARIABLE)
    if named:
        found = _first(_folders(Path(named)), VARIABLE)
        if found is None:
            raise EngineError(f"{VARIABLE}={named}: neither {MODEL} nor {MAPPER} is there, or it may not be run; name the folder that "
                              "holds them, or unset it")
        return found
    on_path = Programs(model=_path(shutil.which(MODEL)), mapper=_path(shutil.which(MAPPER)), by="PATH")
    if on_path.model or on_path.mapper:
        return on_path
    return _first(_beside_pytimeloop(), "pytimeloop") or Programs()


def program(name: str) -> Path:
    """The program of a name, `timeloop-model` or `timeloop-mapper`. Raises EngineError that says how to get it where it is not there."""
    found = find_programs()
    path = found.model if name == MODEL else found.mapper
    if path is None:
        where = f"{VARIABLE} leads to the other program alone" if os.environ.get(VARIABLE) else f"{VARIABLE} is not set and PATH has none"
        raise EngineError(f"{name} is not here ({where}); {HOW_TO_GET}")
    return path


def fingerprint(path: Path) -> str:
    """What tells one build of a program from another, since none of them says its version: 12 digits of the sha256 of the file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:12]


def _folders(named: Path) -> Iterator[Path]:
    if named.is_dir():
        yield from (named, named / "bin", named / "build")
    else:
        yield named.parent


def _first(folders: Iterator[Path], by: str) -> Programs | None:
    for folder in folders:
        model, mapper = (_path(shutil.which(name, path=str(folder))) for name in (MODEL, MAPPER))
        if model or mapper:
            return Programs(model=model, mapper=mapper, by=by)
    return None


def _beside_pytimeloop() -> Iterator[Path]:
    """Folders that may hold the programs of the Timeloop that pytimeloop was built against; nothing is imported."""
    try:
        spec = find_spec("pytimeloop")
    except (ImportError, ValueError):
        return
    for place in (spec.submodule_search_locations or ()) if spec else ():
        yield from (Path(place), Path(place) / "bin", Path(place).parents[1] / "bin", Path(place).parents[2] / "bin")


def _path(found: str | None) -> Path | None:
    return None if found is None else Path(found).absolute()
