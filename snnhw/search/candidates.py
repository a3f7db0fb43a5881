"""Candidates: mappings as small tables. Which of them are within the mapspace, and the loops that they stand for.

factors (places, dims): place 3 l + (0 in time, 1 along X, 2 along Y) of level l, innermost first; orders (levels, 2, dims): dimensions
from the innermost loop outwards, in time and in space; keep (levels, tensors).
"""

from __future__ import annotations

import math

import numpy as np

from snnhw.jit import NO, YES, compiled, compiled_inline
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
    loops = factors.size
    room = Nest(np.empty(loops, np.int64), np.empty(loops, np.int64), np.empty(loops, np.int64), np.ones((loops + 1, dims), np.int64),
                np.zeros(levels + 1, np.int64), np.zeros(levels, np.int64), np.zeros(levels, np.int64), keep,
                np.empty(loops, np.int64), np.empty(loops, np.int64), np.empty(loops, np.int64), np.zeros(levels, np.int64))
    nest = nest_in(room, factors)
    fill_nest(factors, orders, nest)
    return nest


@compiled_inline
def nest_in(room, factors):
    """A nest for candidates with these factors, to be filled. room: a nest with place for all loops."""
    dims, bounds, steps, extents, spatial_from, temporal_from, x_loops, keep, time_dims, time_bounds, time_steps, time_from = room
    loops, in_time = 0, 0
    for place in range(factors.shape[0]):
        for d in range(factors.shape[1]):
            loops += factors[place, d] > 1
            in_time += place % 3 == 0 and factors[place, d] > 1
    return Nest(dims[:loops], bounds[:loops], steps[:loops], extents[:loops + 1], spatial_from, temporal_from, x_loops, keep,
                time_dims[:in_time], time_bounds[:in_time], time_steps[:in_time], time_from)


@compiled_inline
def fill_nest(factors, orders, nest):
    """Puts the loops of a candidate into a nest of another one with the same factors, in whatever orders."""
    dims, bounds, steps, extents, spatial_from, temporal_from, x_loops, _, time_dims, time_bounds, time_steps, time_from = nest
    levels, all_dims = temporal_from.size, factors.shape[1]
    i, j = 0, 0
    for level in range(levels):
        spatial_from[level] = i
        for place in (1, 2, 0):
            if place == 0:
                temporal_from[level], time_from[level] = i, j
            for at in range(all_dims):
                d = orders[level, min(place, 1), at]
                bound = factors[3 * level + place, d]
                if bound <= 1:
                    continue
                dims[i], bounds[i], steps[i] = d, bound, extents[i, d]
                for e in range(all_dims):
                    extents[i + 1, e] = extents[i, e]
                extents[i + 1, d] *= bound
                if place == 0:
                    time_dims[j], time_bounds[j], time_steps[j] = d, bound, steps[i]
                    j += 1
                i += 1
            if place == 1:
                x_loops[level] = i - spatial_from[level]
    spatial_from[levels] = i


@compiled_inline
def reorder(factors, orders, level, nest):
    """Puts one level's loops in time into a filled nest of the same factors, in other orders. orders: (levels, 2, dims)."""
    dims, bounds, steps, extents, _, temporal_from, _, _, time_dims, time_bounds, time_steps, time_from = nest
    i, j = temporal_from[level], time_from[level]
    for at in range(orders.shape[2]):
        d = orders[level, 0, at]
        bound = factors[3 * level, d]
        if bound <= 1:
            continue
        dims[i], bounds[i], steps[i] = d, bound, extents[i, d]
        for e in range(extents.shape[1]):
            extents[i + 1, e] = extents[i, e]
        extents[i + 1, d] *= bound
        time_dims[j], time_bounds[j], time_steps[j] = d, bound, steps[i]
        i += 1
        j += 1


@compiled
def complete_nest_of(nest, has_fanout):
    """All loops of a nest, as encoding.encode_complete makes them: those of one iteration stand outside, in the problem's order."""
    levels, dims = has_fanout.size, nest.extents.shape[1]
    loops = 2 * levels * dims
    room = CompleteNest(np.empty(loops, np.int64), np.empty(loops, np.int64), np.empty(loops, np.bool_), np.empty(loops, np.int64),
                        np.zeros(levels + 1, np.int64))
    complete = complete_nest_in(room, nest, has_fanout)
    fill_complete_nest(nest, has_fanout, complete)
    return complete


@compiled_inline
def complete_nest_in(room, nest, has_fanout):
    """A complete nest for one that is filled, to be filled itself. room: a complete nest with place for all loops."""
    dims, bounds, spatial, after, level_from = room
    loops = 0
    for level in range(has_fanout.size):
        in_space = has_fanout[level] or nest.spatial_from[level] < nest.temporal_from[level]
        loops += nest.extents.shape[1] * (2 if in_space else 1)
    return CompleteNest(dims[:loops], bounds[:loops], spatial[:loops], after[:loops], level_from)


@compiled_inline
def fill_complete_nest(nest, has_fanout, complete):
    """Puts the loops of a nest into a complete one that was made for one with the same factors."""
    at = 0
    for level in range(has_fanout.size):
        first, middle, stop = nest.spatial_from[level], nest.temporal_from[level], nest.spatial_from[level + 1]
        if has_fanout[level] or first < middle:
            at = _complete(nest.dims, nest.bounds, first, middle, YES, at, complete.dims, complete.bounds, complete.spatial, complete.after,
                           nest.extents.shape[1])
        at = _complete(nest.dims, nest.bounds, middle, stop, NO, at, complete.dims, complete.bounds, complete.spatial, complete.after,
                       nest.extents.shape[1])
        complete.level_from[level + 1] = at


@compiled
def _complete(dims, bounds, start, stop, in_space, at, loop_dims, loop_bounds, spatial, after, all_dims):
    """Puts loops start..stop of a nest and one of one iteration for each other dimension behind position `at`; returns the new one."""
    for i in range(start, stop):
        loop_dims[at], loop_bounds[at], spatial[at], after[at] = dims[i], bounds[i], in_space, i + 1
        at += 1
    for d in range(all_dims):
        is_here = False
        for i in range(start, stop):
            is_here = is_here or dims[i] == d
        if not is_here:
            loop_dims[at], loop_bounds[at], spatial[at], after[at] = d, 1, in_space, stop
            at += 1
    return at
