"""Draws the picture of README: energy of each layer of a result, by component.

    snnhw evaluate --arch eyeriss_snn --stats tcja_dvs_gesture/w8 -o out/demo
    python docs/images/flagship.py out/demo docs/images/flagship.svg
"""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

import snnhw

COLOURS = ("#0072b2", "#e69f00", "#56b4e9", "#009e73", "#cc79a7", "#f0e442", "#d55e00", "#999999")
"""Okabe and Ito, 2008: people who see fewer colours can tell them apart."""
HATCHES = ("", "", "///", "", "...", "", "xxx", "")
MOST = 7


def draw(result: snnhw.NetworkResult, target: Path) -> None:
    """Shares of each layer's energy as a stacked bar, and the layer's energy beside it. The same result gives the same bytes."""
    frame = snnhw.components_frame(result)
    totals = frame.groupby("component", sort=False)["energy_pJ"].sum().sort_values(ascending=False)
    shown = list(totals.index[:MOST])
    layers = list(dict.fromkeys(frame["layer"]))
    energies = {layer: frame.loc[frame["layer"] == layer, "energy_pJ"].sum() for layer in layers}
    with matplotlib.rc_context({"svg.hashsalt": "snnhw", "svg.fonttype": "path", "font.size": 9, "hatch.linewidth": 0.5}):
        figure = Figure(figsize=(7.2, 3.6), layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        left = dict.fromkeys(layers, 0.0)
        for name, colour, hatch in zip([*shown, "all others"], COLOURS, HATCHES, strict=True):
            rows = frame[frame["component"] == name] if name in shown else frame[~frame["component"].isin(shown)]
            widths = [100 * rows.loc[rows["layer"] == layer, "energy_pJ"].sum() / energies[layer] for layer in layers]
            axes.barh(layers, widths, left=[left[layer] for layer in layers], color=colour, hatch=hatch, edgecolor="white", label=name)
            left = {layer: left[layer] + width for layer, width in zip(layers, widths, strict=True)}
        for i, layer in enumerate(layers):
            energy_uJ = energies[layer] / 1e6
            axes.text(101, i, f"{energy_uJ:,.0f} µJ" if energy_uJ >= 1000 else f"{energy_uJ:.4g} µJ", va="center", fontsize=8)
        axes.invert_yaxis()
        axes.set(xlim=(0, 115), xticks=range(0, 101, 20), xlabel="share of the layer's energy, %")
        axes.set_title(f"{result.name}: {sum(energies.values()) / 1e9:.2f} mJ an inference", fontsize=10)
        axes.spines[["top", "right"]].set_visible(False)
        figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=4, fontsize=8, frameon=False)
        clock = {"Date": None} if target.suffix == ".svg" else {"Software": None}
        figure.savefig(target, format=target.suffix[1:], dpi=150, metadata=clock)


if __name__ == "__main__":
    draw(snnhw.read_result(sys.argv[1]), Path(sys.argv[2]))
