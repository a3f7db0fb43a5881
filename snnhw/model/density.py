"""How many non-zeros a tile holds (Sparseloop's density models).

A tile of n words of a tensor of N words and density d:
    fixed_structured   x = n d; floor(x) with probability 1 - frac(x), else ceil(x)
    hypergeometric     r = ceil(d N) non-zeros anywhere: P(k) = C(r, k) C(N - r, n - k) / C(N, n)
    banded             a square matrix whose entries with |row - column| <= w are not zero: P(k) is the share of the places
                       a tile can have on its grid at which it holds k; entries of the matrix count once each
Within a tile of S words that is known to hold o, the same with N = S, r = o (hypergeometric), d = o / S (fixed_structured), and for
banded the share of empty places within the first tile of the grid that holds o.

A law is an array of five numbers, LAW; a tile is given by its words and, for banded, its rows.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import product

import numpy as np

from snnhw.jit import compiled
from snnhw.model.exact import over, times, up

FIXED_STRUCTURED, HYPERGEOMETRIC, BANDED = 0, 1, 2
MODELS = {"fixed_structured": FIXED_STRUCTURED, "hypergeometric": HYPERGEOMETRIC, "banded": BANDED}
LAW = ("model", "density", "words", "side", "band_width")
"""Entries of a law: one of the models above, share of non-zeros, words of the tensor, rows of the banded matrix, its band width."""

_MOST_FACTORS = 500
"""Draws up to which a hypergeometric probability is a product, correctly rounded; beyond, logarithms of gamma keep it finite."""


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
def in_band(offset, rows, columns, band):
    """Non-zeros of a tile whose first column lies `offset` right of its first row."""
    total = 0
    for row in range(rows):
        first, last = max(offset, row - band), min(offset + columns - 1, row + band)
        total += max(0, last - first + 1)
    return total


@compiled
def band_places(law, words, rows):
    """How often each occupancy occurs over the grid of places of a tile: array from 0 to the words of the tile."""
    side, band = np.int64(law[3]), np.int64(law[4])
    columns = words // rows
    places = np.zeros(words + 1, np.int64)
    for row in range(0, side, rows):
        for column in range(0, side, columns):
            if column + columns - 1 >= row - band and column <= row + rows - 1 + band:
                places[in_band(column - row, min(rows, side - row), min(columns, side - column), band)] += 1
            else:
                places[0] += 1
    return places


@compiled
def non_zeros(law):
    """Non-zeros of the whole tensor, as hypergeometric counts them."""
    return np.int64(math.ceil(law[1] * law[2]))


@compiled
def probability(law, words, rows, k):
    """Probability that a tile holds k non-zeros."""
    if law[0] == HYPERGEOMETRIC:
        size = np.int64(law[2])
        return hypergeometric(k, non_zeros(law), min(words, size), size)
    if law[0] == BANDED:
        places = band_places(law, words, rows)
        return places[k] / places.sum() if k < places.size else 0.0
    return two_point(k, words * law[1])


@compiled
def probability_empty_within(law, words, rows, outer_words, outer_rows, occupancy):
    """Probability that a tile is empty within one of `outer_words` words and `outer_rows` rows that holds `occupancy` non-zeros."""
    if law[0] == HYPERGEOMETRIC:
        return hypergeometric(0, occupancy, min(words, outer_words), outer_words)
    if law[0] == BANDED:
        return _empty_places_within(law, words, rows, outer_words, outer_rows, occupancy)
    return two_point(0, words * (occupancy / outer_words))


@compiled
def _empty_places_within(law, words, rows, outer_words, outer_rows, occupancy):
    """Share of empty places of a tile within the first outer tile of the grid that holds `occupancy` non-zeros."""
    side, band = np.int64(law[3]), np.int64(law[4])
    columns, outer_columns = max(1, words // rows), outer_words // outer_rows
    for row in range(0, side, outer_rows):
        for column in range(0, side, outer_columns):
            if in_band(column - row, outer_rows, outer_columns, band) != occupancy:
                continue
            empty, total = 0, 0
            for r in range(0, outer_rows, rows):
                for c in range(0, outer_columns, columns):
                    total += 1
                    empty += in_band(column + c - row - r, rows, columns, band) == 0
            return empty / total
    return 1.0 if occupancy == 0 else 0.0


def most_non_empty(law: np.ndarray, words: int, rows: int, outer_words: int, outer_rows: int, count: int, follows_faults: bool) -> int:
    """The most of `count` tiles, side by side in one of `outer_words` words and `outer_rows` rows, that can hold something at once.

    The reference counts tiles by words, where overlapping ones are more than there are or none; and for a band the empty ones.
    """
    if follows_faults and outer_words % words == 0:
        count = outer_words // words
    most = occupancy_range(law, outer_words, outer_rows)[1]
    if law[0] != BANDED:
        plain = up(outer_words * law[1], follows_faults) if law[0] == FIXED_STRUCTURED else most
        return min(count, int(plain))
    empty = probability_empty_within(law, words, rows, outer_words, outer_rows, most)
    if follows_faults:
        return math.ceil(count * empty)
    return max(_filled_within(law, words, rows, outer_words, outer_rows))


def _filled_within(law: np.ndarray, words: int, rows: int, outer_words: int, outer_rows: int) -> Iterator[int]:
    """Tiles that hold something of each outer tile on the grid of a banded matrix."""
    side, band = int(law[3]), int(law[4])
    columns, outer_columns = max(1, words // rows), outer_words // outer_rows
    for row, column in product(range(0, side, outer_rows), range(0, side, outer_columns)):
        yield sum(in_band(column + c - row - r, rows, columns, band) > 0
                  for r, c in product(range(0, outer_rows, rows), range(0, outer_columns, columns)))


@compiled
def occupancy_range(law, words, rows):
    """Least and most non-zeros that a tile can hold."""
    if law[0] == HYPERGEOMETRIC:
        size = np.int64(law[2])
        return max(np.int64(0), words - size + non_zeros(law)), min(words, non_zeros(law))
    if law[0] == BANDED:
        found = np.nonzero(band_places(law, words, rows))[0]
        return found[0], found[-1]
    x = words * law[1]
    return np.int64(math.floor(x)), np.int64(math.ceil(x))


@compiled
def distribution(law, words, rows):
    """Occupancies that can occur, rising, and their probabilities; those below double precision are left out."""
    if law[0] == BANDED:
        places = band_places(law, words, rows)
        found = np.nonzero(places)[0]
        return found, places[found] / places.sum()
    low, high = occupancy_range(law, words, rows)
    if law[0] == HYPERGEOMETRIC and high - low >= 512:
        low, high = _likely(law, words, low, high)
    occupancies = np.arange(low, high + 1)
    chances = np.empty(occupancies.size, np.float64)
    for i in range(occupancies.size):
        chances[i] = probability(law, words, rows, occupancies[i])
    possible = chances > 0.0
    return occupancies[possible], chances[possible]


@compiled
def _likely(law, words, low, high):
    """The part of a hypergeometric range outside which all probability is below double precision."""
    share = non_zeros(law) / law[2]
    mean = words * share
    deviation = math.sqrt(mean * (1.0 - share) * (law[2] - words) / max(1.0, law[2] - 1.0))
    reach = 12.0 * deviation + 40.0
    return max(low, np.int64(mean - reach)), min(high, np.int64(mean + reach) + 1)


@compiled
def never_sent(law, words, rows, follows_faults):
    """The occupancy at which a tile is not sent because it is empty, and how likely that is; -1 where every tile holds something.

    The reference computes the least occupancy of a tile in unsigned or rounded arithmetic that gives 0 where it is more, and then
    takes the least occupancy that occurs for the empty one (timeloop 4cf6d4c, CalculateExpectedOccupancy).
    """
    low, _ = occupancy_range(law, words, rows)
    p = probability(law, words, rows, low)
    if low == 0:
        return 0, p
    seems_zero = low < words if law[0] == HYPERGEOMETRIC else law[0] == FIXED_STRUCTURED and math.floor(low / words * words) == 0
    if follows_faults and seems_zero and p < 1.0 - 1e-9:
        return low, p
    return -1, 0.0


@compiled
def scalar_density(law):
    """Probability that one word of the tensor is not zero."""
    return non_zeros(law) / law[2] if law[0] == HYPERGEOMETRIC else law[1]
