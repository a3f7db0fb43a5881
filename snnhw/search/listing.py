"""All candidates of a small mapspace, each set of loops once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np

from snnhw.jit import compiled
from snnhw.search.candidates import AXES, MESH, shape_excess, tiles_excess
from snnhw.search.divisors import Chain
from snnhw.search.space import FREE, Mapspace, Space

_MOST_FREE_KEEPS = 12


def factor_table(one: Chain, place_most: np.ndarray, limit: int) -> np.ndarray | None:
    """(n, places): all lists of factors of a dimension, those in space along X and along Y; None if there are more than the limit.

    place_most: (places,) of the dimension.
    """
    if one.ways() > limit:
        return None
    rows = []
    for factors in one.lists():
        rows += list(_along_both_axes(factors, place_most))
        if len(rows) > limit:
            return None
    return np.array(rows, np.int64).reshape(-1, place_most.size)


def _along_both_axes(factors: Sequence[int], place_most: np.ndarray) -> Iterator[list[int]]:
    """factors: level 0 in space, in time, level 1 in space, ..."""
    choices: list[list[tuple[int, int, int]]] = []
    for level, (in_space, in_time) in enumerate(zip(factors[::2], factors[1::2], strict=True)):
        axes = [(in_time, in_space, 1)] if in_space <= place_most[3 * level + 1] else []
        if in_space > 1 and in_space <= place_most[3 * level + 2]:
            axes.append((in_time, 1, in_space))
        choices.append(axes)
    for chosen in product(*choices):
        yield [factor for level in chosen for factor in level]


def keep_choices(space: Space) -> Iterator[np.ndarray] | None:
    """All (levels, tensors) of which tensors are kept where, each with a level for every tensor; None if they are too many."""
    free = np.argwhere(space.keep == FREE)
    return None if len(free) > _MOST_FREE_KEEPS else _keep_choices(space, free)


def _keep_choices(space: Space, free: np.ndarray) -> Iterator[np.ndarray]:
    for chosen in product((True, False), repeat=len(free)):
        keep = space.keep == 1
        for (level, k), kept in zip(free, chosen, strict=True):
            keep[level, k] = kept
        if keep.any(axis=0).all():
            yield keep


@compiled
def fitting_lists(plan, sparse, space, rows, first, keep, found, most_nodes, died):
    """Fills found (n, dims) with rows of the factor tables, one of each dimension, that are within the mapspace together.

    rows (all, places): the tables one behind the other; first (dims + 1,): where each starts. A start that breaks the mapspace already is
    not continued. Returns (how many, nodes visited); how many is -1 if `found` is too short or the nodes are more than most_nodes.
    """
    dims = first.size - 1
    factors = np.ones((rows.shape[1], dims), np.int64)
    at = first[:-1].copy()
    count, nodes, d = 0, 0, 0
    while d >= 0:
        if at[d] == first[d + 1]:
            factors[:, d] = 1
            at[d] = first[d]
            d -= 1
            continue
        factors[:, d] = rows[at[d]]
        at[d] += 1
        nodes += 1
        if nodes > most_nodes:
            return -1, nodes
        _, check = shape_excess(space, factors)
        if check != AXES and check != MESH and (check < 0 or d < dims - 1):
            _, check = tiles_excess(plan, sparse, factors, keep)
        if check >= 0:
            died[check] += 1
        elif d < dims - 1:
            d += 1
        else:
            if count == found.shape[0]:
                return -1, nodes
            found[count] = at - 1
            count += 1
    return count, nodes


@dataclass(slots=True)
class LoopOrders:
    """The orders of loops that constraints allow, for each set of loops that are there."""

    before: np.ndarray
    _counts: dict[tuple[int, int, frozenset[int]], int] = field(default_factory=dict)

    def count(self, factors: np.ndarray) -> int:
        """How many orders the loops of a candidate's factors (places, dims) can have, at all levels together."""
        result = 1
        for level, kind, dims in _groups(factors):
            result *= self._count(level, kind, frozenset(dims))
        return result

    def all(self, factors: np.ndarray) -> Iterator[np.ndarray]:
        """All of them, as (levels, 2, dims); loops that are not there stand outside."""
        groups = list(_groups(factors))
        for chosen in product(*(list(_extensions(self.before[level, kind], dims)) for level, kind, dims in groups)):
            orders: list[list[list[int]]] = [[[], []] for _ in range(self.before.shape[0])]
            for (level, kind, _), order in zip(groups, chosen, strict=True):
                orders[level][kind] += order
            yield np.array([[_completed(order, factors.shape[1]) for order in level] for level in orders], np.int64)

    def _count(self, level: int, kind: int, dims: frozenset[int]) -> int:
        if len(dims) < 2:
            return 1
        key = level, kind, dims
        if key not in self._counts:
            self._counts[key] = sum(self._count(level, kind, dims - {d}) for d in _innermost(self.before[level, kind], dims))
        return self._counts[key]


def _groups(factors: np.ndarray) -> Iterator[tuple[int, int, list[int]]]:
    """(level, kind, dimensions with a loop) for loops along X, along Y, in time."""
    for level in range(factors.shape[0] // 3):
        for place in (1, 2, 0):
            dims = np.flatnonzero(factors[3 * level + place] > 1).tolist()
            if dims:
                yield level, min(place, 1), dims


def _innermost(before: np.ndarray, dims: Iterable[int]) -> list[int]:
    """Those of the dimensions whose loop may be the innermost."""
    return [d for d in dims if not any(before[e, d] for e in dims)]


def _extensions(before: np.ndarray, dims: Sequence[int]) -> Iterator[list[int]]:
    if not dims:
        yield []
    for d in _innermost(before, dims):
        for rest in _extensions(before, [e for e in dims if e != d]):
            yield [d, *rest]


def _completed(order: Sequence[int], dims: int) -> list[int]:
    return [*order, *(d for d in range(dims) if d not in order)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """All candidates of a mapspace. chosen: for each choice of what is kept, the rows (n, dims) of the factor tables that fit together."""

    rows: np.ndarray
    chosen: tuple[tuple[np.ndarray, np.ndarray], ...]
    orders: LoopOrders

    def factors(self, row: np.ndarray) -> np.ndarray:
        """(places, dims) of one row of `chosen`."""
        return np.ascontiguousarray(self.rows[row].T)

    def count(self, limit: int) -> int:
        """How many candidates there are, or some number above the limit."""
        total = 0
        for _, found in self.chosen:
            for row in found:
                total += self.orders.count(self.factors(row))
                if total > limit:
                    return total
        return total

    def candidates(self) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """Factors, orders and keep of each candidate."""
        for keep, found in self.chosen:
            for row in found:
                factors = self.factors(row)
                for orders in self.orders.all(factors):
                    yield factors, orders, keep


def listing(mapspace: Mapspace, plan: object, sparse: object, limit: int, died: np.ndarray) -> Listing | None:
    """All candidates if they are at most `limit`, else None. What breaks the mapspace is counted in died (checks,)."""
    space = mapspace.arrays
    tables = [factor_table(one, space.place_most[:, d], limit) for d, one in enumerate(mapspace.chains)]
    keeps = keep_choices(space)
    if keeps is None or any(table is None for table in tables):
        return None
    rows = np.concatenate([table for table in tables if table is not None])
    first = np.cumsum([0, *(len(table) for table in tables if table is not None)])
    nodes, chosen = 10 * limit, []
    for keep in keeps:
        found = np.empty((limit, len(tables)), np.int64)
        count, visited = fitting_lists(plan, sparse, space, rows, first, keep, found, nodes, died)
        if count < 0:
            return None
        nodes -= visited
        chosen.append((keep, found[:count].copy()))
    result = Listing(rows=rows, chosen=tuple(chosen), orders=LoopOrders(space.before))
    return result if result.count(limit) <= limit else None
