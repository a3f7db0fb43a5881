"""The figure of a roofline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from snnhw.look.bars import legend_below
from snnhw.look.drawing import Draw
from snnhw.look.style import COLOURS, LINES, MARKERS
from snnhw.report.roofline import Roof, Roofline, RooflinePoint

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PEAK = "#000000"


def roofline_figure(roofline: Roofline) -> Draw:
    """Operations a cycle over operations a word: a roof for each bandwidth and one for the compute, a point for each layer under each.

    Points of the bandwidth that a layer's cycles come from are filled, and labelled with the layer's name; a layer that no bandwidth holds
    back is labelled once, at its leftmost point.
    """
    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        points = [point for point in roofline.points if point.performance > 0]
        low, high = _span([point.intensity for point in points], 4.0)
        least, most = _span([*(point.performance for point in points), roofline.peak], 2.0)
        axes.set(xscale="log", yscale="log", xlim=(low, high), ylim=(least, most), xlabel="operations per word of the level",
                 ylabel="operations per cycle")
        axes.axhline(roofline.peak, color=PEAK, linewidth=1.2, label=f"compute, {roofline.peak:,.0f} per cycle")
        for i, roof in enumerate(roofline.roofs):
            _roof(axes, roof, i, roofline.peak, (low, high))
            _marks(axes, [point for point in points if (point.level, point.direction) == (roof.level, roof.direction)], i)
        _names(axes, points)
        axes.grid(which="major")
        legend_below(figure, axes, columns=2)

    return draw


def _span(values: list[float], room: float) -> tuple[float, float]:
    known = [value for value in values if 0 < value < float("inf")] or [1.0]
    return min(known) / room, max(known) * room


def _title(roof: Roof) -> str:
    what = f"{roof.level} {roof.direction}" if roof.direction != "words" else roof.level
    return f"{what}, no bandwidth given" if roof.words_per_cycle is None else f"{what}, {roof.words_per_cycle:,.4g} words per cycle"


def _roof(axes: Axes, roof: Roof, index: int, peak: float, span: tuple[float, float]) -> None:
    if roof.words_per_cycle is None:
        return
    ends = [span[0], min(max(peak / roof.words_per_cycle, span[0]), span[1])]
    axes.plot(ends, [end * roof.words_per_cycle for end in ends], LINES[index // len(COLOURS) % len(LINES)], color=COLOURS[index % len(COLOURS)])


def _marks(axes: Axes, points: list[RooflinePoint], index: int) -> None:
    colour, marker = COLOURS[index % len(COLOURS)], MARKERS[index % len(MARKERS)]
    return None


def _names(axes: Axes, points: list[RooflinePoint]) -> None:
    return None
