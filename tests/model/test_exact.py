"""Products of fractions in twice double precision."""

from __future__ import annotations

from fractions import Fraction

import pytest

from snnhw.model.exact import down, over, times, up


def chain(factors: list[tuple[int, int]]) -> tuple[tuple[float, float], Fraction]:
    """The product of fractions as a pair, and exactly."""
    high, low, exact = 1.0, 0.0, Fraction(1)
    for numerator, denominator in factors:
        high, low = over(*times(high, low, float(numerator)), float(denominator))
        exact *= Fraction(numerator, denominator)
    return (high, low), exact


@pytest.mark.parametrize("factors", [
    [(1, 3)], [(1, 3), (3, 1)], [(404, 504)], [(i, i + 7) for i in range(1, 60)], [(997, 1009)] * 40, [(1, 10)] * 12, [(3, 7), (7, 3)] * 50,
])
def test_a_pair_is_close_to_the_fraction(factors):
    """A pair has twice the digits of a double: a chain of n steps is off by no more than n times 2^-100 of its value."""
    (high, low), exact = chain(factors)
    assert abs(Fraction(high) + Fraction(low) - exact) <= exact * len(factors) * Fraction(1, 2**100)


@pytest.mark.parametrize("factors", [[(1, 3), (3, 1)], [(404, 504)], [(i, i + 7) for i in range(1, 60)], [(3, 7), (7, 3)] * 50])
def test_the_high_part_is_the_correctly_rounded_value(factors):
    """Also where a plain product is not: (3/7 * 7/3)^50 in doubles ends beside 1."""
    (high, _), exact = chain(factors)
    assert high == float(exact)


def test_a_plain_product_would_not_do():
    """The reason for pairs: the last bit of a plain product is wrong, and a count just below a whole number is rounded down."""
    plain = 1.0
    for i in range(1, 60):
        plain = plain * i / (i + 7)
    (_, _), exact = chain([(i, i + 7) for i in range(1, 60)])
    assert plain != float(exact)


@pytest.mark.parametrize(("value", "below", "above"), [
    (2.0, 2, 2), (2.5, 2, 3), (0.0, 0, 0), (10 * (1 - 0.9), 1, 1), (9 * (1 - (1 - 1 / 9)), 1, 1), (1e-12, 0, 0), (0.01, 0, 1),
    (1 - 1e-6, 0, 1), (3e12 - 0.002, 2_999_999_999_999, 3_000_000_000_000)])
def test_rounding_to_whole_words_forgives_a_rounding_error(value, below, above):
    """But no more than a thousandth of a word, however large the count."""
    assert (down(value, False), up(value, False)) == (below, above)


def test_rounding_plainly_forgives_nothing():
    """As the reference does."""
    assert (down(10 * (1 - 0.9), True), up(9 * (1 - (1 - 1 / 9)), True)) == (0, 2)
