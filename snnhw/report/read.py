"""Reading result.json back."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from snnhw.errors import Finding, SpecError
from snnhw.model.result import NetworkResult
from snnhw.report.records import SCHEMA, network_record
from snnhw.spec.words import listing

SHOWN = 3
"""Results that an error names, at most."""


def read_result(path: str | Path) -> NetworkResult:
    """The result in a result.json, or in a folder that holds one. Search times are not recorded and read as 0.

    Raises SpecError where there is no such file, or it is no result of this schema.
    """
    file = Path(path) / "result.json" if Path(path).is_dir() else Path(path)
    return result_of(_record(file), file)


def result_of(record: dict[str, Any], file: Path) -> NetworkResult:
    """The result that a record of result.json stands for; file: what errors call it. Raises SpecError where it is not one."""
    for layer in record.get("layers", ()):
        if isinstance(layer, dict) and isinstance(layer.get("search"), dict):
            layer["search"] = {"seconds": 0.0, **{name: said for name, said in layer["search"].items() if name != "gap"}}
    result = _validated(file, record)
    changed = list(_changed(record, network_record(result), ()))
    if changed:
        raise SpecError(Finding(file=str(file), key=".".join(map(str, path)), seen=f"{stated:g}",
                                expected=f"{made:g}, which follows from the mappings' figures", fix="it was changed by hand; make it again")
                        for path, stated, made in changed[:3])
    return result


def _changed(stated: Any, made: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], float, float]]:
    """Numbers that the file states and that are not those which its evaluations make; what one of the two lacks is passed over."""
    if isinstance(stated, dict) and isinstance(made, dict):
        for key in made.keys() & stated.keys() - {"provenance", "efficiency"}:
            yield from _changed(stated[key], made[key], (*path, key))
    elif isinstance(stated, list) and isinstance(made, list):
        for i, (one, other) in enumerate(zip(stated, made, strict=False)):
            yield from _changed(one, other, (*path, i))
    elif isinstance(stated, int | float) and isinstance(made, int | float) and not math.isclose(stated, made, rel_tol=1e-9, abs_tol=1e-12):
        yield path, stated, made


def _record(file: Path) -> dict[str, Any]:
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SpecError(Finding(file=str(file), seen=error.strerror or str(error), expected="a result.json of snnhw evaluate",
                                fix=_results_below(file.parent) if file.name == "result.json" else "")) from None
    except (UnicodeDecodeError, RecursionError):
        raise SpecError(Finding(file=str(file), seen="no JSON", expected="a result.json of snnhw evaluate")) from None
    except json.JSONDecodeError as error:
        raise SpecError(Finding(file=str(file), line=error.lineno, seen=error.msg, expected="JSON")) from None
    schema = record.get("schema") if isinstance(record, dict) else None
    if schema != SCHEMA:
        raise SpecError(Finding(file=str(file), key="schema", seen=repr(schema) if schema else "nothing", expected=f'"{SCHEMA}"'))
    return dict(record)


def _results_below(folder: Path) -> str:
    """Where a folder has results after all: those of a project lie in folders of its `out`."""
    below = sorted(str(found.parent) for depth in ("*", "*/*") for found in folder.glob(f"{depth}/result.json"))
    return f"{'there is one' if len(below) == 1 else 'there are results'} in {listing(below, SHOWN)}" if below else ""


def _validated(file: Path, record: dict[str, Any]) -> NetworkResult:
    from pydantic import ValidationError

    try:
        result: NetworkResult = _adapter().validate_python(record)
    except ValidationError as error:
        raise SpecError(Finding(file=str(file), key=".".join(map(str, one["loc"])), seen=repr(one["input"])[:60], expected=one["msg"])
                        for one in error.errors()) from None
    return result


@cache
def _adapter() -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(NetworkResult)
