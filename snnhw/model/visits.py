"""What an instance is brought when loops have shorter last passes: the visits that Timeloop makes, each kind of them once.

Timeloop visits the iterations that `Passes.visits` names, loop by loop (nest-analysis.cpp, ComputeDeltas), which are two to four of each
temporal loop, so 2^loops and more. What happens inside a loop depends on three things only: which dimensions are in their last pass,
what the instance holds, and what it was brought last; all places are relative to where the loops inside start. So each loop is walked
once for each such state, and the walk hands back how often it brought what. The stride rule is that of temporal.py, but tiles change
their size, so what is new is described by boxes (boxes.py) and not by one volume.

In an array Timeloop walks the first instance; the others are brought the same at places that differ by a constant.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from snnhw.model.boxes import Box, Piece, Vector, step_between, times, without
from snnhw.model.passes import Passes


class Delivery(NamedTuple):
    """What the first instance of an array is brought, and the iterations of each of the array's loops, innermost first."""

    piece: Piece
    counts: Vector


class State(NamedTuple):
    """What the first instance holds: its tile, how the tile moved last (if it did), and what came last, which neighbours may pass on."""

    tile: Box | None = None
    step: Vector | None = None
    came: Delivery | None = None


Event = tuple[Delivery | None, Delivery | None]
"""What a visit brings, and what the one before has brought."""

Events = dict[Event, int]
"""How often each occurs."""


@dataclass(frozen=True, slots=True)
class Served:
    """Who is served: the instances in the fan-out of one level, or its only child.

    array: positions (first, end) of the level's spatial loops; counted: position of the loop whose visits count as deliveries, -1 for
    none; holds: whether an instance keeps its tile, which those below the innermost level do not.
    """

    array: tuple[int, int]
    counted: int
    holds: bool


class Walk:
    """The visits to what a level serves of one tensor. coefficients: (ranks, dims)."""

    def __init__(self, passes: Passes, served: Served, coefficients: tuple[Vector, ...]):
        self._passes, self._served, self._coefficients = passes, served, coefficients
        self._nothing = (0,) * len(coefficients)
        self._known: dict[tuple[int, int, State], tuple[State, Events]] = {}

    def run(self) -> Events:
        """All visits."""
        loops = len(self._passes.dims)
        return self._inside(loops - 1, self._passes.cut[loops], State())[1]

    def _inside(self, i: int, last: int, state: State) -> tuple[State, Events]:
        """Loop i and all inside it. last: see passes.py. Returns the state after it and what happened."""
        if i < self._served.array[1]:
            return self._visit(last, state)
        key = (i, last, state)
        if key not in self._known:
            walk = self._in_space if self._passes.spatial[i] else self._in_time
            self._known[key] = walk(i, last, state)
        return self._known[key]

    def _in_space(self, i: int, last: int, state: State) -> tuple[State, Events]:
        return self._inside(i - 1, self._passes.inside(i, last, 0), state)

    def _in_time(self, i: int, last: int, state: State) -> tuple[State, Events]:
        events: Events = {}
        step = times(self._passes.steps[i], tuple([row[self._passes.dims[i]] for row in self._coefficients]))
        for iteration, stands_for, deliveries in self._passes.visits(i, last):
            weight = deliveries if i == self._served.counted else stands_for
            there = moved(state, times(-iteration, step))
            there, inside = self._inside(i - 1, self._passes.inside(i, last, iteration), there)
            state = moved(there, times(iteration, step))
            for event, count in inside.items():
                events[event] = events.get(event, 0) + weight * count
        return state, events

    def _visit(self, last: int, state: State) -> tuple[State, Events]:
        """The first instance gets its tile."""
        first, end = self._served.array
        counts = tuple([self._passes.iterations(i, last) for i in range(first, end)])
        for i in reversed(range(first, end)):
            last = self._passes.inside(i, last, 0)
        tile = self._box(first, last) if self._served.holds else Box(self._nothing, (1,) * len(self._nothing))
        piece, step = _lacks(state, tile) if self._served.holds else (Piece(tile), None)
        came = None if piece is None else Delivery(piece, counts)
        before = state.came if first < end else None
        after = State(tile, step, came if first < end else None) if self._served.holds else State(came=came)
        return after, {(came, before): 1}

    def _box(self, position: int, last: int) -> Box:
        """The tile that the loops before a position make up where they start at 0."""
        reach = self._passes.reach(position, last)
        low, sides = [], []
        for row in self._coefficients:
            spans = [c * (n - 1) for c, n in zip(row, reach, strict=True)]
            low.append(sum(min(0, span) for span in spans))
            sides.append(1 + sum(abs(span) for span in spans))
        return Box(tuple(low), tuple(sides))


def _lacks(state: State, tile: Box) -> tuple[Piece | None, Vector | None]:
    """What has to be brought for a tile, and the stride that is stored then (Timeloop's stride rule, see temporal.py)."""
    if state.tile is None:
        return Piece(tile), None
    step = step_between(state.tile, tile)
    if not any(step):
        return without(tile, state.tile), state.step
    if state.step is not None and state.step != step:
        return Piece(tile), None
    return without(tile, state.tile), step


def moved(state: State, way: Vector) -> State:
    """The state, seen from elsewhere."""
    if not any(way):
        return state
    tile = None if state.tile is None else state.tile.moved(way)
    came = None if state.came is None else Delivery(state.came.piece.moved(way), state.came.counts)
    return State(tile, state.step, came)
