"""Candidates: mappings as small tables. Which of them are within the mapspace, and the loops that they stand for.

factors (places, dims): place 3 l + (0 in time, 1 along X, 2 along Y) of level l, innermost first; orders (levels, 2, dims): dimensions
from the innermost loop outwards, in time and in space; keep (levels, tensors).
"""

from __future__ import annotations

import math

import numpy as np

from snnhw.jit import compiled
from snnhw.model.density import occupancy_range
from snnhw.model.encoding import CompleteNest, Nest
from snnhw.model.ranks import words_and_rows
from snnhw.model.reuse import tile_size

AXES, MESH, UTILIZATION, CAPACITY = 0, 1, 2, 3
"""Checks in their order; that of the capacity of level l is CAPACITY + l."""


@compiled
def _excess(needed, there):
    return math.log2(needed / there) if needed > there else 0.0


@compiled
def words_at_most(coefficients, extents, law, has_format):
    """Words that a tile may need: all of it, or its most non-zeros where a format holds these alone (Sparseloop's check)."""
    if not has_format:
        return tile_size(coefficients, extents)
    words, rows = words_and_rows(coefficients, extents)
    _, most = occupancy_range(law, words, rows)
    return most


@compiled
def _wrong_axes(x, y, before, counted, room):
    """How many dimensions of one level run along both axes, stand on the wrong side of another one, or are too many for a split.

    x, y: (dims,) factors along the axes; the others: Space's of the level.
    """
    wrong, on_x, on_y = 0, 0, 0
    for d in range(x.size):
        if counted[d]:
            on_x += x[d] > 1
            on_y += y[d] > 1
        if y[d] > 1:
            wrong += x[d] > 1
            for e in range(x.size):
                wrong += x[e] > 1 and before[d, e]
    return wrong + max(0, on_x - room[0]) + max(0, on_y - room[1])


@compiled
def shape_excess(space, factors):
    """By how much the spatial loops break the mapspace, 0 for not at all, and the first check that they fail, else -1."""
    wrong, over, instances = 0, 0.0, 1
    for level in range(space.mesh.shape[0]):
        columns, rows = space.mesh[level]
        if columns * rows == 1:
            continue
        x, y = 1, 1
        for d in range(factors.shape[1]):
            x *= factors[3 * level + 1, d]
            y *= factors[3 * level + 2, d]
        if x * y > 1:
            instances *= x * y
            over += _excess(x, columns) + _excess(y, rows)
            wrong += _wrong_axes(factors[3 * level + 1], factors[3 * level + 2], space.before[level, 1], space.counted[level],
                                 space.room[level])
    unused = _excess(space.min_instances, instances)
    check = AXES if wrong > 0 else MESH if over > 0 else UTILIZATION if unused > 0 else -1
    return wrong + over + unused, check


@compiled
def tiles_excess(plan, sparse, factors, keep):
    """By how many bits (as logarithms) tiles are too large, and the check of the innermost level where one is, else -1."""
    capacity_bits, coefficients, word_bits, rank_count, law = (
        plan.capacity_bits, plan.coefficients, plan.word_bits, sparse.rank_count, sparse.law)
    over, check = 0.0, -1
    extents = np.ones(factors.shape[1], np.int64)
    for level in range(keep.shape[0]):
        for d in range(extents.size):
            extents[d] *= factors[3 * level, d] * factors[3 * level + 1, d] * factors[3 * level + 2, d]
        if capacity_bits[level] == np.inf:
            continue
        bits = 0.0
        for k in range(keep.shape[1]):
            if keep[level, k]:
                bits += float(words_at_most(coefficients[k], extents, law[k], rank_count[level, k] > 0)) * word_bits[level, k]
        if bits > capacity_bits[level]:
            over += _excess(bits, capacity_bits[level])
            check = CAPACITY + level if check < 0 else check
    return over, check


@compiled
def excess(plan, sparse, space, factors, keep, limit, died):
    """By how much a candidate breaks the mapspace, 0 if it is within; above `limit` only that it is more.

    Counts the first check that fails in died (checks,).
    """
    total, check = shape_excess(space, factors)
    if total <= limit:
        tiles, later_check = tiles_excess(plan, sparse, factors, keep)
        total += tiles
        check = later_check if check < 0 else check
    if check >= 0:
        died[check] += 1
    return total


@compiled
def nest_of(factors, orders, keep):
    """The loops of a candidate, as encoding.encode makes them of a mapping."""
    levels, dims = keep.shape[0], factors.shape[1]
    count = (factors > 1).sum()
    loop_dims = np.empty(count, np.int64)
    bounds = np.empty(count, np.int64)
    steps = np.empty(count, np.int64)
    extents = np.ones((count + 1, dims), np.int64)
    spatial_from = np.zeros(levels + 1, np.int64)
    temporal_from = np.zeros(levels, np.int64)
    x_loops = np.zeros(levels, np.int64)
    i = 0
    for level in range(levels):
        spatial_from[level] = i
        for place in (1, 2, 0):
            if place == 0:
                temporal_from[level] = i
            for d in orders[level, min(place, 1)]:
                bound = factors[3 * level + place, d]
                if bound > 1:
                    loop_dims[i], bounds[i], steps[i] = d, bound, extents[i, d]
                    extents[i + 1] = extents[i]
                    extents[i + 1, d] *= bound
                    i += 1
            if place == 1:
                x_loops[level] = i - spatial_from[level]
    spatial_from[levels] = i
    return Nest(loop_dims, bounds, steps, extents, spatial_from, temporal_from, x_loops, keep)


@compiled
def complete_nest_of(nest, has_fanout):
    """All loops of a nest, as encoding.encode_complete makes them: those of one iteration stand outside, in the problem's order."""
    levels, dims = has_fanout.size, nest.extents.shape[1]
    loop_dims = np.empty(2 * levels * dims, np.int64)
    bounds = np.ones(2 * levels * dims, np.int64)
    spatial = np.zeros(2 * levels * dims, np.bool_)
    after = np.empty(2 * levels * dims, np.int64)
    level_from = np.zeros(levels + 1, np.int64)
    at = 0
    for level in range(levels):
        first, middle, stop = nest.spatial_from[level], nest.temporal_from[level], nest.spatial_from[level + 1]
        if has_fanout[level] or first < middle:
            spatial[at:at + dims] = True
            _complete(nest, first, middle, loop_dims[at:], bounds[at:], after[at:])
            at += dims
        _complete(nest, middle, stop, loop_dims[at:], bounds[at:], after[at:])
        at += dims
        level_from[level + 1] = at
    return CompleteNest(loop_dims[:at], bounds[:at], spatial[:at], after[:at], level_from)


@compiled
def _complete(nest, start, stop, loop_dims, bounds, after):
    """Loops start..stop of a nest and behind them one of one iteration for each other dimension."""
    here = np.zeros(nest.extents.shape[1], np.bool_)
    for i in range(start, stop):
        loop_dims[i - start], bounds[i - start], after[i - start] = nest.dims[i], nest.bounds[i], i + 1
        here[nest.dims[i]] = True
    at = stop - start
    for d in range(here.size):
        if not here[d]:
            loop_dims[at], after[at] = d, stop
            at += 1
