"""The space of a plan: its grid as dimensions, and which position of it a point is at."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any

from snnhw.errors import Finding, SpecError
from snnhw.spec.presets import Kind
from snnhw.sweep.keys import Sources
from snnhw.sweep.objectives import Objective
from snnhw.sweep.plan import Axis, Plan
from snnhw.sweep.point import Point

_KINDS: Mapping[str, Kind] = {"arch": "arch", "stats": "workloads", "mapper": "mappers"}
_DEFAULTS = {one.name: one.default for one in fields(Point) if one.name not in ("arch", "stats", "variables")}
UNORDERED = ("seed",)
"""Axes of numbers whose neighbours have nothing in common."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """An axis that varies. name: unique in the space; order: positions on the axis, by ascending number where it is `ordered`."""

    name: str
    order: tuple[int, ...]
    ordered: bool


@dataclass(frozen=True)
class Space:
    """The grid of a plan. A position is a tuple with an index on each axis."""

    plan: Plan
    _places: list[dict[Any, int]] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self._places.extend({_typed(value): i for i, value in enumerate(axis.values)} for axis in self.plan.grid)

    @cached_property
    def dimensions(self) -> tuple[Dimension, ...]:
        """The axes with more than one value."""
        return tuple(_dimension(axis) for axis in self.plan.grid if len(axis.values) > 1)

    def position(self, params: Mapping[str, int]) -> tuple[int, ...]:
        """The position of an index for each dimension, in the dimension's order."""
        chosen = {one.name: one.order[params[one.name]] for one in self.dimensions}
        return tuple(chosen.get(_name(axis), 0) for axis in self.plan.grid)

    def params(self, position: Sequence[int]) -> dict[str, int]:
        """The inverse of `position`."""
        at = {_name(axis): index for axis, index in zip(self.plan.grid, position, strict=True)}
        return {one.name: one.order.index(at[one.name]) for one in self.dimensions}

    def point(self, position: Sequence[int]) -> Point:
        """The point at a position."""
        index = 0
        for axis, at in zip(self.plan.grid, position, strict=True):
            index = index * len(axis.values) + at
        return self.plan.grid_point(index)

    def neighbours(self, position: Sequence[int]) -> list[tuple[int, tuple[int, ...]]]:
        """The positions that differ on one axis, each with its distance: steps of the axis's order, 1 where it has none."""
        at = self.params(position)
        return [(abs(other - at[one.name]) if one.ordered else 1, self.position({**at, one.name: other}))
                for one in self.dimensions for other in range(len(one.order)) if other != at[one.name]]

    def position_at(self, index: int) -> tuple[int, ...]:
        """The position of the point at an index of the grid."""
        position: list[int] = []
        for axis in reversed(self.plan.grid):
            index, at = divmod(index, len(axis.values))
            position.append(at)
        return tuple(reversed(position))

    def position_of(self, inputs: Mapping[str, Any]) -> tuple[int, ...] | None:
        """Where a point lies, by its record; None where it is outside of the grid."""
        variables = inputs.get("variables", {})
        position: list[int] = []
        for axis, places in zip(self.plan.grid, self._places, strict=True):
            value = variables.get(axis.name) if axis.is_variable else inputs.get(axis.name, _DEFAULTS.get(axis.name))
            at = places.get(_typed(value))
            if at is None:
                return None
            position.append(at)
        return tuple(position) if self.point(position).record() == inputs else None


def space_of(plan: Plan) -> Space:
    """The space of a plan. Raises SpecError where nothing in it varies."""
    space = Space(plan)
    if not space.dimensions:
        raise SpecError(Finding(file=plan.file, key="sweep.grid", seen="no free dimension", expected="an axis with two values or more",
                                fix="snnhw sweep evaluates single points"))
    return space


def study_name(plan: Plan, objectives: Sequence[Objective], seed: int, sources: Sources) -> str:
    """sha256 of all that a study is: the plan's points, the content of the files that they name, objectives, seed."""
    files = {name: sources.source(name, kind).sha256 for field_name, kind in _KINDS.items() for name in _named(plan, field_name)}
    parts = [sources.origin, dict(plan.base), [[axis.name, axis.is_variable, list(axis.values)] for axis in plan.grid],
             [dict(one) for one in plan.points], None if plan.sample is None else [plan.sample.count, plan.sample.seed],
             [getattr(one, "text", repr(one)) for one in plan.where], files, [[one.figure, one.maximize] for one in objectives], seed]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def runs_of(plan: Plan) -> tuple[str, ...]:
    """The run files that the plan's points name."""
    return tuple(_named(plan, "stats"))


def _named(plan: Plan, name: str) -> Iterator[str]:
    given = [plan.base.get(name, _DEFAULTS.get(name)), *(one.get(name) for one in plan.points)]
    given += [value for axis in plan.grid if axis.name == name and not axis.is_variable for value in axis.values]
    yield from dict.fromkeys(value for value in given if isinstance(value, str))


def _dimension(axis: Axis) -> Dimension:
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in axis.values)
    ordered = numbers and axis.name not in UNORDERED
    order = range(len(axis.values))
    return Dimension(name=_name(axis), order=tuple(sorted(order, key=lambda i: axis.values[i]) if ordered else order), ordered=ordered)


def _name(axis: Axis) -> str:
    return f"variables.{axis.name}" if axis.is_variable else axis.name


def _typed(value: Any) -> tuple[type, Any]:
    """So that 1, 1.0 and true are three values."""
    return type(value), value
