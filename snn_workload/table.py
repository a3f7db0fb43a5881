"""The published table form of a run: one CSV row a layer, as the study behind arXiv 2302.04174 writes it.

    name,weights,inputs,outputs,T,C,M,P,Q,R,S,HS,WS

weights, inputs, outputs are densities (shares of non-zeros; an empty cell is a density that nobody gives), HS is the stride along Q
and S, WS the one along P and R. A column `type` may name the kind of layer, a column `groups` the groups of a convolution.
Rows stand alone: pooling is never listed, so nothing is checked between two rows. Lines that start with # are comments.
"""

from __future__ import annotations

import csv
import io
import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import PurePath

from snn_workload.densities import NOT_GIVEN, LayerDensities, MeasuredDensity
from snn_workload.layer import Layer
from snn_workload.layers import SHAPES, Conv1d, Conv2d, LayerKind, Linear, RecurrentLinear, TcjaChannel, TcjaTemporal
from snn_workload.run import Run
from snnhw.errors import Finding, SpecError

DENSITIES = ("weights", "inputs", "outputs")
SIZES = ("T", "C", "M", "P", "Q", "R", "S", "HS", "WS")
COLUMNS = ("name", *DENSITIES, *SIZES)
OPTIONAL = ("type", "groups")
KINDS = tuple(name for name, shape in SHAPES.items() if issubclass(shape, LayerKind))


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row, as far as cells can be read on their own. sizes: by column; type_name: "" where the row names none."""

    line: int
    name: str
    sizes: dict[str, int]
    densities: LayerDensities
    type_name: str = ""


@dataclass(slots=True)
class _Report:
    """Findings of one file, in order."""

    file: str
    findings: list[Finding] = field(default_factory=list)

    def add(self, line: int | None, key: str, seen: str, expected: str, fix: str = "") -> None:
        self.findings.append(Finding(file=self.file, line=line, key=key, seen=seen, expected=expected, fix=fix))

    def stop(self) -> None:
        if self.findings:
            raise SpecError(self.findings)


def read_table(text: str, file: str) -> Run:
    """The run that a table holds; its name is that of the file, bit widths are the defaults.

    time_steps is the T that most rows have. SpecError holds all findings, each with its line and column.
    """
    report = _Report(file)
    rows = _rows(text, report)
    report.stop()
    time_steps = _time_steps(rows)
    layers = [layer for row in rows if (layer := _layer(row, time_steps, report)) is not None]
    report.stop()
    return Run(name=PurePath(file).stem, time_steps=time_steps, entries=tuple(layers), standalone=True, file=file)


def _rows(text: str, report: _Report) -> list[Row]:
    """Header and cells, each on its own."""
    records = list(_records(text, report))
    if not records:
        report.add(None, "", "an empty file" if not report.findings else "no row", f"a header {','.join(COLUMNS)} and rows")
        return []
    (line, header), body = records[0], records[1:]
    _check_header(header, line, report)
    report.stop()
    if not body:
        report.add(line, "", "a header and no row", "one row a layer")
    rows = [_row(dict(zip(header, cells, strict=True)), line, report) for line, cells in body if _complete(cells, header, line, report)]
    first: dict[str, int] = {}
    for row in rows:
        if row.name and first.setdefault(row.name, row.line) != row.line:
            report.add(row.line, "name", f'"{row.name}" again', "a name for each layer", f"line {first[row.name]} has it already")
    return rows


def _records(text: str, report: _Report) -> Iterator[tuple[int, list[str]]]:
    """Lines that are neither blank nor comments, cut into cells, with their line numbers."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for cells in reader:
            cells = [cell.strip() for cell in cells]
            if any(cells) and not cells[0].startswith("#"):
                yield reader.line_num, cells
    except csv.Error as error:
        report.add(reader.line_num, "", f"a line that is no CSV ({error})", "cells with commas between them")


def _check_header(header: list[str], line: int, report: _Report) -> None:
    known = (*COLUMNS, *OPTIONAL)
    for i, column in enumerate(header):
        if column not in known:
            near = get_close_matches(column, known, n=1) or [name for name in known if name.lower() == column.lower()]
            report.add(line, column, "an unknown column", f"one of {', '.join(known)}", f"did you mean {near[0]}?" if near else "")
        elif column in header[:i]:
            report.add(line, column, "the same column twice", "each column once")
    missing = [column for column in COLUMNS if column not in header]
    if missing:
        report.add(line, "", f"a header without {', '.join(missing)}", ",".join(COLUMNS))


def _complete(cells: list[str], header: list[str], line: int, report: _Report) -> bool:
    if len(cells) != len(header):
        report.add(line, "", f"{len(cells)} cells", f"{len(header)}, one for each column of the header")
    return len(cells) == len(header)


def _row(cells: dict[str, str], line: int, report: _Report) -> Row:
    if not cells["name"]:
        report.add(line, "name", "nothing", "the name of the layer")
    kind = cells.get("type", "")
    if kind and kind not in KINDS:
        near = get_close_matches(kind, KINDS, n=1)
        report.add(line, "type", f'"{kind}"', f"one of {', '.join(KINDS)}", f"did you mean {near[0]}?" if near else "")
    columns = (*SIZES, "groups") if cells.get("groups") else SIZES
    return Row(
        line=line, name=cells["name"], type_name=kind,
        sizes={column: _size(cells[column], column, line, report) for column in columns},
        densities=LayerDensities(**{column: _density(cells[column], column, line, report) for column in DENSITIES}),
    )  # fmt: skip


def _size(cell: str, column: str, line: int, report: _Report) -> int:
    if cell.isascii() and cell.isdigit() and len(cell) < 10 and int(cell) >= 1:
        return int(cell)
    report.add(line, column, cell or "nothing", "a whole number >= 1")
    return 1


def _density(cell: str, column: str, line: int, report: _Report) -> MeasuredDensity:
    if not cell:
        return NOT_GIVEN
    try:
        value = float(cell) if "_" not in cell else math.nan
    except ValueError:
        value = math.nan
    if not 0 <= value <= 1:
        report.add(line, column, cell, "a density, 0 <= x <= 1", "a density is the share of non-zeros, 1 - sparsity")
        return NOT_GIVEN
    return MeasuredDensity(mean=value, max=value)


def _time_steps(rows: list[Row]) -> int:
    """The T that most rows have, the first of them if there are several; a row of type tcja_channel has its time steps in M."""
    votes = Counter(row.sizes["M" if row.type_name == "tcja_channel" else "T"] for row in rows)
    return votes.most_common(1)[0][0]


def _layer(row: Row, time_steps: int, report: _Report) -> Layer | None:
    """The layer of a row; faults of its shape go to the report, under the column that they are about."""
    name = row.type_name or kind_of(row.sizes, time_steps)
    columns = {"stride": "HS" if name == "conv1d" else "HS and WS"}
    try:
        kind = _KIND_OF_ROW[name](row.sizes)
    except SpecError as error:
        for found in error.findings:
            report.findings.append(replace(found, file=report.file, line=row.line, key=columns.get(found.key, found.key)))
        return None
    left_over = [c for c in ("P", "Q", "R", "S", "HS", "WS", "groups") if row.sizes.get(c, 1) != 1 and c not in _COLUMNS_OF[name]]
    for column in left_over:
        report.add(row.line, column, str(row.sizes[column]), f"1 in a row of type {name}")
    if kind.has_neurons and row.sizes["T"] != time_steps:
        report.add(row.line, "T", str(row.sizes["T"]), f"{time_steps}, the time steps of the other rows")
    for found in kind.step_faults(time_steps):
        report.findings.append(replace(found, file=report.file, line=row.line))
    return Layer(name=row.name, kind=kind, densities=row.densities)


def kind_of(sizes: dict[str, int], time_steps: int) -> str:
    """The type of a row that names none.

    One point and a kernel of one is linear. One row of positions (P = R = 1) is a conv1d, except where T = C and the outputs are
    the time steps, the mark of TCJA's attention: tcja_temporal if T is the time steps as well, else tcja_channel. All else is conv2d.
    """
    ones = {column for column, size in sizes.items() if size == 1}
    if {"P", "Q", "R", "S"} <= ones and "groups" not in sizes:
        return "linear"
    if not {"P", "R", "WS"} <= ones:
        return "conv2d"
    if sizes["T"] == sizes["C"] and sizes["M"] == time_steps and {"HS"} <= ones and sizes["S"] > 1 and "groups" not in sizes:
        return "tcja_temporal" if sizes["T"] == time_steps else "tcja_channel"
    return "conv1d"


def _conv2d(n: dict[str, int]) -> Conv2d:
    stride = (n["WS"], n["HS"])
    return Conv2d(C=n["C"], M=n["M"], P=n["P"], Q=n["Q"], R=n["R"], S=n["S"], stride=stride, groups=n.get("groups", 1))


_KIND_OF_ROW: dict[str, Callable[[dict[str, int]], LayerKind]] = {
    "conv2d": _conv2d,
    "conv1d": lambda n: Conv1d(C=n["C"], M=n["M"], Q=n["Q"], S=n["S"], stride=n["HS"], groups=n.get("groups", 1)),
    "linear": lambda n: Linear(C=n["C"], M=n["M"]),
    "recurrent_linear": lambda n: RecurrentLinear(C=n["C"], M=n["M"]),
    "tcja_temporal": lambda n: TcjaTemporal(T=n["T"], C=n["C"], M=n["M"], Q=n["Q"], S=n["S"]),
    "tcja_channel": lambda n: TcjaChannel(T=n["T"], C=n["C"], M=n["M"], Q=n["Q"], S=n["S"]),
}
_COLUMNS_OF = {
    "conv2d": ("P", "Q", "R", "S", "HS", "WS", "groups"), "conv1d": ("Q", "S", "HS", "groups"), "linear": (), "recurrent_linear": (),
    "tcja_temporal": ("Q", "S"), "tcja_channel": ("Q", "S"),
}  # fmt: skip
