"""Where a plan gives variables their values, and the runs and machines that a value meets there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from snnhw.spec.document import Document, KeyPath
from snnhw.sweep.plan import Axis, Plan, point_of
from snnhw.sweep.point import Point

LARGEST_FILTERED = 20_000
"""Points of a grid with filters that are looked through for a value; in larger ones a value of the grid is left to its points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A value of a variable, at its place in a plan.

    stats, archs: the runs and machines that it comes with; variables: the value with those that surely stand beside it; place: what gives
    it, where "base" is one that the grid alone takes over, and "point" one that a single point has, be it from the base.
    """

    path: KeyPath
    name: str
    value: Any
    stats: tuple[str, ...]
    archs: tuple[str, ...]
    variables: Mapping[str, Any]
    place: Literal["base", "grid", "point"]


def uses(document: Document, plan: Plan, names: Collection[str]) -> Iterator[Use]:
    """The values of some variables in a plan, in its order: base, grid, single points that pass the filters.

    A value of the base comes with all of the grid, where that does not set the variable, and with each single point that does not.
    """
    singles = [(i, settings, point) for i, settings in enumerate(plan.points) if plan.passes(point := point_of(plan.base, settings))]
    base = _variables(plan.base)
    axes = [axis for axis in plan.grid if axis.is_variable]
    for name in (name for name in base if name in names):
        heirs = [point for _, settings, point in singles if name not in _variables(settings)]
        in_grid = plan.grid_size > 0 and name not in (axis.name for axis in axes)
        if heirs or in_grid:
            yield Use(path=("sweep", "base", "variables", name), name=name, value=base[name], variables=base,
                      stats=_met(plan, "stats", heirs, in_grid=in_grid), archs=_met(plan, "arch", heirs, in_grid=in_grid),
                      place="point" if heirs else "base")
    for axis in axes:
        yield from _of_grid(document, plan, axis) if axis.name in names else ()
    for i, settings, point in singles:
        yield from (Use(path=("sweep", "points", i, "variables", name), name=name, value=value, variables=dict(point.variables),
                        stats=(point.stats,), archs=(point.arch,), place="point")
                    for name, value in _variables(settings).items() if name in names)


def occurs(plan: Plan, use: Use) -> bool:
    """Whether a point with this value passes the filters. Where that would take too long to say, one of the base does and one of the
    grid does not."""
    if not plan.where or use.place == "point":
        return True
    if plan.grid_size > LARGEST_FILTERED:
        return use.place == "base"
    return any(dict(point.variables)[use.name] == use.value and plan.passes(point) for point in map(plan.grid_point, range(plan.grid_size)))


def _variables(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    return settings.get("variables") or {}


def _of_grid(document: Document, plan: Plan, axis: Axis) -> Iterator[Use]:
    path: KeyPath = ("sweep", "grid", "variables", axis.name)
    is_listed = isinstance(document.get(path), list)
    for i, value in enumerate(axis.values):
        yield Use(path=(*path, i) if is_listed else path, name=axis.name, value=value, stats=_met(plan, "stats", ()),
                  archs=_met(plan, "arch", ()), variables={**_variables(plan.base), axis.name: value}, place="grid")


def _met(plan: Plan, name: str, points: Iterable[Point], *, in_grid: bool = True) -> tuple[str, ...]:
    """The runs (`stats`) or machines (`arch`) of the grid and of some points, each once."""
    crossed = next((axis.values for axis in plan.grid if axis.name == name and not axis.is_variable), (plan.base.get(name),))
    return tuple(dict.fromkeys([*(crossed if in_grid else ()), *(getattr(point, name) for point in points)]))
