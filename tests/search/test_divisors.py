"""Factors that multiply to a bound."""

import math
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snnhw.search.divisors import chain, divisors, primes

RANGES = st.lists(st.tuples(st.integers(1, 4), st.integers(1, 12)), min_size=1, max_size=4)


@given(st.integers(1, 5000))
def test_divisors_are_all_that_divide(number: int) -> None:
    assert list(divisors(number)) == [i for i in range(1, number + 1) if number % i == 0]


@given(st.integers(1, 5000))
def test_primes_are_the_divisors_without_divisors(number: int) -> None:
    assert list(primes(number)) == [p for p in divisors(number) if p > 1 and len(divisors(p)) == 2]


@given(st.integers(1, 48), RANGES)
def test_a_chain_lists_what_trying_all_products_finds(bound: int, ranges: list[tuple[int, int]]) -> None:
    one = chain(bound, ranges)
    tried = [factors for factors in product(*(range(least, most + 1) for least, most in ranges)) if math.prod(factors) == bound]
    assert sorted(one.lists()) == tried
    assert one.ways() == len(tried)
    assert one.is_possible == bool(tried)


@given(st.integers(1, 48), RANGES)
def test_least_inside_is_the_smallest_product_of_the_inner_factors_of_any_list(bound: int, ranges: list[tuple[int, int]]) -> None:
    one = chain(bound, ranges)
    if one.is_possible:
        for slot in range(1, len(ranges) + 1):
            assert one.least_inside(slot) == min(math.prod(factors[:slot]) for factors in one.lists())


def test_outermost_puts_all_it_may_into_the_last_slot() -> None:
    assert chain(24, [(1, 24), (2, 4), (1, 24)]).outermost() == (1, 2, 12)


@pytest.mark.parametrize(("bound", "ranges"), [(7, [(2, 3), (1, 7)]), (8, [(1, 2), (1, 2)])])
def test_a_bound_that_no_factors_reach_is_impossible(bound: int, ranges: list[tuple[int, int]]) -> None:
    assert not chain(bound, ranges).is_possible
