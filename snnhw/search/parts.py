"""What the tensors of a set of mappings cost: mappings that a tensor can't tell apart share its part.

A set is a table of factors whose orders are open (settle.py). What a tensor sees of an order is a view (views.py), so that each view is
worked out once. Who shares words in space is the same for all sets with the same loops there; some are kept.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from snnhw.jit import compiled, compiled_inline
from snnhw.model.encoding import CompleteNest, Nest
from snnhw.model.plan import Plan
from snnhw.model.room import Room, empty_room
from snnhw.model.sharing import Sharing, empty_sharing, kinds_of_groups, share_out
from snnhw.model.sparse_counts import SparseRoom, empty_sparse_room
from snnhw.model.sparse_plan import SparsePlan
from snnhw.model.tensor import FIGURES
from snnhw.search.memory import mixed

MOST_ORDERS = 1 << 18
"""Choices of orders that one set may have."""
_ROWS = 1 << 12
_SLOTS = 64


class Parts(NamedTuple):
    """figures (n, FIGURES, levels), energy_pJ, shares, reasons (n,): see tensor_costs; used (1,): rows taken.

    The last rows, one a tensor, are for parts that are not kept. rows, row_shares (tensors,): of the mapping at hand.
    """

    figures: np.ndarray
    energy_pJ: np.ndarray
    shares: np.ndarray
    reasons: np.ndarray
    used: np.ndarray
    rows: np.ndarray
    row_shares: np.ndarray


class Bounds(NamedTuple):
    """What tensors cost at least (relaxed.tensor_bound), by row: energy_pJ (n, 1), demand (n, levels, 2); used (1,): rows taken.

    The last rows, one a tensor, are for those that are not kept. known (tensors * choices,): rows by tensor and view, -1 where there is
    none yet.
    """

    energy_pJ: np.ndarray
    demand: np.ndarray
    used: np.ndarray
    known: np.ndarray


class Desk(NamedTuple):
    """Arrays for one set. first, counts, chosen (levels + 1,), orders (levels, 2, dims): of a Choice; filled: the one in `nest`.

    nest, complete: with place for all loops; sizes, node_sizes (levels, tensors), fanouts, replication (levels,), reasons (tensors,): see
    Geometry; looked_at (tensors, levels + 1): the choice at which each tensor was looked at last, -1 before; known (tensors * choices,):
    rows of parts by tensor and view; views (tensors,): of the mapping at hand; row_shares (tensors,), performed (3,): operations that
    happen with such shares; values (metrics,); reach (levels, dims), spread (3, levels, tensors), demand (levels, 2): of bounds.
    """

    first: np.ndarray
    counts: np.ndarray
    chosen: np.ndarray
    filled: np.ndarray
    orders: np.ndarray
    nest: Nest
    complete: CompleteNest
    sizes: np.ndarray
    node_sizes: np.ndarray
    fanouts: np.ndarray
    replication: np.ndarray
    reasons: np.ndarray
    looked_at: np.ndarray
    known: np.ndarray
    views: np.ndarray
    row_shares: np.ndarray
    performed: np.ndarray
    values: np.ndarray
    reach: np.ndarray
    spread: np.ndarray
    demand: np.ndarray


class Memo(NamedTuple):
    """parts, bounds; room, sparse_room: see room.py, sparse_counts.py; desk.

    sharing: a Sharing with one more axis in front, for loops in space by slot; held (slots,): whose.
    """

    parts: Parts
    bounds: Bounds
    room: Room
    sparse_room: SparseRoom
    desk: Desk
    sharing: Sharing
    held: np.ndarray


def empty_memo(plan: Plan, sparse: SparsePlan, keep: np.ndarray, level: int, metrics: int, rows: int = _ROWS) -> Memo:
    """Room for the sets of one search, with so many rows for parts. keep (levels, tensors); level: of the head."""
    levels, (tensors, ranks, dims) = plan.columns.size, plan.coefficients.shape
    fanouts = plan.columns * plan.rows
    n = rows + tensors
    parts = Parts(np.empty((n, FIGURES, levels)), np.empty(n), np.empty(n), np.empty(n, np.int64), np.zeros(1, np.int64),
                  np.empty(tensors, np.int64), np.empty(tensors))
    bounds = Bounds(np.empty((n, 1)), np.empty((n, levels, 2)), np.zeros(1, np.int64), np.empty(tensors * MOST_ORDERS, np.int64))
    one = empty_sharing(levels, tensors, kinds_of_groups(fanouts))
    sharing = Sharing(*(np.zeros((_SLOTS, *array.shape), array.dtype) for array in one))
    return Memo(parts, bounds, empty_room(levels, tensors, ranks, levels * dims, fanouts),
                empty_sparse_room(sparse, levels, tensors, dims), _empty_desk(keep, dims, level, metrics), sharing,
                np.zeros(_SLOTS, np.uint64))


def keeping(memo: Memo, keep: np.ndarray) -> Memo:
    """The same room for another choice of what is kept."""
    return memo._replace(desk=memo.desk._replace(nest=memo.desk.nest._replace(keep=keep)))


def _empty_desk(keep: np.ndarray, dims: int, level: int, metrics: int) -> Desk:
    levels, tensors = keep.shape
    loops = 3 * levels * dims

    def ints(*shape: int) -> np.ndarray:
        return np.ones(shape, np.int64)

    nest = Nest(ints(loops), ints(loops), ints(loops), ints(loops + 1, dims), ints(levels + 1), ints(levels), ints(levels), keep,
                ints(loops), ints(loops), ints(loops), ints(levels))
    complete = CompleteNest(ints(loops), ints(loops), np.zeros(loops, np.bool_), ints(loops), np.zeros(levels + 1, np.int64))
    return Desk(ints(level + 1), ints(level + 1), ints(level + 1), ints(level + 1), ints(levels, 2, dims), nest, complete,
                ints(levels, tensors), ints(levels, tensors), ints(levels), ints(levels), ints(tensors), ints(tensors, level + 1),
                np.empty(tensors * MOST_ORDERS, np.int64), ints(tensors), np.empty(tensors), np.empty(3), np.empty(metrics),
                ints(levels, dims), np.empty((3, levels, tensors)), np.empty((levels, 2)))


@compiled
def space_key(dims, bounds, steps, spatial_from, temporal_from, x_loops):
    """What share_out sees of a nest; never 0."""
    key = np.uint64(1)
    for level in range(temporal_from.size):
        key = mixed(key, temporal_from[level] - spatial_from[level])  # so that no loop can be read as one of another level
        for i in range(spatial_from[level], temporal_from[level]):
            on_x = i < spatial_from[level] + x_loops[level]
            key = mixed(mixed(mixed(key, 2 * dims[i] + on_x), bounds[i]), steps[i])
    return key | np.uint64(1)


@compiled_inline
def sharing_of(plan, nest, want_hops, memo):
    """Who shares words in the loops in space of a nest."""
    number = space_key(nest.dims, nest.bounds, nest.steps, nest.spatial_from, nest.temporal_from, nest.x_loops)
    slot = np.int64(number % np.uint64(memo.held.size))
    sharing = Sharing(memo.sharing.plain[slot], memo.sharing.plain_count[slot], memo.sharing.moves[slot], memo.sharing.moves_met[slot],
                      memo.sharing.served[slot], memo.sharing.rest[slot], memo.sharing.rest_count[slot])
    if memo.held[slot] != number:
        share_out(plan, nest, want_hops, sharing)
        memo.held[slot] = number
    return sharing


@compiled
def free_row(used, rows, tensors, k):
    """The row for the next part or bound, of tensor k. used (1,): rows taken; rows: that there are, of which the last stay free."""
    row = used[0]
    if row >= rows - tensors:
        return rows - 1 - k
    used[0] += 1
    return row


@compiled
def is_kept(row, rows, tensors):
    """Whether a row stays as it is."""
    return row < rows - tensors
