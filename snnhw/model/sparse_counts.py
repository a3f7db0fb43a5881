"""The sparse part of an evaluation, from dense counts to what really happens."""

from __future__ import annotations

import numpy as np

from snnhw.jit import compiled
from snnhw.model.charges import row_ratio
from snnhw.model.fit import FITS, NOWHERE_TO_SKIP, SKIPS_TWICE, Fit, fits_metadata, fits_words
from snnhw.model.occupancy import expected_contents, rank_structure, worst_contents
from snnhw.model.sparsity import choose_safs, compress, computes, propagate, skip_in_space


@compiled
def sparse_counts(plan, sparse, nest, complete, sizes, operations, data, counts, bits, exists, ratios, performed):
    """Fills counts (levels, tensors, 18), bits of metadata (levels, tensors, 9), exists, ratios and performed from the dense `data`.

    data (levels, tensors, 3) is used up. Returns how the formats and the worst tiles fit; where they don't, the counts stay dense.
    """
    levels, tensors = nest.keep.shape
    ranks = sparse.rank_codes.shape[2]
    counts[:, :, :3] = data
    fibre = np.ones((levels, tensors, ranks), np.int64)
    tiles = np.ones((levels, tensors, ranks + 1, 2), np.int64)
    reason, level, tensor = rank_structure(plan, sparse, nest, complete, sizes, fibre, tiles)
    if reason != FITS:
        return Fit(reason, level, tensor, 0.0)
    worst_words, worst_bits = worst_contents(sparse, nest, sizes, fibre, tiles)
    fit = fits_words(plan, nest, worst_words)
    if fit.reason == FITS:
        fit = fits_metadata(sparse, worst_bits)
    if fit.reason != FITS:
        return fit
    contents = expected_contents(sparse, nest, fibre, tiles)
    kinds = np.zeros((levels, tensors), np.int64)
    shares = np.zeros((levels, tensors), np.float64)
    if not choose_safs(plan, sparse, nest, complete, contents, kinds, shares):
        return Fit(NOWHERE_TO_SKIP, 0, 0, 0.0)
    if sparse.spatial.active:
        level, tensor = skip_in_space(sparse.spatial, kinds, shares)
        if level >= 0:
            return Fit(SKIPS_TWICE, level, tensor, 0.0)
    metadata = np.zeros((levels, tensors, ranks, 2, 3), np.float64)
    booked = np.zeros((levels, tensors, 3, 3), np.float64)
    booked_metadata = np.zeros((levels, tensors, ranks, 2, 3, 3), np.float64)
    compress(sparse, nest, contents, sizes, data, metadata)
    innermost = propagate(sparse, nest, kinds, shares, data, metadata, booked, booked_metadata)
    performed[0], performed[1], performed[2] = computes(sparse, nest, operations, innermost)
    for level in range(levels):
        for k in range(tensors):
            collect(sparse, level, k, booked[level, k], booked_metadata[level, k], counts[level, k], bits[level, k])
            if nest.keep[level, k]:
                exists[level, k] = contents.exists[level, k]
                if sparse.compressed[level, k]:
                    tile = tiles[level, k, sparse.rank_count[level, k]]
                    ratios[level, k] = row_ratio(sparse.law[k], tile, contents.non_zeros[level, k], plan.block[level, k])
    if sparse.spatial.active:
        exists[:] = sparse.spatial.ratio[1:]
    return fit


@compiled
def collect(sparse, level, k, booked, booked_metadata, counts, bits):
    """Columns of counts (18,) and bits (9,) from what was booked for one tile; metadata words of all ranks are added up."""
    ranks = booked_metadata.shape[0]
    for action in range(3):
        for how in range(3):
            column = 3 * how + action
            counts[column] = booked[action, how]
            for r in range(ranks):
                for part in range(2):
                    words = booked_metadata[r, part, action, how]
                    counts[9 + column] += words
                    bits[column] += words * sparse.rank_bits[level, k, r, part]
