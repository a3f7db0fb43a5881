"""What a tile needs in a compressed format: words of data, words of metadata, expected and at worst (Sparseloop's format models).

A format is a list of ranks, here from the innermost, 0, outwards. Rank r cuts its tile into fibres of `fibre[r]` sub-tiles; a sub-tile
of rank r is a tile of rank r - 1, at the bottom a scalar. Which loops a rank takes: see ranks.py. With F fibres in a rank, e the
probability that its tile holds something and z that a sub-tile does, a rank of fibre length f has

    UB   metadata F f               payloads F f              a bit for every coordinate, empty or not
    B    metadata F e f             payloads F e ceil(f z)    a bit for every coordinate of a fibre that exists
    RLE  metadata F e f z           payloads the same         a run length for each non-zero
    CP   metadata F e ceil(f z)     payloads the same         a coordinate for each non-zero
    UOP  metadata 0                 payloads F e (f + 1)      offsets of each coordinate and the end

The payload of the innermost rank that is in use is the data itself and not counted here.
"""

from __future__ import annotations

import numpy as np

from snnhw.jit import compiled
from snnhw.model.density import distribution, never_sent, occupancy_range, probability_empty_within
from snnhw.model.exact import up

NONE, UB, B, CP, RLE, UOP = -1, 0, 1, 2, 3, 4
CODES = {"UB": UB, "B": B, "CP": CP, "RLE": RLE, "UOP": UOP}
METADATA, PAYLOAD = 0, 1
"""Columns of a rank's words."""


@compiled
def rank_words(code, fibres, length, holds, sub_holds, follows_faults):
    """Metadata and payload words of one rank (multiplied in the reference's order, so that rounding up agrees)."""
    there = fibres * holds
    if code == UB:
        return fibres * length, fibres * length
    if code == B:
        return there * length, there * up(length * sub_holds, follows_faults)
    if code == RLE:
        words = length * sub_holds * there
        return words, words
    if code == CP:
        words = up(length * sub_holds, follows_faults) * there
        return words, words
    return 0.0, there * (length + 1)


@compiled
def words_given(codes, fibre, tiles, tile, law, occupancy, follows_faults, outer_to_inner, words):
    """Fills words (ranks, 2) for a tile that holds `occupancy` non-zeros.

    fibre: (ranks,); tiles: (ranks + 1, 2) words and rows of the innermost sub-tile, then of each rank's tile; tile: (2,) of the whole.
    """
    ranks = fibre.size
    fibres = 1.0
    innermost = -1
    kept_when_trivial = ranks - 1 if outer_to_inner else 0
    for r in range(ranks - 1, -1, -1):
        words[r, :] = 0.0
        if fibre[r] > 1 or r == kept_when_trivial:
            holds = 1.0 - probability_empty_within(law, tiles[r + 1, 0], tiles[r + 1, 1], tile[0], tile[1], occupancy)
            sub_holds = 1.0 - probability_empty_within(law, tiles[r, 0], tiles[r, 1], tile[0], tile[1], occupancy)
            words[r, METADATA], words[r, PAYLOAD] = rank_words(codes[r], fibres, fibre[r], holds, sub_holds, follows_faults)
            if words[r, METADATA] + words[r, PAYLOAD] > 0:
                innermost = r
        fibres *= fibre[r]
    if innermost >= 0:
        words[innermost, PAYLOAD] = 0.0


@compiled
def expected_words(codes, fibre, tiles, tile, law, only_non_empty, follows_faults, outer_to_inner, words):
    """Fills words (ranks, 2) with their expectation; returns (expected non-zeros, probability that the tile exists).

    only_non_empty: the level above has a format, so empty tiles are never sent, and what is left is conditioned on that.
    """
    ranks = fibre.size
    words[:, :] = 0.0
    one = np.empty((ranks, 2), np.float64)
    missing, empty = never_sent(law, tile[0], tile[1], follows_faults) if only_non_empty else (-1, 0.0)
    exists = 1.0 - empty
    if exists <= 0.0:
        return 0.0, 0.0
    expected = 0.0
    occupancies, chances = distribution(law, tile[0], tile[1])
    for i in range(occupancies.size):
        if occupancies[i] == missing:
            continue
        p = chances[i] / exists
        expected += p * occupancies[i]
        if ranks > 0:
            words_given(codes, fibre, tiles, tile, law, occupancies[i], follows_faults, outer_to_inner, one)
            for r in range(ranks):
                words[r, 0] += p * one[r, 0]
                words[r, 1] += p * one[r, 1]
    return expected, exists


@compiled
def worst_bits(codes, fibre, tiles, tile, law, follows_faults, outer_to_inner, word_bits):
    """Most non-zeros that the tile can hold, and the bits of metadata that go with them. word_bits: (ranks, 2)."""
    ranks = fibre.size
    _, most = occupancy_range(law, tile[0], tile[1])
    words = np.empty((ranks, 2), np.float64)
    words_given(codes, fibre, tiles, tile, law, most, follows_faults, outer_to_inner, words)
    bits = 0.0
    for r in range(ranks):
        bits += words[r, 0] * word_bits[r, 0] + words[r, 1] * word_bits[r, 1]
    return most, up(bits, follows_faults)
