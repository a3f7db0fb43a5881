"""Dense reads, fills, updates and network traffic of one tensor under one mapping (Timeloop's tiling analysis).

Levels are counted from the innermost storage level, 0. The loops of a mapping form one list from the innermost to the outermost:
for each level its spatial loops (its fan-out to the next inner level), then its temporal loops; loops of one iteration are left out.

Traffic from a level to the next inner one is a list of records (multicast factor, scatter factor, accesses, hops * accesses). The
cases: an operation of the innermost loop reads each operand, so nothing is reused below the innermost level; a level without a
fan-out sends what is new in its child's tile; a level with a fan-out sends each shift of it once to all that want the same.
"""

from __future__ import annotations

import numpy as np

from snnhw.jit import compiled, compiled_inline
from snnhw.model.multicast import fold, groups, instance_keys, is_regular, linked, regular_groups
from snnhw.model.temporal import delivered

MULTICAST, SCATTER, ACCESSES, HOPS = 0, 1, 2, 3
"""Columns of a traffic record."""


@compiled
def tile_extents(coefficients, extents):
    """Sides of a tile: (ranks,) from coefficients (ranks, dims) and loop extents (dims,)."""
    sides = np.ones(coefficients.shape[0], np.int64)
    for r in range(sides.size):
        for d in range(extents.size):
            sides[r] += abs(coefficients[r, d]) * (extents[d] - 1)
    return sides


@compiled
def tile_size(coefficients, extents):
    """Words of a tile."""
    size = 1
    for side in tile_extents(coefficients, extents):
        size *= side
    return size


@compiled
def tile_moves(dims, steps, coefficients):
    """T of each temporal loop (see temporal.py). dims, steps: (loops,), innermost first; returns (loops, ranks)."""
    ranks = coefficients.shape[0]
    moves = np.zeros((dims.size, ranks), np.int64)
    inside = np.zeros(ranks, np.int64)
    for j in range(dims.size):
        for r in range(ranks):
            step = coefficients[r, dims[j]] * steps[j]
            moves[j, r] = step - inside[r]
            inside[r] += step
    return moves


@compiled
def _add_record(records, used, multicast, scatter, accesses, hops):
    """Adds accesses to the record of (multicast, scatter); returns the number of records."""
    for i in range(used):
        if records[i, MULTICAST] == multicast and records[i, SCATTER] == scatter:
            records[i, ACCESSES] += accesses
            records[i, HOPS] += hops * accesses
            return used
    records[used, MULTICAST], records[used, SCATTER] = multicast, scatter
    records[used, ACCESSES], records[used, HOPS] = accesses, hops * accesses
    return used + 1


@compiled
def _add_visits(records, used, words, pattern):
    """Adds visits of `words` words for each instance, sent in the multicast groups of `pattern`."""
    sizes, counts, hops = pattern
    for g in range(sizes.size):
        used = _add_record(records, used, sizes[g], counts[g], float(words) * counts[g], hops[g])
    return used


@compiled
def _out_of_reach(move, dims, bounds, steps, coefficients):
    """Whether a move is longer along some rank than any two instances are apart, so that no neighbour can hold the words."""
    for r in range(move.size):
        apart = 0
        for i in range(dims.size):
            apart += abs(coefficients[r, dims[i]]) * steps[i] * (bounds[i] - 1)
        if abs(move[r]) > apart:
            return True
    return False


@compiled_inline
def fanout_traffic(records, alone, passed_on, fanout, coefficients, moves, weights, columns, rows, want_hops):
    """Traffic into a fan-out. alone: words of visits that no neighbour helps with; passed_on: (loops,) those where one may.

    fanout: (dims, bounds, steps) of its spatial loops. Fills `records` and returns (records used, words over links). A visit goes over
    links only if that saves accesses.
    """
    dims, bounds, steps = fanout
    if is_regular(dims, coefficients):
        plain = regular_groups(dims, bounds, coefficients, columns, rows, want_hops)
    else:
        keys = instance_keys(dims, bounds, steps, coefficients, weights)
        plain = groups(keys, np.zeros(keys.size, np.bool_), columns, rows, want_hops)
    total_plain = plain[1].sum()
    over_links = 0.0
    used = 0
    for j in range(passed_on.size):
        if passed_on[j] == 0:
            continue
        alone += passed_on[j]
        if _out_of_reach(moves[j], dims, bounds, steps, coefficients):
            continue
        keys = instance_keys(dims, bounds, steps, coefficients, weights)
        served = linked(keys, fold(moves[j], weights), columns, rows)
        if served.any():
            rest = groups(keys, served, columns, rows, want_hops)
            if rest[1].sum() < total_plain:
                over_links += float(passed_on[j]) * served.sum()
                used = _add_visits(records, used, passed_on[j], rest)
                alone -= passed_on[j]
    return _add_visits(records, used, alone, plain), over_links


@compiled_inline
def level_traffic(records, nest, level, coefficients, weights, columns, rows, has_links, want_hops):
    """Traffic that a level sends to the next inner one for one tensor. Returns (records used, words over links).

    nest: see encoding.py; has_links: whether neighbours in the fan-out hand words to each other.
    """
    first, middle = nest.spatial_from[level], nest.temporal_from[level]
    above = _temporal_above(nest.spatial_from, nest.temporal_from, level)
    outer = nest.bounds[above]
    moves = tile_moves(nest.dims[above], nest.steps[above], coefficients)
    passed_on = np.zeros(above.size, np.int64)
    if level > 0:
        alone = delivered(tile_extents(coefficients, nest.extents[first]), moves, outer, passed_on)
    else:
        alone = _every_operation(outer, passed_on)
    if first == middle:
        return _add_record(records, 0, 1, 1, float(alone + passed_on.sum()), 0.0), 0.0
    if not has_links:
        alone += passed_on.sum()
        passed_on[:] = 0
    fanout = (nest.dims[first:middle], nest.bounds[first:middle], nest.steps[first:middle])
    return fanout_traffic(records, alone, passed_on, fanout, coefficients, moves, weights, columns, rows, want_hops)


@compiled
def _every_operation(outer, passed_on):
    """At the very bottom every visit brings its one word; each loop's visits may come over links. Returns the first visit's."""
    visits = 1
    for j in range(outer.size - 1, -1, -1):
        passed_on[j] = (outer[j] - 1) * visits
        visits *= outer[j]
    return 1


@compiled
def _temporal_above(spatial_from, temporal_from, level):
    """Positions of the temporal loops of a level and of all levels outside it, innermost first."""
    count = 0
    for other in range(level, temporal_from.size):
        count += spatial_from[other + 1] - temporal_from[other]
    result = np.empty(count, np.int64)
    filled = 0
    for other in range(level, temporal_from.size):
        for i in range(temporal_from[other], spatial_from[other + 1]):
            result[filled] = i
            filled += 1
    return result
