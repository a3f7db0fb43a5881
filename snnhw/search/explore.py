"""Everything inside one head: which loops in space, which inside, in which orders; compiled.

A candidate set is a table of factors whose orders are open. Sets are bounded from below as soon as all their factors are known; those
that could still win are evaluated, best bound first, until none of the rest can. The parts of a tensor are shared among all orders that
it can't tell apart.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from snnhw.jit import compiled, compiled_inline
from snnhw.model.density import occupancy_range
from snnhw.model.fit import FITS
from snnhw.model.kernel import fanouts_of, record_space, tile_sizes
from snnhw.model.tensor import Geometry, misfit, performed_operations, together
from snnhw.search.candidates import CAPACITY, nest_of
from snnhw.search.parts import make_room, part_of
from snnhw.search.relaxed import cycles_bound, factors_bound, leakage_bound, spread_in_space, volume

EVALUATED, PRUNED, COMPUTED, UNSEEN, SETTLED, MOST = 0, 1, 2, 3, 4, 5
"""Entries of a tally: mappings evaluated; mappings and sets of them dropped unevaluated; parts of tensors computed; sets with too many
orders to look at; sets looked into; mappings that may be
evaluated before the tally is taken."""
_SAME = 1e-9
"""Relative difference below which two values of a metric are equal."""
_MOST_ORDERS = 1 << 18


class Ground(NamedTuple):
    """What all heads have in common; see tables.py and views.py.

    level: of the head. spaces (s, places, dims), space_ids (s, dims), instances (s,): of the compute, replication (s, levels), hops
    (s, levels, tensors). rest_factors (n, levels inside the head), rest_first, rest_count (dims, heads, spaces). order_first, order_count
    (levels, 2 ** dims): orders of a set of loops in time, given as bits; orders (o, dims), views (o, tensors). axis_first, axis_count (s,),
    axis_orders (a, levels, dims): orders in space. powers (metrics, 2): of energy and cycles. operations: of the problem; want_hops:
    whether wires or routers cost energy.
    """

    level: int
    spaces: np.ndarray
    space_ids: np.ndarray
    instances: np.ndarray
    replication: np.ndarray
    hops: np.ndarray
    rest_factors: np.ndarray
    rest_first: np.ndarray
    rest_count: np.ndarray
    order_first: np.ndarray
    order_count: np.ndarray
    orders: np.ndarray
    views: np.ndarray
    axis_first: np.ndarray
    axis_count: np.ndarray
    axis_orders: np.ndarray
    powers: np.ndarray
    operations: float
    want_hops: bool


class Best(NamedTuple):
    """The best mapping so far, and the tally. values (metrics,); cost (2,): energy in pJ, cycles; died, misfits: see task.py.

    factors, orders, keep: see candidates.py.
    """

    values: np.ndarray
    cost: np.ndarray
    factors: np.ndarray
    orders: np.ndarray
    keep: np.ndarray
    tally: np.ndarray
    died: np.ndarray
    misfits: np.ndarray


class Sets(NamedTuple):
    """Sets of candidates that wait. values (n, metrics): bounds; space (n,), rows (n, dims): of Ground."""

    values: np.ndarray
    space: np.ndarray
    rows: np.ndarray


@compiled
def metric_values(powers, energy, cycles, values):
    """Fills values (metrics,)."""
    for i in range(powers.shape[0]):
        value = 1.0
        for power, base in ((powers[i, 0], energy), (powers[i, 1], cycles)):
            if power == 1.0:
                value *= base
            elif power != 0.0:
                value *= base ** power
        values[i] = value


@compiled
def beats(values, best):
    """Whether the first metric that differs is smaller."""
    for i in range(values.size):
        if values[i] < best[i] * (1.0 - _SAME):
            return True
        if values[i] > best[i] * (1.0 + _SAME):
            return False
    return False


@compiled
def tiles_fit(plan, sparse, factors, keep, reach):
    """Fills reach (levels, dims), extents of each level's tiles, up to the innermost level that can't hold them; returns it, else -1."""
    levels, dims = reach.shape
    for level in range(levels):
        for d in range(dims):
            inside = reach[level - 1, d] if level > 0 else 1
            reach[level, d] = inside * factors[3 * level, d] * factors[3 * level + 1, d] * factors[3 * level + 2, d]
        if plan.capacity_bits[level] == np.inf:
            continue
        bits = 0.0
        for k in range(keep.shape[1]):
            if keep[level, k]:
                words = volume(plan.coefficients[k], reach[level])
                if sparse.active and sparse.rank_count[level, k] > 0:
                    side = 1
                    for d in range(dims):
                        side += abs(plan.coefficients[k, 0, d]) * (reach[level, d] - 1)
                    _, words = occupancy_range(sparse.law[k], words, side)
                bits += float(words) * plan.word_bits[level, k]
        if bits > plan.capacity_bits[level]:
            return level
    return -1


@compiled
def explore(plan, sparse, space, ground, relaxed, place, order, floors, demand, start, cursor, work, best, sets):
    """Collects sets of candidates inside a head that may win, from loops in space number `start` on.

    place: (head, head_ids), its factors (dims,) and their positions; order (dims,): of its loops; floors, demand: totals and demand of
    head_bound; cursor (dims + 1,): where the last call stopped, its last entry -1 at a start; work: candidates to look at before it
    returns. Returns the number to go on with, -1 at the end, how many sets wait in `sets`, and how many candidates it looked at.
    """
    values = np.empty(ground.powers.shape[0], np.float64)
    waiting, seen = 0, np.zeros(1, np.int64)
    for s in range(start, ground.instances.size):
        cycles = cycles_bound(plan, relaxed, ground.operations, ground.instances[s], demand, ground.replication[s])
        energy = floors[0] + _wires(plan, ground, s, floors) + leakage_bound(plan, relaxed, cycles, ground.replication[s])
        metric_values(ground.powers, energy, cycles + plan.latency_cycles, values)
        if not beats(values, best.values):
            best.tally[PRUNED] += 1
            cursor[-1] = -1
            continue
        if seen[0] > work:
            return s, waiting, seen[0]
        waiting = _fill(plan, sparse, ground, relaxed, place, order, s, cursor, best, sets, waiting, seen)
        if cursor[-1] >= 0:
            return s, waiting, seen[0]
    return -1, waiting, seen[0]


@compiled
def _wires(plan, ground, s, floors):
    """Least energy in pJ of bringing each tensor's words, floors[1:], once to whoever wants them."""
    energy = 0.0
    for level in range(1, ground.level + 1):
        fan_out = ground.replication[s, level - 1] / ground.replication[s, level]
        for k in range(floors.size - 1):
            energy += floors[1 + k] * ground.hops[s, level, k] / fan_out * plan.hop_energy_pJ[level, k]
    return energy


@compiled
def _fill(plan, sparse, ground, relaxed, place, order, s, cursor, best, sets, waiting, seen):
    """Adds the sets of candidates with loops in space `s` that may win; returns how many wait then. Where there is no place for more,
    the cursor says how to go on.
    """
    head, head_ids = place
    levels, dims = relaxed.keep.shape[0], head.size
    for d in range(dims):
        if ground.rest_count[d, head_ids[d], ground.space_ids[s, d]] == 0:
            return waiting
    factors = ground.spaces[s].copy()
    factors[3 * ground.level] = head
    replication = ground.replication[s]
    at, stop = np.empty(dims, np.int64), np.empty(dims, np.int64)
    for d in range(dims):
        at[d] = ground.rest_first[d, head_ids[d], ground.space_ids[s, d]]
        stop[d] = at[d] + ground.rest_count[d, head_ids[d], ground.space_ids[s, d]]
    spread = np.empty((3, levels, relaxed.keep.shape[1]), np.float64)
    spread_in_space(relaxed, factors, spread)
    reach = np.ones((levels, dims), np.int64)
    orders = np.empty((levels, dims), np.int64)
    orders[:] = order
    demand = np.empty((levels, 2), np.float64)
    totals = np.empty(1, np.float64)
    values = np.empty(ground.powers.shape[0], np.float64)
    d = 0
    if cursor[-1] >= 0:
        d = cursor[-1]
        at[:] = cursor[:-1]
        for e in range(d):
            for level in range(ground.level):
                factors[3 * level, e] = ground.rest_factors[at[e] - 1, level]
        cursor[-1] = -1
    while d >= 0:
        if at[d] == stop[d]:
            at[d] -= ground.rest_count[d, head_ids[d], ground.space_ids[s, d]]
            for level in range(ground.level):
                factors[3 * level, d] = 1
            d -= 1
            continue
        for level in range(ground.level):
            factors[3 * level, d] = ground.rest_factors[at[d], level]
        at[d] += 1
        seen[0] += 1
        wrong = tiles_fit(plan, sparse, factors, relaxed.keep, reach)
        if wrong >= 0:
            best.died[CAPACITY + wrong] += 1
            continue
        if d < dims - 1:
            d += 1
            continue
        factors_bound(plan, sparse, relaxed, factors, reach, replication, spread, ground.hops[s], ground.level, orders, False,
                      ground.operations, totals, demand)
        cycles = cycles_bound(plan, relaxed, ground.operations, ground.instances[s], demand, replication)
        energy = totals[0] + leakage_bound(plan, relaxed, cycles, replication)
        metric_values(ground.powers, energy, cycles + plan.latency_cycles, values)
        if not beats(values, best.values):
            best.tally[PRUNED] += 1
            continue
        if waiting == sets.space.size:
            at[d] -= 1
            cursor[:-1] = at
            cursor[-1] = d
            return waiting
        sets.values[waiting] = values
        sets.space[waiting] = s
        sets.rows[waiting] = at - 1
        waiting += 1
    return waiting


@compiled
def settle(plan, sparse, space, ground, relaxed, head, order, best, sets, memo, waiting):
    """Evaluates the sets that wait, best bound first, until none of the rest can win. `best` is changed in place; memo: (Sight, Parts)."""
    by_bound = np.argsort(sets.values[:waiting, 0], kind="mergesort")
    for n in range(waiting):
        i = by_bound[n]
        if not beats(sets.values[i], best.values):
            best.tally[PRUNED] += 1
            continue
        factors = ground.spaces[sets.space[i]].copy()
        factors[3 * ground.level] = head
        for d in range(head.size):
            for level in range(ground.level):
                factors[3 * level, d] = ground.rest_factors[sets.rows[i, d], level]
        evaluate_orders(plan, sparse, space, ground, relaxed, factors, order, sets.space[i], best, memo)


@compiled
def _choices(ground, factors, space_index):
    """first, count (levels + 1,): the orders in time of each level inside the head, then those in space."""
    first, count = np.zeros(ground.level + 1, np.int64), np.ones(ground.level + 1, np.int64)
    for level in range(ground.level):
        bits = 0
        for d in range(factors.shape[1]):
            if factors[3 * level, d] > 1:
                bits |= 1 << d
        first[level], count[level] = ground.order_first[level, bits], ground.order_count[level, bits]
    first[ground.level], count[ground.level] = ground.axis_first[space_index], ground.axis_count[space_index]
    return first, count


@compiled
def _set_orders(ground, first, chosen, orders):
    for level in range(ground.level):
        orders[level, 0] = ground.orders[first[level] + chosen[level]]
    for level in range(orders.shape[0]):
        orders[level, 1] = ground.axis_orders[first[ground.level] + chosen[ground.level], level]


@compiled
def _may_win(plan, sparse, ground, bounds, factors, first, chosen, orders, space_index, values, best):
    """Whether the bound of one choice of orders is below the best. bounds: (relaxed, reach, spread, totals, demand)."""
    relaxed, reach, spread, totals, demand = bounds
    for level in range(ground.level):
        orders[level, 0] = ground.orders[first[level] + chosen[level]]
    factors_bound(plan, sparse, relaxed, factors, reach, ground.replication[space_index], spread, ground.hops[space_index],
                  ground.level, orders[:, 0], True, ground.operations, totals, demand)
    cycles = cycles_bound(plan, relaxed, ground.operations, ground.instances[space_index], demand, ground.replication[space_index])
    energy = totals[0] + leakage_bound(plan, relaxed, cycles, ground.replication[space_index])
    metric_values(ground.powers, energy, cycles + plan.latency_cycles, values)
    return beats(values, best.values)


@compiled_inline
def evaluate_orders(plan, sparse, space, ground, relaxed, factors, head_order, space_index, best, memo):
    """Evaluates every class of orders of one table of factors that may win."""
    keep = relaxed.keep
    levels, tensors = keep.shape
    reach = np.ones((levels, factors.shape[1]), np.int64)
    tiles_fit(plan, sparse, factors, keep, reach)
    first, count = _choices(ground, factors, space_index)
    total = count.prod()
    if total > _MOST_ORDERS:
        best.tally[UNSEEN] += 1
        return
    orders = np.empty((levels, 2, factors.shape[1]), np.int64)
    orders[:, 0] = head_order
    chosen = np.zeros(count.size, np.int64)
    _set_orders(ground, first, chosen, orders)
    nest = nest_of(factors, orders, keep)
    fanouts, replication = fanouts_of(nest)
    sizes, node_sizes = tile_sizes(plan, nest)
    geometry = Geometry(sizes, node_sizes, fanouts, replication, np.empty((levels, record_space(nest, fanouts), 4), np.float64))
    macs, operations = replication[0] * fanouts[0], nest.bounds.prod()
    sight, parts = memo
    spread = np.empty((3, levels, tensors), np.float64)
    spread_in_space(relaxed, factors, spread)
    bounds = relaxed, reach, spread, np.empty(1, np.float64), np.empty((levels, 2), np.float64)
    make_room(parts, min(total, 1024) * tensors)
    known = np.full((tensors, total), -1, np.int64)
    rows = np.empty(tensors, np.int64)
    old_shares = np.full(tensors, -2.0)
    shares_now = np.empty(tensors, np.float64)
    performed = (0.0, 0.0, 0.0)
    values = np.empty(ground.powers.shape[0], np.float64)
    best.tally[SETTLED] += 1
    for number in range(total):
        if best.tally[EVALUATED] >= best.tally[MOST]:
            break
        left = number
        for i in range(count.size):
            chosen[i] = left % count[i]
            left //= count[i]
        if total > 1 and not _may_win(plan, sparse, ground, bounds, factors, first, chosen, orders, space_index, values, best):
            best.tally[PRUNED] += 1
            continue
        built = False
        energy, reason = 0.0, FITS
        for k in range(tensors):
            key, stride = 0, 1
            for i in range(count.size):
                key += stride * (ground.views[first[i] + chosen[i], k] if i < ground.level else chosen[i])
                stride *= count[i]
            row = known[k, key]
            if row < 0:
                if not built:
                    _set_orders(ground, first, chosen, orders)
                    nest = nest_of(factors, orders, keep)
                    built = True
                row, is_new = part_of(plan, sparse, space, sight, parts, nest, geometry, k, ground.want_hops)
                best.tally[COMPUTED] += is_new
                if row < parts.reasons.size - tensors:
                    known[k, key] = row
            rows[k] = row
            energy += parts.energy_pJ[row]
            shares_now[k] = parts.shares[row]
            reason = parts.reasons[row] if reason == FITS else reason
        best.tally[EVALUATED] += 1
        reason = misfit(plan, sparse, parts.figures, rows) if reason == FITS else reason
        if reason != FITS:
            best.misfits[reason] += 1
            continue
        if (shares_now != old_shares).any():
            performed = performed_operations(sparse, nest, operations, shares_now)
            old_shares[:] = shares_now
        energy, cycles = together(plan, replication, macs, performed, energy, parts.figures, rows)
        metric_values(ground.powers, energy, float(cycles), values)
        if beats(values, best.values):
            _set_orders(ground, first, chosen, orders)
            best.values[:] = values
            best.cost[0], best.cost[1] = energy, cycles
            best.factors[:] = factors
            best.orders[:] = orders
            best.keep[:] = keep

