"""Who shares words in the fan-outs of a mapping, for every tensor: found once, used for every order of its loops in time.

What comes to a fan-out is sent in multicast groups, which depend on its loops in space alone. Where neighbours hand words on, fewer
instances are left to send to; which ones depends on how the tile moves as well, so that what is found for a move is kept beside it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from snnhw.jit import compiled
from snnhw.model.multicast import groups, instance_keys, is_regular, linked, regular_groups

SIZE, COUNT, MEAN_HOPS = 0, 1, 2
"""Columns of a group: instances in each of its kind, how many there are, hops to reach one on average."""
_MOST_MOVES = 8


class Sharing(NamedTuple):
    """Arrays over levels (l), tensors (k), kinds of groups (g), moves of tiles (m).

    plain (l, k, g, 3): groups of all instances, plain_count (l, k); moves (l, k, m): keys of moves, moves_met (l, k): how many there
    have been, of which the last ones are kept; served (l, k, m): instances that find their words at a neighbour after such a move, 0
    where that saves nothing; rest (l, k, m, g, 3): groups of the others, rest_count (l, k, m).
    """

    plain: np.ndarray
    plain_count: np.ndarray
    moves: np.ndarray
    moves_met: np.ndarray
    served: np.ndarray
    rest: np.ndarray
    rest_count: np.ndarray


@compiled
def kinds_of_groups(fanouts):
    """Most kinds of groups that the widest fan-out can have: sizes that can occur together."""
    return np.int64(np.sqrt(2.0 * fanouts.max())) + 2


@compiled
def empty_sharing(levels, tensors, kinds):
    """Room for what share_out finds."""
    return Sharing(np.empty((levels, tensors, kinds, 3), np.float64), np.zeros((levels, tensors), np.int64),
                   np.empty((levels, tensors, _MOST_MOVES), np.int64), np.zeros((levels, tensors), np.int64),
                   np.empty((levels, tensors, _MOST_MOVES), np.int64), np.empty((levels, tensors, _MOST_MOVES, kinds, 3), np.float64),
                   np.empty((levels, tensors, _MOST_MOVES), np.int64))


@compiled
def share_out(plan, nest, want_hops, sharing):
    """Finds the groups of all instances in every fan-out, for every tensor, and forgets the moves."""
    levels, tensors = sharing.plain_count.shape
    for level in range(levels):
        first, middle = nest.spatial_from[level], nest.temporal_from[level]
        columns, rows = physical_mesh(plan, nest, level)
        for k in range(tensors):
            sharing.moves_met[level, k] = 0
            if first < middle:
                sharing.plain_count[level, k] = _plain_groups(
                    nest.dims[first:middle], nest.bounds[first:middle], nest.steps[first:middle], plan.coefficients[k],
                    plan.fold_weights[k], columns, rows, want_hops, sharing.plain[level, k])


@compiled
def _plain_groups(dims, bounds, steps, coefficients, weights, columns, rows, want_hops, found):
    """Fills found (kinds, 3); returns how many there are."""
    if is_regular(dims, coefficients):
        return _noted(regular_groups(dims, bounds, coefficients, columns, rows, want_hops), found)
    keys = instance_keys(dims, bounds, steps, coefficients, weights)
    return _noted(groups(keys, np.zeros(keys.size, np.bool_), columns, rows, want_hops), found)


@compiled
def _noted(pattern, found):
    sizes, counts, hops = pattern
    for g in range(sizes.size):
        found[g, SIZE], found[g, COUNT], found[g, MEAN_HOPS] = sizes[g], counts[g], hops[g]
    return sizes.size


@compiled
def add_move(plan, nest, level, k, move, want_hops, sharing):
    """Finds out who is served by neighbours when the tile of tensor k has moved by `move` (its key); returns where that stands."""
    m = sharing.moves_met[level, k] % sharing.moves.shape[2]
    sharing.moves_met[level, k] += 1
    sharing.moves[level, k, m] = move
    first, middle = nest.spatial_from[level], nest.temporal_from[level]
    columns, rows = physical_mesh(plan, nest, level)
    sharing.served[level, k, m], sharing.rest_count[level, k, m] = find_served(
        nest.dims[first:middle], nest.bounds[first:middle], nest.steps[first:middle], plan.coefficients[k], plan.fold_weights[k],
        columns, rows, want_hops, move, sharing.plain[level, k], sharing.plain_count[level, k], sharing.rest[level, k, m])
    return m


@compiled
def find_served(dims, bounds, steps, coefficients, weights, columns, rows, want_hops, move, plain, plain_count, rest):
    """Who is left when a tile has moved by `move` (its key) and neighbours have handed words on.

    Fills rest (kinds, 3). Returns the instances that are served so, 0 if that saves no access, and how many kinds of groups are left.
    """
    keys = instance_keys(dims, bounds, steps, coefficients, weights)
    there = linked(keys, move, columns, rows)
    if not there.any():
        return 0, 0
    left = groups(keys, there, columns, rows, want_hops)
    if left[1].sum() >= plain[:plain_count, COUNT].sum():
        return 0, 0
    return there.sum(), _noted(left, rest)


@compiled
def physical_mesh(plan, nest, level):
    """Columns and rows over which instance numbers run: the physical fan-out, or the mapping's where that is larger."""
    x, y = mapped_mesh(nest, level)
    return max(x, plan.columns[level]), max(y, plan.rows[level])


@compiled
def mapped_mesh(nest, level):
    """Instances that a level's spatial loops take along X and along Y."""
    x, y = 1, 1
    for i in range(nest.spatial_from[level], nest.temporal_from[level]):
        if i < nest.spatial_from[level] + nest.x_loops[level]:
            x *= nest.bounds[i]
        else:
            y *= nest.bounds[i]
    return x, y
