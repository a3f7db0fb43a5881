"""The energy of one network in several weight formats, as bars: from the points of a sweep, or from results."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from snnhw.errors import Finding, SpecError
from snnhw.look.stacks import Bar, component_bar
from snnhw.model.result import NetworkResult
from snnhw.spec.words import listing, near
from snnhw.sweep.compare import point_result
from snnhw.sweep.pareto import chosen_rows, values_of
from snnhw.sweep.store import Row, Store

FORMAT = "weight_format"
"""The variable that says how weights are stored, unless another one is named."""

MOST_BARS = 40
COMPONENT = "energy_pJ."


def bars_of_sweep(folder: str | Path, by: str = FORMAT, where: str | None = None) -> list[Bar]:
    """A bar for each point that is done, labelled with its value of the variable `by`; what else differs among the points makes groups.

    Raises SpecError for a folder without a sweep, where no point has the variable, and for more bars than a figure has room for.
    """
    with Store(folder) as store:
        rows = [row for row in chosen_rows(store, where) if row.status == "done"]
    known = {name for row in rows for name in values_of(row) if name not in row.figures}
    if by not in known:
        raise SpecError(Finding(file=str(folder), key=by, seen="no point that is done and has it" if rows else "no point that is done",
                                expected=f"one of {listing(sorted(known))}" if known else "some points", fix=near(by, known)))
    inputs = [{name: value for name, value in values_of(row).items() if name not in row.figures} for row in rows]
    varied = [name for name in dict.fromkeys(name for one in inputs for name in one)
              if name != by and len({str(one.get(name)) for one in inputs}) > 1]
    bars = [_bar(row, _value(folder, row, one, by), ", ".join(_short(name, one.get(name)) for name in varied))
            for row, one in zip(rows, inputs, strict=True)]
    return _grouped(bars, str(folder), by)


def bars_of_results(results: Sequence[NetworkResult], names: Sequence[str], by: str = FORMAT) -> list[Bar]:
    """A bar for each result, labelled with its value of the variable `by`; networks and architectures make groups. Raises SpecError where a
    result lacks the variable, and where two have the same."""
    bars = []
    several = len({(one.name, one.architecture) for one in results}) > 1
    for result, name in zip(results, names, strict=True):
        variables = result.provenance.get("variables", {})
        if by not in variables:
            raise SpecError(Finding(file=name, key=f"provenance.variables.{by}", seen="nothing",
                                    expected=f"one of {listing(sorted(variables))}", fix=near(by, variables)))
        group = f"{result.name}\n{result.architecture}" if several else ""
        bars.append(component_bar(str(variables[by]), result.layers, group))
    seen = [(bar.group, bar.label) for bar in bars]
    for name, one in zip(names, seen, strict=True):
        if seen.count(one) > 1:
            raise SpecError(Finding(file=name, key=by, seen=f"{one[1]}, as in another of the results", expected="another value in each",
                                    fix="name the variable that differs with --by"))
    return _grouped(bars, "formats", by)


def _grouped(bars: Iterable[Bar], file: str, by: str) -> list[Bar]:
    """Bars of one group beside each other, each label once in a group."""
    unique = list({(bar.group, bar.label): bar for bar in bars}.values())
    if len(unique) > MOST_BARS:
        raise SpecError(Finding(file=file, key=by, seen=f"{len(unique)} points", expected=f"at most {MOST_BARS} bars",
                                fix='choose some with --where, such as --where "weight_bits == 4"'))
    groups = list(dict.fromkeys(bar.group for bar in unique))
    return sorted(unique, key=lambda bar: groups.index(bar.group))


def _bar(row: Row, label: str, group: str) -> Bar:
    parts = {name.removeprefix(COMPONENT): float(value) for name, value in _energies(row) if value > 0}
    return Bar(label=label, parts=parts, computes=float(row.figures.get("operations") or 0.0), group=group)


def _energies(row: Row) -> Iterator[tuple[str, float]]:
    return ((name, value) for name, value in row.figures.items() if name.startswith(COMPONENT) and value is not None)


def _value(folder: str | Path, row: Row, inputs: dict[str, Any], by: str) -> str:
    """The value of the variable at a point; that of its architecture where the point does not set it."""
    if by in inputs:
        return str(inputs[by])
    return str(point_result(folder, row.key).provenance.get("variables", {}).get(by, "not set"))


def _short(name: str, value: Any) -> str:
    """What a group is called: files by their names alone, numbers with the name of what they are."""
    if name in ("arch", "stats", "mapper"):
        return Path(str(value)).name.removesuffix(".yaml").removesuffix(".json")
    return f"{name} {value}" if not isinstance(value, str) else value
