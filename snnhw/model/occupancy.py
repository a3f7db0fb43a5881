"""Expected contents of every tile: non-zeros, metadata, and how often there is a tile at all."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from snnhw.jit import compiled
from snnhw.model.charges import row_ratio
from snnhw.model.fit import FITS, FORMATS_DIFFER, NOT_DECOMPRESSED, RANKS_MISSING
from snnhw.model.formats import expected_words, worst_bits
from snnhw.model.ranks import level_ranks, words_and_rows


class Contents(NamedTuple):
    """Arrays over levels (l), tensors (k), ranks (r). words (l, k, r, 2): metadata and payload, expected; non_zeros (l, k): expected.

    exists (l, k): share of the tiles that are not empty, where empty ones are never sent; fibre (l, k, r) and
    tiles (l, k, r + 1, 2): see ranks.py. most_words, most_bits (l, k): data and bits of metadata that must fit, however the non-zeros
    fall; row_ratio (l, k): see charges.py.
    """

    words: np.ndarray
    non_zeros: np.ndarray
    exists: np.ndarray
    fibre: np.ndarray
    tiles: np.ndarray
    most_words: np.ndarray
    most_bits: np.ndarray
    row_ratio: np.ndarray


@compiled
def empty_contents(levels, tensors, ranks):
    """Room for the contents of tiles in formats with at most so many ranks."""
    return Contents(np.zeros((levels, tensors, ranks, 2), np.float64), np.zeros((levels, tensors), np.float64),
                    np.ones((levels, tensors), np.float64), np.ones((levels, tensors, ranks), np.int64),
                    np.ones((levels, tensors, ranks + 1, 2), np.int64), np.zeros((levels, tensors), np.int64),
                    np.zeros((levels, tensors), np.float64), np.ones((levels, tensors), np.float64))


@compiled
def fill_contents(plan, sparse, nest, complete, sizes, k, contents):
    """Fills the contents of tensor k's tiles. Returns (reason, level), reason FITS if its formats suit each other.

    sizes (levels, tensors): words of the tiles. Loops in time may stand in any order, unless the tensor is `in_order`.
    """
    reason, level = _rank_structure(plan, sparse, nest, complete, sizes, k, contents.fibre, contents.tiles)
    if reason != FITS:
        return reason, level
    for level in range(nest.keep.shape[0]):
        if nest.keep[level, k]:
            _fill_level(plan, sparse, nest, sizes, level, k, contents)
    return FITS, 0


@compiled
def _fill_level(plan, sparse, nest, sizes, level, k, contents):
    """Fills the contents of one tile whose ranks are known."""
    count, law, codes = sparse.rank_count[level, k], sparse.law[k], sparse.rank_codes[level, k]
    fibre, tiles, follows_faults, outer_to_inner = (
        contents.fibre[level, k, :count], contents.tiles[level, k, :count + 1], sparse.follows_faults, sparse.outer_to_inner[level, k])
    tile = contents.tiles[level, k, max(1, count)]
    above = keeper_above(nest.keep, level, k)
    only_non_empty = above >= 0 and sparse.rank_count[above, k] > 0
    contents.non_zeros[level, k], contents.exists[level, k] = expected_words(
        codes, fibre, tiles, tile, law, only_non_empty, follows_faults, outer_to_inner, contents.words[level, k, :count])
    contents.most_words[level, k], contents.most_bits[level, k], contents.row_ratio[level, k] = sizes[level, k], 0.0, 1.0
    if count > 0:
        contents.most_words[level, k], contents.most_bits[level, k] = worst_bits(
            codes, fibre, tiles, tile, law, follows_faults, outer_to_inner, sparse.rank_bits[level, k, :count])
    if sparse.compressed[level, k]:
        contents.row_ratio[level, k] = row_ratio(law, tile, contents.non_zeros[level, k], plan.block[level, k])


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
def _rank_structure(plan, sparse, nest, complete, sizes, k, fibre, tiles):
    """Fills fibre and tiles of tensor k at all levels. Returns (reason, level)."""
    for level in range(nest.keep.shape[0]):
        if not nest.keep[level, k]:
            continue
        child = keeper_below(nest.keep, level, k)
        ranks = max(1, sparse.rank_count[level, k])
        pre_tiled, below = False, 0
        if child >= 0:
            below = max(1, sparse.rank_count[child, k])
            pre_tiled = sparse.compressed[level, k] and sizes[child, k] > 1
            if sparse.compressed[level, k] and not sparse.compressed[child, k] and not sparse.decompresses[child]:
                return NOT_DECOMPRESSED, child
        if pre_tiled:
            reason = _take_child_ranks(sparse, level, child, k, ranks, below, fibre, tiles)
            if reason != FITS:
                return reason, level
        if not level_ranks(complete, nest, level, child, plan.coefficients[k], sparse.relevant[k], sparse.rank_groups[level, k],
                           pre_tiled, below, sparse.outer_to_inner[level, k], fibre[level, k, :ranks], tiles[level, k, :ranks + 1]):
            return RANKS_MISSING, level
        reach = nest.extents[nest.spatial_from[level + 1]]
        tiles[level, k, ranks, 0], tiles[level, k, ranks, 1] = words_and_rows(plan.coefficients[k], reach)
    return FITS, 0


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
