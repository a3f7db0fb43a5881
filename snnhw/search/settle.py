"""Evaluates the sets of candidates that explore.py has collected, each in all classes of orders that may still win; compiled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from snnhw.jit import YES, borrowed, compiled, compiled_inline
from snnhw.model.fit import FITS
from snnhw.model.kernel import fill_fanouts, fill_tile_sizes
from snnhw.model.rollup import partitions
from snnhw.model.tensor import Geometry, leakage, misfit, performed_operations, shared_costs, tensor_costs, together
from snnhw.search.candidates import complete_nest_in, fill_complete_nest, fill_nest, nest_in, reorder
from snnhw.search.explore import COMPUTED, EVALUATED, MOST, PRUNED, SETTLED, UNSEEN, beats, metric_values, tiles_fit
from snnhw.search.parts import MOST_ORDERS, free_row, is_kept, sharing_of
from snnhw.search.relaxed import cycles_bound, leakage_bound, tensor_bound
from snnhw.search.spread import spread_in_space


class Choice(NamedTuple):
    """One choice of orders of a table of factors. first, counts, chosen (levels inside the head + 1,): where the orders that there are
    stand in Ground, how many they are, and which it is; the last of loops in space. orders (levels, 2, dims): see candidates.py.
    """

    first: np.ndarray
    counts: np.ndarray
    chosen: np.ndarray
    orders: np.ndarray


@compiled
def settle(plan, sparse, space, ground, relaxed, head, order, bounded, best, sets, memo, waiting):
    """Evaluates the sets that wait, best bound first, until none of the rest can win; all, unless bounded. `best` is changed in place."""
    plan, sparse, space, ground, relaxed, head, order, best, sets, memo = borrowed(
        (plan, sparse, space, ground, relaxed, head, order, best, sets, memo))
    by_bound = np.argsort(sets.values[:waiting, 0], kind="mergesort")
    for n in range(waiting):
        i = by_bound[n]
        if bounded and not beats(sets.values[i], best.values):
            best.tally[PRUNED] += 1
            continue
        factors = ground.spaces[sets.space[i]].copy()
        factors[3 * ground.level] = head
        for d in range(head.size):
            for level in range(ground.level):
                factors[3 * level, d] = ground.rest_factors[sets.rows[i, d], level]
        evaluate_orders(plan, sparse, space, ground, relaxed, factors, order, sets.space[i], bounded, best, memo)


@compiled
def _fill_choices(ground, factors, space_index, first, count):
    """Fills first, count (levels + 1,): the orders in time of each level inside the head, then those in space; returns their product."""
    for level in range(ground.level):
        bits = 0
        for d in range(factors.shape[1]):
            if factors[3 * level, d] > 1:
                bits |= 1 << d
        first[level], count[level] = ground.order_first[level, bits], ground.order_count[level, bits]
    first[ground.level], count[ground.level] = ground.axis_first[space_index], ground.axis_count[space_index]
    return count.prod()


@compiled
def _set_orders(ground, choice):
    first, _, chosen, orders = choice
    _set_orders_in_time(ground.orders, first, chosen, orders)
    for level in range(orders.shape[0]):
        orders[level, 1] = ground.axis_orders[first[ground.level] + chosen[ground.level], level]


@compiled_inline
def _reorder_in_time(all_orders, first, chosen, filled, factors, orders, nest):
    """Puts the choice into the nest, level by level where it is another one than what was filled in (levels,)."""
    for level in range(chosen.size - 1):
        if filled[level] == chosen[level]:
            continue
        filled[level] = chosen[level]
        for d in range(orders.shape[2]):
            orders[level, 0, d] = all_orders[first[level] + chosen[level], d]
        reorder(factors, orders, level, nest)


@compiled
def _set_orders_in_time(all_orders, first, chosen, orders):
    """Fills orders in time inside the head. all_orders (o, dims): of Ground; the others: of a Choice."""
    for level in range(chosen.size - 1):
        for d in range(orders.shape[2]):
            orders[level, 0, d] = all_orders[first[level] + chosen[level], d]


@compiled
def _add_bound(plan, sparse, ground, relaxed, bounds, desk, factors, choice, space_index, k):
    """Bounds what tensor k costs with the choice of orders at hand; returns the row."""
    row = free_row(bounds.used, bounds.demand.shape[0], desk.views.size, k)
    _set_orders(ground, choice)
    energy_pJ, demand = bounds.energy_pJ[row], bounds.demand[row]
    energy_pJ[0] = 0.0
    demand[:] = 0.0
    tensor_bound(plan, sparse, relaxed, k, factors, desk.reach, ground.replication[space_index], desk.spread, ground.hops[space_index],
                 ground.level, choice.orders[:, 0], YES, ground.operations, energy_pJ, demand)
    return row


@compiled_inline
def _may_win(plan, sparse, ground, relaxed, bounds, desk, factors, choice, choices, space_index, best):
    """Whether the bound of one choice of orders is below the best. choices: how many there are in time.

    What a tensor costs at least is the same for all orders that it sees alike, since what it costs is.
    """
    energy_pJ, all_demand, known = bounds.energy_pJ, bounds.demand, bounds.known
    views, demand, values = desk.views, desk.demand, desk.values
    energy = ground.operations * relaxed.operation_pJ
    demand[:] = 0.0
    for k in range(views.size):
        view = k * choices + views[k]
        row = known[view]
        if row < 0:
            row = _add_bound(plan, sparse, ground, relaxed, bounds, desk, factors, choice, space_index, k)
            if is_kept(row, energy_pJ.shape[0], views.size):
                known[view] = row
        energy += energy_pJ[row, 0]
        for level in range(demand.shape[0]):
            demand[level, 0] += all_demand[row, level, 0]
            demand[level, 1] += all_demand[row, level, 1]
    cycles = cycles_bound(plan, relaxed, ground.operations, ground.instances[space_index], demand, ground.replication[space_index])
    energy += leakage_bound(plan, relaxed, cycles, ground.replication[space_index])
    metric_values(ground.powers, energy, cycles + plan.latency_cycles, values)
    return beats(values, best.values)


@compiled
def _choose_next(chosen, counts):
    """The next choice of orders in time."""
    for i in range(counts.size - 1):
        chosen[i] += 1
        if chosen[i] < counts[i]:
            return
        chosen[i] = 0


@compiled_inline
def _fill_views(all_views, first, counts, chosen, views):
    """Fills views (tensors,): a number that choices of orders in time share which a tensor can't tell apart.

    all_views: of Ground; the others: of a Choice. A level with one order adds nothing.
    """
    for k in range(views.size):
        views[k] = 0
    stride = 1
    for i in range(chosen.size - 1):
        if counts[i] > 1:
            for k in range(views.size):
                views[k] += stride * all_views[first[i] + chosen[i], k]
            stride *= counts[i]


@compiled_inline
def _stale(looked_at, k, chosen, levels):
    """How many levels, from the innermost, have other loops in time than when tensor k was looked at last, which it is now."""
    stale = 0
    if looked_at[k, 0] < 0:
        stale = levels
    for level in range(chosen.size - 1):
        if looked_at[k, level] != chosen[level]:
            stale = max(stale, level + 1)
            looked_at[k, level] = chosen[level]
    return stale


@compiled
def _are_new(shares, held):
    """Whether shares (tensors,) differ from those that are held, which they are now."""
    are_new = False
    for k in range(shares.size):
        if shares[k] != held[k]:
            are_new = True
            held[k] = shares[k]
    return are_new


@compiled_inline
def _look_up(plan, sparse, space, ground, memo, nests, geometry, factors, choice, known, best):
    """Finds the parts of the tensors' views: memo.parts.rows and row_shares. Returns (reason, see model/fit.py, energy in pJ).

    nests: of the factors in other orders, overwritten; known (tensors * choices,): rows of parts by view, -1 where there is none yet.
    """
    parts, (nest, complete), (first, _, chosen, orders), views = memo.parts, nests, choice, memo.desk.views
    filled = memo.desk.filled
    rows, row_shares, energies, shares, reasons = parts.rows, parts.row_shares, parts.energy_pJ, parts.shares, parts.reasons
    energy, reason = 0.0, FITS
    is_filled = False
    choices = known.size // rows.size
    for k in range(rows.size):
        view = k * choices + views[k]
        row = known[view]
        if row < 0:
            if not is_filled:
                _reorder_in_time(ground.orders, first, chosen, filled, factors, orders, nest)
                if sparse.active:
                    fill_complete_nest(nest, space.has_fanout, complete)
                is_filled = True
            stale = _stale(memo.desk.looked_at, k, chosen, nest.keep.shape[0])
            row = free_row(parts.used, reasons.size, rows.size, k)
            reasons[row], energies[row], shares[row] = tensor_costs(plan, sparse, nest, complete, geometry, k, stale, ground.want_hops,
                                                                    parts.figures[row])
            best.tally[COMPUTED] += 1
            if is_kept(row, reasons.size, rows.size):
                known[view] = row
        rows[k], row_shares[k] = row, shares[row]
        energy += energies[row]
        reason = reasons[row] if reason == FITS else reason
    return reason, energy


@compiled
def _take(best, values, energy, cycles, factors, orders, keep):
    """Makes a mapping the best one."""
    best.values[:] = values
    best.cost[0], best.cost[1] = energy, cycles
    best.factors[:] = factors
    best.orders[:] = orders
    best.keep[:] = keep


@compiled
def evaluate_orders(plan, sparse, space, ground, relaxed, factors, head_order, space_index, bounded, best, memo):
    """Evaluates every class of orders of one table of factors that may win, as far as the tally lets it.

    bounded: whether those that can't win are left out.
    """
    plan, sparse, space, ground, relaxed, factors, head_order, best, memo = borrowed(
        (plan, sparse, space, ground, relaxed, factors, head_order, best, memo))
    desk = memo.desk
    first, count, chosen, orders = desk.first, desk.counts, desk.chosen, desk.orders
    total = _fill_choices(ground, factors, space_index, first, count)
    if total > MOST_ORDERS:
        best.tally[UNSEEN] += 1
        return
    orders[:, 0] = head_order
    chosen[:] = 0
    choice = Choice(first, count, chosen, orders)
    _set_orders(ground, choice)
    nest = nest_in(desk.nest, factors)
    fill_nest(factors, orders, nest)
    complete = complete_nest_in(desk.complete, nest, space.has_fanout)
    sizes, node_sizes, fanouts, replication = desk.sizes, desk.node_sizes, desk.fanouts, desk.replication
    fill_fanouts(nest, fanouts, replication)
    fill_tile_sizes(plan, nest, sizes, node_sizes)
    for k in range(sizes.shape[1]):
        partitions(sizes, node_sizes, k, memo.room.partition[k])
    bounded = bounded and total > 1
    if bounded:
        tiles_fit(plan, sparse, factors, relaxed.keep, desk.reach)
        spread_in_space(relaxed, factors, desk.spread)
        memo.bounds.used[0] = 0
        memo.bounds.known[:total // count[ground.level] * sizes.shape[1]] = -1
    best.tally[SETTLED] += 1
    for axes in range(count[ground.level]):
        chosen[:] = 0
        chosen[ground.level] = axes
        _set_orders(ground, choice)
        fill_nest(factors, orders, nest)
        desk.filled[:] = chosen
        desk.looked_at[:] = -1
        desk.reasons[:] = -1
        sharing = sharing_of(plan, nest, ground.want_hops, memo)
        geometry = Geometry(sizes, fanouts, replication, desk.reasons, sharing, memo.room, memo.sparse_room)
        _evaluate_in_time(plan, sparse, space, ground, relaxed, factors, space_index, bounded, best, memo, choice, (nest, complete),
                          geometry)


@compiled_inline
def _evaluate_in_time(plan, sparse, space, ground, relaxed, factors, space_index, bounded, best, memo, choice, nests, geometry):
    """Evaluates every class of orders in time with one choice of loops in space. choice: the first of them; see evaluate_orders."""
    parts, desk, (nest, _) = memo.parts, memo.desk, nests
    count, chosen, values = desk.counts, desk.chosen, desk.values
    powers, word_bits, capacity_bits, metadata_bits, level_leak_pJ, costs = (
        ground.powers, plan.word_bits, plan.capacity_bits, sparse.metadata_capacity_bits, plan.leak_pJ, shared_costs(plan))
    figures, rows, row_shares, tally, best_values = parts.figures, parts.rows, parts.row_shares, best.tally, best.values
    replication = geometry.replication
    macs, operations = replication[0] * geometry.fanouts[0], nest.bounds.prod()
    in_time = count.prod() // count[ground.level]
    known = desk.known[:in_time * rows.size]
    known[:] = -1
    parts.used[0] = 0
    performed = desk.performed
    desk.row_shares[:] = np.nan
    depends_on_order = sparse.in_order.any()
    fit, leak_pJ = -1, 0.0
    for number in range(in_time):
        if number > 0:
            _choose_next(chosen, count)
        if tally[EVALUATED] >= tally[MOST]:
            break
        _fill_views(ground.views, choice.first, count, chosen, desk.views)
        if bounded and not _may_win(plan, sparse, ground, relaxed, memo.bounds, desk, factors, choice, in_time, space_index, best):
            tally[PRUNED] += 1
            continue
        reason, energy = _look_up(plan, sparse, space, ground, memo, nests, geometry, factors, choice, known, best)
        tally[EVALUATED] += 1
        if reason == FITS:
            if fit < 0 or depends_on_order:
                fit = misfit(word_bits, capacity_bits, metadata_bits, figures, rows)
                leak_pJ = leakage(level_leak_pJ, replication, figures, rows)
            reason = fit
        if reason != FITS:
            best.misfits[reason] += 1
            continue
        if _are_new(row_shares, desk.row_shares):
            performed[0], performed[1], performed[2] = performed_operations(sparse, nest, operations, row_shares)
        energy, cycles = together(costs, leak_pJ, macs, performed, energy, figures, rows)
        metric_values(powers, energy, float(cycles), values)
        if beats(values, best_values):
            _set_orders(ground, choice)
            _take(best, values, energy, cycles, factors, choice.orders, relaxed.keep)
