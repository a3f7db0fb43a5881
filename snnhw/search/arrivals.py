"""How many words a tile receives at least: the closed form of reuse (model/temporal.py) for loops whose order is known, or the best one."""

from __future__ import annotations

import numpy as np

from snnhw.jit import NO, compiled
from snnhw.model.reuse import tile_side, tile_size


@compiled
def new_words(coefficients, extents, d):
    """Words of a tile that are new when the loop over d outside it makes one step."""
    kept, words = 1, 1
    for r in range(coefficients.shape[0]):
        side = tile_side(coefficients, extents, r)
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
    words = _first_words(coefficients, extents) if is_open else tile_size(coefficients, extents)
    state = np.array((float(words), 0.0, -1.0, 0.0, 0.0))
    _walk(coefficients, relevant, partner, extents, bounds, order, is_open, state)
    return state[0]


@compiled
def arrivals(plan, relaxed, k, factors, reach, level, head, orders, known):
    """Words that one instance of a level receives. reach (levels, dims): extents of its tiles.

    orders (levels, dims): of the loops in time; those of levels inside `head` hold only if they are `known`.
    """
    coefficients, extents = plan.coefficients[k], reach[level]
    if known:
        state = np.array((float(tile_size(coefficients, extents)), 0.0, -1.0, 0.0, 0.0))
        for above in range(level + 1, head + 1):
            _walk(coefficients, relaxed.relevant[k], relaxed.partner[k], extents, factors[3 * above], orders[above], NO, state)
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
    return words_to_box(coefficients, relaxed.relevant[k], relaxed.partner[k], extents, factors[3 * head], orders[head], NO)


@compiled
def _moved(plan, relaxed, k, factors, extents, level, above, head):
    """Words of all visits where the innermost loops that move a tile are among those of level `above`, whichever is best the first."""
    coefficients, partner = plan.coefficients[k], relaxed.partner[k]
    whole = float(tile_size(coefficients, extents))
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
