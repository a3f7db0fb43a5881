"""One colour and pattern a component and tensor for the whole page, which people who see fewer colours can tell apart."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from snnhw.report.breakdown import Share

Style: TypeAlias = dict[str, str]
"""colour: #rrggbb; pattern: a name that plotly.js has, "" for none."""

COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#8c8c8c")
"""M. Okabe and K. Ito, Color Universal Design, 2008, their black as a grey, which shows on light and on dark."""

PATTERNS = ("", ".", "x", "+", "-", "|")
"""Where there are more names than colours, the colours come again with the next pattern. "/" is kept for wires."""

WIRES = "/"
"""Of the transfers over a network, which have the colour of the level that they come from."""

TENSOR_COLOURS = ("#aa3377", "#66ccee", "#228833", "#ccbb44", "#4477aa", "#ee6677")
"""P. Tol, Colour Schemes, SRON/EPS/TN/09-002, 2021, "bright": a second set, so that no tensor looks like a component."""

LEAKAGE = {"colour": "#bbbbbb", "pattern": "x"}


def component_styles(shares: Iterable[Share]) -> dict[str, Style]:
    """A style for each component, in the order in which they come; a network has its outer level's colour with hatches."""
    styles: dict[str, Style] = {}
    listed = list(shares)
    for i, name in enumerate(dict.fromkeys(share.name for share in listed if share.kind != "network")):
        styles[name] = _style(i)
    for share in listed:
        if share.kind == "network":
            outer = share.name.partition(" <==> ")[0]
            styles[share.name] = {"colour": styles.get(outer, _style(0))["colour"], "pattern": WIRES}
    return styles


def tensor_styles(names: Iterable[str]) -> dict[str, Style]:
    """A style for each tensor and for what belongs to none, in the order in which they come."""
    listed = [name for name in dict.fromkeys(names) if name != "leakage"]
    return {**{name: _style(i, TENSOR_COLOURS) for i, name in enumerate(listed)}, "leakage": LEAKAGE}


def transfer_styles(names: Iterable[tuple[str, str, str]], components: dict[str, Style], tensors: dict[str, Style]) -> dict[str, Style]:
    """A style for each transfer (name, component, tensor): the component's colour and a pattern for the tensor; wires have hatches too."""
    order = {tensor: i for i, tensor in enumerate(tensors)}
    styles = {}
    for name, component, tensor in names:
        style = components.get(component, _style(0))
        is_wire = style["pattern"] == WIRES
        pattern = (WIRES, "\\", "x")[order.get(tensor, 0) % 3] if is_wire else ("", ".", "-", "|", "+")[order.get(tensor, 0) % 5]
        if name == "leakage":
            styles[name] = LEAKAGE
            continue
        styles[name] = {"colour": style["colour"], "pattern": pattern if tensor else style["pattern"]}
    return styles


def _style(i: int, colours: tuple[str, ...] = COLOURS) -> Style:
    return {"colour": colours[i % len(colours)], "pattern": PATTERNS[i // len(colours) % len(PATTERNS)]}
