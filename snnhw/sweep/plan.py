"""A plan: which points a sweep has. Points are made when they are asked for, so that a plan of a million takes no room."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from pathlib import Path
from typing import Any, Protocol

from snnhw.errors import Finding, SpecError
from snnhw.spec.words import counted
from snnhw.sweep.point import Point

TRIES_PER_POINT = 1000
"""Draws from the grid for each point of a sample, before a filter that lets next to nothing through ends it."""

_SHUFFLED = 100_000
"""Grids up to this size are shuffled whole; from larger ones positions are drawn."""


class Filter(Protocol):
    """What a point has to satisfy."""

    def __call__(self, point: Point) -> bool:
        """Whether it does. Raises SpecError where that cannot be said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """One thing that a grid varies: a field of Point, or a variable of the architecture."""

    name: str
    values: tuple[Any, ...]
    is_variable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """So many points of the grid, drawn without replacement."""

    count: int
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Points of a grid (all, or a sample), then single ones; of both those that pass every filter, each once.

    base: what all points have, as fields of Point with variables as a mapping; grid: axes, the last varies fastest; points: what each
    single one has beside the base; folder: where relative names of files begin; text: of the plan's file.
    """

    file: str = "plan"
    folder: Path = Path()
    text: str = ""
    base: Mapping[str, Any] = field(default_factory=dict)
    grid: tuple[Axis, ...] = ()
    points: tuple[Mapping[str, Any], ...] = ()
    sample: Sample | None = None
    where: tuple[Filter, ...] = ()

    @property
    def grid_size(self) -> int:
        """Points of the whole grid, before any filter. A plan without a grid and without points has one: the base."""
        return prod(len(axis.values) for axis in self.grid) if self.grid or not self.points else 0

    @property
    def refusal(self) -> str:
        """What is said of a plan of which no point passes the filters."""
        number = self.grid_size + len(self.points)
        return f"{self.file}: sweep.where refuses " + ("the only point" if number == 1 else f"all {counted(number, 'point')}")

    def __iter__(self) -> Iterator[Point]:
        """The points, always in the same order."""
        single = dict.fromkeys(self._single())
        yield from (point for point in self._of_grid() if point not in single)
        yield from single

    def beginning(self) -> Iterator[Point]:
        """The points that are named one by one, and those that a sample draws: what a search of the grid begins with."""
        single = dict.fromkeys(self._single())
        yield from single
        if self.sample is not None:
            yield from (point for point in self._sampled(self.sample) if point not in single)

    def passes(self, point: Point) -> bool:
        """Whether a point satisfies all filters."""
        return all(one(point) for one in self.where)

    def grid_point(self, index: int) -> Point:
        """The point at a position of the grid, from 0."""
        settings: dict[str, Any] = {}
        variables: dict[str, Any] = {}
        for axis in reversed(self.grid):
            index, position = divmod(index, len(axis.values))
            (variables if axis.is_variable else settings)[axis.name] = axis.values[position]
        return point_of(self.base, {**settings, "variables": variables})

    def _of_grid(self) -> Iterator[Point]:
        if self.sample is not None:
            return self._sampled(self.sample)
        return filter(self.passes, map(self.grid_point, range(self.grid_size)))

    def _single(self) -> Iterator[Point]:
        return filter(self.passes, (point_of(self.base, settings) for settings in self.points))

    def _sampled(self, sample: Sample) -> Iterator[Point]:
        passed = 0
        for drawn, index in enumerate(positions(self.grid_size, random.Random(sample.seed))):
            if passed == sample.count:
                return
            if drawn == TRIES_PER_POINT * sample.count:
                raise SpecError(Finding(file=self.file, key="sweep.where", seen=f"{passed} of {drawn:,} drawn points that pass",
                                        expected=f"{sample.count} of them", fix="narrow the grid instead of filtering it"))
            point = self.grid_point(index)
            if self.passes(point):
                passed += 1
                yield point


def point_of(*settings: Mapping[str, Any]) -> Point:
    """The point of settings over settings, the last ones first; variables are put together."""
    given: dict[str, Any] = {}
    variables: dict[str, Any] = {}
    for one in settings:
        given.update(one)
        variables.update(one.get("variables") or {})
    return Point(**{**given, "variables": tuple(sorted(variables.items()))})


def positions(size: int, source: random.Random) -> Iterator[int]:
    """The positions below `size`, each once, in random order."""
    if size <= _SHUFFLED:
        order: Sequence[int] = source.sample(range(size), size)
        yield from order
        return
    seen: set[int] = set()
    while len(seen) < size:
        index = source.randrange(size)
        if index not in seen:
            seen.add(index)
            yield index
