"""Density models against exact arithmetic and against enumeration."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from snnhw.model.density import (
    BANDED,
    FIXED_STRUCTURED,
    HYPERGEOMETRIC,
    band_places,
    distribution,
    hypergeometric,
    in_band,
    never_sent,
    non_zeros,
    occupancy_range,
    probability,
    probability_empty_within,
    scalar_density,
    two_point,
)


def law(model: int, density: float, words: int, side: int = 0, band: int = 0) -> np.ndarray:
    return np.array([model, density, words, side, band], np.float64)


def exactly(k: int, r: int, n: int, size: int) -> Fraction:
    """C(r, k) C(size - r, n - k) / C(size, n)."""
    if k < 0 or k > n:
        return Fraction(0)
    return Fraction(math.comb(r, k) * math.comb(size - r, n - k), math.comb(size, n))


@pytest.mark.parametrize("size", [1, 2, 5, 12, 31])
def test_hypergeometric_probabilities_are_correctly_rounded(size):
    """Every probability of every tile is the double nearest to the exact fraction; impossible occupancies have none."""
    for r, n in product(range(size + 1), repeat=2):
        for k in range(-1, n + 2):
            assert hypergeometric(k, r, n, size) == float(exactly(k, r, n, size)), (k, r, n, size)


@pytest.mark.parametrize(("k", "r", "n", "size"), [
    (0, 404, 1, 504), (0, 100, 300, 1000), (3, 17, 400, 2304), (200, 400, 450, 900), (0, 450, 450, 10**6)])
def test_larger_hypergeometric_probabilities_are_correctly_rounded_too(k, r, n, size):
    """Up to 500 draws."""
    assert hypergeometric(k, r, n, size) == float(exactly(k, r, n, size))


@pytest.mark.parametrize(("k", "r", "n", "size"), [(300, 600, 5000, 10000), (550, 1100, 1200, 2400), (30, 700, 600, 14000)])
def test_with_many_draws_probabilities_are_good_to_nine_digits(k, r, n, size):
    """Beyond 500 draws logarithms of the gamma function are used."""
    assert hypergeometric(k, r, n, size) == pytest.approx(float(exactly(k, r, n, size)), rel=1e-9)


@pytest.mark.parametrize(("density", "words", "r"), [
    (0.0, 10, 0), (0.01, 10, 1), (0.1, 10, 1), (0.11, 10, 2), (0.999, 10, 10), (1.0, 10, 10)])
def test_the_tensor_holds_the_next_whole_number_of_non_zeros(density, words, r):
    """r = ceil(d N), so that a word is non-zero with probability r / N and not d."""
    assert non_zeros(law(HYPERGEOMETRIC, density, words)) == r
    assert scalar_density(law(HYPERGEOMETRIC, density, words)) == r / words
    assert scalar_density(law(FIXED_STRUCTURED, density, words)) == density


@pytest.mark.parametrize("x", [0.0, 0.25, 1.0, 1.5, 2.75, 7.0])
def test_two_points(x):
    """floor(x) and ceil(x) have all probability, so that the mean is x."""
    chances = {k: two_point(k, x) for k in range(10)}
    assert sum(chances.values()) == pytest.approx(1.0)
    assert sum(k * p for k, p in chances.items()) == pytest.approx(x)
    assert {k for k, p in chances.items() if p > 0} <= {math.floor(x), math.ceil(x)}


@pytest.mark.parametrize(("words", "least", "most"), [(1, 0, 1), (4, 1, 2), (5, 1, 2), (8, 3, 3), (16, 6, 6)])
def test_ranges_of_fixed_structured(words, least, most):
    """Its share, rounded down and up: 0.375 of the words."""
    assert tuple(occupancy_range(law(FIXED_STRUCTURED, 0.375, 16), words, 1)) == (least, most)


@pytest.mark.parametrize(("words", "least", "most"), [(1, 0, 1), (4, 0, 4), (6, 0, 6), (10, 0, 6), (11, 1, 6), (13, 3, 6), (16, 6, 6)])
def test_ranges_of_hypergeometric(words, least, most):
    """6 non-zeros among 16: at least max(0, n - 10), at most min(n, 6)."""
    assert tuple(occupancy_range(law(HYPERGEOMETRIC, 0.375, 16), words, 1)) == (least, most)


@pytest.mark.parametrize("model", [FIXED_STRUCTURED, HYPERGEOMETRIC])
@pytest.mark.parametrize(("density", "words"), [(0.0, 7), (0.3, 1), (0.3, 7), (0.3, 40), (1.0, 7), (0.02, 40)])
def test_a_distribution_is_whole(model, density, words):
    """Probabilities add up to 1, and the mean is the tile's share of the non-zeros."""
    found, chances = distribution(law(model, density, 40), words, 1)
    share = math.ceil(density * 40) / 40 if model == HYPERGEOMETRIC else density
    assert chances.sum() == pytest.approx(1.0)
    assert (found * chances).sum() == pytest.approx(words * share)
    assert (np.diff(found) > 0).all()
    assert (chances > 0).all()


def test_a_wide_distribution_leaves_out_only_what_is_too_small_to_matter():
    """Of 60000 occupancies of a large tile some thousand are visited; the mean is right to ten digits."""
    found, chances = distribution(law(HYPERGEOMETRIC, 0.3, 200000), 100000, 1)
    assert found.size < 5000
    assert chances.sum() == pytest.approx(1.0, abs=1e-6)
    assert (found * chances).sum() == pytest.approx(30000, rel=1e-6)


@pytest.mark.parametrize(("words", "outer", "occupancy"), [(1, 4, 1), (2, 4, 1), (2, 4, 3), (3, 9, 2), (4, 4, 0), (1, 5, 5)])
def test_empty_within_a_known_tile(words, outer, occupancy):
    """Hypergeometric: C(S - o, n) / C(S, n). Fixed structured: 1 - n o / S where that is more than nothing."""
    uniform, structured = (probability_empty_within(law(model, 0.5, 100), words, 1, outer, 1, occupancy)
                           for model in (HYPERGEOMETRIC, FIXED_STRUCTURED))
    assert uniform == float(exactly(0, occupancy, words, outer))
    assert structured == pytest.approx(max(0.0, 1 - words * occupancy / outer))


@pytest.mark.parametrize(("words", "empty"), [(1, 0.75), (2, 0.5), (3, 0.25), (4, 0.0), (8, 0.0)])
def test_how_often_a_structured_tile_is_empty(words, empty):
    """max(0, 1 - n d)."""
    assert probability(law(FIXED_STRUCTURED, 0.25, 64), words, 1, 0) == empty


def test_a_condition_larger_than_the_tensor_is_the_tensor():
    """A row of a level may reach beyond it: then the tile is all there is."""
    assert probability(law(HYPERGEOMETRIC, 0.25, 8), 32, 1, 2) == 1.0
    assert probability(law(HYPERGEOMETRIC, 0.0, 8), 32, 1, 0) == 1.0


@pytest.mark.parametrize(("side", "band"), [(4, 0), (4, 1), (6, 1), (6, 5), (8, 2)])
@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (2, 1), (1, 2), (2, 2)])
def test_banded_tiles_are_those_of_the_matrix(side, band, rows, columns):
    """Occupancies of all places of a tile on its grid, counted on the matrix itself."""
    matrix = np.array([[abs(r - c) <= band for c in range(side)] for r in range(side)])
    want = np.zeros(rows * columns + 1, int)
    for r, c in product(range(0, side, rows), range(0, side, columns)):
        want[matrix[r:r + rows, c:c + columns].sum()] += 1
    banded = law(BANDED, matrix.mean(), side * side, side, band)
    assert band_places(banded, rows * columns, rows).tolist() == want.tolist()
    assert [probability(banded, rows * columns, rows, k) for k in range(want.size)] == pytest.approx(want / want.sum())
    assert tuple(occupancy_range(banded, rows * columns, rows)) == (np.flatnonzero(want)[0], np.flatnonzero(want)[-1])


@pytest.mark.parametrize(("offset", "count"), [(-9, 0), (-3, 0), (-2, 1), (-1, 3), (0, 4), (1, 3), (2, 1), (3, 0), (9, 0)])
def test_non_zeros_of_a_moved_tile(offset, count):
    """A 2 x 2 tile whose first column lies right of its first row, on the three middle diagonals."""
    assert in_band(offset, 2, 2, 1) == count


def test_empty_places_within_a_banded_tile():
    """The first 4 x 4 tile of the tridiagonal matrix holds 10 non-zeros; of its four 2 x 2 places none is empty, of its 16 words 6."""
    banded = law(BANDED, 22 / 64, 64, 8, 1)
    assert probability_empty_within(banded, 4, 2, 16, 4, 10) == 0.0
    assert probability_empty_within(banded, 1, 1, 16, 4, 10) == 6 / 16
    assert probability_empty_within(banded, 1, 1, 16, 4, 1) == 15 / 16
    assert probability_empty_within(banded, 1, 1, 16, 4, 0) == 1.0
    assert probability_empty_within(banded, 1, 1, 16, 4, 7) == 0.0


@pytest.mark.parametrize(("model", "density", "words", "empty"), [
    (HYPERGEOMETRIC, 0.5, 2, float(exactly(0, 4, 2, 8))), (HYPERGEOMETRIC, 0.0, 2, 1.0), (FIXED_STRUCTURED, 0.25, 2, 0.5),
    (FIXED_STRUCTURED, 0.0, 2, 1.0)])
def test_what_is_empty_is_not_sent(model, density, words, empty):
    """Where a tile can be empty, that occupancy, 0, and its probability are left out."""
    for follows_faults in (False, True):
        assert never_sent(law(model, density, 8), words, 1, follows_faults) == (0, pytest.approx(empty))


def test_a_tile_that_always_holds_something_is_always_sent():
    """N = 4, r = 3, n = 2: at least one non-zero. The reference takes that least occupancy for the empty one (N - r < n < N)."""
    assert never_sent(law(HYPERGEOMETRIC, 0.75, 4), 2, 1, False) == (-1, 0.0)
    assert never_sent(law(HYPERGEOMETRIC, 0.75, 4), 2, 1, True) == (1, 0.5)
    assert never_sent(law(HYPERGEOMETRIC, 0.75, 4), 4, 1, True) == (-1, 0.0)
