"""The study's tables to stdout."""

from __future__ import annotations

import json
from typing import IO

from snnhw.report.quantities import significant
from snnhw.report.table import print_lines, print_rows
from snnhw.study.reproduce import Study
from snnhw.study.tables import Cell, Table

_SHOWN: dict[str, dict[str, str]] = {
    "sparsity": {"network": "network", "sparsity %": "zeros %", "format": "format", "energy uJ": "uJ", "published uJ": "publ.",
                 "ratio": "ratio", "cycles": "cycles", "published cycles": "publ.", "EDP Js": "EDP Js"},
    "bits": {"format": "format", "bits": "bits", "compressed uJ": "compr. uJ", "published uJ": "publ.", "ratio": "ratio",
             "uncompressed uJ": "not c. uJ", "published uncompressed uJ": "publ.", "uncompressed ratio": "ratio", "pays": "pays"},
    "breakdown": {"component": "component", "ternary pJ": "ternary", "published ternary pJ": "publ.", "8 bit pJ": "8 bit",
                  "published 8 bit pJ": "publ.", "8 bit, 80 % pruned pJ": "pruned", "published 8 bit, 80 % pruned pJ": "publ."},
    "accuracy": {"network": "network", "bits": "bits", "published accuracy": "acc.", "energy uJ": "uJ", "published uJ": "publ.",
                 "ratio": "ratio", "EDP Js": "EDP Js", "energy front": "front"},
    "layers": {"layer": "layer", "w2 %": "w2", "published w2 %": "publ.", "prune80 %": "prune80", "published prune80 %": "publ.",
               "cumulative80 %": "cumul.", "joint80 %": "joint"},
    "claims": {"claim": "claim", "kind": "kind", "ours": "ours", "published": "publ.", "low": "low", "high": "high", "agrees": "agrees"},
}  # fmt: skip
"""Columns that fit into a line, and what they are called there; the CSV files hold all."""


def show_study(study: Study, output_format: str, file: IO[str]) -> None:
    """The tables; in JSON what study.json holds of them; in CSV all tables, each after a line with its name."""
    if output_format == "json":
        record = {one.name: {"columns": one.columns, "rows": one.rows, "notes": one.notes} for one in study.tables}
        file.write(json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
    elif output_format == "csv":
        file.write("\n".join(f"# {one.name}\n{one.csv}" for one in study.tables))
    else:
        for one in study.tables:
            _print(one, file)


def _print(table: Table, file: IO[str]) -> None:
    shown = _SHOWN[table.name]
    columns = [table.column(name) for name in shown]
    numbers = [i for i, cells in enumerate(columns) if any(isinstance(cell, int | float) for cell in cells)]
    print_rows(table.title, tuple(shown.values()), [tuple(map(_text, row)) for row in zip(*columns, strict=True)], file, numbers=numbers)
    print_lines(table.notes, file)


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float):
        return significant(cell)
    return f"{cell:,}" if isinstance(cell, int) else cell
