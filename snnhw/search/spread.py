"""What loops in space share: instances that get the same words, hops to them, and words that neighbours hand on."""

from __future__ import annotations

import numpy as np

from snnhw.jit import compiled
from snnhw.model.multicast import is_regular, regular_groups


@compiled
def spread_in_space(relaxed, factors, spread):
    """Fills spread (3, levels, tensors) from the loops in space of factors (places, dims), for each level that keeps a tensor.

    From its next inner keeper up to it: instances that get the same words, and how many differ at least; from it outwards: instances
    of itself that hold the same words. Where two dimensions move one rank, neighbours may hand words on, so that one instance alone may
    have to be sent to.
    """
    levels, tensors = relaxed.keep.shape
    spread[:] = 1.0
    for level in range(levels):
        for k in range(tensors):
            if not relaxed.keep[level, k]:
                continue
            window = False
            for inner in range(relaxed.child[level, k] + 1, levels):
                for d in range(factors.shape[1]):
                    count = factors[3 * inner + 1, d] * factors[3 * inner + 2, d]
                    if count == 1:
                        continue
                    if inner > level:
                        spread[2, level, k] *= 1.0 if relaxed.relevant[k, d] else count
                    elif relaxed.relevant[k, d]:
                        spread[1, level, k] *= count
                        window = window or relaxed.partner[k, d].any()
                    else:
                        spread[0, level, k] *= count
            if window:
                spread[0, level, k] *= spread[1, level, k]
                spread[1, level, k] = 1.0


@compiled
def hops_of_space(plan, factors, orders):
    """(levels, tensors) hops that one visit of a tile takes to all instances of the next inner level, by one table of factors in space.

    orders (levels, dims). 0 where two loops move one rank, so that neighbours may hand words on.
    """
    levels, dims = orders.shape
    tensors = plan.coefficients.shape[0]
    result = np.zeros((levels, tensors), np.float64)
    loop_dims, bounds = np.empty(2 * dims, np.int64), np.empty(2 * dims, np.int64)
    for level in range(levels):
        count, sides = 0, np.ones(2, np.int64)
        for place in (1, 2):
            for d in orders[level]:
                if factors[3 * level + place, d] > 1:
                    loop_dims[count], bounds[count] = d, factors[3 * level + place, d]
                    sides[place - 1] *= bounds[count]
                    count += 1
        if count == 0:
            continue
        columns, rows = max(sides[0], plan.columns[level]), max(sides[1], plan.rows[level])
        for k in range(tensors):
            if plan.hop_energy_pJ[level, k] > 0.0 and is_regular(loop_dims[:count], plan.coefficients[k]):
                _, groups, hops = regular_groups(loop_dims[:count], bounds[:count], plan.coefficients[k], columns, rows, True)
                result[level, k] = groups[0] * hops[0]
    return result


@compiled
def _stands_still(relaxed, k, d):
    """Whether the words that operations want may be the same after a step of dimension d: always, or where another one undoes it."""
    return not relaxed.relevant[k, d] or relaxed.partner[k, d].any()


@compiled
def shared_below(plan, relaxed, k, level, bounds, box, order):
    """Most operations that share one word read from a level without an inner keeper. See head_bound, and _passed_on.

    Loops in space and in time over a dimension share what both stand still for, so that their product is the box.
    """
    if plan.mesh[0, 0] * plan.mesh[0, 1] == plan.mesh[1, 0] * plan.mesh[1, 1]:
        return relaxed.below[level]
    shared = relaxed.below[level] if relaxed.partner[k].any() else 1.0
    for d in range(box.size):
        if _stands_still(relaxed, k, d):
            shared *= box[d]
    for d in order:
        if bounds[d] > 1:
            if not _stands_still(relaxed, k, d):
                break
            shared *= bounds[d]
    return shared


@compiled
def passed_on(relaxed, k, factors, head, orders, known):
    """Most iterations in a row in which operations get their word from a neighbour who had it in the one before.

    That is counted where the innermost level has a fan-out in which neighbours want the same word.
    """
    alike = False
    for d in range(factors.shape[1]):
        alike = alike or (factors[1, d] * factors[2, d] > 1 and _stands_still(relaxed, k, d))
    passed, moves = 1.0, not alike
    for level in range(head + 1):
        if moves:
            break
        for d in orders[level]:
            if factors[3 * level, d] > 1:
                if _stands_still(relaxed, k, d):
                    passed *= factors[3 * level, d]
                else:
                    moves = True
                    if known or level == head:
                        break
    return passed


@compiled
def filled(relaxed, k, factors, level, arriving, instances):
    """Words that count as fills of all instances of a level, of a tensor with a window.

    Of what neighbours hand on the model counts a share (rollup.py), so that one instance's words of a fan-out may be all, rounded down.
    """
    fan_out, window = 1.0, False
    for d in range(factors.shape[1]):
        count = factors[3 * level + 4, d] * factors[3 * level + 5, d]
        fan_out *= count
        window = window or (count > 1 and relaxed.partner[k, d].any())
    return max(0.0, arriving / fan_out - 1.0) * instances if window else arriving * instances
