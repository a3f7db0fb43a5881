"""layers.csv: one row a layer, for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from snnhw.model.result import LayerResult, NetworkResult
from snnhw.report.breakdown import by_component, by_tensor
from snnhw.report.records import search_record

TOTALS = ("operations", "energy_pJ", "cycles", "latency_s", "edp_Js", "utilization")
SEARCH = ("evaluated", "pruned", "left", "lower_bound", "gap", "optimal")
"""Columns between the shape of a layer and its components."""


def layer_rows(result: NetworkResult) -> Iterator[dict[str, Any]]:
    """One row a layer: shape, totals, its search, then energy of each component (`pJ:DRAM`) and each tensor (`tensor_pJ:Weights`)."""
    for layer in result.layers:
        yield _row(layer, result.cycle_seconds)


def _row(layer: LayerResult, cycle_seconds: float) -> dict[str, Any]:
    latency_s = layer.cycles * cycle_seconds
    row: dict[str, Any] = {"layer": layer.name, "type": layer.layer_type}
    row |= {dimension: layer.problem.bounds[dimension] for dimension in layer.problem.dimensions}
    row |= {"operations": layer.problem.operations, "energy_pJ": layer.energy_pJ, "cycles": layer.cycles, "latency_s": latency_s,
            "edp_Js": layer.energy_pJ * 1e-12 * latency_s, "utilization": layer.evaluation.utilization}
    if layer.search is not None:
        row |= {name: said for name, said in search_record(layer.search).items() if name in SEARCH}
    for share in by_component((layer,)):
        row[f"pJ:{share.name}"] = share.energy_pJ
    for share in by_tensor((layer,)):
        row[f"tensor_pJ:{share.name}"] = share.energy_pJ
    return row


def layers_csv(result: NetworkResult) -> str:
    """The rows as CSV with a header; a dimension or component that a layer lacks is empty. Lines end in a newline."""
    rows = list(layer_rows(result))
    groups: dict[int, dict[str, None]] = {0: {}, 1: {}, 2: {}, 3: {}}
    for row in rows:
        for name in row:
            groups[_group(name)][name] = None
    text = io.StringIO()
    writer = csv.DictWriter(text, [name for group in groups.values() for name in group], lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows({name: _safe(value) for name, value in row.items()} for row in rows)
    return text.getvalue()


def _group(name: str) -> int:
    """Columns stand in groups, whatever layer names them first: name and shape, totals and search, components, tensors."""
    if name.startswith("tensor_pJ:"):
        return 3
    if name.startswith("pJ:"):
        return 2
    return 1 if name in (*TOTALS, *SEARCH) else 0


def _safe(value: Any) -> Any:
    """Text that a spreadsheet would take for a formula gets a leading quote."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@") else value
