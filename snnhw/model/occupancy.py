"""Expected contents of every tile: non-zeros, metadata, and how often there is a tile at all."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from snnhw.jit import compiled
from snnhw.model.fit import FITS, FORMATS_DIFFER, NOT_DECOMPRESSED, RANKS_MISSING
from snnhw.model.formats import expected_words, worst_bits
from snnhw.model.ranks import level_ranks, words_and_rows


class Contents(NamedTuple):
    """Arrays over levels (l), tensors (k), ranks (r). words (l, k, r, 2): metadata and payload, expected; non_zeros (l, k): expected.

    exists (l, k): share of the tiles that are not empty, where empty ones are never sent; fibre (l, k, r) and
    tiles (l, k, r + 1, 2): see ranks.py.
    """

    words: np.ndarray
    non_zeros: np.ndarray
    exists: np.ndarray
    fibre: np.ndarray
    tiles: np.ndarray


@compiled
def keeper_below(keep, level, k):
    """The next inner level that keeps tensor k, -1 for none."""
    below = level - 1
    while below >= 0 and not keep[below, k]:
        below -= 1
    return below


@compiled
def keeper_above(keep, level, k):
    """The next outer level that keeps tensor k, -1 for none."""
    for above in range(level + 1, keep.shape[0]):
        if keep[above, k]:
            return above
    return -1


@compiled
def rank_structure(plan, sparse, nest, complete, sizes, fibre, tiles):
    """Fills fibre and tiles of all levels and tensors. Returns (reason, level, tensor), reason FITS if all is well."""
    levels, tensors = nest.keep.shape
    for k in range(tensors):
        for level in range(levels):
            if not nest.keep[level, k]:
                continue
            child = keeper_below(nest.keep, level, k)
            ranks = max(1, sparse.rank_count[level, k])
            pre_tiled, below = False, 0
            if child >= 0:
                below = max(1, sparse.rank_count[child, k])
                pre_tiled = sparse.compressed[level, k] and sizes[child, k] > 1
                if sparse.compressed[level, k] and not sparse.compressed[child, k] and not sparse.decompresses[child]:
                    return NOT_DECOMPRESSED, child, k
            if pre_tiled:
                reason = _take_child_ranks(sparse, level, child, k, ranks, below, fibre, tiles)
                if reason != FITS:
                    return reason, level, k
            if not level_ranks(complete, nest, level, child, plan.coefficients[k], sparse.relevant[k], sparse.rank_groups[level, k],
                               pre_tiled, below, sparse.outer_to_inner[level, k], fibre[level, k, :ranks],
                               tiles[level, k, :ranks + 1]):
                return RANKS_MISSING, level, k
            reach = nest.extents[nest.spatial_from[level + 1]]
            tiles[level, k, ranks, 0], tiles[level, k, ranks, 1] = words_and_rows(plan.coefficients[k], reach)
    return FITS, 0, 0


@compiled
def _take_child_ranks(sparse, level, child, k, ranks, below, fibre, tiles):
    """The inner ranks of a level are those of its child."""
    if below > ranks:
        return FORMATS_DIFFER
    for r in range(below):
        if sparse.compressed[child, k] and sparse.rank_codes[level, k, r] != sparse.rank_codes[child, k, r]:
            return FORMATS_DIFFER
        fibre[level, k, r] = fibre[child, k, r]
    for r in range(below + 1):
        tiles[level, k, r, 0], tiles[level, k, r, 1] = tiles[child, k, r, 0], tiles[child, k, r, 1]
    return FITS


@compiled
def expected_contents(sparse, nest, fibre, tiles):
    """Contents of all tiles of a mapping whose ranks are known."""
    levels, tensors, ranks = fibre.shape
    words = np.zeros((levels, tensors, ranks, 2), np.float64)
    non_zeros = np.zeros((levels, tensors), np.float64)
    exists = np.ones((levels, tensors), np.float64)
    for k in range(tensors):
        for level in range(levels):
            if not nest.keep[level, k]:
                continue
            above = keeper_above(nest.keep, level, k)
            only_non_empty = above >= 0 and sparse.rank_count[above, k] > 0
            count = sparse.rank_count[level, k]
            non_zeros[level, k], exists[level, k] = expected_words(
                sparse.rank_codes[level, k], fibre[level, k, :count], tiles[level, k, :count + 1], tiles[level, k, max(1, count)],
                sparse.law[k], only_non_empty, sparse.follows_faults, sparse.outer_to_inner[level, k], words[level, k, :count])
    return Contents(words, non_zeros, exists, fibre, tiles)


@compiled
def worst_contents(sparse, nest, sizes, fibre, tiles):
    """Words of data (levels, tensors) and bits of metadata (levels, tensors) that must fit, however the non-zeros fall."""
    levels, tensors = nest.keep.shape
    words = np.zeros((levels, tensors), np.int64)
    bits = np.zeros((levels, tensors), np.float64)
    for level in range(levels):
        for k in range(tensors):
            count = sparse.rank_count[level, k]
            if not nest.keep[level, k]:
                continue
            words[level, k] = sizes[level, k]
            if count > 0:
                words[level, k], bits[level, k] = worst_bits(
                    sparse.rank_codes[level, k], fibre[level, k, :count], tiles[level, k, :count + 1], tiles[level, k, count],
                    sparse.law[k], sparse.follows_faults, sparse.outer_to_inner[level, k], sparse.rank_bits[level, k, :count])
    return words, bits
