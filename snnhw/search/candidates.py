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

AXES, MESH, UTILIZATION, CAPACITY = 0, 1, 2, 3
"""Checks in their order; that of the capacity of level l is CAPACITY + l."""


@compiled
def _excess(needed, there):
    return math.log2(needed / there) if needed > there else 0.0


@compiled
def words_at_most(plan, sparse, level, k, extents):
    """Words that a tile may need at a level: all of it, or its most non-zeros where a format holds these alone (Sparseloop's check)."""
    words, rows = words_and_rows(plan.coefficients[k], extents)
    if sparse.rank_count[level, k] > 0:
        _, words = occupancy_range(sparse.law[k], words, rows)
    return words


@compiled
def bits_of(plan, sparse, level, keep, extents):
    """Bits of all tiles that a level keeps. keep: (tensors,); extents: (dims,) of the loops at and inside the level."""
    bits = 0.0
    for k in range(keep.size):
        if keep[k]:
            bits += float(words_at_most(plan, sparse, level, k, extents)) * plan.word_bits[level, k]
    return bits


@compiled
def _axes_excess(space, factors):
    """How many dimensions run along both axes, stand on the wrong side of another one, or are more than a split has place for."""
    wrong = 0
    dims = factors.shape[1]
    for level in range(space.room.shape[0]):
        x, y = factors[3 * level + 1], factors[3 * level + 2]
        on_x, on_y = 0, 0
        for d in range(dims):
            if space.counted[level, d]:
                on_x += x[d] > 1
                on_y += y[d] > 1
            if y[d] > 1:
                wrong += x[d] > 1
                for e in range(dims):
                    wrong += x[e] > 1 and space.before[level, 1, d, e]
        wrong += max(0, on_x - space.room[level, 0]) + max(0, on_y - space.room[level, 1])
    return float(wrong)


@compiled
def _mesh_excess(space, factors):
    """By how many bits the spatial loops are too many for the fan-outs, and too few for the utilization."""
    over, instances = 0.0, 1
    for level in range(space.room.shape[0]):
        for axis in range(2):
            mapped = 1
            for d in range(factors.shape[1]):
                mapped *= factors[3 * level + 1 + axis, d]
            instances *= mapped
            over += _excess(mapped, space.mesh[level, axis])
    return over, _excess(space.min_instances, instances)


@compiled
def _capacity_excess(plan, sparse, factors, keep):
    """By how many bits (as logarithms) tiles are too large, and the innermost level at which one is; -1 if all fit."""
    over, where = 0.0, -1
    extents = np.ones(factors.shape[1], np.int64)
    for level in range(keep.shape[0]):
        for d in range(extents.size):
            extents[d] *= factors[3 * level, d] * factors[3 * level + 1, d] * factors[3 * level + 2, d]
        here = _excess(bits_of(plan, sparse, level, keep[level], extents), plan.capacity_bits[level])
        if here > 0 and where < 0:
            where = level
        over += here
    return over, where


@compiled
def excess(plan, sparse, space, factors, keep, died):
    """By how much a candidate breaks the mapspace, 0 if it is within. Counts the first check that it fails in died (checks,)."""
    axes = _axes_excess(space, factors)
    over, unused = _mesh_excess(space, factors)
    large, where = _capacity_excess(plan, sparse, factors, keep)
    if axes > 0:
        died[AXES] += 1
    elif over > 0:
        died[MESH] += 1
    elif unused > 0:
        died[UTILIZATION] += 1
    elif large > 0:
        died[CAPACITY + where] += 1
    return axes + over + unused + large


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
