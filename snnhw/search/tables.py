"""The factors of a mapspace, cut in three: loops in time of one outer level (the head), loops in space, loops in time inside the head."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from snnhw.jit import compiled
from snnhw.search.candidates import AXES, MESH, UTILIZATION, shape_excess
from snnhw.search.listing import factor_table
from snnhw.search.space import Mapspace, Space


class Rest(NamedTuple):
    """Loops in time inside the head, by dimension, by head factor and by loops in space.

    factors (n, levels): all lists, one after the other; first (dims, heads, spaces): where those of a combination start; many: how many.
    """

    factors: np.ndarray
    first: np.ndarray
    many: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """level: of the head. heads: for each dimension its factors there, rising. head_rows (n, dims): positions in them, all combinations.

    spaces (n, places, dims): factors in space that fit the meshes together, most instances first; space_ids (n, dims): for `rest`;
    instances (n,): of the compute.
    """

    level: int
    heads: tuple[np.ndarray, ...]
    spaces: np.ndarray
    space_ids: np.ndarray
    instances: np.ndarray
    rest: Rest


def head_level(space: Space) -> int:
    """The outermost level that may have loops in time."""
    free = [level for level in range(space.mesh.shape[0]) if (space.most[level, 0] > 1).any()]
    return max(free, default=space.mesh.shape[0] - 1)


def tables(mapspace: Mapspace, limit: int) -> Tables | None:
    """The tables, None if one of them would be longer than the limit."""
    space = mapspace.arrays
    level = head_level(space)
    lists = [factor_table(one, space.place_most[:, d], limit) for d, one in enumerate(mapspace.chains)]
    parts = [_cut(one, level) for one in lists if one is not None]
    if len(parts) < len(lists):
        return None
    found = _spaces(space, [part[1] for part in parts], limit)
    if found is None:
        return None
    spaces, ids = found
    instances = spaces.prod(axis=(1, 2))
    order = np.lexsort((np.arange(len(spaces)), -instances))
    return Tables(level=level, heads=tuple(part[0] for part in parts), spaces=spaces[order], space_ids=ids[order],
                  instances=instances[order], rest=_rest([part[2] for part in parts]))


_Part = tuple[np.ndarray, np.ndarray, tuple[np.ndarray, np.ndarray, np.ndarray]]


def _cut(rows: np.ndarray, level: int) -> _Part:
    """(head factors, lists in space, (head id, space id, list in time) of each row) of one dimension. rows (n, places)."""
    in_space = rows.copy()
    in_space[:, ::3] = 1
    heads, head_ids = np.unique(rows[:, 3 * level], return_inverse=True)
    spaces, space_ids = np.unique(in_space, axis=0, return_inverse=True)
    return heads, spaces, (head_ids.ravel(), space_ids.ravel(), rows[:, :3 * level:3])


def _rest(parts: list[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> Rest:
    heads, spaces = (max(int(part[i].max()) + 1 for part in parts) for i in (0, 1))
    first = np.zeros((len(parts), heads, spaces), np.int64)
    count = np.zeros((len(parts), heads, spaces), np.int64)
    lists, start = [], 0
    for d, (head_ids, space_ids, inside) in enumerate(parts):
        keys = head_ids * spaces + space_ids
        order = np.argsort(keys, kind="stable")
        lists.append(inside[order])
        numbers, at, many = np.unique(keys[order], return_index=True, return_counts=True)
        first[d].ravel()[numbers] = start + at
        count[d].ravel()[numbers] = many
        start += len(inside)
    return Rest(np.ascontiguousarray(np.concatenate(lists)), first, count)


def _spaces(space: Space, lists: list[np.ndarray], limit: int) -> tuple[np.ndarray, np.ndarray] | None:
    """All combinations of lists in space that fit the meshes: (n, places, dims) and (n, dims)."""
    rows = np.concatenate(lists)
    first = np.cumsum([0, *(len(one) for one in lists)])
    found = np.empty((limit, len(lists)), np.int64)
    count = _fitting_spaces(space, rows, first, found)
    if count < 0:
        return None
    ids = found[:count].copy()
    factors = np.stack([lists[d][ids[:, d]] for d in range(len(lists))], axis=2)
    return np.ascontiguousarray(factors), ids


@compiled
def _fitting_spaces(space, rows, first, found):
    """Fills found (n, dims); returns how many, -1 if they are too many."""
    dims = first.size - 1
    factors = np.ones((rows.shape[1], dims), np.int64)
    at = first[:-1].copy()
    count, d = 0, 0
    while d >= 0:
        if at[d] == first[d + 1]:
            factors[:, d] = 1
            at[d] = first[d]
            d -= 1
            continue
        factors[:, d] = rows[at[d]]
        at[d] += 1
        _, check = shape_excess(space, factors)
        if check in (AXES, MESH) or (check == UTILIZATION and d == dims - 1):
            continue
        if d < dims - 1:
            d += 1
            continue
        if count == found.shape[0]:
            return -1
        found[count] = at - 1 - first[:-1]
        count += 1
    return count
