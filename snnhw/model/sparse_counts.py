"""The sparse part of an evaluation, from dense counts to what really happens."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from snnhw.jit import compiled
from snnhw.model.fit import FITS, NOWHERE_TO_SKIP, SKIPS_TWICE, Fit, fits_metadata, fits_words
from snnhw.model.occupancy import Contents, empty_contents, fill_contents
from snnhw.model.sparsity import Safs, choose_safs, compress, computes, empty_safs, propagate, skip_in_space


class SparseRoom(NamedTuple):
    """Arrays that are overwritten for each mapping. contents: see occupancy.py; safs: see sparsity.py.

    metadata (levels, ranks, 2, 3): words of one tensor.
    """

    contents: Contents
    safs: Safs
    metadata: np.ndarray


@compiled
def empty_sparse_room(sparse, levels, tensors, dims):
    """Room for mappings of an architecture with such sparse optimisations; next to none where it has none."""
    ranks = sparse.rank_codes.shape[2]
    return SparseRoom(empty_contents(levels, tensors, ranks), empty_safs(levels, tensors, dims, sparse.saf_level.size),
                      np.zeros((levels, ranks, 2, 3), np.float64))


@compiled
def sparse_counts(plan, sparse, nest, complete, sizes, operations, data, counts, bits, exists, ratios, performed):
    """Fills counts (levels, tensors, 18), bits of metadata (levels, tensors, 9), exists, ratios and performed from the dense `data`.

    data (levels, tensors, 3) is used up. Returns how the formats and the worst tiles fit; where they don't, the counts stay dense.
    """
    levels, tensors = nest.keep.shape
    counts[:, :, :3] = data
    contents, safs, metadata = empty_sparse_room(sparse, levels, tensors, nest.extents.shape[1])
    for k in range(tensors):
        reason, level = fill_contents(plan, sparse, nest, complete, sizes, k, contents)
        if reason != FITS:
            return Fit(reason, level, k, 0.0)
    fit = fits_words(plan, nest, contents.most_words)
    if fit.reason == FITS:
        fit = fits_metadata(sparse, contents.most_bits)
    if fit.reason != FITS:
        return fit
    if not choose_safs(plan, sparse, nest, complete, -1, contents, safs):
        return Fit(NOWHERE_TO_SKIP, 0, 0, 0.0)
    if sparse.spatial.active:
        level, tensor = skip_in_space(sparse.spatial, safs.kinds, safs.shares)
        if level >= 0:
            return Fit(SKIPS_TWICE, level, tensor, 0.0)
    innermost = np.empty(tensors, np.float64)
    for k in range(tensors):
        compress(sparse, nest, contents, sizes, k, data, metadata)
        innermost[k] = propagate(sparse, nest, k, safs, data, metadata, counts, bits)
    performed[0], performed[1], performed[2] = computes(sparse, nest, operations, innermost)
    exists[:] = contents.exists
    ratios[:] = contents.row_ratio
    if sparse.spatial.active:
        exists[:] = sparse.spatial.ratio[1:]
    return fit
