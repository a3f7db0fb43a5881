"""Who shares what in a fan-out: multicast groups, hops, and words that come from a neighbour (Timeloop's spatial deltas).

Instances of the next inner level lie row by row over the physical mesh; instance i stands at column i % columns, row i // columns.
Each wants its own shift of one tile, so two of them want the same words if and only if their shifts are equal. A shift is folded
into one integer, its key (`fold`), unique over the sums and differences that occur.

Where no two spatial loops move the tensor along the same rank, the loops that don't move it make the groups and all groups look
alike; only where two do (the diagonals of a sliding window) instances have to be sorted by their keys.
"""

from __future__ import annotations

import numpy as np

from snnhw.jit import compiled


@compiled
def fold(vector, weights):
    """One integer for a vector over the ranks; `weights` keeps different vectors apart."""
    key = 0
    for r in range(vector.size):
        key += vector[r] * weights[r]
    return key


@compiled
def instance_keys(dims, bounds, steps, coefficients, weights):
    """Keys of all instances of a fan-out. dims, bounds, steps: (loops,) its spatial loops, innermost first; coefficients: (ranks, dims)."""
    count = 1
    for i in range(bounds.size):
        count *= bounds[i]
    keys = np.zeros(count, np.int64)
    filled = 1
    for i in range(bounds.size):
        shift = fold(coefficients[:, dims[i]], weights) * steps[i]
        for index in range(1, bounds[i]):
            for k in range(filled):
                keys[index * filled + k] = keys[k] + index * shift
        filled *= bounds[i]
    return keys


@compiled
def linked(keys, move, columns, rows):
    """Which instances find the words of this visit at a neighbour, who got them at the visit before. move: key of the tile's move."""
    n = keys.size
    result = np.zeros(n, np.bool_)
    for i in range(n):
        column, row, wanted = i % columns, i // columns, keys[i] + move
        result[i] = ((row > 0 and keys[i - columns] == wanted)
                     or (row + 1 < rows and i + columns < n and keys[i + columns] == wanted)
                     or (column > 0 and keys[i - 1] == wanted)
                     or (column + 1 < columns and i + 1 < n and keys[i + 1] == wanted))
    return result


@compiled
def _group_hops(members, first, columns, rows, low, high):
    """Hops to reach the instances first + members from the middle of the left edge: to the last column, then up and down each column."""
    last = 0
    centre = (rows - 1) / 2.0
    for i in members:
        column, row = (first + i) % columns, (first + i) // columns
        last = max(last, column)
        low[column] = min(low[column], row)
        high[column] = max(high[column], row)
    hops = float(last)
    for column in range(last + 1):
        if high[column] >= 0:
            hops += max(0.0, centre - low[column]) + max(0.0, high[column] - centre)
            low[column], high[column] = rows, -1
    return hops


@compiled
def is_regular(dims, coefficients):
    """Whether no two spatial loops of different dimensions move the tensor along the same rank."""
    for r in range(coefficients.shape[0]):
        seen = -1
        for dim in dims:
            if coefficients[r, dim] != 0:
                if seen >= 0 and seen != dim:
                    return False
                seen = dim
    return True


@compiled
def regular_groups(dims, bounds, coefficients, columns, rows, want_hops):
    """Multicast groups where is_regular holds, as `groups` gives them: one size, from the loops over dimensions the tensor lacks."""
    members = np.zeros(1, np.int64)
    leaders = np.zeros(1, np.int64)
    stride = 1
    for i in range(bounds.size):
        steps = np.arange(bounds[i]) * stride
        if coefficients[:, dims[i]].any():
            leaders = _sums(leaders, steps)
        else:
            members = _sums(members, steps)
        stride *= bounds[i]
    hops = 0.0
    if want_hops:
        low = np.full(columns, rows, np.int64)
        high = np.full(columns, -1, np.int64)
        for leader in leaders:
            hops += _group_hops(members, leader, columns, rows, low, high)
    return np.array((members.size,)), np.array((leaders.size,)), np.array((hops / leaders.size,))


@compiled
def _sums(a, b):
    """All sums of one element of each."""
    result = np.empty(a.size * b.size, np.int64)
    for i in range(a.size):
        for j in range(b.size):
            result[i * b.size + j] = a[i] + b[j]
    return result


@compiled
def groups(keys, without, columns, rows, want_hops):
    """Multicast groups of the instances that are not in `without`.

    Returns (sizes, counts, hops): for each group size that occurs, how many groups have it and their mean hops.
    """
    order = np.argsort(keys, kind="mergesort")
    counts = np.zeros(keys.size + 1, np.int64)
    hops = np.zeros(keys.size + 1, np.float64)
    low = np.full(columns, rows, np.int64)
    high = np.full(columns, -1, np.int64)
    members = np.empty(keys.size, np.int64)
    start = 0
    while start < keys.size:
        size, stop = 0, start
        while stop < keys.size and keys[order[stop]] == keys[order[start]]:
            if not without[order[stop]]:
                members[size] = order[stop]
                size += 1
            stop += 1
        if size > 0:
            counts[size] += 1
            if want_hops:
                hops[size] += _group_hops(members[:size], 0, columns, rows, low, high)
        start = stop
    sizes = np.nonzero(counts)[0]
    return sizes, counts[sizes], hops[sizes] / counts[sizes]
