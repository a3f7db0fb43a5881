"""Energies as stacks, ready to be drawn: bars of parts, the parts' colours and hatches, what is too small put together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import cycle

from snnhw.look.style import COLOURS, HATCH, HATCHES, OTHER
from snnhw.model.result import LayerResult
from snnhw.report.breakdown import Share, by_component

SMALLEST = 0.005
"""Share of a bar below which a part, in all bars, is put together with the other small ones."""

MOST = 12
"""Parts with a name of their own, at most."""

REST = "other"
LINK = " <==> "


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar: energies in pJ by part. computes: dense iterations of the loop bodies that they were spent on; group: bars that stand
    together."""

    label: str
    parts: dict[str, float]
    computes: float = 0.0
    group: str = ""

    @property
    def energy_pJ(self) -> float:
        """Of the whole bar."""
        return sum(self.parts.values())

    @property
    def pJ_per_compute(self) -> float:
        """Over the computes; 0 where there are none."""
        return self.energy_pJ / self.computes if self.computes else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of bars and how it is drawn: a network between two levels is hatched."""

    name: str
    colour: str
    hatch: str = ""

    @property
    def title(self) -> str:
        """Its name in a legend."""
        return self.name.replace(LINK, " \N{RIGHTWARDS ARROW} ")


def parts_of(shares: Iterable[Share]) -> dict[str, float]:
    """Energies in pJ by component, those of nothing left out."""
    return {share.name: share.energy_pJ for share in shares if share.energy_pJ > 0}


def component_bar(label: str, layers: Sequence[LayerResult], group: str = "") -> Bar:
    """The bar of some layers, by component."""
    return Bar(label=label, parts=parts_of(by_component(layers)), computes=sum(layer.problem.operations for layer in layers), group=group)


def gathered(bars: Sequence[Bar]) -> tuple[tuple[Bar, ...], tuple[Part, ...]]:
    """The bars with small parts put together as "other", and all parts in the order of the bars, "other" last."""
    names = list(dict.fromkeys(name for bar in bars for name in bar.parts))
    largest = {name: max(bar.parts.get(name, 0.0) / bar.energy_pJ for bar in bars if bar.energy_pJ > 0) for name in names}
    kept = set(sorted((name for name in names if largest[name] >= SMALLEST), key=lambda name: -largest[name])[:MOST])
    if len(names) - len(kept) == 1:
        kept = set(names)
    made = tuple(replace(bar, parts=_gathered(bar.parts, kept)) for bar in bars)
    return made, tuple(_styled([*(name for name in names if name in kept), *([REST] if len(kept) < len(names) else [])]))


def _gathered(parts: dict[str, float], kept: set[str]) -> dict[str, float]:
    rest = sum(energy for name, energy in parts.items() if name not in kept)
    return {**{name: energy for name, energy in parts.items() if name in kept}, **({REST: rest} if rest > 0 else {})}


def _styled(names: Sequence[str]) -> Iterable[Part]:
    """A colour for each component; a transfer has that of the level that it comes from, hatched."""
    styles = cycle((colour, hatch) for hatch in HATCHES for colour in COLOURS)
    taken: dict[str, tuple[str, str]] = {}
    for name in names:
        owner = name.partition(LINK)[0]
        if name == REST:
            yield Part(name=name, colour=OTHER)
            continue
        if owner not in taken:
            taken[owner] = next(styles)
        colour, hatch = taken[owner]
        yield Part(name=name, colour=colour, hatch=HATCH if LINK in name else hatch)
