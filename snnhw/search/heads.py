"""Heads: loops in time of the outermost level that may have some, bounded from below before anything inside is looked at; compiled."""

from __future__ import annotations

import numpy as np

from snnhw.jit import borrowed, compiled
from snnhw.model.reuse import tile_size
from snnhw.search.explore import metric_values
from snnhw.search.relaxed import cycles_bound, head_bound, leakage_bound


@compiled
def next_head(ids, sizes):
    """The next combination of positions (dims,), the last dimension fastest; False after the last one."""
    for d in range(ids.size - 1, -1, -1):
        ids[d] += 1
        if ids[d] < sizes[d]:
            return True
        ids[d] = 0
    return False


@compiled
def order_bound(plan, relaxed, ground, head, box, order, totals, demand, values):
    """Fills totals, demand (see head_bound) and values (metrics,): what every mapping with this head and order costs at least."""
    head_bound(plan, relaxed, ground.level, head, box, order, ground.operations, totals, demand)
    macs = float(ground.instances[0])
    cycles = cycles_bound(plan, relaxed, ground.operations, macs, demand, relaxed.instances)
    energy = totals[0] + leakage_bound(plan, relaxed, cycles, np.ones(demand.shape[0], np.float64))
    metric_values(ground.powers, energy, cycles + plan.latency_cycles, values)


@compiled
def _box_fits(plan, sparse, relaxed, level, box):
    """Whether the tiles of the level just inside the head fit; the head has no fan-out, so that these are the whole box."""
    if level == 0 or plan.capacity_bits[level - 1] == np.inf:
        return True
    bits = 0.0
    for k in range(relaxed.keep.shape[1]):
        if relaxed.keep[level - 1, k] and not (sparse.active and sparse.rank_count[level - 1, k] > 0):
            bits += float(tile_size(plan.coefficients[k], box)) * plan.word_bits[level - 1, k]
    return bits <= plan.capacity_bits[level - 1]


@compiled
def bound_heads(plan, sparse, relaxed, ground, bounds, head_factors, sizes, ids, values):
    """Fills ids (n, dims) and values (n, metrics) for all heads whose tiles may fit; returns how many.

    bounds (dims,): of the problem; head_factors (dims, most): possible factors of each dimension, sizes (dims,): how many.
    """
    plan, sparse, relaxed, ground, bounds, head_factors, sizes, ids, values = borrowed(
        (plan, sparse, relaxed, ground, bounds, head_factors, sizes, ids, values))
    dims, metrics = bounds.size, ground.powers.shape[0]
    levels = relaxed.keep.shape[0]
    at = np.zeros(dims, np.int64)
    head, box = np.empty(dims, np.int64), np.empty(dims, np.int64)
    totals, demand = np.empty(1 + relaxed.keep.shape[1], np.float64), np.empty((levels, 2), np.float64)
    one = np.empty(metrics, np.float64)
    fan_out = (ground.spaces[:, 3 * ground.level + 1:3 * ground.level + 3] > 1).any()
    count = 0
    more = True
    while more:
        bits = 0
        for d in range(dims):
            head[d] = head_factors[d, at[d]]
            box[d] = bounds[d] // head[d]
            bits |= (1 if head[d] > 1 else 0) << d
        if fan_out or _box_fits(plan, sparse, relaxed, ground.level, box):
            ids[count] = at
            values[count, :] = np.inf
            start = ground.order_first[ground.level, bits]
            for i in range(start, start + ground.order_count[ground.level, bits]):
                order_bound(plan, relaxed, ground, head, box, ground.orders[i], totals, demand, one)
                for m in range(metrics):
                    values[count, m] = min(values[count, m], one[m])
            count += 1
        more = next_head(at, sizes)
    return count
