"""Lower bounds of what a mapping costs when parts of it are still open.

Three relaxations make a bound, each of which can only lower what the model counts:

 * words that move are counted as reals, without rounding up to rows and words, and each keeps only the share that formats, gating and
   skipping must leave whatever the mapping: of an access that depends on tensor c at least the density of c happens;
 * loops whose order is open stand in the order that is best for each tensor by itself;
 * what a level that is not decided yet receives is at least what the box of all loops inside it receives (`words_to_box`).

All bounds are (energy in pJ, cycles).
"""

from __future__ import annotations

import numpy as np

from snnhw.jit import YES, compiled
from snnhw.model.reuse import tile_size
from snnhw.search.arrivals import arrivals, words_to_box
from snnhw.search.relaxation import FILL, READ, UPDATE
from snnhw.search.spread import filled, passed_on, shared_below


@compiled
def _add(plan, relaxed, level, k, action, words, tiles, totals, demand):
    """Counts words of all instances of a level. tiles: bits of metadata per word that tell which inner tiles are empty."""
    if words > 0.0:
        totals[0] += words * (relaxed.energy_pJ[level, k, action] + tiles * relaxed.rank_energy_pJ[level, k, action])
        demand[level, 0 if action == READ else 1] += words * (relaxed.busy[level, k, action] + tiles * relaxed.rank_busy[level, k, action])


@compiled
def head_bound(plan, relaxed, head, bounds, box, order, operations, totals, demand):
    """Fills totals (1 + tensors,) and demand (levels, 2), words of bandwidth, for open levels inside `head`.

    totals[0] is energy in pJ, behind it the words of each tensor that the box receives.
    bounds, order (dims,): the loops in time of level `head`; box (dims,): extents of all loops inside. Loops further out there are none.
    """
    levels, tensors = relaxed.keep.shape
    totals[0] = operations * relaxed.operation_pJ
    demand[:] = 0.0
    whole = box * bounds
    for k in range(tensors):
        size = float(tile_size(plan.coefficients[k], whole))
        arriving = words_to_box(plan.coefficients[k], relaxed.relevant[k], relaxed.partner[k], box, bounds, order, YES)
        totals[1 + k] = arriving
        for level in range(levels):
            if not relaxed.keep[level, k]:
                continue
            child, above = relaxed.child[level, k], relaxed.above[level, k]
            sent = arriving if child < head else size
            first_reads = size if plan.read_write[k] else 0.0
            if child < 0:
                sent = operations / shared_below(plan, relaxed, k, level, bounds, box, order)
                first_reads *= relaxed.instances[level]
            _add(plan, relaxed, level, k, READ, sent - first_reads, 0.0, totals, demand)
            if sent > first_reads:
                totals[0] -= relaxed.rounding_pJ[level, k] * min(sent - first_reads, relaxed.instances[level])
            if plan.read_write[k]:
                _add(plan, relaxed, level, k, UPDATE, sent, 0.0, totals, demand)
            if above >= 0:
                got = arriving if level < head else size
                handed = relaxed.instances[level] if level < head and relaxed.partner[k].any() else 0.0
                _add(plan, relaxed, level, k, FILL, got - (size if plan.read_write[k] else 0.0) - handed, 0.0, totals, demand)


@compiled
def _share_of_tiles(law, inner, outer):
    """Tiles of `inner` words that are not empty, per word of a tile of `outer` words (fixed_structured)."""
    low = np.floor(outer * law[1])
    high = outer * law[1] - low
    return ((1.0 - high) * min(1.0, inner * low / outer) + high * min(1.0, inner * (low + 1.0) / outer)) / inner


@compiled
def _bits_of_tiles(plan, relaxed, sparse, reach, level, k):
    """Bits of metadata per word of a level's tile that tell which tiles of inner keepers are empty."""
    bits, outer = 0.0, level
    while outer >= 0 and relaxed.rank_bits[outer, k] > 0.0:
        inner = relaxed.child[outer, k]
        whole, part = tile_size(plan.coefficients[k], reach[level]), tile_size(plan.coefficients[k], reach[inner])
        if 1 < part < tile_size(plan.coefficients[k], reach[outer]):
            bits += relaxed.rank_bits[level, k] * _share_of_tiles(sparse.law[k], float(part), float(whole))
        outer = inner
    return bits


@compiled
def factors_bound(plan, sparse, relaxed, factors, reach, replication, spread, hops, head, orders, known, operations, totals, demand):
    """As head_bound for known factors (places, dims): fills totals (1,) and demand (levels, 2).

    reach (levels, dims): extents of each level's tiles; replication (levels,): instances in use; spread: see spread_in_space;
    hops (levels, tensors): of one word to all instances that get it. orders (levels, dims): of loops in time; those inside `head` hold
    only if they are `known`.
    """
    totals[0] = operations * relaxed.operation_pJ
    demand[:] = 0.0
    for k in range(relaxed.keep.shape[1]):
        tensor_bound(plan, sparse, relaxed, k, factors, reach, replication, spread, hops, head, orders, known, operations, totals, demand)


@compiled
def tensor_bound(plan, sparse, relaxed, k, factors, reach, replication, spread, hops, head, orders, known, operations, totals, demand):
    """Adds what tensor k costs at least to totals (1,) and demand (levels, 2). See factors_bound."""
    levels = relaxed.keep.shape[0]
    size = float(tile_size(plan.coefficients[k], reach[levels - 1]))
    arriving = 0.0
    for level in range(levels):
        if not relaxed.keep[level, k]:
            continue
        child, above = relaxed.child[level, k], relaxed.above[level, k]
        alike, apart = spread[0, level, k], spread[1, level, k]
        tiles = _bits_of_tiles(plan, relaxed, sparse, reach, level, k)
        own_copies = size * spread[2, level, k] if plan.read_write[k] else 0.0
        sent = arriving * replication[level] * apart
        if child < 0:
            sent = operations / alike / passed_on(relaxed, k, factors, head, orders, known)
        _add(plan, relaxed, level, k, READ, sent - own_copies, tiles, totals, demand)
        if sent > own_copies:
            totals[0] -= relaxed.rounding_pJ[level, k] * min(sent - own_copies, replication[level])
        if plan.read_write[k]:
            _add(plan, relaxed, level, k, UPDATE, sent, tiles, totals, demand)
        if above >= 0:
            arriving = float(tile_size(plan.coefficients[k], reach[level]))
            if level < head:
                arriving = arrivals(plan, relaxed, k, factors, reach, level, head, orders, known)
            got = arriving * replication[level]
            if level < head and relaxed.partner[k].any():
                got = filled(relaxed, k, factors, level, arriving, replication[level])
            _add(plan, relaxed, level, k, FILL, got - own_copies, tiles, totals, demand)
    for level in range(1, head + 1):
        if hops[level, k] > 0.0:
            moved = arrivals(plan, relaxed, k, factors, reach, level - 1, head, orders, known)
            totals[0] += replication[level] * moved * hops[level, k] * plan.hop_energy_pJ[level, k]


@compiled
def cycles_bound(plan, relaxed, operations, macs, demand, instances):
    """Least cycles, without the latency of networks. demand (levels, 2) words of all instances; instances (levels,): that share them."""
    least = np.ceil(operations * relaxed.timed / macs * (1.0 - 1e-12))
    for level in range(demand.shape[0]):
        reads = max(0.0, demand[level, 0] / instances[level] - relaxed.slack[level])
        writes = max(0.0, demand[level, 1] / instances[level] - relaxed.slack[level])
        least = max(least, reads / plan.bandwidth[level, 0], writes / plan.bandwidth[level, 1], (reads + writes) / plan.bandwidth[level, 2])
    return max(1.0, least)


@compiled
def leakage_bound(plan, relaxed, cycles, instances):
    """Least leakage in pJ."""
    energy = 0.0
    for level in range(instances.size):
        energy += plan.leak_pJ[level] * cycles * (instances[level] if relaxed.is_whole[level] else 1.0)
    return energy
