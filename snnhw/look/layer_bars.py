"""Energy of each layer as bars of letters, for any terminal: one letter a component, so that nothing depends on colours."""

from __future__ import annotations

from collections.abc import Sequence

from snnhw.look.stacks import Bar, component_bar, gathered
from snnhw.model.result import LayerResult
from snnhw.report.quantities import microjoules, percent

MORE = "0123456789+*%&@$"
"""For components of whose names every letter is taken."""

LEAST = 10
"""Characters of the longest bar, at least."""


def layer_bars(layers: Sequence[LayerResult], width: int) -> list[str]:
    """A line a layer: its name, its bar, its energy in uJ and its share; then what each letter stands for. No line is wider than width."""
    bars, parts = gathered([component_bar(layer.name, [layer]) for layer in layers])
    letters = _letters([part.name for part in parts])
    largest, total = max((bar.energy_pJ for bar in bars), default=0.0), sum(bar.energy_pJ for bar in bars)
    numbers = [f"{microjoules(bar.energy_pJ)} uJ {percent(bar.energy_pJ / total if total else 0.0):>6}" for bar in bars]
    names = [bar.label if len(bar.label) <= width // 3 else bar.label[:width // 3 - 3] + "..." for bar in bars]
    longest_name, longest_number = max(map(len, names), default=0), max(map(len, numbers), default=0)
    room = max(LEAST, width - longest_name - longest_number - 4)
    lines = [f"{name:<{longest_name}}  {_bar(bar, letters, largest, room):<{room}}  {number:>{longest_number}}"
             for name, bar, number in zip(names, bars, numbers, strict=True)]
    return [*lines, *_legend(letters, width)]


def _bar(bar: Bar, letters: dict[str, str], largest: float, room: int) -> str:
    """Letters in proportion, as many as the whole bar is long: of the places that rounding leaves those get one that are nearest to it."""
    length = round(room * bar.energy_pJ / largest) if largest else 0
    if not length:
        return "." if bar.energy_pJ > 0 else ""
    exact = {name: length * bar.parts.get(name, 0.0) / bar.energy_pJ for name in letters}
    counts = {name: int(value) for name, value in exact.items()}
    for name in sorted(exact, key=lambda one: counts[one] - exact[one])[:length - sum(counts.values())]:
        counts[name] += 1
    return "".join(letter * counts[name] for name, letter in letters.items())


def _letters(names: Sequence[str]) -> dict[str, str]:
    """A letter for each name: one of its own where one is free."""
    taken: dict[str, str] = {}
    for name in names:
        own = [char for char in name.upper() + name.lower() if char.isascii() and char.isalnum()]
        wanted = (*own, *MORE)
        taken[name] = next((char for char in wanted if char not in taken.values()), "?")
    return taken


def _legend(letters: dict[str, str], width: int) -> list[str]:
    lines = [""]
    for name, letter in letters.items():
        entry = f"{letter} {name}"
        if lines[-1] and len(lines[-1]) + 3 + len(entry) > width:
            lines.append("")
        lines[-1] += ("   " if lines[-1] else "") + entry
    return lines if letters else []
