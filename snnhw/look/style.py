"""One style for all figures: sizes of a paper's columns, fonts that are embedded, colours and hatches that everybody can tell apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from snnhw.errors import Finding, SpecError

WIDTHS = {"column": 3.5, "page": 7.16}
"""Inches of a column and of a page of two columns (IEEE's and ACM's conferences)."""

LEAST_INCHES, LEAST_HEIGHT, MOST_INCHES = 2.0, 1.5, 40.0

COLOURS = ("#0072b2", "#e69f00", "#009e73", "#d55e00", "#56b4e9", "#cc79a7", "#f0e442", "#4d4d4d")
"""Colours that people who see fewer colours can tell apart (M. Okabe and K. Ito, Color Universal Design, 2008), their black as a grey."""

OTHER = "#bdbdbd"
"""What is too small for a colour of its own, and points that something else beats."""

HATCH = "/////"
"""Transfers between levels; they have the colour of the level that they come from."""

HATCHES = ("", "....", "xxxx", "----", "\\\\\\\\")
"""Beside the colours, where there are more things than colours."""

MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")

RC: Mapping[str, Any] = {
    "pdf.fonttype": 42, "ps.fonttype": 42,  # TrueType, which publishers ask for
    "svg.fonttype": "path", "svg.hashsalt": "snnhw",
    "font.family": "sans-serif", "font.sans-serif": ["DejaVu Sans"],  # comes with matplotlib, so that all machines draw the same
    "font.size": 7.0, "axes.labelsize": 7.0, "axes.titlesize": 7.5, "xtick.labelsize": 6.5, "ytick.labelsize": 6.5, "legend.fontsize": 6.0,
    "axes.linewidth": 0.6, "xtick.major.width": 0.6, "ytick.major.width": 0.6, "xtick.minor.width": 0.4, "ytick.minor.width": 0.4,
    "lines.linewidth": 1.0, "lines.markersize": 4.0, "patch.linewidth": 0.4, "hatch.linewidth": 0.5,
    "axes.spines.top": False, "axes.spines.right": False, "axes.axisbelow": True, "grid.linewidth": 0.3, "grid.color": "#d9d9d9",
    "legend.frameon": False, "legend.handlelength": 1.4, "legend.handleheight": 0.8, "legend.columnspacing": 1.0,
    "legend.labelspacing": 0.3,
    "axes.unicode_minus": False, "mathtext.default": "regular",
}


def inches(width: str | float) -> float:
    """The width of a figure in inches: of a name (column, page), or a number. Raises SpecError for anything else."""
    if isinstance(width, str) and width in WIDTHS:
        return WIDTHS[width]
    try:
        value = float(width)
    except ValueError:
        value = float("nan")
    if not LEAST_INCHES <= value <= MOST_INCHES:
        raise SpecError(Finding(file="--width", seen=str(width),
                                expected=f"column, page, or inches x with {LEAST_INCHES:g} <= x <= {MOST_INCHES:g}"))
    return value


def colours(names: list[str]) -> dict[str, tuple[str, str]]:
    """A colour and a hatch for each name, in order; after the last colour the first ones come again, with another hatch."""
    return {name: (COLOURS[i % len(COLOURS)], HATCHES[i // len(COLOURS) % len(HATCHES)]) for i, name in enumerate(names)}
