"""Candidates: mappings as small tables. Which are within the mapspace, and the loops that they stand for.

factors (places, dims): place 3 l + (0 in time, 1 along X, 2 along Y) of level l, innermost first; orders (levels, 2, dims): dimensions from the
innermost loop outwards, in time and in space; keep (levels, tensors).
"""

from __future__ import annotations

import math

import numpy as np

from snnhw.jit import compiled
from snnhw.model.density import occupancy_range
from snnhw.model.encoding import CompleteNest, Nest
from snnhw.model.reuse import tile_size

AXES, MESH, UTILIZATION, CAPACITY = 0, 1, 2, 3
"""Checks in their order; that of the capacity of level l is CAPACITY + l."""


@compiled
def words_at_most(plan, sparse, level, k, extents):
    """Words that a tile may need at a level: all of it, or its most non-zeros where a format holds these alone (Sparseloop's check)."""
    words = tile_size(plan.coefficients[k], extents)
    if sparse.rank_count[level, k] > 0:
        _, words = occupancy_range(sparse.density_model[k], sparse.density[k], sparse.tensor_words[k], words)
    return words


@compiled
def _wrong_axes(space, factors, orders, level):
    """How many dimensions run along both axes, find no place along theirs, or stand on the wrong side of the split."""
    x, y = 3 * level + 1, 3 * level + 2
    wrong, on_x, on_y = 0, 0, 0
    for d in range(factors.shape[1]):
        if factors[x, d] > 1 and factors[y, d] > 1:
            wrong += 1
        if space.counted[level, d]:
            on_x += factors[x, d] > 1
            on_y += factors[y, d] > 1
        if factors[y, d] > 1:
            for e in range(factors.shape[1]):
                if factors[x, e] > 1 and space.before[level, 1, d, e]:
                    wrong += 1
    return wrong + max(0, on_x - space.room[level, 0]) + max(0, on_y - space.room[level, 1])


@compiled
def _excess(needed, there):
    return math.log2(needed / there) if needed > there else 0.0


@compiled
def excess(plan, sparse, space, factors, orders, keep, died):
    """By how much a candidate breaks the mapspace, 0 if it is within. Counts the first check that it fails in died (checks,)."""
    levels, dims = keep.shape[0], factors.shape[1]
    total, first = 0.0, -1
    extents = np.ones(dims, np.int64)
    instances = 1
    for level in range(levels):
        wrong = _wrong_axes(space, factors, orders, level)
        x, y = 1, 1
        for d in range(dims):
            x *= factors[3 * level + 1, d]
            y *= factors[3 * level + 2, d]
            extents[d] *= factors[3 * level, d] * factors[3 * level + 1, d] * factors[3 * level + 2, d]
        instances *= x * y
        over = _excess(x, space.mesh[level, 0]) + _excess(y, space.mesh[level, 1])
        bits = 0.0
        for k in range(keep.shape[1]):
            if keep[level, k]:
                bits += float(words_at_most(plan, sparse, level, k, extents)) * plan.word_bits[level, k]
        large = _excess(bits, plan.capacity_bits[level])
        if first < 0 or first >= CAPACITY:
            first = AXES if wrong > 0 else MESH if over > 0 else CAPACITY + level if large > 0 and first < 0 else first
        total += wrong + over + large
    if instances < space.min_instances:
        total += _excess(space.min_instances, instances)
        first = UTILIZATION if first < 0 or first >= CAPACITY else first
    if first >= 0:
        died[first] += 1
    return total


@compiled
def nest_of(factors, orders, keep):
    """The loops of a candidate, as encoding.encode makes them of a mapping."""
    levels, dims = keep.shape[0], factors.shape[1]
    count = 0
    for p in range(factors.shape[0]):
        for d in range(dims):
            count += factors[p, d] > 1
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
            for at in range(dims):
                d = orders[level, min(place, 1), at]
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
def complete_nest_of(space, factors, orders):
    """All loops of a candidate, as encoding.encode_complete makes them: those of one iteration stand outside, in the problem's order."""
    levels, dims = orders.shape[0], factors.shape[1]
    most = 2 * levels * dims
    loop_dims = np.empty(most, np.int64)
    bounds = np.empty(most, np.int64)
    spatial = np.empty(most, np.bool_)
    after = np.empty(most, np.int64)
    level_from = np.zeros(levels + 1, np.int64)
    i, passed = 0, 0
    for level in range(levels):
        in_space = space.has_fanout[level]
        for d in range(dims):
            in_space = in_space or factors[3 * level + 1, d] * factors[3 * level + 2, d] > 1
        for kind in (1, 0):
            if kind == 1 and not in_space:
                continue
            for place in ((1, 2, -1) if kind == 1 else (0, -1, -1)):
                for at in range(dims):
                    d = orders[level, kind, at] if place >= 0 else at
                    here = factors[3 * level, d] if kind == 0 else factors[3 * level + 1, d] * factors[3 * level + 2, d]
                    if (factors[3 * level + place, d] > 1) if place >= 0 else here == 1:
                        bound = factors[3 * level + place, d] if place >= 0 else 1
                        passed += bound > 1
                        loop_dims[i], bounds[i], spatial[i], after[i] = d, bound, kind == 1, passed
                        i += 1
                if kind == 0 and place < 0:
                    break
        level_from[level + 1] = i
    return CompleteNest(loop_dims[:i], bounds[:i], spatial[:i], after[:i], level_from)
