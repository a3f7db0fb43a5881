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
from snnhw.model.sharing import COUNT, MEAN_HOPS, SIZE, add_move
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
def tile_sides(coefficients, extents, position, sides):
    """Fills sides (ranks,) of the tile that the loops before a position make up. extents: (loops + 1, dims)."""
    for r in range(sides.size):
        sides[r] = 1
        for d in range(extents.shape[1]):
            sides[r] += abs(coefficients[r, d]) * (extents[position, d] - 1)


@compiled
def tile_size(coefficients, extents):
    """Words of a tile."""
    size = 1
    for r in range(coefficients.shape[0]):
        side = 1
        for d in range(extents.size):
            side += abs(coefficients[r, d]) * (extents[d] - 1)
        size *= side
    return size


@compiled
def tile_moves(dims, steps, start, coefficients, moves):
    """Fills moves (loops, ranks), T of each loop in time from `start` on (see temporal.py). dims, steps: (loops,), innermost first."""
    for r in range(coefficients.shape[0]):
        inside = 0
        for j in range(start, dims.size):
            step = coefficients[r, dims[j]] * steps[j]
            moves[j, r] = step - inside
            inside += step


@compiled
def _add_record(records, level, used, multicast, scatter, accesses, hops):
    """Adds accesses to the level's record of (multicast, scatter); returns the number of records."""
    for i in range(used):
        if records[level, i, MULTICAST] == multicast and records[level, i, SCATTER] == scatter:
            records[level, i, ACCESSES] += accesses
            records[level, i, HOPS] += hops * accesses
            return used
    records[level, used, MULTICAST], records[level, used, SCATTER] = multicast, scatter
    records[level, used, ACCESSES], records[level, used, HOPS] = accesses, hops * accesses
    return used + 1


@compiled
def _out_of_reach(moves, j, dims, bounds, steps, first, middle, coefficients):
    """Whether move j is longer along some rank than any two instances are apart, so that no neighbour can hold the words."""
    for r in range(coefficients.shape[0]):
        apart = 0
        for i in range(first, middle):
            apart += abs(coefficients[r, dims[i]]) * steps[i] * (bounds[i] - 1)
        if abs(moves[j, r]) > apart:
            return True
    return False


@compiled
def _move_key(moves, j, weights, k):
    """One integer for a move of tensor k (see multicast.fold)."""
    key = 0
    for r in range(moves.shape[1]):
        key += moves[j, r] * weights[k, r]
    return key


@compiled
def _met(known, level, k, met, key):
    """Where the key of a move is among those that are kept, -1 if it is not."""
    for m in range(min(met, known.shape[2])):
        if known[level, k, m] == key:
            return m
    return -1


@compiled_inline
def all_traffic(plan, nest, k, want_hops, sharing, room):
    """Traffic that each level sends to the next inner one for tensor k: fills room.records, room.used and room.links.

    A visit goes over links between neighbours only if that saves accesses. Where the next inner level does not keep the tensor, what that
    one sends is sent here too (rollup.bypass); without a fan-out it does not matter what else there is, and one word stands for it.
    """
    coefficients, weights, linked = plan.coefficients[k], plan.fold_weights, plan.linked
    dims, bounds, steps, extents = nest.dims, nest.bounds, nest.steps, nest.extents
    time_dims, time_bounds, time_steps, time_from = nest.time_dims, nest.time_bounds, nest.time_steps, nest.time_from
    spatial_from, temporal_from, keep = nest.spatial_from, nest.temporal_from, nest.keep
    plain, plain_count, known, moves_met = sharing.plain, sharing.plain_count, sharing.moves, sharing.moves_met
    served, rest, rest_count = sharing.served, sharing.rest, sharing.rest_count
    records, used, links, moves, passed_on = room.records, room.used, room.links, room.moves, room.passed_on
    states, sides = room.states, room.sides
    for level in range(temporal_from.size):
        first, middle, start = spatial_from[level], temporal_from[level], time_from[level]
        links[level] = 0.0
        if level > 0 and first == middle and not keep[level - 1, k]:
            used[level] = _add_record(records, level, 0, 1, 1, 1.0, 0.0)
            continue
        if level > 0 or first < middle:
            tile_moves(time_dims, time_steps, start, coefficients, moves)
        if level > 0:
            tile_sides(coefficients, extents, first, sides)
            alone = delivered(sides, moves, time_bounds, start, passed_on, states)
        else:
            alone = _every_operation(time_bounds, passed_on)
        count, over_links = 0, 0.0
        for j in range(start, time_bounds.size):
            words = passed_on[j]
            if words == 0:
                continue
            m = -1
            if first < middle and linked[level, k] and not _out_of_reach(moves, j, dims, bounds, steps, first, middle, coefficients):
                key = _move_key(moves, j, weights, k)
                m = _met(known, level, k, moves_met[level, k], key)
                if m < 0:
                    m = add_move(plan, nest, level, k, key, want_hops, sharing)
            if m < 0 or served[level, k, m] == 0:
                alone += words
                continue
            over_links += float(words) * served[level, k, m]
            for g in range(rest_count[level, k, m]):
                groups = rest[level, k, m, g, COUNT]
                count = _add_record(records, level, count, rest[level, k, m, g, SIZE], groups, float(words) * groups,
                                    rest[level, k, m, g, MEAN_HOPS])
        if first == middle:
            count = _add_record(records, level, count, 1, 1, float(alone), 0.0)
        else:
            for g in range(plain_count[level, k]):
                groups = plain[level, k, g, COUNT]
                count = _add_record(records, level, count, plain[level, k, g, SIZE], groups, float(alone) * groups,
                                    plain[level, k, g, MEAN_HOPS])
        used[level], links[level] = count, over_links


@compiled
def _every_operation(bounds, passed_on):
    """At the very bottom every visit brings its one word; each loop's visits may come over links. Returns the first visit's."""
    visits = 1
    for j in range(bounds.size - 1, -1, -1):
        passed_on[j] = (bounds[j] - 1) * visits
        visits *= bounds[j]
    return 1
