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
from snnhw.model.charges import busy_words, stretched, tile_energy, word_energy
from snnhw.model.fit import FITS, METADATA_TOO_LARGE, NOWHERE_TO_SKIP, TOO_LARGE
from snnhw.model.kernel import level_network, tensor_traffic
from snnhw.model.occupancy import fill_contents
from snnhw.model.room import Room
from snnhw.model.sharing import Sharing
from snnhw.model.sparse_counts import SparseRoom
from snnhw.model.sparsity import choose_safs, compress, computes, propagate

READS, WRITES, EXISTS, WORDS, METADATA_BITS = 0, 1, 2, 3, 4
"""Rows of the figures of a tensor at each level: words of bandwidth, share of instances, words and bits of metadata that must fit."""
FIGURES = 5
_ALMOST = 1.0 - 1e-9
"""Words below this share of what a bandwidth lets through slow nothing down, however divisions are rounded."""


class Geometry(NamedTuple):
    """What all orders of loops in time have in common.

    sizes (levels, tensors); fanouts, replication (levels,). reasons (tensors,): why a tensor's formats don't suit each other (fit.py), -1
    where its contents are not in the sparse room yet. sharing, room, sparse_room: see sharing.py, room.py, sparse_counts.py.
    """

    sizes: np.ndarray
    fanouts: np.ndarray
    replication: np.ndarray
    reasons: np.ndarray
    sharing: Sharing
    room: Room
    sparse_room: SparseRoom


@compiled_inline
def tensor_costs(plan, sparse, nest, complete, geometry, k, stale, want_hops, figures):
    """Fills figures (FIGURES, levels). Returns (reason, see fit.py, energy in pJ, share of operations that its skipping takes, else -1).

    stale: how many levels, from the innermost, have other loops in time than when the tensor was looked at last; all at first.
    """
    room, contents = geometry.room, geometry.sparse_room.contents
    keep, sizes, replication, word_bits, action_energy_pJ, block, metadata_width = (
        nest.keep, geometry.sizes, geometry.replication, plan.word_bits, plan.action_energy_pJ, plan.block, sparse.metadata_width)
    data, bits, row_ratio = room.data, room.bits, contents.row_ratio
    counts = room.counts if sparse.active else data
    hop_energy_pJ, router_energy_pJ = plan.hop_energy_pJ, plan.router_energy_pJ
    tensor_traffic(plan, nest, k, geometry.fanouts, replication, want_hops, geometry.sharing, stale, room, data)
    for level in range(keep.shape[0]):
        figures[READS, level] = figures[WRITES, level] = figures[METADATA_BITS, level] = 0.0
        figures[EXISTS, level] = 1.0
        figures[WORDS, level] = sizes[level, k] if keep[level, k] else 0
    reason, share = FITS, -1.0
    if sparse.active:
        reason, share = _sparse(plan, sparse, nest, complete, geometry, k, figures)
    if reason != FITS:
        return reason, 0.0, share
    energy = 0.0
    for level in range(keep.shape[0]):
        if hop_energy_pJ[level, k] > 0.0 or router_energy_pJ[level] > 0.0:
            energy += level_network(plan, nest, level, k, replication, room, room.network)
        if keep[level, k]:
            exists = figures[EXISTS, level]
            if sparse.active:
                figures[READS, level], figures[WRITES, level] = busy_words(word_bits, level, k, counts, bits, 1.0, exists)
                one = tile_energy(action_energy_pJ, block, metadata_width, sparse.follows_faults, level, k, counts, bits,
                                  row_ratio[level, k])
            else:
                figures[READS, level], figures[WRITES, level] = math.ceil(counts[level, k, 0]), math.ceil(
                    counts[level, k, 1] + counts[level, k, 2])
                one = word_energy(action_energy_pJ, block, sparse.follows_faults, level, k, counts, 3, 1.0)
            energy += exists * replication[level] * one
    return FITS, energy, share


@compiled_inline
def _sparse(plan, sparse, nest, complete, geometry, k, figures):
    """The sparse part, as in sparse_counts: from the room's data to its counts and bits. Returns (reason, share)."""
    room, reasons = geometry.room, geometry.reasons
    contents, safs, metadata = geometry.sparse_room
    if reasons[k] < 0 or sparse.in_order[k]:
        reasons[k], _ = fill_contents(plan, sparse, nest, complete, geometry.sizes, k, contents)
    if reasons[k] != FITS:
        return reasons[k], -1.0
    for level in range(nest.keep.shape[0]):
        if nest.keep[level, k]:
            figures[EXISTS, level] = contents.exists[level, k]
            figures[WORDS, level] = contents.most_words[level, k]
            figures[METADATA_BITS, level] = contents.most_bits[level, k]
    if not choose_safs(plan, sparse, nest, complete, k, contents, safs):
        return NOWHERE_TO_SKIP, -1.0
    compress(sparse, nest, contents, geometry.sizes, k, room.data, metadata)
    return FITS, propagate(sparse, nest, k, safs, room.data, metadata, room.counts, room.bits)


@compiled
def misfit(word_bits, capacity_bits, metadata_capacity_bits, figures, rows):
    """The reason why tiles of all tensors don't fit together, FITS if they do.

    word_bits, capacity_bits: of Plan, metadata_capacity_bits: of SparsePlan; figures (n, FIGURES, levels); rows (tensors,): of each.
    """
    for level in range(figures.shape[2]):
        bits, metadata = 0.0, 0.0
        for k in range(rows.size):
            bits += figures[rows[k], WORDS, level] * word_bits[level, k]
            metadata += figures[rows[k], METADATA_BITS, level]
        if bits > capacity_bits[level]:
            return TOO_LARGE
        if metadata > metadata_capacity_bits[level]:
            return METADATA_TOO_LARGE
    return FITS


@compiled_inline
def performed_operations(sparse, nest, operations, shares):
    """Operations that happen, are gated, are skipped. shares (tensors,): of tensor_costs."""
    if not sparse.active:
        return float(operations), 0.0, 0.0
    return computes(sparse, nest, operations, shares)


@compiled_inline
def together(costs, leak_pJ, macs, performed, energy_pJ, figures, rows):
    """(energy in pJ, cycles) of a mapping from its tensors' parts. energy_pJ: their sum; figures, rows: see misfit.

    costs: see shared_costs; leak_pJ: of all instances in a cycle; macs: instances of the compute.
    """
    bandwidth, is_limited, bandwidth_scale, compute_energy_pJ, latency_cycles = costs
    compute_cycles = np.int64(math.ceil((performed[0] + performed[1]) / macs))
    at_least_one = max(1, compute_cycles)
    longest = 0
    for level in range(figures.shape[2]):
        if not is_limited[level]:
            longest = max(longest, at_least_one)
            continue
        reads, writes = 0.0, 0.0
        for k in range(rows.size):
            reads += figures[rows[k], READS, level] * bandwidth_scale[level, k]
            writes += figures[rows[k], WRITES, level] * bandwidth_scale[level, k]
        most = at_least_one * _ALMOST
        if reads <= most * bandwidth[level, 0] and writes <= most * bandwidth[level, 1] and reads + writes <= most * bandwidth[level, 2]:
            longest = max(longest, at_least_one)
            continue
        reads, writes = 0.0, 0.0
        for k in range(rows.size):
            reads += figures[rows[k], READS, level] / at_least_one * bandwidth_scale[level, k]
            writes += figures[rows[k], WRITES, level] / at_least_one * bandwidth_scale[level, k]
        longest = max(longest, stretched(bandwidth, level, reads, writes, at_least_one))
    energy = energy_pJ + leak_pJ * longest
    for i in range(3):
        energy += performed[i] * compute_energy_pJ[i]
    return energy, longest + latency_cycles


@compiled
def leakage(leak_pJ, replication, figures, rows):
    """What all instances that a mapping uses leak in a cycle, in pJ. leak_pJ: of Plan; replication (levels,): instances of each level."""
    total = 0.0
    for level in range(figures.shape[2]):
        largest = 0.0
        for k in range(rows.size):
            largest = max(largest, figures[rows[k], EXISTS, level])
        total += leak_pJ[level] * max(1.0, replication[level] * largest)
    return total


@compiled_inline
def shared_costs(plan):
    """What `together` needs of a plan."""
    return plan.bandwidth, plan.is_limited, plan.bandwidth_scale, plan.compute_energy_pJ, plan.latency_cycles
