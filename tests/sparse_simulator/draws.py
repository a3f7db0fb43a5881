"""Random tensors of a given density, many at a time."""

from __future__ import annotations

import math

import numpy as np


def uniform(rng: np.random.Generator, draws: int, words: int, density: float) -> np.ndarray:
    """(draws, words) bool: ceil(density * words) non-zeros, anywhere (the hypergeometric law)."""
    order = rng.random((draws, words)).argsort(axis=1)
    return order < math.ceil(density * words)


def structured(rng: np.random.Generator, draws: int, branches: tuple[int, ...], density: float) -> np.ndarray:
    """(draws, words) bool: every tile of a hierarchy holds its share, rounded down or up (the fixed_structured law).

    The hierarchy cuts the tensor into branches[0] tiles, each of these into branches[1], and so on down to words; words stand in
    that order. A tile that holds c non-zeros hands c // b to each of its b parts and one more to c % b of them, which ones is random.
    So a tile of n words holds floor(n d) or ceil(n d) non-zeros, n d on average, and the same holds for a part of a tile whose
    non-zeros are known: this is the model's law for every tile of the hierarchy. It says nothing of sets of words that are no tile.
    """
    expected = math.prod(branches) * density
    counts = np.floor(expected) + (rng.random((draws, 1)) < expected - math.floor(expected))
    for branch in branches:
        more = rng.random((draws, counts.shape[1], branch)).argsort(axis=2).argsort(axis=2) < (counts % branch)[:, :, None]
        counts = (counts[:, :, None] // branch + more).reshape(draws, -1)
    return counts > 0
