"""Break-even sparsities to stdout: tables, JSON, CSV."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from typing import IO

from snnhw.report.records import plain
from snnhw.report.table import print_lines, print_rows
from snnhw.sweep.breakeven import BreakEven, BreakEvenRow, Metric

_TITLES: dict[Metric, str] = {"energy": "energy", "latency": "latency", "edp": "EDP"}


def show_breakeven(found: BreakEven, output_format: str, file: IO[str]) -> None:
    """A table for each metric, a column for each width; JSON and CSV have a record for each answer."""
    if output_format == "json":
        file.write(json.dumps(plain(found), indent=2, ensure_ascii=False, allow_nan=False) + "\n")
    elif output_format == "csv":
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["layer", "bits", "format", "metric", "verdict", "sparsity", "below", "islands"])
        writer.writerows([row.layer, _blank(row.bits), row.format, row.metric, row.verdict, _blank(row.sparsity), _blank(row.below),
                          " ".join(f"{one:g}" for one in row.islands)] for row in found.rows)
    else:
        _print(found, file)


def _print(found: BreakEven, file: IO[str]) -> None:
    widths = list(dict.fromkeys(row.bits for row in found.rows))
    for metric in dict.fromkeys(row.metric for row in found.rows):
        columns = ("layer", "format", *("own bits" if bits is None else f"{bits} bit" for bits in widths))
        print_rows(f"weight sparsity from which compression saves {_TITLES[metric]}", columns, _lines(found, metric, widths), file,
                   numbers=range(2, len(columns)))
    said = [f"{found.name} on {found.architecture}; sparsities in percent, to {100 * found.resolution:g}; asked everywhere at "
            f"{', '.join(f'{100 * one:g}' for one in found.grid)}"]
    if any(row.islands for row in found.rows):
        said.append("*: it also saves at some sparsity below, but not at all above it; --format json says where")
    print_lines(said, file)


def _lines(found: BreakEven, metric: Metric, widths: list[int | None]) -> Iterator[tuple[str, ...]]:
    cells = {(row.layer, row.format, row.bits): _cell(row) for row in found.rows if row.metric == metric}
    for layer, one in dict.fromkeys((row.layer, row.format) for row in sorted(found.rows, key=_order(found))):
        yield layer, one, *(cells[layer, one, bits] for bits in widths)


def _order(found: BreakEven):  # type: ignore[no-untyped-def]
    layers = list(dict.fromkeys(row.layer for row in found.rows))
    return lambda row: layers.index(row.layer)


def _cell(row: BreakEvenRow) -> str:
    said = row.verdict if row.verdict != "from" or row.sparsity is None else f"{100 * row.sparsity:.1f}"
    return said + ("*" if row.islands else "")


def _blank(value: float | int | None) -> float | int | str:
    return "" if value is None else value
