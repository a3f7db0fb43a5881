"""Linting: read a file as what it is, and say what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from snnhw.errors import Finding, SnnhwError, SpecError


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A file, what it was read as, and everything that is wrong with it ("" if nothing is)."""

    file: str
    kind: str = ""
    error: str = ""


def check(path: Path) -> Checked:
    """Read a file of any kind that snnhw reads: architecture, run file, table, mapper, result, training, Timeloop input."""
    kind = ""
    try:
        kind, read = _kind(path)
        read(path)
    except SnnhwError as error:
        return Checked(file=str(path), kind=kind, error=str(error))
    return Checked(file=str(path), kind=kind)


def _kind(path: Path) -> tuple[str, Callable[[Path], Any]]:
    """What a file is, told by its suffix and its top-level keys. Raises SpecError for what is none of ours."""
    from snn_workload import read_run
    from snnhw.report.read import read_result
    from snnhw.spec.load import load_architecture, load_mapper
    from snnhw.spec.timeloop_input import read_timeloop_input

    if path.suffix == ".csv":
        return "a table of layers", read_run
    data = _top_level(path)
    architecture = data.get("architecture", data.get("arch"))
    if str(data.get("schema", "")).startswith("snnhw.result/"):
        return "a result", read_result
    if "time_steps" in data and ("network" in data or "stdp" in data):
        from snn_workload.train.config import read_config

        return "a training configuration", read_config
    if "schema" in data or "layers" in data:
        return "a run file", read_run
    if "problem" in data and ("mapping" in data or "mapper" in data):
        kind = "model" if "mapping" in data else "mapper"
        return f"an input of timeloop-{kind}", lambda file: read_timeloop_input([file], kind)  # type: ignore[arg-type]
    if architecture is not None:
        return "an architecture", load_architecture
    if "mapper" in data:
        return "a mapper", load_mapper
    raise SpecError(Finding(file=str(path), seen=f"the keys {', '.join(list(data)[:8])}" if data else "no keys",
                            expected="an architecture, a run file, a mapper, a result, or a Timeloop input"))


def _top_level(path: Path) -> dict[str, Any]:
    from snnhw.spec.document import read_document

    data = read_document(path).data
    return data if isinstance(data, dict) else {}
