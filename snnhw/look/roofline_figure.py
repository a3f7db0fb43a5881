"""The figure of a roofline."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from snnhw.look.bars import legend_below
from snnhw.look.drawing import Draw
from snnhw.look.style import COLOURS, MARKERS
from snnhw.report.roofline import Roof, Roofline, RooflinePoint

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PEAK = "#000000"
LINE = 0.06
"""Height of a line of a layer's name, as a share of the axes."""


def roofline_figure(roofline: Roofline) -> Draw:
    """Operations a cycle over operations a word: a roof for each bandwidth and one for the compute, a point for each layer under each.

    Points of the bandwidth that a layer's cycles come from are filled. A point below its roof has that bandwidth to spare, or does not
    use all instances of the level.
    """
    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        points = [point for point in roofline.points if point.performance > 0]
        low, high = _span([point.intensity for point in points], 4.0)
        least, most = _span([*(point.performance for point in points), roofline.peak], 2.0)
        axes.set(xscale="log", yscale="log", xlim=(low, high), ylim=(least, most), xlabel="operations per word of the level",
                 ylabel="operations per cycle")
        axes.axhline(roofline.peak, color=PEAK, linewidth=1.2, label=f"compute, {roofline.peak:,.0f}/cycle")
        for roof, look in zip(roofline.roofs, _looks(roofline.roofs), strict=True):
            _line(axes, roof, look, roofline.peak, (low, high))
            _marks(axes, [point for point in points if (point.level, point.direction) == (roof.level, roof.direction)], roof, look)
        _names(axes, points, least, most)
        axes.grid(which="major")
        legend_below(figure, axes)

    return draw


def _span(values: list[float], room: float) -> tuple[float, float]:
    """Ends of a logarithmic axis with some room beside the values, a decade and a half apart at least."""
    known = [value for value in values if 0 < value < float("inf")] or [1.0]
    more = max(1.0, math.sqrt(30 / (max(known) / min(known) * room**2)))
    return min(known) / (room * more), max(known) * room * more


def _title(roof: Roof) -> str:
    what = f"{roof.level} {roof.direction}" if roof.direction != "words" else roof.level
    return f"{what}, no bandwidth given" if roof.words_per_cycle is None else f"{what}, {roof.words_per_cycle:,.4g}/cycle"


def _looks(roofs: Sequence[Roof]) -> list[tuple[str, str, str]]:
    """Colour, marker and line of each roof: a colour and a marker for each level, a line for each direction."""
    levels = list(dict.fromkeys(roof.level for roof in roofs))
    lines = {"reads": "-", "writes": "--", "words": "-."}
    places = [levels.index(roof.level) for roof in roofs]
    return [(COLOURS[place % len(COLOURS)], MARKERS[(2 * place + (roof.direction == "writes")) % len(MARKERS)], lines[roof.direction])
            for roof, place in zip(roofs, places, strict=True)]


def _line(axes: Axes, roof: Roof, look: tuple[str, str, str], peak: float, span: tuple[float, float]) -> None:
    if roof.words_per_cycle is not None:
        end = min(max(peak / roof.words_per_cycle, span[0]), span[1])
        axes.plot([span[0], end], [span[0] * roof.words_per_cycle, end * roof.words_per_cycle], look[2], color=look[0], linewidth=0.8)


def _marks(axes: Axes, points: list[RooflinePoint], roof: Roof, look: tuple[str, str, str]) -> None:
    """The points under a roof: filled where it is what bounds the layer."""
    colour, marker, line = look
    axes.plot([], [], line if roof.words_per_cycle is not None else "", color=colour, marker=marker, markerfacecolor="white",
              label=_title(roof))
    for point in points:
        axes.plot([point.intensity], [point.performance], marker, color=colour, markerfacecolor=colour if point.bounds else "white",
                  markersize=4.2 if point.bounds else 3.2, markeredgewidth=0.7, zorder=4 if point.bounds else 3)


def _names(axes: Axes, points: Sequence[RooflinePoint], least: float, most: float) -> None:
    """All points of a layer lie at one height, so that its name stands at the right end of a thin line through them."""
    levels: dict[int, list[RooflinePoint]] = {}
    for point in points:
        levels.setdefault(round(40 * math.log10(point.performance)), []).append(point)
    texts = [(own[0].performance, "\n".join(textwrap.wrap(", ".join(_runs(list(dict.fromkeys(one.layer for one in own)))), 15)))
             for _, own in sorted(levels.items())]
    span = math.log10(most / least)
    heights = spread([math.log10(performance / least) / span for performance, _ in texts],
                     [LINE * (text.count("\n") + 1) for _, text in texts])
    for (performance, text), height in zip(texts, heights, strict=True):
        axes.axhline(performance, color="#999999", linewidth=0.3, zorder=0)
        axes.annotate(text, (1.0, math.log10(performance / least) / span), xycoords="axes fraction", xytext=(1.04, height),
                      textcoords="axes fraction", fontsize=5.5, va="center", linespacing=0.95,
                      arrowprops={"arrowstyle": "-", "linewidth": 0.3, "color": "#999999", "shrinkA": 0.5, "shrinkB": 0})


def spread(places: Sequence[float], heights: Sequence[float]) -> list[float]:
    """Places in order, moved apart so that things of such heights, centred on them, do not lie on each other."""
    moved: list[float] = []
    for i, place in enumerate(places):
        moved.append(place if not i else max(place, moved[-1] + (heights[i - 1] + heights[i]) / 2))
    over = (moved[-1] + heights[-1] / 2 - 1.0) if moved else 0.0
    for i in range(len(moved) - 1, -1, -1):
        if over <= 0:
            break
        moved[i] -= over
        over = 0.0 if i == 0 else moved[i - 1] + (heights[i - 1] + heights[i]) / 2 - moved[i]
    return moved


def _runs(names: Sequence[str]) -> Sequence[str]:
    """At most five names, and how many more."""
    return names if len(names) <= 5 else [*names[:4], f"{len(names) - 4} more"]
