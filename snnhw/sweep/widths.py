"""Widths that a plan sets and none of its runs can take: they would fail at every point, one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from snnhw.engines.bits import VARIABLES, WIDEST
from snnhw.errors import Finding
from snnhw.spec.document import Document, KeyPath
from snnhw.sweep.keys import Sources
from snnhw.sweep.plan import Axis, Plan, point_of

LARGEST_FILTERED = 20_000
"""Points of a grid with filters that are looked through for a width; in larger ones a width that fits nothing is left to its points."""


def refused_widths(document: Document, plan: Plan, sources: Sources) -> Iterator[Finding]:
    """A finding for each value of weight_bits, state_bits and input_bits that no run which it may come with goes into.

    A value that some of the runs fit, or that a filter leaves out everywhere, is none.
    """
    axes = {axis.name: axis for axis in plan.grid if axis.is_variable}
    if plan.grid_size:
        runs = next((axis.values for axis in plan.grid if axis.name == "stats" and not axis.is_variable), (plan.base.get("stats"),))
        for name in VARIABLES.keys() & axes.keys():
            path: KeyPath = ("sweep", "grid", "variables", name)
            for i, value in enumerate(axes[name].values):
                here = (*path, i) if isinstance(document.get(path), list) else path
                yield from (one for one in _refused(document, here, name, value, runs, sources) if _occurs(plan, axes[name], value))
        base = {name: value for name, value in _widths(plan.base) if name not in axes}
        yield from (one for name, value in base.items()
                    for one in _refused(document, ("sweep", "base", "variables", name), name, value, runs, sources))
    for i, settings in enumerate(plan.points):
        point = point_of(plan.base, settings)
        if plan.passes(point):
            yield from (one for name, value in _widths(settings)
                        for one in _refused(document, ("sweep", "points", i, "variables", name), name, value, [point.stats], sources))


def _widths(settings: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    return ((name, value) for name, value in (settings.get("variables") or {}).items() if name in VARIABLES)


def _refused(document: Document, path: KeyPath, name: str, value: Any, runs: Sequence[str], sources: Sources) -> Iterator[Finding]:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return
    if not 1 <= value <= WIDEST[name]:
        yield document.finding(path, seen=f"{value:g}", expected=f"1 <= x <= {WIDEST[name]}")
        return
    needed = {run: max(getattr(layer.bits, VARIABLES[name]) for layer in sources.run(run).layers) for run in runs}
    run = min(needed, key=lambda one: needed[one])
    if value < needed[run]:
        yield document.finding(path, seen=f"{value:g}", expected=f"at least {needed[run]}, which {VARIABLES[name]} of {run} need",
                               fix=f"leave {name} out: it is taken from the run")


def _occurs(plan: Plan, axis: Axis, value: Any) -> bool:
    """Whether a point with this value passes the filters; False where that would take too long to say."""
    if not plan.where:
        return True
    points = map(plan.grid_point, range(plan.grid_size if plan.grid_size <= LARGEST_FILTERED else 0))
    return any(dict(point.variables)[axis.name] == value and plan.passes(point) for point in points)
