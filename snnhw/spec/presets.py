"""Presets: the YAML of arch/, mappers/ and workloads/ that travels with the package, by name."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Literal, TypeAlias

from snnhw.errors import Finding, SpecError
from snnhw.spec.words import near

Kind: TypeAlias = Literal["arch", "mappers", "workloads"]
SUFFIXES = (".yaml", ".json", ".csv")
_WORDS = {"arch": "an accelerator", "mappers": "a mapper", "workloads": "a workload"}


def find(kind: Kind, path_or_preset: str | Path) -> Path:
    """The file of a path or of a preset's name (`eyeriss_snn`, `tcja_dvs_gesture/w8`). A path that exists wins.

    Raises SpecError with the presets and a near miss where there is neither.
    """
    path = Path(path_or_preset)
    name = str(path_or_preset)
    if path.exists():
        return path
    if name and not name.startswith(("/", ".")) and "\0" not in name:
        found = _presets(kind)
        for known in (name, name.removesuffix(".yaml").removesuffix(".json").removesuffix(".csv")):
            if known in found:
                return found[known]
    known_names = presets(kind)
    looks_like_path = path.suffix in (*SUFFIXES, ".yml") or len(path.parts) > 2
    fix = "" if looks_like_path and not near(name, known_names) else near(name, known_names)
    raise SpecError(Finding(file=name, seen="no such file, and no preset of this name",
                            expected=f"{_WORDS[kind]}: a file, or one of the presets {', '.join(known_names) or '(there are none)'}", fix=fix))


def presets(kind: Kind) -> tuple[str, ...]:
    """The names of all presets of a kind, sorted; those in a folder are written `folder/name`."""
    return tuple(sorted(_presets(kind)))


def _presets(kind: Kind) -> dict[str, Path]:
    root = _root(kind)
    return {} if root is None else dict(_walk(root, ""))


def _root(kind: Kind) -> Traversable | None:
    """The folder of a kind: that of the installed package, or of the checkout that this file stands in."""
    try:
        return files(f"snnhw_presets.{kind}")
    except ModuleNotFoundError:
        checkout = Path(__file__).resolve().parents[2] / kind
        return checkout if checkout.is_dir() else None


def _walk(folder: Traversable, prefix: str) -> Iterator[tuple[str, Path]]:
    for entry in folder.iterdir():
        stem, dot, suffix = entry.name.rpartition(".")
        if entry.is_dir() and not entry.name.startswith(("_", ".")):
            yield from _walk(entry, f"{prefix}{entry.name}/")
        elif f".{suffix}" in SUFFIXES and dot:
            yield f"{prefix}{stem}", Path(str(entry))
