"""Presets: the YAML of arch/, mappers/ and workloads/training/ and the run files of workloads/ that travel with the package, by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, TypeAlias

from snnhw.errors import Finding, SpecError
from snnhw.spec.words import near, show

Kind: TypeAlias = Literal["arch", "mappers", "workloads", "workloads/training"]
_SUFFIX: Mapping[Kind, str] = {"arch": ".yaml", "mappers": ".yaml", "workloads": ".json", "workloads/training": ".yaml"}
_WORDS: Mapping[Kind, str] = {"arch": "the YAML of an accelerator", "mappers": "the YAML of a mapper", "workloads": "a run file or table",
                               "workloads/training": "the YAML of a training"}


def located(source: str | Path, kind: Kind) -> Path:
    """The file of a path, or of a preset's name (`eyeriss_snn`, `tcja_dvs_gesture/w8`). What exists in the file system wins.

    Raises SpecError where there is neither, with the presets and a near miss.
    """
    path, name = Path(source), str(source)
    if name and _exists(path):
        return path
    found = preset_files(kind)
    known = name.removesuffix(_SUFFIX[kind])
    if known in found:
        return found[known]
    expected = f"{_WORDS[kind]}, or a preset: {', '.join(found) or 'none is there'}"
    raise SpecError(Finding(file=name if name.isprintable() and name else show(name), seen="no such file", expected=expected,
                            fix=near(known, found)))


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name that no file can have
        return False


def preset_files(kind: Kind) -> dict[str, Path]:
    """All presets of a kind, by name in order; those in a folder are named `folder/name`."""
    root = preset_folder(kind)
    return {} if root is None else dict(sorted(_walk(root, "", _SUFFIX[kind])))


def preset_folder(kind: Kind) -> Path | None:
    """The folder of a kind: of the checkout that this file stands in, else of the installed package snnhw_presets."""
    checkout = Path(__file__).resolve().parents[2]
    if (checkout / "pyproject.toml").is_file() and (checkout / kind).is_dir():
        return checkout / kind
    try:
        spec = find_spec(f"snnhw_presets.{kind.replace('/', '.')}")
    except ModuleNotFoundError:
        return None
    return next((Path(folder) for folder in (spec.submodule_search_locations or ()) if Path(folder).is_dir()), None) if spec else None


def _walk(folder: Path, prefix: str, suffix: str) -> Iterator[tuple[str, Path]]:
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.name.startswith(("_", ".")):
            yield from _walk(entry, f"{prefix}{entry.name}/", suffix)
        elif entry.name.endswith(suffix):
            yield f"{prefix}{entry.name.removesuffix(suffix)}", Path(str(entry))
