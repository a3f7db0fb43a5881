"""Everything inside one head: which loops in space, which inside, in which orders; compiled.

A candidate set is a table of factors whose orders are open. Sets are bounded from below as soon as all their factors are known; those
that could still win are collected and then evaluated (settle.py), best bound first, until none of the rest can.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from snnhw.jit import NO, borrowed, compiled, compiled_inline
from snnhw.model.density import occupancy_range
from snnhw.model.reuse import tile_size
from snnhw.search.candidates import CAPACITY
from snnhw.search.relaxed import cycles_bound, factors_bound, leakage_bound
from snnhw.search.spread import spread_in_space

EVALUATED, PRUNED, COMPUTED, UNSEEN, SETTLED, MOST = 0, 1, 2, 3, 4, 5
"""Entries of a tally: mappings evaluated; mappings and sets of them dropped unevaluated; parts of tensors computed; sets with too many
orders to look at; sets looked into; mappings that may be evaluated before the tally is taken."""
_SAME = 1e-9
"""Relative difference below which two values of a metric are equal."""


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
                words = tile_size(plan.coefficients[k], reach[level])
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
    plan, sparse, space, ground, relaxed, place, order, floors, demand, cursor, best, sets = borrowed(
        (plan, sparse, space, ground, relaxed, place, order, floors, demand, cursor, best, sets))
    values = np.empty(ground.powers.shape[0], np.float64)
    waiting, seen = np.int64(0), np.zeros(1, np.int64)
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


@compiled_inline
def _may_win(plan, sparse, ground, relaxed, s, factors, inside, bound, best):
    """Whether factors in the orders that are best for each tensor may beat the best mapping.

    inside: (reach, spread, orders), see factors_bound; bound: (totals, demand, values), overwritten; values (metrics,): the bound.
    """
    (reach, spread, orders), (totals, demand, values), replication = inside, bound, ground.replication[s]
    factors_bound(plan, sparse, relaxed, factors, reach, replication, spread, ground.hops[s], ground.level, orders, NO, ground.operations,
                  totals, demand)
    cycles = cycles_bound(plan, relaxed, ground.operations, ground.instances[s], demand, replication)
    energy = totals[0] + leakage_bound(plan, relaxed, cycles, replication)
    metric_values(ground.powers, energy, cycles + plan.latency_cycles, values)
    return beats(values, best.values)


@compiled
def _resume(ground, cursor, at, factors):
    """Fills at (dims,) and factors from where the last call stopped, if it did; returns the dimension to go on with."""
    d = max(0, cursor[-1])
    if cursor[-1] >= 0:
        at[:] = cursor[:-1]
        for e in range(d):
            for level in range(ground.level):
                factors[3 * level, e] = ground.rest_factors[at[e] - 1, level]
        cursor[-1] = -1
    return d


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
    at, stop = np.empty(dims, np.int64), np.empty(dims, np.int64)
    for d in range(dims):
        at[d] = ground.rest_first[d, head_ids[d], ground.space_ids[s, d]]
        stop[d] = at[d] + ground.rest_count[d, head_ids[d], ground.space_ids[s, d]]
    spread = np.empty((3, levels, relaxed.keep.shape[1]), np.float64)
    spread_in_space(relaxed, factors, spread)
    reach = np.ones((levels, dims), np.int64)
    orders = np.empty((levels, 2, dims), np.int64)[:, 0]
    orders[:] = order
    demand = np.empty((levels, 2), np.float64)
    totals = np.empty(1, np.float64)
    values = np.empty(ground.powers.shape[0], np.float64)
    d = _resume(ground, cursor, at, factors)
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
        if not _may_win(plan, sparse, ground, relaxed, s, factors, (reach, spread, orders), (totals, demand, values), best):
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
