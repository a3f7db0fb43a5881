"""Words of metadata that formats need, worked by hand and by trying all tiles."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
from sparse_simulator.packing import packed

from snnhw.model.density import FIXED_STRUCTURED, HYPERGEOMETRIC
from snnhw.model.formats import CODES, expected_words, rank_words, words_given, worst_bits


def law(model: int, density: float, words: int) -> np.ndarray:
    return np.array([model, density, words, 0, 0], np.float64)


def ranks(formats: str, fibres: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Codes, fibres and tiles of ranks that are named from the outside, in the kernel's order, innermost first."""
    inner = fibres[::-1]
    tiles = [math.prod(inner[:i]) for i in range(len(inner) + 1)]
    return (np.array([CODES[name] for name in formats.split()[::-1]], np.int64), np.array(inner, np.int64),
            np.array([[words, words] for words in tiles], np.int64))


def given(formats: str, fibres: tuple[int, ...], occupancy: int, model: int = HYPERGEOMETRIC,
          outer_to_inner: bool = True) -> list[list[float]]:
    """[metadata, payload] of each rank, outermost first, for a tile that holds so many non-zeros."""
    codes, fibre, tiles = ranks(formats, fibres)
    words = np.full((fibre.size, 2), -1.0)
    words_given(codes, fibre, tiles, tiles[-1], law(model, 0.5, 1000), occupancy, False, outer_to_inner, words)
    return words[::-1].tolist()


@pytest.mark.parametrize(("name", "metadata", "payload"), [
    ("UB", 3 * 8, 3 * 8), ("B", 3 * 0.5 * 8, 3 * 0.5 * 3), ("RLE", 8 * 0.3 * 1.5, 8 * 0.3 * 1.5), ("CP", 3 * 1.5, 3 * 1.5),
    ("UOP", 0.0, 3 * 0.5 * 9)])
def test_the_formula_of_a_rank(name, metadata, payload):
    """Three fibres of eight, half of which exist, sub-tiles that exist with 0.3, so that ceil(8 * 0.3) = 3."""
    assert rank_words(CODES[name], 3.0, 8, 0.5, 0.3, False) == (metadata, payload)


@pytest.mark.parametrize(("name", "metadata"), [("UB", 8), ("B", 8), ("CP", 3), ("RLE", 3), ("UOP", 0)])
def test_one_fibre_of_eight_words_with_three_non_zeros(name, metadata):
    """A bit for each coordinate, or a coordinate or run for each non-zero. The payload is the data and not counted, nor are its offsets."""
    assert given(name, (8,), 3) == [[metadata, 0.0]]


@pytest.mark.parametrize(("name", "metadata"), [("UB", 8), ("B", 0), ("CP", 0), ("RLE", 0), ("UOP", 0)])
def test_an_empty_fibre(name, metadata):
    """Only UB spends bits on it."""
    assert given(name, (8,), 0) == [[metadata, 0.0]]


def test_two_ranks():
    """Four fibres of four words, four non-zeros, one in each by structure: four coordinates of fibres, four of words."""
    assert given("CP CP", (4, 4), 4, FIXED_STRUCTURED) == [[4.0, 4.0], [4.0, 0.0]]
    assert given("UOP CP", (4, 4), 4, FIXED_STRUCTURED) == [[0.0, 5.0], [4.0, 0.0]]
    assert given("B B", (4, 4), 4, FIXED_STRUCTURED) == [[4.0, 4.0], [16.0, 0.0]]
    assert given("UB UB", (4, 4), 4, FIXED_STRUCTURED) == [[4.0, 4.0], [16.0, 0.0]]


def test_two_ranks_over_tiles_that_may_be_empty():
    """Hypergeometric, o = 4 of 16: a fibre holds something with e = 1 - C(12,4)/C(16,4), a word with 1/4; see the module's table."""
    e = 1 - math.comb(12, 4) / math.comb(16, 4)
    assert given("B B", (4, 4), 4) == [[4.0, 3.0], [pytest.approx(4 * e * 4), 0.0]]
    assert given("CP RLE", (4, 4), 4) == [[3.0, 3.0], [pytest.approx(4 * e), 0.0]]


def test_a_rank_without_loops_is_empty_but_for_the_outermost():
    """A fibre of one sub-tile says nothing; the outermost rank (or, applied from inside, the innermost) says it all the same."""
    assert given("CP CP", (4, 1), 2) == [[2.0, 0.0], [0.0, 0.0]]
    assert given("CP CP", (1, 4), 2) == [[1.0, 1.0], [2.0, 0.0]]
    assert given("CP CP", (1, 4), 2, outer_to_inner=False) == [[0.0, 0.0], [2.0, 0.0]]
    assert given("CP CP", (4, 1), 2, outer_to_inner=False) == [[2.0, 2.0], [2.0, 0.0]]


def expectation(formats: str, fibres: tuple[int, ...], model: int, density: float, tensor: int, only_non_empty: bool = False):
    codes, fibre, tiles = ranks(formats, fibres)
    words = np.zeros((fibre.size, 2))
    expected, exists = expected_words(codes, fibre, tiles, tiles[-1], law(model, density, tensor), only_non_empty, False, True, words)
    return expected, exists, words[::-1]


@pytest.mark.parametrize("name", ["UB", "B", "CP", "RLE"])
@pytest.mark.parametrize(("size", "tensor", "r"), [(3, 6, 2), (4, 8, 5), (4, 4, 1)])
def test_the_expectation_is_that_of_all_tensors(name, size, tensor, r):
    """Packing the first tile of every possible tensor gives the expected words, and of those tiles that are not empty too."""
    tiles = np.array([[i in chosen for i in range(size)] for chosen in combinations(range(tensor), r)])
    for only_non_empty, kept in ((False, tiles), (True, tiles[tiles.any(axis=1)])):
        expected, exists, words = expectation(name, (size,), HYPERGEOMETRIC, r / tensor, tensor, only_non_empty)
        (metadata, _payload), = packed(kept, (name,), (size,))
        assert expected == pytest.approx(kept.sum(axis=1).mean())
        assert exists == pytest.approx(len(kept) / len(tiles))
        assert words[0, 0] == pytest.approx(metadata.mean())


@pytest.mark.parametrize("model", [FIXED_STRUCTURED, HYPERGEOMETRIC])
def test_a_tensor_of_zeros_has_no_tile_to_send(model):
    """Nothing is divided by 0."""
    expected, exists, words = expectation("CP", (4,), model, 0.0, 16, only_non_empty=True)
    assert (expected, exists) == (0.0, 0.0)
    assert not words.any()


def test_the_worst_tile():
    """6 of 16 non-zeros, tiles of 8: at worst all 6 in one, each with a coordinate of 4 bits; fixed: 3, and UB a bit for each word."""
    codes, fibre, tiles = ranks("CP", (8,))
    bits = np.array([[4, 4]], np.int64)
    assert worst_bits(codes, fibre, tiles, tiles[-1], law(HYPERGEOMETRIC, 0.375, 16), False, True, bits) == (6, 24)
    assert worst_bits(codes, fibre, tiles, tiles[-1], law(FIXED_STRUCTURED, 0.375, 16), False, True, bits) == (3, 12)
    codes, fibre, tiles = ranks("UB", (8,))
    assert worst_bits(codes, fibre, tiles, tiles[-1], law(FIXED_STRUCTURED, 0.375, 16), False, True, np.array([[1, 1]], np.int64)) == (3, 8)
