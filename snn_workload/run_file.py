"""Reading and writing runs: a run file (JSON, or YAML of the same form), a table (CSV), or the name of a preset."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from snn_workload.densities import LayerDensities, MeasuredDensity
from snn_workload.layer import Carrier, Layer
from snn_workload.layers import Shape
from snn_workload.run import Run
from snnhw.errors import OutputError

TABLES = (".csv", ".txt")
SCHEMA = "snnhw.run/1"


def read_run(source: str | Path) -> Run:
    """The run in a file, or the preset of that name (`tcja_dvs_gesture/w8`) where there is no such file.

    Files that end in .csv or .txt are tables, all others run files. Raises SpecError with all that is wrong with the file.
    """
    from snnhw.spec.document import read_document, read_text
    from snnhw.spec.presets import located

    path = located(source, "workloads")
    if path.suffix.lower() in TABLES:
        from snn_workload.table import read_table

        return read_table(read_text(path), str(path))
    from snn_workload.run_document import run_of

    return run_of(read_document(path, template=False))


def write_run(run: Run, path: str | Path) -> None:
    """Write a run file that read_run reads back to an equal run. The file appears whole or not at all.

    Raises OutputError where it cannot be written.
    """
    write_text(run_text(run), Path(path))


def write_text(text: str, target: Path) -> None:
    """Write a text file, whole or not at all. Raises OutputError where it cannot be written."""
    beside = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(target)
    except OSError as error:
        raise OutputError(f"{target}: cannot be written ({error.strerror or error})") from None
    finally:
        _remove(beside)


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return


def run_text(run: Run) -> str:
    """A run as the text of a run file: one key a line, and in a layer one line for each of shape, bits and density."""
    head = {
        "schema": SCHEMA, "name": run.name, "time_steps": run.time_steps, "accuracy": run.accuracy,
        "recall": _Line(run.recall) if run.recall else None, "seed": run.seed,
        "versions": dict(run.versions) or None, "source": run.source or None,
        "assumptions": list(run.assumptions) or None, "standalone": run.standalone or None,
    }  # fmt: skip
    lines = [f"  {_json(key)}: {_value_text(value)}" for key, value in head.items() if value is not None]
    layers = ",\n".join(_layer_text(_layer(entry)) for entry in run.entries)
    return "{\n" + ",\n".join([*lines, f'  "layers": [\n{layers}\n  ]']) + "\n}\n"


class _Line(list[Any]):
    """A list that stands on one line."""


def _value_text(value: Any) -> str:
    """A value as JSON; of a list, each item on its own line."""
    if isinstance(value, _Line):
        return _json(value)
    return "[\n" + ",\n".join(f"    {_json(item)}" for item in value) + "\n  ]" if isinstance(value, list) else _json(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _layer_text(layer: Mapping[str, Any]) -> str:
    first = ", ".join(f"{_json(key)}: {_json(layer[key])}" for key in ("name", "type"))
    rest = [f"     {_json(key)}: {_json(value)}" for key, value in layer.items() if key not in ("name", "type")]
    return ",\n".join([f"    {{{first}", *rest]) + "}"


def _layer(entry: Layer | Carrier) -> dict[str, Any]:
    head = {"name": entry.name, "type": entry.type_name, "shape": dict(_shape(entry.kind))}
    if isinstance(entry, Carrier):
        return head
    bits = {field.name: getattr(entry.bits, field.name) for field in fields(entry.bits)}
    density = dict(_densities(entry.densities))
    state = {"state_range": list(entry.state_range)} if entry.state_range else {}
    return {**head, "bits": bits, **({"density": density} if density else {}), **state}


def _shape(kind: Shape) -> Iterator[tuple[str, Any]]:
    """Sizes, then whatever differs from its default."""
    for field in fields(kind):
        value = getattr(kind, field.name)
        if len(field.name) == 1 or value != field.default:
            yield field.name, list(value) if isinstance(value, tuple) else value


def _densities(densities: LayerDensities) -> Iterator[tuple[str, Any]]:
    return ((name, _density(one)) for name, one in densities.named() if one.given)


def _density(one: MeasuredDensity) -> float | dict[str, Any]:
    """A number where that says all, else a mapping."""
    said: dict[str, Any] = {"mean": one.mean}
    said |= {"max": one.max} if one.max != max((one.mean, *one.per_step)) else {}
    said |= {"per_step": list(one.per_step)} if one.per_step else {}
    said |= {"interval": list(one.interval)} if one.interval else {}
    said |= {"channels": list(one.channels)} if one.channels else {}
    said |= {"assumed": True} if one.assumed else {}
    said |= {"source": one.source} if one.source else {}
    return one.mean if len(said) == 1 else said
