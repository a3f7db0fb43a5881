"""Errors that values from outside make in an architecture's file, told of the values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from snnhw.errors import Finding, SpecError
from snnhw.spec.document import read_document
from snnhw.spec.load import load_architecture
from snnhw.spec.presets import located

ENERGIES = "technology"
"""The "file" of what the energy model says of nodes and supplies."""


def blamed(error: SpecError, arch: str | Path, settings: Mapping[str, Any], option: str = "--set") -> SpecError:
    """The error, told of the settings where the architecture is fine without them: first the option, then where in the file it tells.

    An error that the architecture has anyway, or that does not come from reading it, stays as it is, but for the file and the line of a
    technology that the energy model refuses.
    """
    error = placed(error, arch, settings, option)
    found = _findings(arch, settings)
    if not settings or not found or _findings(arch, {}):
        return error
    guilty = [name for name, value in settings.items() if _findings(arch, {name: value})] or list(settings)
    said = f"{option} {' '.join(f'{name}={settings[name]}' for name in guilty)}"
    told = set(map(str, found))
    others = [one for one in error.findings if str(one) not in told]
    return SpecError([*(_told(one, said) for one in found), *others])


def placed(error: SpecError, arch: str | Path, settings: Mapping[str, Any], option: str = "--set") -> SpecError:
    """The error, with the file and the line, or the setting, of a technology that the energy model refuses."""
    if not any(one.file == ENERGIES for one in error.findings):
        return error
    return SpecError([_in_file(one, arch, settings, option) for one in error.findings])


def _in_file(one: Finding, arch: str | Path, settings: Mapping[str, Any], option: str) -> Finding:
    """A finding of the energy model, which knows no file, told of the variable that a setting or the architecture's file gives."""
    if one.file != ENERGIES:
        return one
    path, key = located(arch, "arch"), ("variables", one.key)
    line = read_document(path, settings).places.get(key)
    if one.key in settings:
        where = str(path) if line is None else f"{path}:{line.line}"
        return replace(one, file=f"{option} {one.key}={settings[one.key]}", key=f"{where}: {'.'.join(key)}")
    return replace(one, file=str(path)) if line is None else replace(one, file=str(path), line=line.line, key=".".join(key))


def _findings(arch: str | Path, settings: Mapping[str, Any]) -> tuple[Finding, ...]:
    try:
        load_architecture(arch, settings)
    except SpecError as error:
        return error.findings
    return ()


def _told(one: Finding, said: str) -> Finding:
    where = one.file if one.line is None else f"{one.file}:{one.line}"
    return replace(one, file=said, line=None, key=": ".join(filter(None, (where, one.key))),
                   fix="" if one.fix.startswith("put quotes") else one.fix)
