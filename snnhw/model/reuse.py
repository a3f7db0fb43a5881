"""Dense reads, fills, updates and network traffic of one tensor under one mapping (Timeloop's tiling analysis).

Levels are counted from the innermost storage level, 0. The loops of a mapping form one list from the innermost to the outermost:
for each level its spatial loops (its fan-out to the next inner level), then its temporal loops; loops of one iteration are left out.

Traffic from a level to the next inner one is a list of records (multicast factor, scatter factor, accesses, hops * accesses). The
cases: an operation of the innermost loop reads each operand, so nothing is reused below the innermost level; a level without a
fan-out sends what is new in its child's tile; a level with a fan-out sends each shift of it once to all that want the same.
"""

from __future__ import annotations

from snnhw.jit import compiled, compiled_inline
from snnhw.model.sharing import COUNT, MEAN_HOPS, SIZE, add_move
from snnhw.model.temporal import delivered, first_move, whole_tiles

MULTICAST, SCATTER, ACCESSES, HOPS = 0, 1, 2, 3
"""Columns of a traffic record."""


@compiled
def tile_side(coefficients, extents, r):
    """Extent of a tile along rank r. coefficients: (ranks, dims); extents (dims,): of the loops inside."""
    side = 1
    for d in range(extents.size):
        side += abs(coefficients[r, d]) * (extents[d] - 1)
    return side


@compiled
def tile_size(coefficients, extents):
    """Words of a tile."""
    size = 1
    for r in range(coefficients.shape[0]):
        size *= tile_side(coefficients, extents, r)
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
def _fill_apart(dims, bounds, steps, first, middle, coefficients, apart):
    """Fills apart (ranks,): how far any two instances of a fan-out are apart along each rank."""
    for r in range(coefficients.shape[0]):
        apart[r] = 0
        for i in range(first, middle):
            apart[r] += abs(coefficients[r, dims[i]]) * steps[i] * (bounds[i] - 1)


@compiled
def _out_of_reach(moves, j, apart):
    """Whether move j is longer along some rank than any two instances are apart, so that no neighbour can hold the words."""
    out = False
    for r in range(apart.size):
        out = out or abs(moves[j, r]) > apart[r]
    return out


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
def all_traffic(plan, nest, k, want_hops, sharing, stale, room):
    """Traffic that each level sends to the next inner one for tensor k: fills room.records[k], room.used[k] and room.links[k].

    stale: levels from the innermost one, whose traffic is not in the room yet. It depends on their loops in time and those outside alone.
    Where the next inner level does not keep the tensor, what that one sends is sent here too (rollup.bypass); without a fan-out it does
    not matter what else there is, and one word stands for it.
    """
    time_dims, time_bounds, time_from = nest.time_dims, nest.time_bounds, nest.time_from
    spatial_from, temporal_from, keep, extents = nest.spatial_from, nest.temporal_from, nest.keep, nest.extents
    coefficients, moves, moves_alone = plan.coefficients[k], plan.moves[k], plan.moves_alone[k]
    records, used, links = room.records[k], room.used[k], room.links[k]
    for level in range(stale):
        first, middle, start = spatial_from[level], temporal_from[level], time_from[level]
        links[level] = 0.0
        if level > 0:
            if first == middle and not keep[level - 1, k]:
                used[level] = _add_record(records, level, 0, 1, 1, 1.0, 0.0)
                continue
            moved = first_move(time_dims, start, moves)
            if moved == time_dims.size or moves_alone[time_dims[moved]]:
                alone = whole_tiles(tile_size(coefficients, extents[first]), time_bounds, moved)
                used[level] = _add_groups(records, level, 0, float(alone), first < middle, sharing.plain, sharing.plain_count, k)
                continue
        elif first == middle:
            used[level] = _add_record(records, level, 0, 1, 1, float(whole_tiles(1, time_bounds, 0)), 0.0)
            continue
        used[level], links[level] = _overlapping(plan, nest, k, level, want_hops, sharing, room)


@compiled_inline
def _add_groups(records, level, count, words, fans_out, plain, plain_count, k):
    """Adds records of words that each instance gets from the level; returns how many there are. plain, plain_count: of Sharing."""
    if not fans_out:
        return _add_record(records, level, count, 1, 1, words, 0.0)
    for g in range(plain_count[level, k]):
        groups = plain[level, k, g, COUNT]
        count = _add_record(records, level, count, plain[level, k, g, SIZE], groups, words * groups, plain[level, k, g, MEAN_HOPS])
    return count


@compiled_inline
def _overlapping(plan, nest, k, level, want_hops, sharing, room):
    """Traffic of a level, visit by visit (temporal.py). Returns how many records there are, and words that came over links.

    A visit goes over links between neighbours only if that saves accesses.
    """
    coefficients, weights = plan.coefficients[k], plan.fold_weights
    time_bounds, start = nest.time_bounds, nest.time_from[level]
    first, middle = nest.spatial_from[level], nest.temporal_from[level]
    moves, passed_on, records = room.moves, room.passed_on, room.records[k]
    tile_moves(nest.time_dims, nest.time_steps, start, coefficients, moves)
    if level > 0:
        for r in range(room.sides.size):
            room.sides[r] = tile_side(coefficients, nest.extents[first], r)
        alone = delivered(room.sides, moves, time_bounds, start, passed_on, room.states)
    else:
        alone = _every_operation(time_bounds, passed_on)
    has_links = first < middle and plan.linked[level, k]
    if has_links:
        _fill_apart(nest.dims, nest.bounds, nest.steps, first, middle, coefficients, room.apart)
    count, over_links = 0, 0.0
    for j in range(start, time_bounds.size):
        words = passed_on[j]
        if words == 0:
            continue
        m = -1
        if has_links and not _out_of_reach(moves, j, room.apart):
            key = _move_key(moves, j, weights, k)
            m = _met(sharing.moves, level, k, sharing.moves_met[level, k], key)
            if m < 0:
                m = add_move(plan, nest, level, k, key, want_hops, sharing)
        if m < 0 or sharing.served[level, k, m] == 0:
            alone += words
            continue
        over_links += float(words) * sharing.served[level, k, m]
        for g in range(sharing.rest_count[level, k, m]):
            groups = sharing.rest[level, k, m, g, COUNT]
            count = _add_record(records, level, count, sharing.rest[level, k, m, g, SIZE], groups, float(words) * groups,
                                sharing.rest[level, k, m, g, MEAN_HOPS])
    return _add_groups(records, level, count, float(alone), first < middle, sharing.plain, sharing.plain_count, k), over_links


@compiled
def _every_operation(bounds, passed_on):
    """At the very bottom every visit brings its one word; each loop's visits may come over links. Returns the first visit's."""
    visits = 1
    for j in range(bounds.size - 1, -1, -1):
        passed_on[j] = (bounds[j] - 1) * visits
        visits *= bounds[j]
    return 1
