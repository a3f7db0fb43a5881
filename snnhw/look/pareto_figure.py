"""The figure of a front: its points, those that something else beats, the knee."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from snnhw.look.drawing import Draw
from snnhw.look.style import COLOURS, OTHER
from snnhw.sweep.pareto import Front

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FRONT, KNEE = COLOURS[0], COLOURS[3]
TITLES = {"energy_pJ": ("energy (\N{MICRO SIGN}J)", 1e-6), "edp_Js": ("EDP (J\N{MIDDLE DOT}s)", 1.0), "latency_s": ("latency (s)", 1.0)}
"""Figures that are drawn under another name, and in another unit."""

RATIO_OF_A_LOG_AXIS = 30.0


def pareto_figure(front: Front) -> Draw:
    """All points of a front over its two figures. An axis is logarithmic where its values lie far apart."""
    (x_title, x_scale), (y_title, y_scale) = (_titled(name) for name in (front.x, front.y))

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        placed = [(one, one.x * x_scale, one.y * y_scale) for one in front.points]
        beaten = [(x, y) for one, x, y in placed if not one.on_front]
        if beaten:
            axes.plot(*zip(*beaten, strict=True), "o", color=OTHER, markersize=3, label="dominated", zorder=1)
        best = [(x, y) for one, x, y in placed if one.on_front]
        if best:
            axes.plot(*zip(*best, strict=True), "o-", color=FRONT, drawstyle="steps-post", label="front", zorder=2)
        for one, x, y in placed:
            if one.is_knee:
                axes.plot([x], [y], "D", color=KNEE, markersize=5.5, label="knee", zorder=3)
        if _is_wide([x for _, x, _ in placed]):
            axes.set_xscale("log")
        if _is_wide([y for _, _, y in placed]):
            axes.set_yscale("log")
        axes.set(xlabel=x_title, ylabel=y_title)
        axes.margins(0.08)
        for axis in (axes.xaxis, axes.yaxis):
            if axis.get_scale() == "linear":
                axis.set_major_formatter(lambda value, _: f"{value:,.10g}")
        axes.grid(which="major")
        if placed:
            axes.legend()

    return draw


def _titled(name: str) -> tuple[str, float]:
    if name.startswith("energy_pJ."):
        return f"energy of {name.removeprefix('energy_pJ.')} (\N{MICRO SIGN}J)", 1e-6
    return TITLES.get(name, (name.replace("_", " "), 1.0))


def _is_wide(values: Sequence[float]) -> bool:
    return bool(values) and min(values) > 0 and max(values) > RATIO_OF_A_LOG_AXIS * min(values)
