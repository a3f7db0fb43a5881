"""A new project: an accelerator, a network, a mapper and a plan, each explained, that run as they are."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from contextlib import suppress
from importlib.resources import files
from pathlib import Path

from snnhw.errors import Finding, OutputError, SpecError
from snnhw.project.schemas import KINDS, file_name, schema

TEMPLATES = ("README.md", "arch.yaml", "mapper.yaml", "network.yaml", "plan.yaml")
SCHEMAS = ("arch", "mapper", "plan", "run", "training")
EDITOR = ".vscode/settings.json"
TAGS = ("Component", "Container", "Parallel", "Hierarchical", "Nothing")


def init(folder: str | Path) -> tuple[str, ...]:
    """Write a project into a folder, new or there already: arch.yaml, network.yaml, mapper.yaml, plan.yaml, a README.md, and the schemas
    that editors check them by. Returns their names.

    All of them are written or none. Raises SpecError where any of them is there already, with their names, and OutputError where the folder
    can't be written.
    """
    target = Path(folder)
    texts = contents()
    _check(target, texts)
    made = [parent for parent in (target, *target.absolute().parents) if not parent.exists()]
    try:
        target.mkdir(parents=True, exist_ok=True)
        build = Path(tempfile.mkdtemp(prefix=".snnhw-", suffix=".part", dir=target))
    except OSError as error:
        raise _unwritable(target, error) from None
    moved: list[Path] = []
    try:
        for name, text in texts.items():
            (build / name).parent.mkdir(parents=True, exist_ok=True)
            (build / name).write_text(text, encoding="utf-8", newline="\n")
        for name in texts:
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            os.link(build / name, target / name)  # unlike a rename it replaces nothing that came in between
            moved.append(target / name)
    except OSError as error:
        for path in moved:
            path.unlink(missing_ok=True)
        raise _unwritable(target, error) from None
    finally:
        shutil.rmtree(build, ignore_errors=True)
        if len(moved) < len(texts):
            _remove_empty([*{(target / name).parent for name in texts}, *made])
    return tuple(texts)


def contents() -> dict[str, str]:
    """The files of a project: their texts by name."""
    folder = files("snnhw.project.templates")
    settings = {"yaml.customTags": [f"!{tag} mapping" for tag in TAGS]}
    return {**{name: (folder / name).read_text(encoding="utf-8") for name in TEMPLATES},
            **{f"schema/{file_name(kind)}": schema(kind) for kind in KINDS if kind in SCHEMAS},
            EDITOR: json.dumps(settings, indent=2) + "\n"}


def _check(target: Path, texts: dict[str, str]) -> None:
    if target.exists() and not target.is_dir():
        raise SpecError(Finding(file=str(target), seen="a file", expected="a folder, new or there already"))
    there = [name for name in texts if os.path.lexists(target / name)]
    if there:
        raise SpecError(Finding(file=str(target), seen=f"{', '.join(there)} in it already", expected="a folder without such files",
                                fix="nothing is overwritten: name another folder, or move them away"))


def _unwritable(target: Path, error: OSError) -> OutputError:
    return OutputError(f"{target}: cannot be written ({error.strerror or error}); nothing was")


def _remove_empty(folders: list[Path]) -> None:
    """Remove those of the folders that are empty, the innermost first."""
    for folder in sorted(folders, key=lambda one: -len(one.absolute().parts)):
        with suppress(OSError):
            folder.rmdir()
