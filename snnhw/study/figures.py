"""The study's figures, drawn by matplotlib (extra `figures`) from its tables alone, so that a figure shows what stands beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from snnhw.study.networks import BITS, ISO_ACCURACY
from snnhw.study.points import FORMATS, SPIKE_FORMATS
from snnhw.study.tables import SPARSITY_NETWORKS, Table

Draw: TypeAlias = Callable[[Any], None]

_COLOURS = {"RLE": "#0072b2", "CP": "#56b4e9", "UOP": "#009e73", "UB": "#d55e00"}
_METHODS = {"quantisation": "#0072b2", "pruning": "#d55e00", "cumulative": "#009e73", "joint": "#cc79a7"}
"""Colours that people who see fewer colours can tell apart (Okabe and Ito, 2008)."""

_MARKS = {"quantisation": "o", "pruning": "s", "cumulative": "^", "joint": "v"}


def drawings(tables: Mapping[str, Table]) -> dict[str, tuple[Draw, tuple[float, float]]]:
    """What draws each figure, and its size in inches, by the name of the table that it shows."""
    return {
        "sparsity": (lambda figure: _sparsity(tables["sparsity"], figure), (9.6, 7.2)),
        "bits": (lambda figure: _bits(tables["bits"], figure), (9.6, 4.2)),
        "breakdown": (lambda figure: _breakdown(tables["breakdown"], figure), (9.6, 4.8)),
        "accuracy": (lambda figure: _accuracy(tables["accuracy"], figure), (9.6, 4.4)),
        "layers": (lambda figure: _layers(tables["layers"], figure), (9.6, 4.2)),
    }  # fmt: skip


def _records(table: Table) -> list[dict[str, Any]]:
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


def _sparsity(table: Table, figure: Any) -> None:
    records = _records(table)
    axes = figure.subplots(2, 2, sharex=True, sharey="row")
    for row, (ours, published, label) in enumerate((("energy uJ", "published uJ", "energy, uJ"),
                                                    ("EDP Js", "published EDP Js", "EDP, J s"))):
        for column, method in enumerate(("quantisation", "pruning")):
            one = axes[row][column]
            for name in FORMATS:
                chosen = sorted((r for r in records if r["method"] == method and r["format"] == name), key=lambda r: r["sparsity %"])
                one.plot([r["sparsity %"] for r in chosen], [r[ours] for r in chosen], "o-", color=_COLOURS[name], markersize=4, label=name)
                known = [r for r in chosen if r[published] is not None]
                one.plot([r["sparsity %"] for r in known], [r[published] for r in known], "x--", color=_COLOURS[name], linewidth=0.8,
                         label=f"{name}, published" if known else None)
            one.set_ylim(bottom=0)
            if row == 0:
                one.set_title(f"{method}" + (" (8 bit)" if method == "pruning" else " (8, 6, 4, 3, 2 bit)"))
            else:
                one.set_xlabel("weight sparsity, %")
        axes[row][0].set_ylabel(label)
    axes[0][0].legend(fontsize=7, ncols=2)


def _bits(table: Table, figure: Any) -> None:
    axes = figure.subplots(1, 2, sharey=True)
    for one, name in zip(axes, SPIKE_FORMATS, strict=True):
        chosen = [r for r in _records(table) if r["format"] == name]
        for column, colour, style, label in (("compressed uJ", "#0072b2", "o-", "compressed"), ("published uJ", "#0072b2", "x--", None),
                                             ("uncompressed uJ", "#d55e00", "s-", "not compressed"),
                                             ("published uncompressed uJ", "#d55e00", "x--", None)):
            one.plot([r["bits"] for r in chosen], [r[column] for r in chosen], style, color=colour, markersize=5,
                     linewidth=0.8 if label is None else 1.5, label=label or "published")
        one.set(title=f"{name}", xlabel="weight bits", xticks=BITS, ylim=(0, None))
        one.legend(fontsize=7)
    axes[0].set_ylabel("energy, uJ")


def _breakdown(table: Table, figure: Any) -> None:
    records = [r for r in _records(table) if r["component"] != "total"]
    axes = figure.subplots()
    bottoms = [0.0] * 6
    names = ("ternary", "8 bit", "8 bit, 80 % pruned")
    colours = _palette(len(records))
    for record, colour in zip(records, colours, strict=True):
        heights = [record[f"{prefix}{name} pJ"] or 0.0 for name in names for prefix in ("", "published ")]
        axes.bar(range(6), heights, bottom=bottoms, color=colour, width=0.7, label=record["component"])
        bottoms = [bottom + height for bottom, height in zip(bottoms, heights, strict=True)]
    axes.set_xticks(range(6), [f"{name}\n{who}" for name in names for who in ("ours", "published")], fontsize=8)
    axes.set_ylabel("pJ per compute")
    figure.legend(loc="outside right upper", fontsize=7)


def _palette(count: int) -> list[Any]:
    import matplotlib

    return [matplotlib.colormaps["tab20"](i % 20) for i in range(count)]


def _accuracy(table: Table, figure: Any) -> None:
    axes = figure.subplots(1, 2, sharey=True)
    records = _records(table)
    floor = 100 * ISO_ACCURACY - 1.0
    for one, (column, place) in zip(axes, (("energy uJ", "energy front"), ("EDP Js", "EDP front")), strict=True):
        for method, colour in _METHODS.items():
            chosen = [r for r in records if r["method"] == method]
            heights = [floor if r["published accuracy"] is None else 100 * r["published accuracy"] for r in chosen]
            one.scatter([r[column] for r in chosen], heights, s=22, marker=_MARKS[method], facecolors="none", edgecolors=colour,
                        label=method)
            front = [r for r in chosen if r[place] == "front"]
            one.scatter([r[column] for r in front], [100 * r["published accuracy"] for r in front], s=60, marker=_MARKS[method],
                        color=colour, label=f"{method}, front" if front else None)
        one.axhline(floor, color="#b0b0b0", linewidth=0.6)
        one.annotate("accuracy not published", (0.02, floor + 0.03), xycoords=("axes fraction", "data"), fontsize=7, color="#707070")
        one.set_xlabel("energy, uJ" if column == "energy uJ" else "EDP, J s")
    axes[0].set(ylabel="published accuracy, %", ylim=(floor - 0.2, 100 * ISO_ACCURACY + 0.3))
    axes[1].legend(fontsize=7, loc="center right")


def _layers(table: Table, figure: Any) -> None:
    records = _records(table)
    axes = figure.subplots()
    for i, name in enumerate(SPARSITY_NETWORKS):
        places = [x + 0.2 * (i - 1.5) for x in range(len(records))]
        axes.bar(places, [r[f"{name} %"] for r in records], width=0.2, color=list(_METHODS.values())[i], label=name)
    axes.set_xticks(range(len(records)), [r["layer"] for r in records], fontsize=8)
    axes.set(ylabel="weight sparsity, %", ylim=(0, 100))
    axes.legend(fontsize=7, ncols=4)
