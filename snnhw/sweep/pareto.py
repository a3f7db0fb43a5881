"""Which points of a sweep nothing else beats: the front of some figures, and the knee where they are two."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from snnhw.errors import Finding, SpecError
from snnhw.spec.words import listing, near
from snnhw.sweep.filters import value_of
from snnhw.sweep.store import Row, Store

SHORT = {"energy": "energy_pJ", "latency": "latency_s", "edp": "edp_Js", "area": "area_um2"}
"""Names without units, and the figures that they stand for."""

_WORD = re.compile(r"[A-Za-z_]\w*")

MAXIMIZED = ("accuracy",)
"""Figures of which more is better unless something else is said; of all others less is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A point as it lies: its figures, whether it is on the front (nothing is better in one and at least as good in the others), and
    whether it is the knee of a front of two figures."""

    key: str
    inputs: dict[str, Any]
    values: tuple[float, ...]
    on_front: bool = False
    is_knee: bool = False

    @property
    def x(self) -> float:
        """The first figure."""
        return self.values[0]

    @property
    def y(self) -> float:
        """The last figure: the second of two."""
        return self.values[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """The points of a sweep over some figures, two as a rule, those of the front first, each part by its figures, the better first.

    figures: their names; maximized: those of which more is better; left_out: points without one of the figures; failed: points that failed.
    """

    figures: tuple[str, ...]
    points: tuple[Candidate, ...]
    maximized: tuple[str, ...] = ()
    left_out: int = 0
    failed: int = 0

    @property
    def x(self) -> str:
        """The first figure."""
        return self.figures[0]

    @property
    def y(self) -> str:
        """The last figure: the second of two."""
        return self.figures[-1]

    @property
    def front(self) -> tuple[Candidate, ...]:
        """The points of the front."""
        return tuple(point for point in self.points if point.on_front)

    @property
    def knee(self) -> Candidate | None:
        """The point of the front that is farthest from the line between its ends, towards the better side; None where none is."""
        return next((point for point in self.points if point.is_knee), None)


def pareto_front(folder: str | Path, x: str, y: str, *, maximize: Sequence[str] | None = None, where: str | None = None) -> Front:
    """The front of the points in a sweep's folder. x, y: figures (energy_pJ, accuracy, energy_pJ.DRAM; `energy`, `latency`, `edp` and
    `area` for those with a unit), or numbers among the inputs, such as weight_bits. maximize: of which of them more is better, None for
    accuracy alone. where: an expression over inputs and figures that points have to satisfy. Raises SpecError for a folder without a
    sweep, a name that no point has, and a wrong expression."""
    x, y = (SHORT.get(name, name) for name in (x, y))
    maximize = None if maximize is None else [SHORT.get(name, name) for name in maximize]
    larger = tuple(name for name in dict.fromkeys((x, y)) if name in (MAXIMIZED if maximize is None else maximize))
    _check_maximized(maximize or (), (x, y))
    found: list[Candidate] = []
    known: set[str] = set()
    failed = left_out = 0
    with Store(folder) as store:
        for row in chosen_rows(store, where):
            if row.status == "failed":
                failed += 1
                continue
            values = values_of(row)
            known |= {name for name, value in values.items() if _is_number(value)}
            if _is_number(values.get(x)) and _is_number(values.get(y)):
                found.append(Candidate(key=row.key, inputs=row.inputs, values=(values[x], values[y])))
            else:
                left_out += 1
    _check_known(folder, (x, y), known, left_out)
    return front_of(found, (x, y), larger, left_out=left_out, failed=failed)


def front_of(points: Iterable[Candidate], figures: Sequence[str], maximized: Sequence[str], *, left_out: int = 0, failed: int = 0) -> Front:
    """The front of points whose values are those of some figures."""
    signs = tuple(-1.0 if name in maximized else 1.0 for name in figures)
    return Front(figures=tuple(figures), points=tuple(ranked(points, signs)), maximized=tuple(maximized), left_out=left_out, failed=failed)


def values_of(row: Row) -> dict[str, Any]:
    """What a point has, by name: its inputs, its variables, its figures."""
    inputs = {name: value for name, value in row.inputs.items() if name != "variables"}
    return {**inputs, **row.inputs.get("variables", {}), **row.figures}


def chosen_rows(store: Store, where: str | None) -> Iterator[Row]:
    """The finished points, or those of which an expression over inputs and figures is true.

    Of a point that lacks a figure of the expression it is not; failed points are handed on. Raises SpecError where it can't be computed.
    """
    if where is None:
        yield from store.rows()
        return
    names = dict.fromkeys(name for row in store.rows() for name in values_of(row))
    for row in store.rows():
        values = {**names, **values_of(row)}
        values = {**{name: values[figure] for name, figure in SHORT.items() if figure in values}, **values}
        found = value_of(where, values)
        if isinstance(found, str) and any(values.get(word, 0) is None for word in _WORD.findall(where)):
            found = row.status == "failed"
        if isinstance(found, str):
            raise SpecError(Finding(file="--where", seen=f"{where!r}: {found}", expected="an expression that is true or false of a point"))
        if found:
            yield row


def ranked(points: Iterable[Candidate], signs: Sequence[float] = (1.0, 1.0)) -> Iterator[Candidate]:
    """The points with front and knee marked, those of the front first. signs: for each figure 1 where less is better, -1 where more is."""
    def costs(point: Candidate) -> tuple[float, ...]:
        return tuple(sign * value for sign, value in zip(signs, point.values, strict=True))

    ordered = sorted(points, key=costs)
    marks = _undominated([costs(point) for point in ordered])
    front = [point for point, mark in zip(ordered, marks, strict=True) if mark]
    knee = _knee([costs(point) for point in front]) if len(signs) == 2 else None  # type: ignore[misc]
    yield from (replace(point, on_front=True, is_knee=i == knee) for i, point in enumerate(front))
    yield from (point for point, mark in zip(ordered, marks, strict=True) if not mark)


def _undominated(ordered: Sequence[tuple[float, ...]]) -> list[bool]:
    """Of costs in ascending order, which are on the front. None is beaten by a later one, nor by one that is beaten itself alone: so each
    is held against the front so far, of which with one or two figures the last one says all."""
    front: list[tuple[float, ...]] = []
    marks: list[bool] = []
    for one in ordered:
        rivals = front[-1:] if len(one) <= 2 else front
        beaten = any(other != one and all(a <= b for a, b in zip(other, one, strict=True)) for other in rivals)
        marks.append(not beaten)
        if not beaten and one not in front[-1:]:
            front.append(one)
    return marks


def _knee(front: Sequence[tuple[float, float]]) -> int | None:
    """The position of the point that is farthest below the line between the ends of a front that falls, where both axes are scaled to the
    ends: the point of the largest normal boundary intersection (I. Das, Structural Optimization 18, 1999). None where none is below."""
    if len(front) < 3:
        return None
    (low_x, high_y), (high_x, low_y) = front[0], front[-1]
    if high_x == low_x or high_y == low_y:
        return None
    below = [1.0 - (x - low_x) / (high_x - low_x) - (y - low_y) / (high_y - low_y) for x, y in front]
    farthest = max(range(len(front)), key=lambda i: below[i])
    return farthest if below[farthest] > 1e-12 else None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _check_maximized(maximize: Sequence[str], axes: tuple[str, str]) -> None:
    for name in maximize:
        if name not in axes:
            raise SpecError(Finding(file="--maximize", seen=name, expected=f"one of {', '.join(axes)}"))


def _check_known(folder: str | Path, axes: tuple[str, str], known: set[str], left_out: int) -> None:
    findings = [Finding(file=str(folder), key=name, seen="no point that has it", expected=f"one of {listing(sorted(known))}",
                        fix=near(name, known))
                for name in dict.fromkeys(axes) if name not in known and left_out]
    if findings:
        raise SpecError(findings)
