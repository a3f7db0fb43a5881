"""Lower bounds of what a mapping costs when parts of it are still open.

Three relaxations make a bound, each of which can only lower what the model counts:

 * words that move are counted as reals, without rounding up to rows and words, and each keeps only the share that formats, gating and
   skipping must leave whatever the mapping: of an access that depends on tensor c at least the density of c happens;
 * loops whose order is open stand in the order that is best for each tensor by itself;
 * what a level that is not decided yet receives is at least what the box of all loops inside it receives (`words_to_box`).

All bounds are (energy in pJ, cycles).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from snnhw.jit import compiled
from snnhw.model.density import FIXED_STRUCTURED, scalar_density
from snnhw.model.formats import CP, RLE, UB, B
from snnhw.model.multicast import is_regular, regular_groups
from snnhw.model.occupancy import keeper_above, keeper_below

READ, FILL, UPDATE = 0, 1, 2


class Relaxation(NamedTuple):
    """Constants of the bounds for one choice of what is kept where; arrays over levels (l), tensors (k), dimensions (d).

    energy_pJ (l, k, 3): least energy per word read, filled, updated; busy (l, k, 3): least words of bandwidth; partner (k, d, d): both
    dimensions move one rank. operation_pJ: least energy of an operation; timed: least share of them that take time.
    instances (l,): most that there are; below (l,): most instances of compute under one of a level. keep (l, k). is_whole (l,): all
    instances exist, whatever is empty. slack (l,): words of bandwidth that rounding metadata down to words may hide. child, above (l, k):
    the next inner and the next outer level that keeps the tensor, -1 for none; relevant (k, d). rank_bits (l, k): of metadata for each
    tile of the next inner keeper that is not empty, 0 where that is not known; rank_energy_pJ, rank_busy (l, k, 3): of one such bit per
    word read, filled, updated. rounding_pJ (l, k): what one word more that is stopped, through rounding up, takes off each instance.
    """

    energy_pJ: np.ndarray
    busy: np.ndarray
    partner: np.ndarray
    operation_pJ: float
    timed: float
    instances: np.ndarray
    below: np.ndarray
    keep: np.ndarray
    is_whole: np.ndarray
    slack: np.ndarray
    child: np.ndarray
    above: np.ndarray
    relevant: np.ndarray
    rank_bits: np.ndarray
    rank_energy_pJ: np.ndarray
    rank_busy: np.ndarray
    rounding_pJ: np.ndarray


@compiled
def _left_by_skipping(plan, sparse, keep, level, k, action):
    """Least shares of the accesses of a tensor at a level that gating and skipping leave, further out and at the level itself.

    And what a row costs there at least, in pJ, that is gated or skipped.
    """
    outside, own, stopped = 1.0, 1.0, np.inf
    for s in range(sparse.saf_level.size):
        if not sparse.active or sparse.saf_target[s] != k:
            continue
        place = sparse.saf_level[s]
        if not keep[place, k]:
            place = keeper_above(keep, place, k)
        left = 1.0
        for c in range(keep.shape[1]):
            if sparse.saf_conditions[s, c]:
                left *= scalar_density(sparse.law[c])
        if place > level:
            outside *= left
        elif place == level and action != FILL:
            own *= left
            stopped = min(stopped, plan.action_energy_pJ[level, (6 if sparse.saf_skips[s] else 3) + action])
    return outside, own, stopped


@compiled
def _metadata_bits(sparse, level, k):
    """Least bits of metadata that come with each word of a tile, before what is absent is taken off."""
    least = 0.0
    for r in range(sparse.rank_count[level, k]):
        code = sparse.rank_codes[level, k, r]
        if code != RLE and code != CP and code != B and code != UB:
            return 0.0
        bits = float(sparse.rank_bits[level, k, r, 0])
        least = bits if r == 0 else min(least, bits)
    return least


@compiled
def _has_rank_for_tiles(sparse, keep, level, k):
    """Whether a rank of the format says which tiles of the next inner keeper are empty, whatever the loops (see ranks.py)."""
    child = keeper_below(keep, level, k)
    if child < 0 or not sparse.compressed[level, k] or sparse.rank_count[level, k] <= sparse.rank_count[child, k]:
        return False
    if sparse.law[k, 0] != FIXED_STRUCTURED or not sparse.outer_to_inner[level, k]:
        return False
    for r in range(sparse.rank_count[level, k]):
        for d in range(sparse.rank_groups.shape[3]):
            if sparse.rank_groups[level, k, r, d] != sparse.rank_groups[level, k, 0, 0] or sparse.rank_groups[level, k, r, d] < 0:
                return False
    return True


@compiled
def _share_of_tiles(law, inner, outer):
    """Tiles of `inner` words that are not empty, per word of a tile of `outer` words (fixed_structured)."""
    low = np.floor(outer * law[1])
    high = outer * law[1] - low
    return ((1.0 - high) * min(1.0, inner * low / outer) + high * min(1.0, inner * (low + 1.0) / outer)) / inner


@compiled
def relaxation(plan, sparse, keep, partner, instances):
    """The constants for keep (levels, tensors); instances (levels,): most of each level that any loops in space use."""
    levels, tensors = keep.shape
    energy = np.zeros((levels, tensors, 3), np.float64)
    busy = np.zeros((levels, tensors, 3), np.float64)
    is_whole = np.ones(levels, np.bool_)
    slack = np.zeros(levels, np.float64)
    rank_bits = np.zeros((levels, tensors), np.float64)
    rounding = np.zeros((levels, tensors), np.float64)
    rank_energy, rank_busy = np.zeros((levels, tensors, 3), np.float64), np.zeros((levels, tensors, 3), np.float64)
    for level in range(levels):
        whole = False
        for k in range(tensors):
            above = keeper_above(keep, level, k)
            may_be_empty = sparse.active and above >= 0 and sparse.rank_count[above, k] > 0
            whole = whole or not keep[level, k] or not may_be_empty
            if not keep[level, k]:
                continue
            present = scalar_density(sparse.law[k]) if sparse.active and (may_be_empty or sparse.rank_count[level, k] > 0) else 1.0
            bits = _metadata_bits(sparse, level, k) if sparse.active else 0.0
            for action in range(3):
                outside, own, stopped = _left_by_skipping(plan, sparse, keep, level, k, action)
                left = outside * own
                row = plan.action_energy_pJ[level, action] / plan.block[level, k]
                stopped = min(row, stopped / plan.block[level, k])
                if action == READ and own < 1.0 and plan.read_write[k]:
                    rounding[level, k] = row - stopped
                    slack[level] += plan.bandwidth_scale[level, k]
                energy[level, k, action] = present * outside * (own * row + (1.0 - own) * stopped)
                busy[level, k, action] = present * left * (1.0 + bits / plan.word_bits[level, k]) * plan.bandwidth_scale[level, k]
                if bits > 0.0 and sparse.metadata_width[level] > 0:
                    rank_energy[level, k, action] = left * plan.action_energy_pJ[level, 9 + action] / sparse.metadata_width[level]
                    rank_busy[level, k, action] = left / plan.word_bits[level, k] * plan.bandwidth_scale[level, k]
                    energy[level, k, action] += present * bits * rank_energy[level, k, action]
            if bits > 0.0:
                slack[level] += plan.bandwidth_scale[level, k]
                if _has_rank_for_tiles(sparse, keep, level, k):
                    rank_bits[level, k] = bits
        is_whole[level] = whole
    happening, timed, there = _operations_left(sparse, keep)
    cheapest = min(plan.compute_energy_pJ[0], plan.compute_energy_pJ[1], plan.compute_energy_pJ[2])
    floor = happening * plan.compute_energy_pJ[0] + max(0.0, there - happening) * cheapest
    child, above_of = np.empty((levels, tensors), np.int64), np.empty((levels, tensors), np.int64)
    for level in range(levels):
        for k in range(tensors):
            child[level, k], above_of[level, k] = keeper_below(keep, level, k), keeper_above(keep, level, k)
    relevant = np.zeros((tensors, plan.coefficients.shape[2]), np.bool_)
    for k in range(tensors):
        for d in range(relevant.shape[1]):
            relevant[k, d] = plan.coefficients[k, :, d].any()
    below = np.ones(levels, np.float64)
    for level in range(levels):
        below[level] = max(1.0, plan.mesh[0, 0] * plan.mesh[0, 1] / (plan.mesh[level + 1, 0] * plan.mesh[level + 1, 1]))
    return Relaxation(energy, busy, partner, floor, timed, instances, below, keep, is_whole, slack, child, above_of, relevant,
                      rank_bits, rank_energy, rank_busy, rounding)


@compiled
def _operations_left(sparse, keep):
    """Least shares of operations that happen, that take time, and that are there: happen, are gated or are skipped at the compute level.

    An operation is not there if a skipped operand takes it away, or if all operands are absent; so as many are there as have an operand
    that is not zero, of those that are left.
    """
    happening, timed, left = 1.0, 1.0, 1.0
    if not sparse.active:
        return happening, timed, left
    for s in range(sparse.saf_level.size):
        if not sparse.is_output[sparse.saf_target[s]]:
            for c in range(keep.shape[1]):
                if sparse.saf_conditions[s, c]:
                    left *= max(0.0, scalar_density(sparse.law[c]) - 1e-6)
    there = 0.0
    for c in range(keep.shape[1]):
        if sparse.is_output[c]:
            continue
        share = max(0.0, scalar_density(sparse.law[c]) - 1e-6)
        conditions = False
        for s in range(sparse.saf_level.size):
            conditions = conditions or (sparse.saf_conditions[s, c] and not sparse.is_output[sparse.saf_target[s]])
        has_format = sparse.rank_count[keeper_above(keep, -1, c), c] > 0
        if conditions or has_format:
            timed *= share
        if conditions or has_format or sparse.gates_compute or sparse.skips_compute:
            happening *= share
        if not (sparse.saf_target == c).any():
            there = max(there, min(left, share))
    return happening, timed, there


@compiled
def volume(coefficients, extents):
    """Words of the tile that loops of such extents (dims,) cover."""
    words = 1
    for r in range(coefficients.shape[0]):
        side = 1
        for d in range(extents.size):
            side += abs(coefficients[r, d]) * (extents[d] - 1)
        words *= side
    return words


@compiled
def new_words(coefficients, extents, d):
    """Words of a tile that are new when the loop over d outside it makes one step."""
    kept, words = 1, 1
    for r in range(coefficients.shape[0]):
        side = 1
        for e in range(extents.size):
            side += abs(coefficients[r, e]) * (extents[e] - 1)
        words *= side
        kept *= max(0, side - abs(coefficients[r, d]) * extents[d])
    return words - kept


@compiled
def _touched(coefficients, extents, r):
    """Words along rank r that loops of such extents (dims,) touch at least; less than the side of the tile where strides leave gaps."""
    words, side, last = 1, 1, 0
    while True:
        stride = 0
        for d in range(extents.size):
            one = abs(coefficients[r, d])
            if one > last and extents[d] > 1 and (stride == 0 or one < stride):
                stride = one
        if stride == 0:
            return words
        steps = 0
        for d in range(extents.size):
            if abs(coefficients[r, d]) == stride:
                steps += extents[d] - 1
        words += steps * (words if stride >= side else (stride if words == side else 1))
        side += steps * stride
        last = stride


@compiled
def _first_words(coefficients, extents):
    """Words that loops of such extents touch at least."""
    words = 1
    for r in range(coefficients.shape[0]):
        words *= _touched(coefficients, extents, r)
    return words


@compiled
def _more_words(coefficients, extents, d):
    """Words that loops of such extents touch at least after a step of the loop over d, and that their tile did not hold before it."""
    kept, words = 1, 1
    for r in range(coefficients.shape[0]):
        side = 1
        for e in range(extents.size):
            side += abs(coefficients[r, e]) * (extents[e] - 1)
        here = _touched(coefficients, extents, r)
        words *= here
        kept *= min(here, max(0, side - abs(coefficients[r, d]) * extents[d]))
    return words - kept


@compiled
def _walk(coefficients, relevant, partner, extents, bounds, order, is_open, state):
    """Goes through loops of `bounds` (dims,) in `order`, innermost first. See words_to_box.

    state (5,): words, words of the first relevant loop's steps, that loop (-1 for none), its bound, how far the walk is: 0 only that loop's
    dimension, 1 others that move its rank too, 2 another rank.

    As in temporal.py: loops inside the first relevant one bring nothing, its own steps the new part, and a loop outside it whole tiles,
    unless it moves the tile as the first one does or not at all. That takes a rank that several dimensions move, and no other rank moved;
    then the first one's steps alone are counted.
    """
    for d in order:
        if bounds[d] == 1:
            continue
        first = np.int64(state[2])
        if first < 0:
            if relevant[d]:
                state[1] = (bounds[d] - 1.0) * (_more_words(coefficients, extents, d) if is_open else new_words(coefficients, extents, d))
                state[0] += state[1]
                state[2], state[3], state[4] = d, bounds[d], 0.0 if partner[d].any() else 2.0
            continue
        if state[4] < 2.0 and relevant[d]:
            if not partner[first, d] and d != first and not (is_open and partner[d].any()):
                state[4] = 2.0
            elif d != first:
                state[4] = 1.0
        comes_again = not relevant[d] or (d == first and state[4] == 0.0 and state[3] > 2.0)
        if state[4] == 2.0 or (comes_again and not is_open):
            state[0] *= bounds[d]
        else:
            state[0] += (bounds[d] - 1.0) * state[1]
        state[1] *= bounds[d]


@compiled
def words_to_box(coefficients, relevant, partner, extents, bounds, order, is_open):
    """Words that a box of `extents` (dims,) receives while the loops of `bounds` (dims,) in `order` (innermost first) move it.

    is_open: the box is not a tile but the loops inside, in whatever order, in time and space. Then only words that they touch count, and
    neighbours may hand them on.
    """
    words = _first_words(coefficients, extents) if is_open else volume(coefficients, extents)
    state = np.array((float(words), 0.0, -1.0, 0.0, 0.0))
    _walk(coefficients, relevant, partner, extents, bounds, order, is_open, state)
    return state[0]


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
        size = float(volume(plan.coefficients[k], whole))
        arriving = words_to_box(plan.coefficients[k], relaxed.relevant[k], relaxed.partner[k], box, bounds, order, True)
        totals[1 + k] = arriving
        for level in range(levels):
            if not relaxed.keep[level, k]:
                continue
            child, above = relaxed.child[level, k], relaxed.above[level, k]
            sent = arriving if child < head else size
            first_reads = size if plan.read_write[k] else 0.0
            if child < 0:
                sent = operations / _shared_below(plan, relaxed, k, level, bounds, box, order)
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
def _stands_still(relaxed, k, d):
    """Whether the words that operations want may be the same after a step of dimension d: always, or where another one undoes it."""
    return not relaxed.relevant[k, d] or relaxed.partner[k, d].any()


@compiled
def _shared_below(plan, relaxed, k, level, bounds, box, order):
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
def _passed_on(relaxed, k, factors, head, orders, known):
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
def _arrivals(plan, relaxed, k, factors, reach, level, head, orders, known):
    """Words that one instance of a level receives. reach (levels, dims): extents of its tiles.

    orders (levels, dims): of the loops in time; those of levels inside `head` hold only if they are `known`.
    """
    coefficients, extents = plan.coefficients[k], reach[level]
    if known:
        state = np.array((float(volume(coefficients, extents)), 0.0, -1.0, 0.0, 0.0))
        for above in range(level + 1, head + 1):
            _walk(coefficients, relaxed.relevant[k], relaxed.partner[k], extents, factors[3 * above], orders[above], False, state)
        return state[0]
    for above in range(level + 1, head):
        moves, still = False, 1.0
        for d in range(extents.size):
            if factors[3 * above, d] > 1:
                if relaxed.relevant[k, d]:
                    moves = True
                else:
                    still *= factors[3 * above, d]
        if moves:
            return _moved(plan, relaxed, k, factors, extents, level, above, head) / still
    return words_to_box(coefficients, relaxed.relevant[k], relaxed.partner[k], extents, factors[3 * head], orders[head], False)


@compiled
def _moved(plan, relaxed, k, factors, extents, level, above, head):
    """Words of all visits where the innermost loops that move a tile are among those of level `above`, whichever is best the first."""
    coefficients, partner = plan.coefficients[k], relaxed.partner[k]
    whole = float(volume(coefficients, extents))
    visits = 1.0
    for other in range(above, head + 1):
        for d in range(extents.size):
            visits *= factors[3 * other, d]
    best = np.inf
    for first in range(extents.size):
        bound = factors[3 * above, first]
        if bound == 1 or not relaxed.relevant[k, first]:
            continue
        others, again = 1.0, 1.0
        for other in range(above, head + 1):
            for d in range(extents.size):
                if partner[first, d] and d != first:
                    others *= factors[3 * other, d]
            if other > above and partner[first].any():
                again *= factors[3 * other, first]
        if bound == 2 or others > 1.0:
            others *= again
        steps = (bound - 1.0) * new_words(coefficients, extents, first)
        best = min(best, visits / bound / others * (whole + others * steps))
    return best


@compiled
def _bits_of_tiles(plan, relaxed, sparse, reach, level, k):
    """Bits of metadata per word of a level's tile that tell which tiles of inner keepers are empty."""
    bits, outer = 0.0, level
    while outer >= 0 and relaxed.rank_bits[outer, k] > 0.0:
        inner = relaxed.child[outer, k]
        whole, part = volume(plan.coefficients[k], reach[level]), volume(plan.coefficients[k], reach[inner])
        if 1 < part < volume(plan.coefficients[k], reach[outer]):
            bits += relaxed.rank_bits[level, k] * _share_of_tiles(sparse.law[k], float(part), float(whole))
        outer = inner
    return bits


@compiled
def _filled(relaxed, k, factors, level, arriving, instances):
    """Words that count as fills of all instances of a level, of a tensor with a window.

    Of what neighbours hand on the model counts a share (rollup.py), so that one instance's words of a fan-out may be all, rounded down.
    """
    fan_out, window = 1.0, False
    for d in range(factors.shape[1]):
        count = factors[3 * level + 4, d] * factors[3 * level + 5, d]
        fan_out *= count
        window = window or (count > 1 and relaxed.partner[k, d].any())
    return max(0.0, arriving / fan_out - 1.0) * instances if window else arriving * instances


@compiled
def factors_bound(plan, sparse, relaxed, factors, reach, replication, spread, hops, head, orders, known, operations, totals, demand):
    """As head_bound for known factors (places, dims).

    reach (levels, dims): extents of each level's tiles; replication (levels,): instances in use; spread: see spread_in_space;
    hops (levels, tensors): of one word to all instances that get it. orders (levels, dims): of loops in time; those inside `head` hold
    only if they are `known`.
    """
    levels, tensors = relaxed.keep.shape
    totals[0] = operations * relaxed.operation_pJ
    demand[:] = 0.0
    for k in range(tensors):
        size = float(volume(plan.coefficients[k], reach[levels - 1]))
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
                sent = operations / alike / _passed_on(relaxed, k, factors, head, orders, known)
            _add(plan, relaxed, level, k, READ, sent - own_copies, tiles, totals, demand)
            if sent > own_copies:
                totals[0] -= relaxed.rounding_pJ[level, k] * min(sent - own_copies, replication[level])
            if plan.read_write[k]:
                _add(plan, relaxed, level, k, UPDATE, sent, tiles, totals, demand)
            if above >= 0:
                arriving = float(volume(plan.coefficients[k], reach[level]))
                if level < head:
                    arriving = _arrivals(plan, relaxed, k, factors, reach, level, head, orders, known)
                filled = arriving * replication[level]
                if level < head and relaxed.partner[k].any():
                    filled = _filled(relaxed, k, factors, level, arriving, replication[level])
                _add(plan, relaxed, level, k, FILL, filled - own_copies, tiles, totals, demand)
        for level in range(1, head + 1):
            if hops[level, k] > 0.0:
                moved = _arrivals(plan, relaxed, k, factors, reach, level - 1, head, orders, known)
                totals[0] += replication[level] * moved * hops[level, k] * plan.hop_energy_pJ[level, k]


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
