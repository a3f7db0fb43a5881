"""How many non-zeros a tile holds (Sparseloop's density models).

A tile of n words of a tensor of N words and density d:
    fixed_structured   x = n d; floor(x) with probability 1 - frac(x), else ceil(x)
    hypergeometric     r = ceil(d N) non-zeros anywhere: P(k) = C(r, k) C(N - r, n - k) / C(N, n)
Within a tile of S words that is known to hold o, the same with N = S, r = o (hypergeometric) and d = o / S (fixed_structured).
"""

from __future__ import annotations

import math

import numpy as np
from snnhw.jit import compiled
from snnhw.model.exact import over, times

FIXED_STRUCTURED, HYPERGEOMETRIC = 0, 1
MODELS = {"fixed_structured": FIXED_STRUCTURED, "hypergeometric": HYPERGEOMETRIC}


_MOST_FACTORS = 500
"""Draws up to which the probability is a product, correctly rounded; beyond, logarithms of the gamma function keep it finite."""


@compiled
def _log_choose(n, k):
    return math.lgamma(n + 1.0) - math.lgamma(k + 1.0) - math.lgamma(n - k + 1.0)


@compiled
def hypergeometric(k, r, n, size):
    """Probability that n words drawn from `size` words with r non-zeros hold k of them."""
    if k < 0 or k > r or k > n or n - k > size - r:
        return 0.0
    draws, marked = min(n, r), max(n, r)
    if marked == size:
        return 1.0
    if k > 0 and draws > _MOST_FACTORS:
        return math.exp(_log_choose(r, k) + _log_choose(size - r, n - k) - _log_choose(size, n))
    high, low = 1.0, 0.0
    for i in range(draws):
        if i < k:
            high, low = over(*times(high, low, float(marked - i)), float(size - i))
            high, low = over(*times(high, low, float(draws - i)), float(i + 1))
        else:
            high, low = over(*times(high, low, float(size - marked - (i - k))), float(size - i))
        if high == 0.0:
            break
    return high


@compiled
def two_point(k, x):
    """Probability of k non-zeros where x are expected and only floor(x) and ceil(x) occur."""
    low = math.floor(x)
    if k == low:
        return 1.0 - (x - low)
    return x - low if k == low + 1 else 0.0


@compiled
def non_zeros(model, density, size):
    """Non-zeros of the whole tensor, as hypergeometric counts them."""
    return np.int64(math.ceil(density * size)) if model == HYPERGEOMETRIC else np.int64(0)


@compiled
def probability(model, density, size, n, k):
    """Probability that a tile of n words holds k non-zeros."""
    if model == HYPERGEOMETRIC:
        return hypergeometric(k, non_zeros(model, density, size), min(n, size), size)
    return two_point(k, n * density)


@compiled
def probability_empty_within(model, n, size, occupancy):
    """Probability that a tile of n words is empty within one of `size` words that holds `occupancy` non-zeros."""
    if model == HYPERGEOMETRIC:
        return hypergeometric(0, occupancy, min(n, size), size)
    return two_point(0, n * (occupancy / size))


@compiled
def occupancy_range(model, density, size, n):
    """Least and most non-zeros that a tile of n words can hold."""
    if model == HYPERGEOMETRIC:
        r = non_zeros(model, density, size)
        return max(np.int64(0), n - size + r), min(n, r)
    x = n * density
    return np.int64(math.floor(x)), np.int64(math.ceil(x))


@compiled
def likely_range(model, density, size, n):
    """The part of occupancy_range outside which all probability is below double precision."""
    low, high = occupancy_range(model, density, size, n)
    if model != HYPERGEOMETRIC or high - low < 512:
        return low, high
    share = non_zeros(model, density, size) / size
    mean = n * share
    deviation = math.sqrt(mean * (1.0 - share) * (size - n) / max(1.0, size - 1.0))
    reach = 12.0 * deviation + 40.0
    return max(low, np.int64(mean - reach)), min(high, np.int64(mean + reach) + 1)


@compiled
def scalar_density(model, density, size):
    """Probability that one word of the tensor is not zero."""
    return non_zeros(model, density, size) / size if model == HYPERGEOMETRIC else density


@compiled
def never_sent(model, density, size, n, follows_faults):
    """The occupancy at which a tile is not sent because it is empty, and how likely that is; -1 where every tile holds something.

    The reference computes the least occupancy of a tile in unsigned or rounded arithmetic that gives 0 where it is more, and then
    takes the least occupancy that occurs for the empty one (timeloop 4cf6d4c, CalculateExpectedOccupancy).
    """
    low, _ = occupancy_range(model, density, size, n)
    if low == 0:
        return 0, probability(model, density, size, n, 0)
    seems_zero = low < n if model == HYPERGEOMETRIC else math.floor(low / n * n) == 0
    p = probability(model, density, size, n, low)
    if follows_faults and seems_zero and p < 1.0 - 1e-9:
        return low, p
    return -1, 0.0
