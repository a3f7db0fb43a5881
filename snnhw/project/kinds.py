"""What a file is, told by its suffix and its content."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from snnhw.errors import Finding, SpecError
from snnhw.project.parts import PARTS, TIMELOOP_PARTS, Part, is_timeloop_mapper, read_part
from snnhw.spec.document import read_document, read_text
from snnhw.spec.words import near

EXPECTED = ("an architecture, a run file, a table of layers, a mapper, a plan of a sweep, a training, a result, an ERT or ART, an input of "
            "the timeloop binaries, or a part of one")
SUFFIXES = (".yaml", ".yml", ".json", ".csv")
KEYS = ("architecture", "layers", "mapper", "sweep", "network", "stdp", "schema", "ERT", "ART", *PARTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileKind:
    """What a file is and what reads it. part: which part of an input of the timeloop binaries it is, "" for whole files."""

    name: str
    read: Callable[[Path], Any]
    part: Part | str = ""


def kind_of(path: Path) -> FileKind | None:
    """What a file is; None for what is none of ours. Raises SpecError for what can't be read at all, and for a misspelt key at the top."""
    if path.suffix.lower() in (".csv", ".txt"):
        return _table(path)
    try:
        data = _top_level(path)
    except SpecError:
        if not path.is_file() or path.suffix.lower() in SUFFIXES or _has_a_key(path):
            raise
        raise SpecError(none_of_ours(path)) from None
    found = next((kind for known in (_of_schema, _ours, _timeloop) if (kind := known(data)) is not None), None)
    if found is None and path.suffix.lower() != ".json" and any(near(key, KEYS) for key in data):
        raise SpecError(none_of_ours(path))
    return found


def none_of_ours(path: Path) -> Finding:
    """What is wrong with a file that is none of ours."""
    try:
        data = _top_level(path)
    except SpecError:
        return Finding(file=str(path), seen="none of snnhw's files: neither YAML nor JSON", expected=EXPECTED,
                       fix=f"snnhw reads files that end in {', '.join(SUFFIXES)}")
    misspelt = next((hint for key in data if (hint := near(str(key), KEYS))), "")
    return Finding(file=str(path), seen=f"the keys {', '.join(list(map(str, data))[:8])}" if data else "no keys", expected=EXPECTED,
                   fix=misspelt)


def _has_a_key(path: Path) -> bool:
    """Whether a line begins with a key of ours, as in a file of ours that has a fault."""
    try:
        return re.search(rf"^(?:{'|'.join(KEYS)}|variables):", read_text(path), re.MULTILINE) is not None
    except SpecError:
        return False


def _table(path: Path) -> FileKind:
    from snn_workload import read_run

    header = read_text(path).partition("\n")[0]
    if "energy_pJ" in header.split(","):
        return FileKind(name="figures of a result or a sweep", read=lambda _: None)
    return FileKind(name="a table of layers", read=read_run)


def _of_schema(data: Mapping[str, Any]) -> FileKind | None:
    """Files that say themselves what they are."""
    from snn_workload import read_run
    from snnhw.report.read import read_result

    schema = str(data.get("schema", ""))
    if schema.startswith("snnhw.result/"):
        return FileKind(name="a result", read=read_result)
    if "$schema" in data and ("$defs" in data or "properties" in data):
        return FileKind(name="a JSON Schema", read=read_document)
    if {"file", "valid"} <= data.keys():
        return FileKind(name="a record of snnhw map or model", read=read_document)
    return FileKind(name="a run file", read=read_run) if schema.startswith("snnhw.run") or "layers" in data else None


def _ours(data: Mapping[str, Any]) -> FileKind | None:
    from snnhw.spec.load import load_architecture, load_mapper

    if "sweep" in data:
        from snnhw.sweep.plan_form import read_plan

        return FileKind(name="a plan of a sweep", read=read_plan)
    if "network" in data or "stdp" in data or {"data", "time_steps"} <= data.keys():
        from snn_workload.train.config import read_config

        return FileKind(name="a training configuration", read=read_config)
    if "schema" in data:
        from snn_workload import read_run

        return FileKind(name="a run file", read=read_run)
    if "architecture" in data and isinstance(data["architecture"], dict) and "nodes" in data["architecture"]:
        return FileKind(name="an architecture", read=load_architecture)
    if "mapper" in data and not data.keys() & {"problem", "architecture", "arch"} and not is_timeloop_mapper(data["mapper"]):
        return FileKind(name="a mapper", read=load_mapper)
    return None


def _timeloop(data: Mapping[str, Any]) -> FileKind | None:
    """An input of a timeloop binary: whole, or the part that it is."""
    from snnhw.spec.load import load_architecture
    from snnhw.spec.timeloop_input import read_timeloop_input

    if "problem" in data and {"architecture", "arch"} & data.keys() and {"mapping", "mapper"} & data.keys():
        if "mapping" in data:
            return FileKind(name="an input of timeloop-model", read=lambda file: read_timeloop_input([file], "model"))
        return FileKind(name="an input of timeloop-mapper", read=lambda file: read_timeloop_input([file], "mapper"))
    held = [part for part in PARTS if part in data]
    if {"architecture", "arch"} & data.keys() and not set(held) - {"architecture", "arch", "variables"}:
        return FileKind(name=TIMELOOP_PARTS[0], read=load_architecture if "architecture" in data else _part("arch"), part="architecture")
    if not held:
        return None
    names = [PARTS[part] for part in held if part != "variables" or len(held) == 1]
    return FileKind(name=" and ".join(dict.fromkeys(names)), part="+".join(held), read=lambda file: _read_parts(file, held))


def _read_parts(file: Path, held: Sequence[str]) -> None:
    for one in held:
        read_part(file, one)


def _part(name: str) -> Callable[[Path], Any]:
    return lambda file: read_part(file, name)


def _top_level(path: Path) -> dict[str, Any]:
    data = read_document(path).data
    return data if isinstance(data, dict) else {}
