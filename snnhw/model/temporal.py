"""How much of a child's tile is new at each step of the loops above it (Timeloop's nest analysis, ComputeDeltas).

A loop of bound n is visited at iterations 0 and 1, the second standing for n - 1 of them, so the visits of a tile run through a
binary counter over the temporal loops above it. When the counter moves from b-1 to b, the lowest set bit j of b names the loop that
advances; all loops inside it go back to 0. The tile then moves by

    T[j] = step[j] - sum of step[i] over the temporal loops i inside j        (a vector over the tensor's ranks)

which depends on j alone. What is new after a move depends on the move before it, Timeloop's stride rule:

    T = 0                          nothing is new
    no stride stored               now minus before is new; T is stored
    T equals the stored stride     now minus before is new
    T differs from it              the whole tile is new; the store is emptied

Behind any advance of a loop comes one of the innermost loop that moves the tile at all, call it f. The store is therefore always
one of: empty, T[f], or another loop's stride that meets T[f] next. With what the last visit brought (nothing, a part, the whole
tile: neighbours can pass it on only if both visits bring the same shape) that makes nine states, and the counts of all 2^k visits
follow from one pass up the loops (in which state does a block of loops end?) and one pass down (how often does it start in which?).
"""

from __future__ import annotations

import numpy as np

from snnhw.jit import compiled

EMPTY, PARTIAL, FULL = 0, 1, 2
"""What a visit brings: nothing, the part that does not overlap the tile before, or the whole tile."""

_NO_STRIDE, _STRIDE_OF_FIRST, _STRIDE_OF_OTHER = 0, 1, 2
STATES = 9


@compiled
def overlap_volume(extents, move):
    """Words that a box of `extents` (ranks,) shares with itself moved by `move` (ranks,)."""
    shared = 1
    for r in range(extents.size):
        side = extents[r] - abs(move[r])
        if side <= 0:
            return 0
        shared *= side
    return shared


@compiled
def _same(a, b):
    return (a == b).all()


@compiled
def _is_zero(move):
    return not move.any()


@compiled
def _after(state, stands_still, like_first, disjoint):
    """The state after a move, and what the move brings. state = 3 * stored stride + what the last visit brought."""
    stored = state // 3
    if stands_still:
        return 3 * stored + EMPTY, EMPTY
    brings = FULL if disjoint else PARTIAL
    if stored == _NO_STRIDE:
        stride = _STRIDE_OF_FIRST if like_first else _STRIDE_OF_OTHER
        return 3 * stride + brings, brings
    if stored == _STRIDE_OF_FIRST and like_first:
        return 3 * _STRIDE_OF_FIRST + brings, brings
    return 3 * _NO_STRIDE + FULL, FULL


@compiled
def delivered(extents, moves, bounds, passed_on):
    """Words that one instance receives over all visits, without and with the help of a neighbour.

    extents: (ranks,) of the tile; moves: (loops, ranks) T of each temporal loop above, innermost first; bounds: (loops,).
    passed_on: (loops,) filled here: words of the visits that loop j brings and whose shape the visit before had too, so that a
    neighbour may hold them. Returns the words of all other visits.
    """
    n = bounds.size
    volume = 1
    for r in range(extents.size):
        volume *= extents[r]
    first = 0
    while first < n and _is_zero(moves[first]):
        first += 1
    new = np.empty(n, np.int64)
    still = np.empty(n, np.bool_)
    like_first = np.empty(n, np.bool_)
    for j in range(n):
        still[j] = _is_zero(moves[j])
        like_first[j] = first < n and _same(moves[j], moves[first])
        new[j] = volume - overlap_volume(extents, moves[j])
        passed_on[j] = 0

    # Upwards: ends[j, s] is the state in which the loops inside j end when they start in s.
    ends = np.empty((n + 1, STATES), np.int64)
    for s in range(STATES):
        ends[0, s] = s
    for j in range(n):
        for s in range(STATES):
            turned, _ = _after(ends[j, s], still[j], like_first[j], new[j] == volume)
            ends[j + 1, s] = ends[j, turned]

    # Downwards: starts[s] is how often (weighted) the loops inside j start in s.
    alone = volume
    starts = np.zeros(STATES, np.int64)
    starts[3 * _NO_STRIDE + FULL] = 1
    for j in range(n - 1, -1, -1):
        again = np.zeros(STATES, np.int64)
        for s in range(STATES):
            if starts[s] == 0:
                continue
            before = ends[j, s]
            turned, brings = _after(before, still[j], like_first[j], new[j] == volume)
            times = starts[s] * (bounds[j] - 1)
            again[turned] += times
            words = times * (0 if brings == EMPTY else (volume if brings == FULL else new[j]))
            if brings != EMPTY and brings == before % 3:
                passed_on[j] += words
            else:
                alone += words
        for s in range(STATES):
            starts[s] += again[s]
    return alone
