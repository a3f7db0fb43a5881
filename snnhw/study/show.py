"""The study's tables to stdout."""

from __future__ import annotations

import json
from typing import IO

from snnhw.report.quantities import significant
from snnhw.report.table import print_lines, print_rows
from snnhw.study.reproduce import Study
from snnhw.study.tables import Cell, Table

_SHOWN: dict[str, dict[str, str]] = {
    "sparsity": {"network": "net", "sparsity %": "zeros", "format": "fmt", "energy uJ": "uJ", "published uJ": "publ.", "ratio": "ratio",
                 "cycles": "kcycles", "published cycles": "publ.", "EDP Js": "EDP Js"},
    "bits": {"format": "fmt", "bits": "bits", "compressed uJ": "compr. uJ", "published uJ": "publ.", "ratio": "ratio",
             "uncompressed uJ": "raw uJ", "published uncompressed uJ": "publ.", "uncompressed ratio": "ratio", "pays": "pays"},
    "breakdown": {"component": "component", "ternary pJ": "ternary", "published ternary pJ": "publ.", "8 bit pJ": "8 bit",
                  "published 8 bit pJ": "publ.", "8 bit, 80 % pruned pJ": "pruned", "published 8 bit, 80 % pruned pJ": "publ."},
    "accuracy": {"network": "net", "bits": "bits", "published accuracy": "acc.", "energy uJ": "uJ", "published uJ": "publ.",
                 "ratio": "ratio", "EDP Js": "EDP Js", "energy front": "front"},
    "layers": {"layer": "layer", "w2 %": "w2", "published w2 %": "publ.", "prune80 %": "prune80", "published prune80 %": "publ.",
               "cumulative80 %": "cumul.", "joint80 %": "joint"},
    "claims": {"claim": "claim", "kind": "kind", "ours": "ours", "published": "publ.", "low": "low", "high": "high", "agrees": "agrees"},
}  # fmt: skip
"""Columns that fit into a line, and what they are called there; the CSV files hold all. Of a table that isn't here only the notes are said.
"""

_SHORT = {"network": (("prune", "p"), ("cumulative", "cum"), ("joint", "jnt"))}
"""Shorter words for cells, by column."""

_THOUSANDS = frozenset({"cycles", "published cycles"})
_NAMES = "w2: weights of 2 bit; p80: 80 % pruned; cum80, jnt80: pruned and of 3 bit, one after the other or at once; zeros: in %."


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
    shown = _SHOWN.get(table.name)
    if shown is not None:
        columns = [table.column(name) for name in shown]
        numbers = [i for i, cells in enumerate(columns) if any(isinstance(cell, int | float) for cell in cells)]
        texts = [[_text(name, cell) for cell in cells] for name, cells in zip(shown, columns, strict=True)]
        print_rows(table.title, tuple(shown.values()), list(zip(*texts, strict=True)), file, numbers=numbers)
        print_lines((_NAMES,) if "network" in shown else (), file)
    print_lines(table.notes, file)


def _text(column: str, cell: Cell) -> str:
    if cell is None:
        return ""
    if column in _THOUSANDS and isinstance(cell, int | float):
        return f"{cell / 1000:,.0f}"
    if isinstance(cell, float):
        return significant(cell)
    if isinstance(cell, int):
        return f"{cell:,}"
    for long, short in _SHORT.get(column, ()):
        cell = cell.replace(long, short)
    return cell
