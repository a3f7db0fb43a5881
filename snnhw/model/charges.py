"""What counts cost: rows of a memory that are touched, their energy, and the cycles that bandwidth adds."""

from __future__ import annotations

import math

import numpy as np

from snnhw.jit import compiled, compiled_inline
from snnhw.model.density import distribution

_ROUNDING_MATTERS = np.array([
    [251, 125, 84, 63, 51, 42, 36, 32, 28, 1],
    [375, 188, 125, 94, 75, 63, 54, 47, 42, 1],
    [438, 219, 146, 110, 88, 73, 63, 55, 49, 1],
    [469, 235, 157, 118, 94, 79, 67, 59, 52, 1],
    [485, 243, 162, 122, 97, 81, 70, 61, 52, 1]], np.float64)
"""Rows of a tile below which a half-filled last row matters, over words of a row (2 to 32) and density in tenths (Timeloop's table)."""


@compiled
def _rows_that_matter(block, density):
    tenth = max(0, np.int64(math.floor(density / 0.1)) - 1)
    for i in range(5):
        if block == 2 ** (i + 1):
            return _ROUNDING_MATTERS[i, min(tenth, 9)]
    return math.ceil(500.0 * (1.0 - 1.0 / block) / (tenth + 1))


@compiled
def row_ratio(law, tile, non_zeros, block):
    """Rows that a compressed tile (words, rows) really takes over those that its expected non-zeros would fill."""
    size = tile[0]
    density = non_zeros / size
    if block <= 1 or density >= 1.0 or density <= 0.0 or _rows_that_matter(block, density) <= size // np.int64(block):
        return 1.0
    occupancies, chances = distribution(law, size, tile[1])
    rows = 0.0
    for i in range(occupancies.size):
        rows += math.ceil(occupancies[i] / block) * chances[i]
    return rows / (non_zeros / block)


@compiled
def row_accesses(words, block, ratio, follows_faults):
    """Row accesses that move so many words: whole rows, more where compressed tiles fill them badly, but never more than words.

    The reference multiplies whole rows by the ratio, so that one word of a tile of 16 can cost 16 rows.
    """
    whole = math.ceil(words / block if block != 1.0 else words)
    if follows_faults or ratio == 1.0:
        return whole * ratio
    return max(float(whole), min(float(words), words / block * ratio))


@compiled_inline
def tile_energy(action_energy_pJ, block, metadata_width, follows_faults, level, k, counts, bits, ratio):
    """Energy in pJ of one instance: whole rows, each at the energy of one row access.

    action_energy_pJ, block: of Plan; metadata_width: of SparsePlan; counts (levels, tensors, 18): words; bits (levels, tensors, 9): of
    metadata.
    """
    energy = word_energy(action_energy_pJ, block, follows_faults, level, k, counts, 9, ratio)
    if metadata_width[level] > 0:
        for column in range(9):
            if bits[level, k, column] > 0:
                energy += math.ceil(bits[level, k, column] / metadata_width[level]) * action_energy_pJ[level, 9 + column]
    return energy


@compiled_inline
def word_energy(action_energy_pJ, block, follows_faults, level, k, counts, columns, ratio):
    """The part of tile_energy that words take, of the first columns of counts."""
    energy = 0.0
    for column in range(columns):
        words = counts[level, k, column]
        if words > 0:
            energy += row_accesses(words, block[level, k], ratio, follows_faults) * action_energy_pJ[level, column]
    return energy


@compiled
def storage_energy(plan, sparse, counts, bits, ratios, exists, replication):
    """Energy in pJ (levels, tensors) over all instances."""
    levels, tensors, _ = counts.shape
    energy = np.zeros((levels, tensors), np.float64)
    for level in range(levels):
        for k in range(tensors):
            energy[level, k] = tile_energy(plan.action_energy_pJ, plan.block, sparse.metadata_width, sparse.follows_faults, level, k,
                                           counts, bits, ratios[level, k])
            energy[level, k] *= replication[level] * exists[level, k]
    return energy


@compiled
def busy_words(word_bits, level, k, counts, bits, in_full_pass, exists):
    """Words that one tensor reads from and writes to a level's mean instance. Gated accesses take their time, skipped ones none;
    metadata takes as many words as its bits fill.

    word_bits: of Plan; counts, bits: see tile_energy.
    in_full_pass: instances in a full pass over those in use; where some rest, the accesses of one are spread over more.
    """
    word = word_bits[level, k]
    reads = counts[level, k, 0] + counts[level, k, 3] + math.floor((bits[level, k, 0] + bits[level, k, 3]) / word)
    writes = counts[level, k, 1] + counts[level, k, 2] + counts[level, k, 4] + counts[level, k, 5]
    writes += math.floor((bits[level, k, 1] + bits[level, k, 2] + bits[level, k, 4] + bits[level, k, 5]) / word)
    return math.ceil(reads / in_full_pass * exists), math.ceil(writes / in_full_pass * exists)


@compiled
def stretched(bandwidth, level, reads, writes, at_least_one):
    """Cycles that a level would take alone: the compute's, stretched where a bandwidth is too small.

    bandwidth: of Plan; reads, writes: words per cycle.
    """
    slowdown = 1.0
    for wanted, limit in ((reads, bandwidth[level, 0]), (writes, bandwidth[level, 1]), (reads + writes, bandwidth[level, 2])):
        if wanted > limit:
            slowdown = min(slowdown, limit / wanted)
    return np.int64(math.ceil(at_least_one / slowdown))


@compiled
def level_cycles(plan, counts, bits, exists, in_full_pass, compute_cycles):
    """Cycles that each level would take alone (levels,). in_full_pass: (levels, tensors), see busy_words."""
    levels, tensors, _ = counts.shape
    result = np.empty(levels, np.int64)
    at_least_one = max(1, compute_cycles)
    for level in range(levels):
        wanted_reads, wanted_writes = 0.0, 0.0
        for k in range(tensors):
            reads, writes = busy_words(plan.word_bits, level, k, counts, bits, in_full_pass[level, k], exists[level, k])
            wanted_reads += reads / at_least_one * plan.bandwidth_scale[level, k]
            wanted_writes += writes / at_least_one * plan.bandwidth_scale[level, k]
        result[level] = stretched(plan.bandwidth, level, wanted_reads, wanted_writes, at_least_one)
    return result
