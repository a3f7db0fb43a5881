"""Do the tiles fit? The answer names the first level, and for formats the tensor, at which they don't."""

from __future__ import annotations

from typing import NamedTuple

from snnhw.jit import compiled

FITS, TOO_LARGE, METADATA_TOO_LARGE, RANKS_MISSING, FORMATS_DIFFER, NOT_DECOMPRESSED, NOWHERE_TO_SKIP, SKIPS_TWICE = 0, 1, 2, 3, 4, 5, 6, 7


class Fit(NamedTuple):
    """reason: one of the codes above; level and tensor: where; needed: words, or bits of metadata, that would have to fit."""

    reason: int
    level: int
    tensor: int
    needed: float


@compiled
def fits_words(plan, nest, words):
    """Fit of tiles of so many words (levels, tensors) into the levels' capacities."""
    levels, tensors = words.shape
    for level in range(levels):
        bits, total = 0.0, 0.0
        for k in range(tensors):
            if nest.keep[level, k]:
                total += words[level, k]
                bits += words[level, k] * float(plan.word_bits[level, k])
        if bits > plan.capacity_bits[level]:
            return Fit(TOO_LARGE, level, 0, total)
    return Fit(FITS, 0, 0, 0.0)


@compiled
def fits_metadata(sparse, bits):
    """Fit of so many bits of metadata (levels, tensors)."""
    for level in range(bits.shape[0]):
        if bits[level].sum() > sparse.metadata_capacity_bits[level]:
            return Fit(METADATA_TOO_LARGE, level, 0, bits[level].sum())
    return Fit(FITS, 0, 0, 0.0)
