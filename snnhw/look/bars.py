"""Drawing stacked bars."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from snnhw.look.stacks import Bar, Part
from snnhw.report.quantities import significant

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 0.72
"""Of a bar, where bars stand at distance 1."""

CHARACTERS_PER_INCH = 15
"""Of a label below an axis."""

GAP = 0.6
"""Between groups of bars."""


def positions(bars: Sequence[Bar]) -> list[float]:
    """Where each bar stands; groups have a gap between them."""
    found: list[float] = []
    for i, bar in enumerate(bars):
        found.append(0.0 if i == 0 else found[-1] + 1.0 + (GAP if bar.group != bars[i - 1].group else 0.0))
    return found


def draw_bars(axes: Axes, bars: Sequence[Bar], parts: Sequence[Part], scale: Sequence[float], *, digits: int = 3,
              totals: Sequence[str] | None = None) -> None:
    """Stacked bars with their totals above. scale: what the energies of each bar are multiplied with; totals: instead of the sums."""
    places = positions(bars)
    base = [0.0] * len(bars)
    for part in parts:
        heights = [bar.parts.get(part.name, 0.0) * one for bar, one in zip(bars, scale, strict=True)]
        axes.bar(places, heights, WIDTH, bottom=base, color=part.colour, hatch=part.hatch, edgecolor="white" if part.hatch else part.colour,
                 linewidth=0.0 if part.hatch else 0.2, label=part.title)
        base = [low + height for low, height in zip(base, heights, strict=True)]
    texts = totals or [significant(height, digits) for height in base]
    many = len(bars) > 6
    for place, height, text in zip(places, base, texts, strict=True):
        axes.annotate(text, (place, height), xytext=(0, 2), textcoords="offset points", ha="center", va="bottom", fontsize=5.5,
                      rotation=90 if many else 0)
    axes.set_ylim(0, max(base, default=1.0) * (1.22 if many else 1.1) or 1.0)
    _label(axes, bars, places)


def _label(axes: Axes, bars: Sequence[Bar], places: list[float]) -> None:
    axes.set_xlim(places[0] - 0.7, places[-1] + 0.7)
    longest = max(len(bar.label) for bar in bars)
    figure: Any = axes.get_figure()
    room = figure.get_figwidth() / max(1, len(figure.axes)) * CHARACTERS_PER_INCH
    turned = len(bars) * (min(longest, 14) + 1) > room
    labels = [bar.label if turned else "\n".join(textwrap.wrap(bar.label, 14, break_long_words=longest > 24)) for bar in bars]
    axes.set_xticks(places, labels, rotation=45 if turned else 0, ha="right" if turned else "center",
                    rotation_mode="anchor" if turned else None)
    axes.tick_params(axis="x", length=0, pad=2)
    axes.grid(axis="y")
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")
    for group in dict.fromkeys(bar.group for bar in bars if bar.group):
        own = [place for bar, place in zip(bars, places, strict=True) if bar.group == group]
        axes.annotate(group, ((own[0] + own[-1]) / 2, 1.0), xycoords=("data", "axes fraction"), xytext=(0, 3), textcoords="offset points",
                      ha="center", va="bottom", fontsize=6.5)


def legend_below(figure: Figure, axes: Axes, *, columns: int | None = None) -> None:
    """One legend for the figure, below it, in the order of the stack."""
    handles, labels = axes.get_legend_handles_labels()
    width = figure.get_figwidth()
    longest = max(map(len, labels), default=1)
    fitting = max(1, int(width * 72 / (longest * 3.2 + 24)))
    options: dict[str, Any] = {"ncols": min(columns or fitting, len(labels))}
    figure.legend(handles, labels, loc="outside lower center", **options)
