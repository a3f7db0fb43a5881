"""The loop nest, executed: which tiles move when, and which operations they serve. Nothing here is random.

Restricted to what needs no idea of overlap: factors divide, and each rank of a tensor is one dimension. Two tiles of a tensor at one
level are then the same or have no word in common.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from snnhw.spec.mapping import Loop, Mapping
from snnhw.spec.problem import Problem, Tensor


@dataclass(frozen=True, slots=True)
class Place:
    """A loop and where it stands. level: position from the outermost; step: how far an iteration moves along the dimension."""

    loop: Loop
    level: int
    spatial: bool
    step: int


@dataclass(frozen=True, slots=True, eq=False)
class Move:
    """A tile that goes from a level to one or more instances of the next keeper inside it, or to computes, and serves some operations.

    step: when; source: instance of the level; words: coordinates of the tile, in the order of the tensor's hierarchy;
    operations: flat numbers of those that it serves before the next tile takes its place; receivers: how many instances take it.
    """

    step: int
    source: int
    words: tuple[int, ...]
    operations: np.ndarray
    receivers: int


class Walk:
    """All operations of a mapping. Steps in time are numbered from 0, and so are the computes."""

    def __init__(self, problem: Problem, mapping: Mapping):
        self.problem, self.mapping = problem, mapping
        self.places = tuple(_places(mapping))
        self.names = [level.level for level in mapping.levels]
        self.steps = math.prod(place.loop.bound for place in self.places if not place.spatial)
        self.computes = math.prod(place.loop.bound for place in self.places if place.spatial)
        self._digits = [self._digit(i) for i in range(len(self.places))]
        self.words = {tensor.name: self._number(self._relevant(tensor, range(len(self.places)))) for tensor in problem.tensors}

    def _digit(self, i: int) -> np.ndarray:
        """(steps, computes): iteration of loop i."""
        place = self.places[i]
        inside = math.prod(p.loop.bound for p in self.places[i + 1:] if p.spatial == place.spatial)
        numbers = np.arange(self.computes if place.spatial else self.steps) // inside % place.loop.bound
        return np.broadcast_to(numbers[None, :] if place.spatial else numbers[:, None], (self.steps, self.computes))

    def _relevant(self, tensor: Tensor, positions: range | list[int]) -> list[int]:
        return [i for i in positions if self.places[i].loop.dimension in tensor.dimensions()]

    def _number(self, positions: list[int]) -> np.ndarray:
        """(steps, computes): the digits of some loops as one number, the first loop most significant."""
        number = np.zeros((self.steps, self.computes), np.int64)
        for i in positions:
            number = number * self.places[i].loop.bound + self._digits[i]
        return number

    def branches(self, tensor: Tensor) -> tuple[int, ...]:
        """How the loops cut the tensor into tiles, from the outermost loop inwards. A word's number follows that order."""
        return tuple(self.places[i].loop.bound for i in self._relevant(tensor, range(len(self.places))))

    def keepers(self, tensor: Tensor) -> list[int]:
        """Levels that keep the tensor, from the outermost."""
        return [i for i, level in enumerate(self.mapping.levels) if tensor.name in level.keep]

    def _outside(self, level: int) -> list[int]:
        return [i for i, place in enumerate(self.places) if place.level < level]

    def instance(self, level: int) -> np.ndarray:
        """(computes,): the instance of a level that each compute belongs to."""
        return self._number([i for i in self._outside(level) if self.places[i].spatial])[0]

    def tile(self, tensor: Tensor, level: int) -> np.ndarray:
        """(steps, computes): number of the tile that a level holds then, for the instance over each compute."""
        return self._number(self._relevant(tensor, self._outside(level)))

    def tile_words(self, tensor: Tensor, level: int) -> int:
        """Words of a tile."""
        tiles = math.prod(self.places[i].loop.bound for i in self._relevant(tensor, self._outside(level)))
        return math.prod(self.branches(tensor)) // tiles

    def moves(self, tensor: Tensor, level: int) -> Iterator[Move]:
        """All tiles that leave a level, once for all instances that take the same one at the same time."""
        inner = [keeper for keeper in self.keepers(tensor) if keeper > level]
        child = inner[0] if inner else len(self.names)
        size = self.tile_words(tensor, child) if inner else 1
        tile, source = self.tile(tensor, child), self.instance(level)
        receiver = self.instance(child) if inner else np.arange(self.computes)
        starts = [t for t in range(self.steps) if not inner or t == 0 or (tile[t] != tile[t - 1]).any()]
        for start, stop in zip(starts, [*starts[1:], self.steps], strict=True):
            for origin, number in sorted(set(zip(source.tolist(), tile[start].tolist(), strict=True))):
                takers = np.flatnonzero((source == origin) & (tile[start] == number))
                operations = (np.arange(start, stop)[:, None] * self.computes + takers[None, :]).ravel()
                yield Move(start, origin, tuple(range(number * size, (number + 1) * size)), operations, len(set(receiver[takers].tolist())))

    @cached_property
    def flat_words(self) -> dict[str, np.ndarray]:
        """(operations,) for each tensor: the word that each operation uses."""
        return {name: words.ravel() for name, words in self.words.items()}


def _places(mapping: Mapping) -> Iterator[Place]:
    """Loops from the outermost inwards; those of one iteration do nothing."""
    loops = [(level, loop, spatial) for level, part in enumerate(mapping.levels)
             for spatial, group in ((False, part.temporal), (True, (*part.spatial_y, *part.spatial_x))) for loop in group if loop.bound > 1]
    for i, (level, loop, spatial) in enumerate(loops):
        step = math.prod(inner.bound for _, inner, _ in loops[i + 1:] if inner.dimension == loop.dimension)
        yield Place(loop, level, spatial, step)
