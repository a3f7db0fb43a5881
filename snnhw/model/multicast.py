"""Who shares what in a fan-out: multicast groups, hops, and words that come from a neighbour (Timeloop's spatial deltas).

Instances of the next inner level lie row by row over the physical mesh; instance i stands at column i % columns, row i // columns.
Each wants its own shift of one tile, so two of them want the same words if and only if their shifts are equal. A shift is folded
into one integer, its key (`fold`), unique over the sums and differences that occur.
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
def _group_hops(members, columns, rows, low, high):
    """Hops to reach a group from the middle of the left edge: along the row to its last column, then up and down each column."""
    last = 0
    centre = (rows - 1) / 2.0
    for i in members:
        column, row = i % columns, i // columns
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
                hops[size] += _group_hops(members[:size], columns, rows, low, high)
        start = stop
    sizes = np.nonzero(counts)[0]
    return sizes, counts[sizes], hops[sizes] / counts[sizes]
