"""Sets of coordinates of one tensor, as bit arrays (Python integers), and what an instance that holds such a set lacks of the next."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from dataclasses import dataclass

from snnhw.spec.problem import Rank, Tensor

Centre = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Tile:
    """A box of coordinates. bits: one for each coordinate; centre: twice its centre, rank by rank."""

    bits: int
    centre: Centre


class CoordinateSpace:
    """All coordinates that a tensor can have while each dimension runs over `span` indices; one bit each, last rank fastest."""

    def __init__(self, tensor: Tensor, span: MappingType[str, int]):
        self._ranks = tensor.projection
        whole = [_interval(rank, dict.fromkeys(span, 0), span) for rank in self._ranks]
        self._base = [low for low, _ in whole]
        self._strides = [1] * len(whole)
        for i in reversed(range(len(whole) - 1)):
            low, high = whole[i + 1]
            self._strides[i] = self._strides[i + 1] * (high - low + 1)
        self._made: dict[tuple[tuple[int, int], ...], Tile] = {}

    def box(self, index: MappingType[str, int], extent: MappingType[str, int]) -> Tile:
        """The box of all coordinates between those at `index` and those `extent` - 1 further."""
        key = tuple(_interval(rank, index, extent) for rank in self._ranks)
        if key not in self._made:
            self._made[key] = Tile(self._bits(key), tuple(low + high for low, high in key))
        return self._made[key]

    def _bits(self, intervals: tuple[tuple[int, int], ...]) -> int:
        bits = 1
        for (low, high), base, stride in reversed(list(zip(intervals, self._base, self._strides, strict=True))):
            row, bits = bits << (low - base) * stride, 0
            for i in range(high - low + 1):
                bits |= row << i * stride
        return bits

    def moved(self, bits: int, index: MappingType[str, int]) -> int:
        """A set of coordinates, moved as far as the indices say."""
        by = sum(stride * sum(term.coefficient * index[term.dimension] for term in rank)
                 for rank, stride in zip(self._ranks, self._strides, strict=True))
        return bits << by if by >= 0 else bits >> -by


def _interval(rank: Rank, index: MappingType[str, int], extent: MappingType[str, int]) -> tuple[int, int]:
    """Lowest and highest coordinate of a rank."""
    low = high = 0
    for term in rank:
        first = term.coefficient * index[term.dimension]
        further = term.coefficient * (extent[term.dimension] - 1)
        low, high = low + first + min(0, further), high + first + max(0, further)
    return low, high


class Holding:
    """What one instance holds of one tensor. seen: all coordinates that it has ever held; fetched: words that had to be brought."""

    __slots__ = ("_step", "_tile", "fetched", "seen")

    def __init__(self) -> None:
        self._tile: Tile | None = None
        self._step: Centre | None = None
        self.seen = 0
        self.fetched = 0

    def lacks(self, tile: Tile) -> int:
        """Make `tile` the one that is held, and return the coordinates that have to be brought for it."""
        missing = self._change(tile)
        self.fetched += missing.bit_count()
        return missing

    def _change(self, tile: Tile) -> int:
        held, self._tile = self._tile, tile
        self.seen |= tile.bits
        if held is None:
            return tile.bits
        step = tuple(_half(now - then) for now, then in zip(tile.centre, held.centre, strict=True))
        if any(step):
            if self._step is not None and self._step != step:
                self._step = None
                return tile.bits
            self._step = step
        return tile.bits & ~held.bits


def _half(value: int) -> int:
    """Half of a number, rounded, halves away from zero."""
    return (value + 1) // 2 if value >= 0 else -((1 - value) // 2)
