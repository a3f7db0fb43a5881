"""Evaluates the sets of candidates that explore.py has collected, each in all classes of orders that may still win; compiled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from snnhw.jit import YES, compiled, compiled_inline
from snnhw.model.fit import FITS
from snnhw.model.kernel import fanouts_of, record_space, tile_sizes
from snnhw.model.tensor import Geometry, misfit, performed_operations, together
from snnhw.search.candidates import complete_nest_of, nest_of
from snnhw.search.explore import COMPUTED, EVALUATED, MOST, PRUNED, SETTLED, UNSEEN, beats, metric_values, tiles_fit
from snnhw.search.parts import make_room, part_of
from snnhw.search.relaxed import cycles_bound, factors_bound, leakage_bound
from snnhw.search.spread import spread_in_space

_MOST_ORDERS = 1 << 18


class Choice(NamedTuple):
    """One choice of orders of a table of factors. first, counts, chosen (levels inside the head + 1,): where the orders that there are
    stand in Ground, how many they are, and which it is; the last of loops in space. orders (levels, 2, dims): see candidates.py.
    """

    first: np.ndarray
    counts: np.ndarray
    chosen: np.ndarray
    orders: np.ndarray


class Known(NamedTuple):
    """Rows of the tensors' parts. known (tensors, choices): -1 where not looked up yet; rows, shares (tensors,): of the choice at hand."""

    known: np.ndarray
    rows: np.ndarray
    shares: np.ndarray


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
def _set_orders(ground, choice):
    first, _, chosen, orders = choice
    for level in range(ground.level):
        orders[level, 0] = ground.orders[first[level] + chosen[level]]
    for level in range(orders.shape[0]):
        orders[level, 1] = ground.axis_orders[first[ground.level] + chosen[ground.level], level]


@compiled
def _may_win(plan, sparse, ground, bounds, factors, choice, space_index, values, best):
    """Whether the bound of one choice of orders is below the best. bounds: (relaxed, reach, spread, totals, demand)."""
    relaxed, reach, spread, totals, demand = bounds
    _set_orders(ground, choice)
    factors_bound(plan, sparse, relaxed, factors, reach, ground.replication[space_index], spread, ground.hops[space_index],
                  ground.level, choice.orders[:, 0], YES, ground.operations, totals, demand)
    cycles = cycles_bound(plan, relaxed, ground.operations, ground.instances[space_index], demand, ground.replication[space_index])
    energy = totals[0] + leakage_bound(plan, relaxed, cycles, ground.replication[space_index])
    metric_values(ground.powers, energy, cycles + plan.latency_cycles, values)
    return beats(values, best.values)


@compiled
def _choose(number, choice):
    """Makes the choice of a number below the product of all counts."""
    for i in range(choice.counts.size):
        choice.chosen[i] = number % choice.counts[i]
        number //= choice.counts[i]


@compiled
def _view(ground, choice, k):
    """A number that choices share which tensor k can't tell apart."""
    key, stride = 0, 1
    for i in range(choice.counts.size):
        key += stride * (ground.views[choice.first[i] + choice.chosen[i], k] if i < ground.level else choice.chosen[i])
        stride *= choice.counts[i]
    return key


@compiled_inline
def _look_up(plan, sparse, space, ground, memo, geometry, keep, factors, choice, known, best):
    """Fills known.rows and shares with the tensors' parts. Returns (reason, see model/fit.py, energy in pJ)."""
    sight, parts = memo
    tensors = keep.shape[1]
    missing = False
    for k in range(tensors):
        known.rows[k] = known.known[k, _view(ground, choice, k)]
        missing = missing or known.rows[k] < 0
    if missing:
        _set_orders(ground, choice)
        nest = nest_of(factors, choice.orders, keep)
        complete = complete_nest_of(nest, space.has_fanout)
        for k in range(tensors):
            if known.rows[k] < 0:
                row, is_new = part_of(plan, sparse, sight, parts, nest, complete, geometry, k, ground.want_hops)
                best.tally[COMPUTED] += is_new
                known.rows[k] = row
                if row < parts.reasons.size - tensors:
                    known.known[k, _view(ground, choice, k)] = row
    energy, reason = 0.0, FITS
    for k in range(tensors):
        row = known.rows[k]
        known.shares[k] = parts.shares[row]
        energy += parts.energy_pJ[row]
        reason = parts.reasons[row] if reason == FITS else reason
    return reason, energy


@compiled
def _take(best, values, energy, cycles, factors, orders, keep):
    """Makes a mapping the best one."""
    best.values[:] = values
    best.cost[0], best.cost[1] = energy, cycles
    best.factors[:] = factors
    best.orders[:] = orders
    best.keep[:] = keep


@compiled_inline
def evaluate_orders(plan, sparse, space, ground, relaxed, factors, head_order, space_index, best, memo):
    """Evaluates every class of orders of one table of factors that may win, as far as the tally lets it."""
    keep, parts = relaxed.keep, memo[1]
    levels, tensors = keep.shape
    first, count = _choices(ground, factors, space_index)
    total = count.prod()
    if total > _MOST_ORDERS:
        best.tally[UNSEEN] += 1
        return
    orders = np.empty((levels, 2, factors.shape[1]), np.int64)
    orders[:, 0] = head_order
    choice = Choice(first, count, np.zeros(count.size, np.int64), orders)
    _set_orders(ground, choice)
    nest = nest_of(factors, orders, keep)
    fanouts, replication = fanouts_of(nest)
    sizes, node_sizes = tile_sizes(plan, nest)
    geometry = Geometry(sizes, node_sizes, fanouts, replication, np.empty((levels, record_space(nest, fanouts), 4), np.float64))
    macs, operations = replication[0] * fanouts[0], nest.bounds.prod()
    reach, spread = np.ones((levels, factors.shape[1]), np.int64), np.empty((3, levels, tensors), np.float64)
    tiles_fit(plan, sparse, factors, keep, reach)
    spread_in_space(relaxed, factors, spread)
    bounds = relaxed, reach, spread, np.empty(1, np.float64), np.empty((levels, 2), np.float64)
    make_room(parts, min(total, 1024) * tensors)
    known = Known(np.full((tensors, total), -1, np.int64), np.empty(tensors, np.int64), np.empty(tensors, np.float64))
    values = np.empty(ground.powers.shape[0], np.float64)
    best.tally[SETTLED] += 1
    for number in range(total):
        if best.tally[EVALUATED] >= best.tally[MOST]:
            break
        _choose(number, choice)
        if total > 1 and not _may_win(plan, sparse, ground, bounds, factors, choice, space_index, values, best):
            best.tally[PRUNED] += 1
            continue
        reason, energy = _look_up(plan, sparse, space, ground, memo, geometry, keep, factors, choice, known, best)
        best.tally[EVALUATED] += 1
        reason = misfit(plan, sparse, parts.figures, known.rows) if reason == FITS else reason
        if reason != FITS:
            best.misfits[reason] += 1
            continue
        performed = performed_operations(sparse, nest, operations, known.shares)
        energy, cycles = together(plan, replication, macs, performed, energy, parts.figures, known.rows)
        metric_values(ground.powers, energy, float(cycles), values)
        if beats(values, best.values):
            _set_orders(ground, choice)
            _take(best, values, energy, cycles, factors, orders, keep)
