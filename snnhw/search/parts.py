"""Parts of tensors that many mappings share: a hash table from what a tensor sees of a mapping to what it costs there.

The key says, level by level, what views.py describes: the loops in space as they are; in time the loops up to the point from which on
their order does not matter, dimensions that the tensor does not depend on melted into their product; behind it the factors alone.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from snnhw.jit import compiled, compiled_inline
from snnhw.model.tensor import FIGURES, alone, tensor_costs
from snnhw.search.memory import mixed


class Sight(NamedTuple):
    """How tensors look at loops, see views.Eyes: ranks (tensors, dims), shared (tensors,), first, everything (tensors,).

    melts (tensors,): whether loops over dimensions that the tensor does not depend on can be told apart only by their product.
    """

    ranks: np.ndarray
    shared: np.ndarray
    first: np.ndarray
    everything: np.ndarray
    melts: np.ndarray


class Parts(NamedTuple):
    """keys (slots,): 0 where empty, rows (slots,): of figures (n, FIGURES, levels), energy_pJ, shares, reasons (n,); see tensor_costs.

    used (1,): rows taken. The last rows, one a tensor, are for parts that are not kept.
    """

    keys: np.ndarray
    rows: np.ndarray
    figures: np.ndarray
    energy_pJ: np.ndarray
    shares: np.ndarray
    reasons: np.ndarray
    used: np.ndarray


def empty_parts(entries: int, tensors: int, levels: int) -> Parts:
    """A table for so many parts."""
    slots = 1 << (2 * entries).bit_length()
    n = entries + tensors
    return Parts(np.zeros(slots, np.uint64), np.zeros(slots, np.int64), np.empty((n, FIGURES, levels)), np.empty(n), np.empty(n),
                 np.empty(n, np.int64), np.zeros(1, np.int64))


@compiled
def make_room(parts, most):
    """Empties the table if it can't take `most` more parts."""
    if parts.used[0] + most + 8 > parts.reasons.size:
        parts.keys[:] = 0
        parts.used[0] = 0


@compiled
def _level_key(sight, nest, level, k, key):
    """The key with the loops of one level mixed in."""
    for i in range(nest.spatial_from[level], nest.temporal_from[level]):
        key = mixed(mixed(key, 3 * nest.dims[i] + (1 if i < nest.spatial_from[level] + nest.x_loops[level] else 2)), nest.bounds[i])
    still, rest, others = 1, 1, np.uint64(0)
    first, cut = -1, False
    for i in range(nest.temporal_from[level], nest.spatial_from[level + 1]):
        dim, bound = nest.dims[i], nest.bounds[i]
        ranks = sight.ranks[k, dim]
        if ranks == 0 and sight.melts[k]:
            if cut:
                rest *= bound
            else:
                still *= bound
            continue
        if ranks != 0 and not sight.everything[k]:
            cut = cut or not sight.first[k] or (first >= 0 and ranks != sight.ranks[k, first])
        if cut:
            others += mixed(mixed(np.uint64(7), dim), bound)
            continue
        key = mixed(mixed(mixed(key, still), dim), bound)
        still = 1
        if ranks != 0:
            first = dim if first < 0 else first
            cut = not sight.everything[k] and (ranks & sight.shared[k]) == 0
    return mixed(mixed(mixed(key, still), rest), 0) + others


@compiled
def part_key(sight, nest, k):
    """What tensor k sees of a nest; never 0."""
    key = mixed(np.uint64(5), k)
    for level in range(nest.temporal_from.size):
        key = mixed(_level_key(sight, nest, level, k, key), 2 * level + nest.keep[level, k])
    return key | np.uint64(1)


@compiled_inline
def part_of(plan, sparse, sight, parts, nest, complete, geometry, k, want_hops):
    """The row of a tensor's part, computed if the table lacks it; and whether it was."""
    key = part_key(sight, nest, k)
    slot = np.int64(key % np.uint64(parts.keys.size))
    while parts.keys[slot] != 0:
        if parts.keys[slot] == key:
            return parts.rows[slot], False
        slot = (slot + 1) % parts.keys.size
    row = parts.used[0]
    if row >= parts.reasons.size - nest.keep.shape[1]:
        row = parts.reasons.size - 1 - k
    else:
        parts.keys[slot] = key
        parts.rows[slot] = row
        parts.used[0] += 1
    parts.reasons[row], parts.energy_pJ[row], parts.shares[row] = tensor_costs(plan, sparse, alone(nest, k), complete, geometry, k,
                                                                               want_hops, parts.figures[row])
    return row, True
