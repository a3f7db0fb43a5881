"""Boxes of coordinates, and what is left of a box without another one.

What is left is described by its bounding box and by the part of it that is missing, a box too, so that two descriptions are equal if and
only if they hold the same coordinates. Vectors are tuples over the ranks of a tensor, in words.
"""

from __future__ import annotations

import math
from typing import NamedTuple

Vector = tuple[int, ...]


class Box(NamedTuple):
    """Lowest corner and sides (at least 1 each)."""

    low: Vector
    sides: Vector

    @property
    def words(self) -> int:
        """Coordinates in the box."""
        return math.prod(self.sides)

    def moved(self, way: Vector) -> Box:
        """The box, moved."""
        return Box(plus(self.low, way), self.sides)


class Piece(NamedTuple):
    """Coordinates: those of a box but for the hole in it. None stands for no piece at all."""

    around: Box
    hole: Box | None = None

    @property
    def words(self) -> int:
        """Coordinates in the piece."""
        return self.around.words - (0 if self.hole is None else self.hole.words)

    @property
    def shape(self) -> Piece:
        """The piece, moved so that its box starts at 0."""
        return self.moved(tuple(-at for at in self.around.low))

    def moved(self, way: Vector) -> Piece:
        """The piece, moved."""
        return Piece(self.around.moved(way), None if self.hole is None else self.hole.moved(way))


def plus(a: Vector, b: Vector) -> Vector:
    """Sum of two vectors."""
    return tuple([x + y for x, y in zip(a, b, strict=True)])


def times(factor: int, a: Vector) -> Vector:
    """A vector, `factor` times as long."""
    return tuple([factor * x for x in a])


def shared(a: Box, b: Box) -> Box | None:
    """What two boxes have in common."""
    low = tuple([max(x, y) for x, y in zip(a.low, b.low, strict=True)])
    high = [min(x + n, y + m) for x, n, y, m in zip(a.low, a.sides, b.low, b.sides, strict=True)]
    sides = tuple([end - start for start, end in zip(low, high, strict=True)])
    return Box(low, sides) if min(sides) > 0 else None


def without(box: Box, other: Box) -> Piece | None:
    """A box without the coordinates of another one."""
    hole = shared(box, other)
    if hole is None:
        return Piece(box)
    cut = [r for r in range(len(box.sides)) if hole.sides[r] != box.sides[r]]
    if not cut:
        return None
    if len(cut) > 1:
        return Piece(box, hole)
    return _slabs(box, hole, cut[0])


def _slabs(box: Box, hole: Box, r: int) -> Piece:
    """A box without one that spans it but for rank r: a slab at one end, or one at each."""
    start, end = box.low[r], box.low[r] + box.sides[r]
    hole_start, hole_end = hole.low[r], hole.low[r] + hole.sides[r]
    if start < hole_start and hole_end < end:
        return Piece(box, hole)
    start, end = (hole_end, end) if start == hole_start else (start, hole_start)
    return Piece(Box((*box.low[:r], start, *box.low[r + 1:]), (*box.sides[:r], end - start, *box.sides[r + 1:])))


def step_between(then: Box, now: Box) -> Vector:
    """How far the centre of a box has moved, halves rounded away from 0 (Timeloop's translation)."""
    twice = [2 * (b - a) + m - n for a, n, b, m in zip(then.low, then.sides, now.low, now.sides, strict=True)]
    return tuple([(x + 1) // 2 if x >= 0 else -((1 - x) // 2) for x in twice])
