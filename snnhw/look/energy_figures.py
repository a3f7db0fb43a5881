"""Figures of energy: breakdowns of results side by side, of the layers of one, of one network in several weight formats."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, TypeAlias

from snnhw.look.bars import draw_bars, legend_below
from snnhw.look.drawing import Draw
from snnhw.look.stacks import Bar, component_bar, gathered
from snnhw.model.result import NetworkResult
from snnhw.report.quantities import significant

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Unit: TypeAlias = Literal["uJ", "pJ/compute", "both"]
PJ_OF_UJ = 1e6


def breakdown_figure(bars: Sequence[Bar], unit: Unit = "both") -> Draw:
    """Stacks by component: energy in uJ, pJ per compute, or both beside each other. Transfers are hatched."""
    made, parts = gathered(bars)
    units: tuple[Unit, ...] = ("uJ", "pJ/compute") if unit == "both" else (unit,)

    def draw(figure: Figure) -> None:
        several = figure.subplots(1, len(units), squeeze=False)[0]
        for axes, one in zip(several, units, strict=True):
            scale = [1 / PJ_OF_UJ if one == "uJ" else (1 / bar.computes if bar.computes else 0.0) for bar in made]
            draw_bars(axes, made, parts, scale)
            axes.set_ylabel("energy (\N{MICRO SIGN}J)" if one == "uJ" else "energy per compute (pJ)")
        legend_below(figure, several[0])

    return draw


def layers_figure(result: NetworkResult, *, shares: bool = False) -> Draw:
    """Energy of each layer, stacked by component; shares: each layer as 100 %. The energy in uJ stands above each bar."""
    bars, parts = gathered([component_bar(layer.name, [layer]) for layer in result.layers])
    totals = [significant(bar.energy_pJ / PJ_OF_UJ, 3) for bar in bars]

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        scale = [(100 / bar.energy_pJ if bar.energy_pJ else 0.0) if shares else 1 / PJ_OF_UJ for bar in bars]
        draw_bars(axes, bars, parts, scale, totals=[f"{text} \N{MICRO SIGN}J" for text in totals] if shares else totals)
        axes.set_ylabel("share of the layer's energy (%)" if shares else "energy (\N{MICRO SIGN}J)")
        if shares:
            axes.set_yticks(range(0, 101, 20))
        legend_below(figure, axes)

    return draw


def formats_figure(bars: Sequence[Bar], unit: Unit = "uJ") -> Draw:
    """A bar for each weight format, stacked by component; networks that are compared stand in groups."""
    return breakdown_figure(bars, unit)
