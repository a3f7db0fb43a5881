"""What counts cost: rows of a memory that are touched, their energy, and the cycles that bandwidth adds."""

from __future__ import annotations

import math

import numpy as np

from snnhw.jit import compiled
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
    whole = math.ceil(words / block)
    if follows_faults or ratio == 1.0:
        return whole * ratio
    return max(float(whole), min(float(words), words / block * ratio))


@compiled
def storage_energy(plan, sparse, counts, bits, ratios, exists, replication):
    """Energy in pJ (levels, tensors) over all instances: whole rows, each at the energy of one row access."""
    levels, tensors, _ = counts.shape
    energy = np.zeros((levels, tensors), np.float64)
    for level in range(levels):
        for k in range(tensors):
            for column in range(9):
                rows = row_accesses(counts[level, k, column], plan.block[level, k], ratios[level, k], sparse.follows_faults)
                energy[level, k] += rows * plan.action_energy_pJ[level, column]
                if bits[level, k, column] > 0 and sparse.metadata_width[level] > 0:
                    rows = math.ceil(bits[level, k, column] / sparse.metadata_width[level])
                    energy[level, k] += rows * plan.action_energy_pJ[level, 9 + column]
            energy[level, k] *= replication[level] * exists[level, k]
    return energy


@compiled
def level_cycles(plan, counts, bits, exists, in_full_pass, compute_cycles):
    """Cycles that each level would take alone (levels,): the compute's, stretched where a bandwidth is too small.

    Gated accesses take their time, skipped ones none; metadata takes the bandwidth of as many words as its bits fill.
    in_full_pass: (levels,) instances in a full pass over those in use; where some rest, the accesses of one are spread over more.
    """
    levels, tensors, _ = counts.shape
    result = np.empty(levels, np.int64)
    at_least_one = max(1, compute_cycles)
    for level in range(levels):
        demand = np.zeros(2)
        for k in range(tensors):
            words = plan.word_bits[level, k]
            reads = counts[level, k, 0] + counts[level, k, 3] + math.floor((bits[level, k, 0] + bits[level, k, 3]) / words)
            writes = (counts[level, k, 1] + counts[level, k, 2] + counts[level, k, 4] + counts[level, k, 5]
                      + math.floor((bits[level, k, 1] + bits[level, k, 2] + bits[level, k, 4] + bits[level, k, 5]) / words))
            demand[0] += math.ceil(reads / in_full_pass[level] * exists[level, k]) / at_least_one * plan.bandwidth_scale[level, k]
            demand[1] += math.ceil(writes / in_full_pass[level] * exists[level, k]) / at_least_one * plan.bandwidth_scale[level, k]
        slowdown = 1.0
        for wanted, limit in ((demand[0], plan.bandwidth[level, 0]), (demand[1], plan.bandwidth[level, 1]),
                              (demand[0] + demand[1], plan.bandwidth[level, 2])):
            if wanted > limit:
                slowdown = min(slowdown, limit / wanted)
        result[level] = np.int64(math.ceil(at_least_one / slowdown))
    return result
