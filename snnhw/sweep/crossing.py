"""From which value on something holds, found with few questions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

Verdict: TypeAlias = Literal["from", "always", "never"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """verdict: from `value` on it holds at every point that was asked; `always`: at all of them; `never`: not at the last one.

    value: the smallest point from which on it holds, None for never; below: the point before it, at which it does not, None for always and
    never; islands: points below at which it holds all the same, since nothing says that what is asked is monotone.
    """

    verdict: Verdict
    value: float | None
    below: float | None = None
    islands: tuple[float, ...] = ()


def crossing(holds: Callable[[float], bool], grid: Sequence[float], resolution: float) -> Crossing:
    """Ask at all points of a grid (rising), then halve the step in which it begins to hold for good until that is no wider than
    `resolution`. Behaviour inside the other steps of the grid is not seen."""
    answers = {point: holds(point) for point in grid}
    if all(answers.values()):
        return Crossing(verdict="always", value=grid[0])
    last_failing = max(point for point, answer in answers.items() if not answer)
    if last_failing == grid[-1]:
        return Crossing(verdict="never", value=None, islands=_islands(answers, last_failing))
    low, high = last_failing, min(point for point in grid if point > last_failing)
    while high - low > resolution + 1e-12:
        middle = round((low + high) / 2.0, 6)
        answers[middle] = holds(middle)
        low, high = (low, middle) if answers[middle] else (middle, high)
    return Crossing(verdict="from", value=high, below=low, islands=_islands(answers, low))


def _islands(answers: dict[float, bool], below: float) -> tuple[float, ...]:
    return tuple(sorted(point for point, answer in answers.items() if answer and point < below))
