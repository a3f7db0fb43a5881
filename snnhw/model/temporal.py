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

Where no move leaves a part of the tile where it was, every visit brings nothing or the whole tile, whatever the store holds, and the
counts are products of bounds.

Most often that can be seen at once. Let f move the tile along a rank that no other dimension moves. Its step there is not smaller than
the side of the tile, steps of outer loops over the same dimension are multiples of all within, and every other outer loop takes at
least one step of f back: each move leaves the tile. It leaves the instances of the fan-out too, as the step of f spans them, so no
neighbour has what it brings (`whole_tiles`).
"""

from __future__ import annotations

from snnhw.jit import compiled, compiled_inline

EMPTY, PARTIAL, FULL = 0, 1, 2
"""What a visit brings: nothing, the part that does not overlap the tile before, or the whole tile."""

_NO_STRIDE, _STRIDE_OF_FIRST, _STRIDE_OF_OTHER = 0, 1, 2
STATES = 9
_NEW, _KIND = STATES, STATES + 1
"""Columns of the room for states behind those of the states: words that a loop's move makes new, and what kind of move it is."""
ROOM_COLUMNS = STATES + 2
_STANDS_STILL, _LIKE_FIRST, _UNLIKE = 0, 1, 2


@compiled
def first_move(dims, start, moves):
    """The innermost loop in time from `start` on that moves a tensor, as many as there are loops if none does. moves (dims,): of Plan."""
    for j in range(start, dims.size):
        if moves[dims[j]]:
            return j
    return dims.size


@compiled
def whole_tiles(volume, bounds, first):
    """Words that one instance receives where every visit from loop `first` outwards brings the whole tile."""
    words = volume
    for j in range(first, bounds.size):
        words *= bounds[j]
    return words


@compiled
def overlap_volume(sides, moves, j):
    """Words that a box of `sides` (ranks,) shares with itself moved by moves[j] (ranks,)."""
    shared = 1
    for r in range(sides.size):
        shared *= max(0, sides[r] - abs(moves[j, r]))
    return shared


@compiled
def _after(state, kind, disjoint):
    """The state after a move, and what the move brings. state = 3 * stored stride + what the last visit brought."""
    stored = state // 3
    if kind == _STANDS_STILL:
        return 3 * stored + EMPTY, EMPTY
    brings = FULL if disjoint else PARTIAL
    if stored == _NO_STRIDE:
        stride = _STRIDE_OF_FIRST if kind == _LIKE_FIRST else _STRIDE_OF_OTHER
        return 3 * stride + brings, brings
    if stored == _STRIDE_OF_FIRST and kind == _LIKE_FIRST:
        return 3 * _STRIDE_OF_FIRST + brings, brings
    return 3 * _NO_STRIDE + FULL, FULL


@compiled_inline
def delivered(sides, moves, bounds, start, passed_on, states):
    """Words that one instance receives over all visits, without and with the help of a neighbour.

    sides: (ranks,) of the tile; moves: (loops, ranks) T of each loop in time, innermost first; bounds: (loops,); start: the first loop
    above the tile. passed_on: (loops,) filled here from there on: words of the visits that loop j brings and whose shape the visit before
    had too, so that a neighbour may hold them. states: (loops + 3, ROOM_COLUMNS), overwritten. Returns the words of all other visits.
    """
    volume = 1
    for r in range(sides.size):
        volume *= sides[r]
    if _kinds_of_moves(sides, moves, volume, bounds.size, start, states):
        return _whole_tiles(volume, bounds, start, states, passed_on)
    return _tiles_and_parts(volume, bounds, start, states, passed_on)


@compiled
def _kinds_of_moves(sides, moves, volume, n, start, states):
    """Fills the columns of each loop's move; returns whether each of them leaves the tile or stands still."""
    first, leaves = -1, True
    for j in range(start, n):
        kind = _STANDS_STILL
        for r in range(sides.size):
            if moves[j, r] != 0:
                kind = _LIKE_FIRST
        if kind != _STANDS_STILL:
            first = j if first < 0 else first
            for r in range(sides.size):
                if moves[j, r] != moves[first, r]:
                    kind = _UNLIKE
            shared = overlap_volume(sides, moves, j)
            states[j, _NEW] = volume - shared
            leaves = leaves and shared == 0
        states[j, _KIND] = kind
    return leaves


@compiled
def _whole_tiles(volume, bounds, start, states, passed_on):
    """`delivered` where every visit brings nothing or the whole tile.

    The last visit of a block of loops is an advance of the innermost one, so that the visit behind it follows a whole tile if and only if
    that one moves the tile.
    """
    alone = volume
    visits, after_whole = 1, 1
    moves_always = start < bounds.size and states[start, _KIND] != _STANDS_STILL
    for j in range(bounds.size - 1, start, -1):
        times = visits * (bounds[j] - 1)
        visits *= bounds[j]
        passed_on[j] = 0
        if states[j, _KIND] == _STANDS_STILL:
            continue
        after_whole += times
        if moves_always:
            passed_on[j] = times * volume
        else:
            alone += times * volume
    if start < bounds.size:
        passed_on[start] = 0
    if moves_always:
        words = (bounds[start] - 1) * volume
        passed_on[start] = after_whole * words
        alone += (visits - after_whole) * words
    return alone


@compiled
def _tiles_and_parts(volume, bounds, start, states, passed_on):
    """`delivered` in general: the states, upwards and downwards. Row j of `states` says in which the loops inside j end."""
    n = bounds.size
    for s in range(STATES):
        states[start, s] = s
        states[n + 1, s] = 0
    for j in range(start, n):
        for s in range(STATES):
            turned, _ = _after(states[j, s], states[j, _KIND], states[j, _NEW] == volume)
            states[j + 1, s] = states[j, turned]

    # Row n + 1: how often (weighted) the loops inside j start in each state; row n + 2: how often they do anew behind an advance of j.
    alone = volume
    states[n + 1, 3 * _NO_STRIDE + FULL] = 1
    for j in range(n - 1, start - 1, -1):
        passed_on[j] = 0
        for s in range(STATES):
            states[n + 2, s] = 0
        for s in range(STATES):
            if states[n + 1, s] == 0:
                continue
            before = states[j, s]
            turned, brings = _after(before, states[j, _KIND], states[j, _NEW] == volume)
            times = states[n + 1, s] * (bounds[j] - 1)
            states[n + 2, turned] += times
            if brings == EMPTY:
                continue
            words = times * (volume if brings == FULL else states[j, _NEW])
            if brings == before % 3:
                passed_on[j] += words
            else:
                alone += words
        for s in range(STATES):
            states[n + 1, s] += states[n + 2, s]
    return alone
