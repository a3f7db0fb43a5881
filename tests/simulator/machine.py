"""The walk: every iteration in time, every instance in space."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from simulator.coordinates import CoordinateSpace, Holding
from simulator.ledger import Ledger
from simulator.nest import Nest, NestLevel, NestLoop, Position
from snnhw.spec.problem import Problem

Iterations: TypeAlias = Literal["all", "two"]
Path: TypeAlias = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Visit:
    """An iteration that runs. stands_for: iterations that it is counted for inside; deliveries: how often the words are counted that
    it makes an only child fetch.
    """

    iteration: int
    stands_for: int = 1
    deliveries: int = 1


class Machine:
    """All instances of all levels, with what they hold and what they have given out.

    ledgers[level][path][tensor] and holdings[level][path][tensor], where path holds the place in the array, one a level above;
    tile_sizes[level][tensor] and array_sizes[level][tensor]: most words of a tile, and of an array together; computes[path]: operations.
    """

    def __init__(self, nest: Nest, problem: Problem, iterations: Iterations, link_transfers: bool):
        self._nest, self._everything, self._link_transfers = nest, iterations == "all", link_transfers
        self.tensors = tuple(tensor.name for tensor in problem.tensors)
        self._spaces = {tensor.name: CoordinateSpace(tensor, nest.span) for tensor in problem.tensors}
        self.ledgers: list[dict[Path, dict[str, Ledger]]] = [{} for _ in nest.levels]
        self.holdings: list[dict[Path, dict[str, Holding]]] = [{} for _ in nest.levels]
        self.tile_sizes = [dict.fromkeys(self.tensors, 0) for _ in nest.levels]
        self.array_sizes = [dict.fromkeys(self.tensors, 0) for _ in nest.levels]
        self.computes: dict[Path, int] = {}
        self._ones = dict.fromkeys(problem.dimensions, 1)

    def run(self) -> None:
        """Run the whole nest once."""
        start = Position(dict.fromkeys(self._ones, 0), frozenset(self._ones))
        self._fill(0, (), start)
        self._run_level(0, (), start, 1)

    def _run_level(self, level: int, path: Path, position: Position, times: int) -> None:
        self.ledgers[level].setdefault(path, {tensor: Ledger() for tensor in self.tensors})
        self._run_loops(level, path, position, self._nest.levels[level].temporal, times, times)

    def _run_loops(self, level: int, path: Path, position: Position, loops: tuple[NestLoop, ...], times: int, deliveries: int) -> None:
        if not loops:
            self._step(level, path, position, times, deliveries)
            return
        for visit in self._visits(loops[0], position, is_innermost=self._is_innermost(level, loops)):
            self._run_loops(level, path, position.inside(loops[0], visit.iteration), loops[1:],
                            times * visit.stands_for, times * visit.deliveries)

    def _is_innermost(self, level: int, loops: tuple[NestLoop, ...]) -> bool:
        return level == len(self._nest.levels) - 1 and len(loops) == 1 and not self._nest.levels[level].spatial

    def _visits(self, loop: NestLoop, position: Position, *, is_innermost: bool) -> Iterator[Visit]:
        count = position.iterations(loop)
        if self._everything:
            yield from (Visit(iteration) for iteration in range(count))
        elif is_innermost:
            yield Visit(0, count, count)
        else:
            runs_last = loop.imperfect_inside and loop.dimension in position.last
            yield from two_iterations(count, runs_last, runs_last and loop.bound != loop.last_bound)

    def _step(self, level: int, path: Path, position: Position, times: int, deliveries: int) -> None:
        nest_level = self._nest.levels[level]
        is_bottom = level == len(self._nest.levels) - 1
        if nest_level.spatial:
            self._grow(self.array_sizes[level], position, position.extent(nest_level.array))
            self._serve_array(level, path, position, times, is_bottom)
        elif is_bottom:
            self.computes[path] = self.computes.get(path, 0) + times
            for ledger in self.ledgers[level][path].values():
                ledger.note(times)
        else:
            lacks = self._fill(level + 1, (*path, 0), position)
            for tensor, ledger in self.ledgers[level][path].items():
                ledger.note(lacks[tensor].bit_count() * deliveries)
            self._run_level(level + 1, (*path, 0), position, times)

    def _serve_array(self, level: int, path: Path, position: Position, times: int, is_bottom: bool) -> None:
        nest_level = self._nest.levels[level]
        lacks: dict[str, dict[int, int]] = {tensor: {} for tensor in self.tensors}
        first: dict[str, int] = {}
        for place, there in self._instances(nest_level, position):
            if is_bottom:
                self.computes[*path, place] = self.computes.get((*path, place), 0) + times
                missing = {tensor: space.box(there.index, self._ones).bits for tensor, space in self._spaces.items()}
            elif self._everything or not first:
                missing = first = self._fill(level + 1, (*path, place), there)
                self._run_level(level + 1, (*path, place), there, times)
            else:
                way = {dimension: there.index[dimension] - position.index[dimension] for dimension in there.index}
                missing = {tensor: self._spaces[tensor].moved(bits, way) for tensor, bits in first.items()}
            for tensor, bits in missing.items():
                lacks[tensor][place] = bits
        for tensor, ledger in self.ledgers[level][path].items():
            ledger.deliver(lacks[tensor], nest_level.mesh, times, self._link_transfers and tensor not in nest_level.unlinked)

    def _instances(self, level: NestLevel, position: Position) -> Iterator[tuple[int, Position]]:
        """Each instance of an array: its number (row by row, as the loops nest) and the position in it."""
        def inside(loops: tuple[NestLoop, ...], number: int, there: Position) -> Iterator[tuple[int, Position]]:
            if not loops:
                yield number, there
                return
            count = there.iterations(loops[0])
            width = loops[0].bound if self._everything else count
            for i in range(count):
                yield from inside(loops[1:], number * width + i, there.inside(loops[0], i))
        return inside(level.spatial, 0, position)

    def _fill(self, level: int, path: Path, position: Position) -> dict[str, int]:
        """Hand an instance its next tile; returns the coordinates of each tensor that it lacks."""
        extent = position.extent(self._nest.levels[level].tile)
        self._grow(self.tile_sizes[level], position, extent)
        holdings = self.holdings[level].setdefault(path, {tensor: Holding() for tensor in self.tensors})
        return {tensor: holdings[tensor].lacks(space.box(position.index, extent)) for tensor, space in self._spaces.items()}

    def _grow(self, sizes: dict[str, int], position: Position, extent: dict[str, int]) -> None:
        for tensor, space in self._spaces.items():
            sizes[tensor] = max(sizes[tensor], space.box(position.index, extent).bits.bit_count())


def two_iterations(count: int, runs_last: bool, runs_last_but_one: bool) -> Iterator[Visit]:
    """The iterations that Timeloop runs of a loop of `count`: the first, the second for all others, and the last ones where their tiles
    are smaller. What the last one makes an only child fetch is not counted if another one stands for it already.
    """
    yield Visit(0)
    ran_last = runs_last and count >= 2
    ran_last_but_one = runs_last_but_one and count >= 3
    others = count - 1 - ran_last - ran_last_but_one
    if others > 0:
        uncounted = ran_last_but_one or (ran_last and not runs_last_but_one)
        yield Visit(1, others, others + uncounted)
    if ran_last_but_one:
        yield replace(Visit(count - 2), deliveries=0 if others > 0 else 1)
    if ran_last:
        counted = runs_last_but_one or count < 3
        yield replace(Visit(count - 1), deliveries=1 if counted else 0)
