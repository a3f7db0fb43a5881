"""Results side by side: results of `snnhw evaluate`, and points of sweeps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

from snnhw.errors import Finding, SpecError
from snnhw.model.result import NetworkResult
from snnhw.report.breakdown import by_component, by_tensor
from snnhw.report.read import read_result, result_of
from snnhw.spec.words import counted
from snnhw.sweep.store import FILE, Row, Store
from snnhw.sweep.work import unpacked

Group: TypeAlias = Literal["total", "component", "tensor", "layer"]
LEAST_PREFIX = 4


class Order(Protocol):
    """How sure the order of two results is, where uncertainties are known: the shares of draws in which energy and EDP lie as they do.

    energy_lower, edp_lower: which one is lower, "first", "second" or "neither".
    """

    @property
    def energy_lower(self) -> str:
        """Which of the two takes less energy."""

    @property
    def energy(self) -> float:
        """In [0, 1]."""

    @property
    def edp_lower(self) -> str:
        """Which of the two has the lower EDP."""

    @property
    def edp(self) -> float:
        """In [0, 1]."""


Judge: TypeAlias = Callable[[NetworkResult, NetworkResult], Order]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One figure of all results. values: None where a result lacks it (a layer, a component); ratios: to the first result, None where
    that cannot be said."""

    group: Group
    name: str
    unit: str
    values: tuple[float | None, ...]
    ratios: tuple[float | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Results side by side, the first one the measure.

    names: of the results, as they were asked for; interrupted: which of them lack layers for that reason; orders: of each result but the
    first against the first, empty where uncertainties are not known.
    """

    names: tuple[str, ...]
    lines: tuple[Line, ...]
    interrupted: tuple[bool, ...] = ()
    orders: tuple[Order, ...] = ()

    def of(self, *groups: Group) -> tuple[Line, ...]:
        """The lines of some groups."""
        return tuple(line for line in self.lines if line.group in groups)


def compare_results(sources: Sequence[str | Path | NetworkResult], judge: Judge | None = None) -> Comparison:
    """Totals, and energy by component, tensor and layer, of two or more results, with their ratios to the first.

    sources: result.json files or folders with one; DIR:KEY for the point of a sweep whose key begins so; or results. judge: says how sure
    the order of two results is. Raises SpecError where one is not there.
    """
    if len(sources) < 2:
        raise SpecError(Finding(file="compare", seen=counted(len(sources), "result"), expected="at least two"))
    results = [source if isinstance(source, NetworkResult) else load_result(source) for source in sources]
    names = tuple(f"{one.name} on {one.architecture}" if isinstance(source, NetworkResult) else str(source)
                  for source, one in zip(sources, results, strict=True))
    return Comparison(names=names, lines=tuple(_lines(results)), interrupted=tuple(one.interrupted for one in results),
                      orders=() if judge is None else tuple(judge(results[0], other) for other in results[1:]))


def load_result(source: str | Path) -> NetworkResult:
    """The result in a file or folder, or of a point: DIR:KEY, where KEY is the beginning of a key of the sweep in DIR."""
    folder, sign, key = str(source).rpartition(":")
    if sign and not Path(source).exists() and (Path(folder) / FILE).is_file():
        return point_result(folder, key)
    if (Path(source) / FILE).is_file():
        raise SpecError(Finding(file=str(source), seen="a sweep", expected="one of its points",
                                fix=f"{source}:KEY; snnhw pareto lists the keys"))
    return read_result(source)


def point_result(folder: str | Path, key: str) -> NetworkResult:
    """The result of a point, whole: the texts of its input files are put back. Raises SpecError where no point, or more than one, has a key
    that begins so, and for one that failed."""
    with Store(folder) as store:
        row = _only(f"{folder}:{key}", key, store.full_rows(key) if len(key) >= LEAST_PREFIX else [])
        record = unpacked(row.result)
        for one in record["provenance"]["inputs"].values():
            one["text"] = store.content(one["sha256"]).decode("utf-8", "replace")
    return result_of(record, Path(f"{folder}:{key}"))


def _only(name: str, key: str, rows: Sequence[Row]) -> Row:
    if len(key) < LEAST_PREFIX or not rows:
        raise SpecError(Finding(file=name, seen="no point", expected=f"the first digits of a key, at least {LEAST_PREFIX}",
                                fix="snnhw pareto lists them"))
    if len(rows) > 1:
        raise SpecError(Finding(file=name, seen=f"{len(rows)} points", expected="digits that only one key begins with",
                                fix=", ".join(row.key[:len(key) + 4] for row in rows[:5])))
    if rows[0].status == "failed":
        raise SpecError(Finding(file=name, seen=f"a point that failed: {rows[0].error}", expected="one that is done"))
    if not rows[0].result:
        raise SpecError(Finding(file=name, seen="a point without a result", expected="one with a result"))
    return rows[0]


def _lines(results: Sequence[NetworkResult]) -> Iterable[Line]:
    totals = (("energy", "pJ", [one.energy_pJ for one in results]), ("cycles", "", [one.cycles for one in results]),
              ("latency", "s", [one.latency_s for one in results]), ("EDP", "J*s", [one.edp_Js for one in results]))
    for name, unit, values in totals:
        yield _line("total", name, unit, values)
    splits: tuple[tuple[Group, list[dict[str, float]]], ...] = (
        ("component", [{share.name: share.energy_pJ for share in by_component(one.layers)} for one in results]),
        ("tensor", [{share.name: share.energy_pJ for share in by_tensor(one.layers)} for one in results]),
        ("layer", [{layer.name: layer.energy_pJ for layer in one.layers} for one in results]))
    for group, tables in splits:
        for name in dict.fromkeys(name for table in tables for name in table):
            yield _line(group, name, "pJ", [table.get(name) for table in tables])


def _line(group: Group, name: str, unit: str, values: Sequence[float | None]) -> Line:
    first = values[0]
    return Line(group=group, name=name, unit=unit, values=tuple(values),
                ratios=tuple(None if value is None or not first else value / first for value in values))
