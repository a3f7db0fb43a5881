"""What one tensor costs under a mapping, alone, and what the tensors cost together.

All that a mapping costs is a sum over tensors, but for three things: tiles share capacities, words share bandwidths, and the operands
decide together which operations happen. `tensor_costs` gives each tensor's part, `together` does the rest; kernel.run makes the same
figures of the same functions. Mappings that one tensor can't tell apart share its part, which is what makes a search fast.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from snnhw.jit import compiled, compiled_inline
from snnhw.model.charges import busy_words, row_ratio, stretched, tile_energy
from snnhw.model.encoding import Nest
from snnhw.model.fit import FITS, METADATA_TOO_LARGE, NOWHERE_TO_SKIP, TOO_LARGE
from snnhw.model.kernel import NETWORK_ENERGY, NETWORK_FIGURES, tensor_traffic
from snnhw.model.occupancy import expected_contents, rank_structure, worst_contents
from snnhw.model.sparse_counts import collect
from snnhw.model.sparsity import choose_safs, compress, computes, propagate

READS, WRITES, EXISTS, WORDS, METADATA_BITS = 0, 1, 2, 3, 4
"""Rows of the figures of a tensor at each level: words of bandwidth, share of instances, words and bits of metadata that must fit."""
FIGURES = 5


class Geometry(NamedTuple):
    """What all tensors of a nest have in common. sizes, node_sizes (levels, tensors); fanouts, replication (levels,); records: room."""

    sizes: np.ndarray
    node_sizes: np.ndarray
    fanouts: np.ndarray
    replication: np.ndarray
    records: np.ndarray


@compiled_inline
def alone(nest, k):
    """The nest with all but tensor k kept nowhere."""
    keep = np.zeros_like(nest.keep)
    keep[:, k] = nest.keep[:, k]
    return Nest(nest.dims, nest.bounds, nest.steps, nest.extents, nest.spatial_from, nest.temporal_from, nest.x_loops, keep)


@compiled_inline
def tensor_costs(plan, sparse, nest, complete, geometry, k, want_hops, figures):
    """Fills figures (FIGURES, levels). Returns (reason, see fit.py, energy in pJ, share of operations that its skipping takes, else -1).

    nest: of `alone`.
    """
    levels, tensors = nest.keep.shape
    data = np.zeros((levels, tensors, 3), np.float64)
    network = np.zeros((levels, tensors, NETWORK_FIGURES), np.float64)[:, k]  # laid out as dense_counts has it, for one compilation
    used = np.empty(levels, np.int64)
    links = np.empty(levels, np.float64)
    tiles = (geometry.sizes[:, k], geometry.node_sizes[:, k], geometry.fanouts, geometry.replication)
    tensor_traffic(plan, nest, k, tiles, want_hops, (geometry.records, used, links), data[:, k], network)
    counts = np.zeros((levels, 18), np.float64)
    bits = np.zeros((levels, 9), np.float64)
    figures[READS:WRITES + 1] = 0.0
    figures[EXISTS] = 1.0
    figures[METADATA_BITS] = 0.0
    ratios = np.ones(levels, np.float64)
    share = -1.0
    for level in range(levels):
        figures[WORDS, level] = geometry.sizes[level, k] if nest.keep[level, k] else 0
    if sparse.active:
        reason, share = _sparse(plan, sparse, nest, complete, geometry, k, data, (counts, bits, ratios), figures)
        if reason != FITS:
            return reason, 0.0, share
    else:
        counts[:, :3] = data[:, k]
    energy = 0.0
    for level in range(levels):
        energy += network[level, NETWORK_ENERGY]
        if nest.keep[level, k]:
            exists = figures[EXISTS, level]
            figures[READS, level], figures[WRITES, level] = busy_words(plan, level, k, counts[level], bits[level], 1.0, exists)
            energy += tile_energy(plan, sparse, level, k, counts[level], bits[level], ratios[level]) * geometry.replication[level] * exists
    return FITS, energy, share


@compiled_inline
def _sparse(plan, sparse, nest, complete, geometry, k, data, results, figures):
    """The sparse part, as in sparse_counts. results: (counts, bits, ratios), filled. Returns (reason, share)."""
    counts, bits, ratios = results
    levels, tensors = nest.keep.shape
    ranks = sparse.rank_codes.shape[2]
    fibre = np.ones((levels, tensors, ranks), np.int64)
    tiles = np.ones((levels, tensors, ranks + 1, 2), np.int64)
    reason, _, _ = rank_structure(plan, sparse, nest, complete, geometry.sizes, fibre, tiles)
    if reason != FITS:
        return reason, -1.0
    words, metadata_bits = worst_contents(sparse, nest, geometry.sizes, fibre, tiles)
    figures[WORDS] = words[:, k]
    figures[METADATA_BITS] = metadata_bits[:, k]
    contents = expected_contents(sparse, nest, fibre, tiles)
    kinds = np.zeros((levels, tensors), np.int64)
    shares = np.zeros((levels, tensors), np.float64)
    if not choose_safs(plan, sparse, nest, complete, contents, kinds, shares):
        return NOWHERE_TO_SKIP, -1.0
    metadata = np.zeros((levels, tensors, ranks, 2, 3), np.float64)
    booked = np.zeros((levels, tensors, 3, 3), np.float64)
    booked_metadata = np.zeros((levels, tensors, ranks, 2, 3, 3), np.float64)
    compress(sparse, nest, contents, geometry.sizes, data, metadata)
    innermost = propagate(sparse, nest, kinds, shares, data, metadata, booked, booked_metadata)
    for level in range(levels):
        collect(sparse, level, k, booked[level, k], booked_metadata[level, k], counts[level], bits[level])
        if nest.keep[level, k]:
            figures[EXISTS, level] = contents.exists[level, k]
            if sparse.compressed[level, k]:
                tile = tiles[level, k, sparse.rank_count[level, k]]
                ratios[level] = row_ratio(sparse.law[k], tile, contents.non_zeros[level, k], plan.block[level, k])
    return FITS, innermost[k]


@compiled
def misfit(plan, sparse, figures, rows):
    """The reason why tiles of all tensors don't fit together, FITS if they do. figures (n, FIGURES, levels); rows (tensors,): of each."""
    for level in range(figures.shape[2]):
        bits, metadata = 0.0, 0.0
        for k in range(rows.size):
            bits += figures[rows[k], WORDS, level] * plan.word_bits[level, k]
            metadata += figures[rows[k], METADATA_BITS, level]
        if bits > plan.capacity_bits[level]:
            return TOO_LARGE
        if sparse.active and metadata > sparse.metadata_capacity_bits[level]:
            return METADATA_TOO_LARGE
    return FITS


@compiled
def performed_operations(sparse, nest, operations, shares):
    """Operations that happen, are gated, are skipped. shares (tensors,): of tensor_costs."""
    if not sparse.active:
        return float(operations), 0.0, 0.0
    return computes(sparse, nest, operations, shares)


@compiled
def together(plan, replication, macs, performed, energy_pJ, figures, rows):
    """(energy in pJ, cycles) of a mapping from its tensors' parts. energy_pJ: their sum; figures, rows: see misfit."""
    levels = figures.shape[2]
    compute_cycles = np.int64(math.ceil((performed[0] + performed[1]) / macs))
    at_least_one = max(1, compute_cycles)
    longest = 0
    for level in range(levels):
        reads, writes = 0.0, 0.0
        for k in range(rows.size):
            reads += figures[rows[k], READS, level] / at_least_one * plan.bandwidth_scale[level, k]
            writes += figures[rows[k], WRITES, level] / at_least_one * plan.bandwidth_scale[level, k]
        longest = max(longest, stretched(plan, level, reads, writes, at_least_one))
    energy = energy_pJ
    for i in range(3):
        energy += performed[i] * plan.compute_energy_pJ[i]
    for level in range(levels):
        if plan.leak_pJ[level] > 0.0:
            largest = 0.0
            for k in range(rows.size):
                largest = max(largest, figures[rows[k], EXISTS, level])
            energy += plan.leak_pJ[level] * longest * max(1.0, replication[level] * largest)
    return energy, longest + plan.latency_cycles
