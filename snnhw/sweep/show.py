"""Sweeps, fronts and comparisons to stdout: tables, JSON, CSV."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any

from snnhw.report.quantities import microjoules, percent, significant
from snnhw.report.records import plain
from snnhw.spec.words import counted
from snnhw.sweep.compare import Comparison, Group, Line
from snnhw.sweep.pareto import Candidate, Front
from snnhw.sweep.run import SweepReport
from snnhw.sweep.store import Row, Store

SHORT_KEY = 12
SHOWN = 40
"""Dominated points that a table shows, at most."""

_TEXTS = ("arch", "stats", "mapper", "causality", "membrane", "density", "seed")


def show_sweep(report: SweepReport, output_format: str, file: IO[str]) -> None:
    """How a sweep stands; in JSON (one object a line) and CSV all its points with inputs and figures."""
    if output_format == "table":
        file.write(f"{counted(report.points, 'point')} in {report.folder}: {report.done:,} done, {report.failed:,} failed\n")
        return
    with Store(report.folder) as store:
        if output_format == "json":
            for row in store.rows():
                file.write(json.dumps(row_record(row), ensure_ascii=False, allow_nan=False) + "\n")
            return
        variables = sorted({name for row in store.rows() for name in row.inputs.get("variables", {})})
        figures = list(dict.fromkeys(name for row in store.rows() for name in row.figures))
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["key", "status", *_TEXTS, *variables, *figures, "error"])
        for row in store.rows():
            numbers = (_blank(row.figures.get(name)) for name in figures)
            writer.writerow([row.key, row.status, *_inputs(row.inputs, variables), *numbers, row.error])


def row_record(row: Row) -> dict[str, Any]:
    """A point as plain data, without times, so that the same sweep gives the same bytes."""
    return {"key": row.key, "status": row.status, "inputs": row.inputs, "figures": row.figures,
            **({"error": row.error, "exit_code": row.exit_code} if row.status == "failed" else {})}


def show_front(front: Front, output_format: str, file: IO[str]) -> None:
    """A front: a table, JSON, or CSV with all points."""
    if output_format == "json":
        record = {**_axes(front, front.figures), "figures": front.figures, "maximized": front.maximized, "left_out": front.left_out,
                  "failed": front.failed, "points": [plain_point(front, one) for one in front.points]}
        file.write(json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
    elif output_format == "csv":
        variables = _variables(front.points)
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["key", "place", "knee", *front.figures, *(f"input {name}" if name in front.figures else name
                                                                  for name in (*_TEXTS, *variables))])
        writer.writerows([one.key, _place(one), int(one.is_knee), *one.values, *_inputs(one.inputs, variables)] for one in front.points)
    else:
        _print_front(front, file)


def plain_point(front: Front, one: Candidate) -> dict[str, Any]:
    """A point of a front as plain data."""
    return {"key": one.key, "place": _place(one), "knee": one.is_knee, **_axes(front, one.values),
            "values": dict(zip(front.figures, one.values, strict=True)), "inputs": one.inputs}


def _axes(front: Front, values: Sequence[Any]) -> dict[str, Any]:
    """The two axes of a front that has two."""
    return dict(zip(("x", "y"), values, strict=True)) if len(front.figures) == 2 else {}


def show_comparison(comparison: Comparison, output_format: str, by: Sequence[Group], file: IO[str]) -> None:
    """Results side by side: a table of the groups that are asked for, JSON or CSV of all of them."""
    if output_format == "json":
        file.write(json.dumps(plain(comparison), indent=2, ensure_ascii=False, allow_nan=False) + "\n")
    elif output_format == "csv":
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["group", "name", "unit", *comparison.names, *(f"ratio {name}" for name in comparison.names)])
        writer.writerows([line.group, line.name, line.unit, *map(_blank, line.values), *map(_blank, line.ratios)]
                         for line in comparison.lines)
    else:
        _print_comparison(comparison, by, file)


def _print_comparison(comparison: Comparison, by: Sequence[Group], file: IO[str]) -> None:
    from snnhw.report.table import print_lines

    letters = [_letter(i) for i in range(len(comparison.names))]
    print_lines((f"{letter}: {name}" for letter, name in zip(letters, comparison.names, strict=True)), file)
    print_lines((f"{letter} was interrupted: it lacks layers, and totals do not compare"
                 for letter, lacks in zip(letters, comparison.interrupted, strict=False) if lacks), file)
    columns = [*letters, *(f"{letter}/A" for letter in letters[1:])]
    for group in ("total", *by):
        rows = [(_titled(line), *(_value(line, value) for value in line.values), *map(_ratio, line.ratios[1:]))
                for line in comparison.of(group)]
        _print_in_parts("total" if group == "total" else f"{group}, energy uJ", columns, rows, file)
    for letter, order in zip(letters[1:], comparison.orders, strict=False):
        sides = {"first": "A", "second": letter, "neither": "neither"}
        print_lines([f"{letter} and A: less energy in {sides[order.energy_lower]}, in {percent(order.energy)} of the draws; "
                     f"lower EDP in {sides[order.edp_lower]}, in {percent(order.edp)}"], file)


def _print_in_parts(head: str, columns: Sequence[str], rows: Sequence[Sequence[str]], file: IO[str]) -> None:
    """A table of names and figures; where it is too wide, several with some of the figures each, as a number must not be cut."""
    from snnhw.report.table import fits, print_rows

    start = 0
    while start < len(columns):
        stop = len(columns)
        while stop > start + 1 and not fits((head, *columns[start:stop]), [(row[0], *row[1 + start:1 + stop]) for row in rows], file):
            stop -= 1
        print_rows("", (head, *columns[start:stop]), [(row[0], *row[1 + start:1 + stop]) for row in rows], file,
                   numbers=range(1, stop - start + 1))
        start = stop


def _print_front(front: Front, file: IO[str]) -> None:
    from snnhw.report.table import fits, print_lines, print_rows

    dominated = [one for one in front.points if not one.on_front]
    varied = _varied(front.points)
    shown = (*front.front, *dominated[:SHOWN])
    known = [(one.key[:SHORT_KEY], "knee" if one.is_knee else _place(one), *map(_figure, one.values))
             for one in shown]
    inputs = [[_input(one.inputs, name) for name in varied] for one in shown]
    columns, rows = (*varied,), [(*row, *given) for row, given in zip(known, inputs, strict=True)]
    if not fits(("key", "place", *front.figures, *columns), rows, file):
        columns, rows = ("inputs that differ",), [(*row, _together(varied, given)) for row, given in zip(known, inputs, strict=True)]
    print_rows("", ("key", "place", *front.figures, *columns), rows, file, numbers=range(2, 2 + len(front.figures)))
    better = ", ".join(f"{'more' if name in front.maximized else 'less'} {name}" for name in front.figures)
    if not front.points:
        print_lines([f"no point has both figures and is done: {front.failed:,} failed, {front.left_out:,} without one of them"], file)
        return
    print_lines([f"better is {better}; {len(front.front):,} on the front, {len(dominated):,} dominated"
                 + (f", of which {SHOWN} are shown" if len(dominated) > SHOWN else "")
                 + ("; the front has no knee" if front.knee is None and len(front.figures) == 2 else "")], file)


def _together(names: Sequence[str], values: Sequence[str]) -> str:
    """Inputs in one cell, for want of room for a column each."""
    return " ".join(f"{name}={value}" for name, value in zip(names, values, strict=True) if value)


def _varied(points: Iterable[Candidate]) -> list[str]:
    """The inputs that differ among the points."""
    listed = list(points)
    names = [*_TEXTS, *_variables(listed)]
    return [name for name in names if len({_input(one.inputs, name) for one in listed}) > 1]


def _variables(points: Iterable[Candidate]) -> list[str]:
    return sorted({name for one in points for name in one.inputs.get("variables", {})})


def _inputs(inputs: dict[str, Any], variables: Sequence[str]) -> Iterator[str]:
    return (_input(inputs, name) for name in (*_TEXTS, *variables))


def _input(inputs: dict[str, Any], name: str) -> str:
    value = inputs.get(name, inputs.get("variables", {}).get(name))
    return "" if value is None else str(value)


def _figure(value: float) -> str:
    """A figure with five digits; whole numbers, as cycles are, without a point."""
    return f"{value:,.0f}" if float(value).is_integer() and abs(value) < 1e9 else significant(value, 5)


def _place(one: Candidate) -> str:
    return "front" if one.on_front else "dominated"


def _letter(index: int) -> str:
    return chr(ord("A") + index) if index < 26 else f"R{index + 1}"


def _titled(line: Line) -> str:
    unit = "uJ" if line.unit == "pJ" else line.unit
    return f"{line.name} {unit}".strip() if line.group == "total" else line.name


def _value(line: Line, value: float | None) -> str:
    if value is None:
        return "-"
    if line.unit == "pJ":
        return microjoules(value)
    return f"{value:,}" if isinstance(value, int) else significant(value)


def _ratio(value: float | None) -> str:
    return "-" if value is None else significant(value)


def _blank(value: float | None) -> Any:
    return "" if value is None else value
