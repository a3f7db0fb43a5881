"""Which point of a plan comes next, as a function of what the store knows: nothing else has to be kept to go on after a kill."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator, Sequence
from itertools import islice

from snnhw.sweep.keys import Sources
from snnhw.sweep.objectives import Objective, check_figures
from snnhw.sweep.plan import positions
from snnhw.sweep.point import Point, Work
from snnhw.sweep.sampler import Suggestions, Told
from snnhw.sweep.space import Space
from snnhw.sweep.store import Row, Store

SUGGESTIONS = 4
"""Positions that the sampler may suggest in vain before a neighbour of the last one is taken."""

DRAWS = 100_000
"""Positions that are drawn before the plan counts as having no other point. Grids up to this size are gone through."""


class Chooser:
    """What is known of a plan's points, and the choice of the next.

    Known is each point of the store that lies in the grid or is named by the plan, whoever evaluated it. A choice depends on the points
    that are known, in the order in which they were finished, on those that are under way, and on the seed.
    """

    def __init__(self, *, space: Space, sources: Sources, store: Store, objectives: Sequence[Objective], seed: int) -> None:
        self.space, self.sources, self.store, self.objectives = space, sources, store, tuple(objectives)
        self._seed = seed
        self._beginning = list(space.plan.beginning())
        self._named = {point.text: point for point in self._beginning}
        self._known: dict[str, Row] = {}
        self._at: dict[tuple[int, ...], str] = {}
        self._pending: dict[Point, tuple[int, ...] | None] = {}
        self._refused: set[tuple[int, ...]] = set()
        self._place = 0

    # what is known

    def learn(self) -> None:
        """Look what has been finished since the last time, here or elsewhere."""
        for row in self.store.rows_after(self._place):
            self._place = row.place
            position = self.space.position_of(row.inputs)
            point = self.space.point(position) if position is not None else self._named_as(row)
            if point is not None and self.key(point) == row.key and (position is None or self._passes(position)):
                self._keep(row, position)

    def learn_of(self, key: str, point: Point) -> None:
        """Know a point that was finished under another name."""
        row = self.store.row(key)
        if row is not None:
            self._keep(row, self.space.position_of(point.record()))

    def rows(self) -> Iterator[Row]:
        """The points that are known, in the order in which they were finished."""
        yield from sorted(self._known.values(), key=lambda row: row.place)

    def key(self, point: Point) -> str:
        """See Sources."""
        return self.sources.key(point)

    def work(self, point: Point, cache: bool) -> Work:
        """See Sources."""
        return self.sources.work(point, cache)

    # what is under way

    def pend(self, point: Point) -> None:
        """Somebody is at this point."""
        self._pending[point] = self.space.position_of(point.record())

    def free(self, point: Point) -> None:
        """Nobody is any more."""
        self._pending.pop(point, None)

    # the choice

    def next(self) -> Point | None:
        """A point that is not known and that nobody is at; None where the plan has no other one.

        First come those that the plan names or draws, then what the sampler suggests; where that is nothing new, its neighbours; then any.
        """
        while self._beginning:
            point = self._beginning[0]
            if self.key(point) not in self._known and point not in self._pending:
                return point
            self._beginning.pop(0)
        position = self._suggested() or self._drawn()
        return None if position is None else self.space.point(position)

    def _suggested(self) -> tuple[int, ...] | None:
        if len(self._at) + len(self._refused) >= self.space.plan.grid_size:
            return None
        suggestions = Suggestions(self.space, self._told(), len(self.objectives), self._drawing("sampler").randrange(2**32))
        for _ in range(SUGGESTIONS):
            position = suggestions.next()
            if self._is_taken(position):
                suggestions.reject("taken")
            elif not self._passes(position):
                suggestions.reject("refused")
            else:
                return position
        return next(filter(self._is_free, self._neighbours(position)), None)

    def _neighbours(self, position: tuple[int, ...]) -> list[tuple[int, ...]]:
        """The positions that differ from one on a single axis, the nearest first, those that are as near in random order."""
        found = self.space.neighbours(position)
        self._drawing("neighbours").shuffle(found)
        return [other for _, other in sorted(found, key=lambda pair: pair[0])]

    def _drawn(self) -> tuple[int, ...] | None:
        """Any position that is left."""
        for index in islice(positions(self.space.plan.grid_size, self._drawing("rest")), DRAWS):
            position = self.space.position_at(index)
            if self._is_free(position):
                return position
        return None

    def _is_free(self, position: tuple[int, ...]) -> bool:
        return not self._is_taken(position) and self._passes(position)

    def _told(self) -> list[Told]:
        ordered = sorted(self._at.items(), key=lambda pair: (self._known[pair[1]].place, pair[0]))
        known = [Told(position=position, costs=self._costs(self._known[key])) for position, key in ordered]
        return known + [Told(position=position, costs=None) for position in self._pending.values() if position is not None]

    def _costs(self, row: Row) -> tuple[float, ...] | None:
        values = [one.value(row.figures) for one in self.objectives]
        costs = tuple(one.sign * value for one, value in zip(self.objectives, values, strict=True) if value is not None)
        return costs if row.status == "done" and len(costs) == len(values) else None

    def _is_taken(self, position: tuple[int, ...]) -> bool:
        return position in self._at or position in self._pending.values()

    def _passes(self, position: tuple[int, ...]) -> bool:
        """Whether the filters let a position through. Those that they don't are remembered."""
        if position in self._refused:
            return False
        if self.space.plan.passes(self.space.point(position)):
            return True
        self._refused.add(position)
        return False

    def _drawing(self, purpose: str) -> random.Random:
        """Random numbers of the seed, of how much is known, and of what they are for."""
        text = f"{self._seed}/{len(self._at)}/{len(self._pending)}/{purpose}"
        return random.Random(int.from_bytes(hashlib.sha256(text.encode()).digest()))

    def _named_as(self, row: Row) -> Point | None:
        return self._named.get(json.dumps(row.inputs, sort_keys=True, ensure_ascii=False))

    def _keep(self, row: Row, position: tuple[int, ...] | None) -> None:
        if row.status == "done":
            check_figures(self.objectives, row.figures)
        self._known.setdefault(row.key, row)
        if position is not None:
            self._at[position] = row.key
