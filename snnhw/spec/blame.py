"""Errors that values from outside make in an architecture's file, told of the values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from snnhw.errors import Finding, SpecError
from snnhw.spec.load import load_architecture


def blamed(error: SpecError, arch: str | Path, settings: Mapping[str, Any], option: str = "--set") -> SpecError:
    """The error, told of the settings where the architecture is fine without them: first the option, then where in the file it tells.

    An error that the architecture has anyway, or that does not come from reading it, stays as it is.
    """
    found = _findings(arch, settings)
    if not settings or not found or _findings(arch, {}):
        return error
    guilty = [name for name, value in settings.items() if _findings(arch, {name: value})] or list(settings)
    said = f"{option} {' '.join(f'{name}={settings[name]}' for name in guilty)}"
    told = set(map(str, found))
    others = [one for one in error.findings if str(one) not in told]
    return SpecError([*(_told(one, said) for one in found), *others])


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
