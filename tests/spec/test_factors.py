"""Factor strings, permutation strings and component names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snnhw.spec.factors import Factor, FactorSyntaxError, covered, parse_factors, parse_name, parse_permutation


@pytest.mark.parametrize("text", ["P=2 Q=3", "P2 Q3", "P=2,Q=3", "P=2, Q=3", " P = 2   Q==3 ", "P2Q3", "P=2 Q=3 # R=4"])
def test_all_spellings_of_plain_factors_are_one(text: str) -> None:
    """The sign may be missing, commas and blanks part factors, and a comment is no factor."""
    assert parse_factors(text) == (Factor(dimension="P", value=2), Factor(dimension="Q", value=3))


def test_a_comma_without_a_blank_gives_the_last_pass() -> None:
    """`P=3,2` runs 3 iterations and 2 in the last pass, and the next factor may follow."""
    assert parse_factors("P=3,2 Q=4,1,R=5") == (
        Factor(dimension="P", value=3, residual=2),
        Factor(dimension="Q", value=4, residual=1),
        Factor(dimension="R", value=5),
    )


def test_bounds_of_constraints_are_read() -> None:
    """`<=` and `>=` may stand beside each other for one dimension."""
    assert parse_factors("C<=4 C>=2 K=0") == (
        Factor(dimension="C", relation="<=", value=4),
        Factor(dimension="C", relation=">=", value=2),
        Factor(dimension="K", value=0),
    )


@pytest.mark.parametrize("text", ["", "   ", "# all of it"])
def test_nothing_gives_no_factor(text: str) -> None:
    """An empty string and a mere comment hold no factors."""
    assert parse_factors(text) == ()


@pytest.mark.parametrize(
    ("text", "seen", "expected"),
    [
        ("P=", '"P="', "factors such as P=2 Q=3 or P=3,2"),
        ("P=2 7", '"7"', "factors such as P=2 Q=3 or P=3,2"),
        ("P=-2", '"P=-2"', "factors such as P=2 Q=3 or P=3,2"),
        ("P=2.5", '"P=2.5"', "factors such as P=2 Q=3 or P=3,2"),
        ("P=2 ; Q=3", '"; Q=3"', "factors such as P=2 Q=3 or P=3,2"),
        ("P=3,4", '"P=3,4"', "a last pass of at least 1 and at most all iterations, as in P=3,2"),
        ("P=3,0", '"P=3,0"', "a last pass of at least 1 and at most all iterations, as in P=3,2"),
        ("P<=3,2", '"P<=3,2"', "a last pass of at least 1 and at most all iterations, as in P=3,2"),
        ("P<=0", '"P<=0"', "a bound of at least 1"),
        ("P=2 Q=1 P=2", 'a second factor "P="', "one factor of each dimension"),
    ],
)
def test_what_is_no_factor_says_so(text: str, seen: str, expected: str) -> None:
    """The error holds the part that is wrong and what would be right."""
    with pytest.raises(FactorSyntaxError) as caught:
        parse_factors(text)
    assert (caught.value.seen, caught.value.expected) == (seen, expected)


@pytest.mark.parametrize("value", ["PQC", "P Q C", "P,Q,C", "PQC # inner to outer", ["P", "Q", "C"]])
def test_permutations_are_strings_or_lists(value: str | list[str]) -> None:
    """One letter a dimension, or one item a dimension."""
    assert parse_permutation(value) == (("P", "Q", "C"), ())


@pytest.mark.parametrize(
    ("value", "innermost", "outermost"), [("RS_C", ("R", "S"), ("C",)), ("_CN", (), ("C", "N")), ("R_", ("R",), ()), ("", (), ())]
)
def test_an_underscore_parts_the_inner_from_the_outer_end(value: str, innermost: tuple[str, ...], outermost: tuple[str, ...]) -> None:
    """Both ends are listed from inner to outer."""
    assert parse_permutation(value) == (innermost, outermost)


@pytest.mark.parametrize(
    ("value", "seen", "expected"),
    [
        ("PQP", '"P" twice', "each dimension once"),
        ("P_P", '"P" twice', "each dimension once"),
        ("P_Q_R", 'a second "_"', "one _ between the innermost and the outermost dimensions"),
    ],
)
def test_a_permutation_has_each_dimension_once(value: str, seen: str, expected: str) -> None:
    """A dimension that comes twice is an error, also across the underscore."""
    with pytest.raises(FactorSyntaxError) as caught:
        parse_permutation(value)
    assert (caught.value.seen, caught.value.expected) == (seen, expected)


@pytest.mark.parametrize(
    ("text", "name", "count"), [("GLB", "GLB", 1), ("PE[0..13]", "PE", 14), ("mac[1..168]", "mac", 168), ("x[7..7]", "x", 1)]
)
def test_a_range_in_a_name_counts_instances(text: str, name: str, count: int) -> None:
    """Both ends of the range belong to it."""
    assert parse_name(text) == (name, count)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PE[3..1]", "a range that runs upwards, as in PE[0..13]"),
        ("PE[0..13", "a name, or a name with a range as in PE[0..13]"),
        ("PE[4]", "a name, or a name with a range as in PE[0..13]"),
        ("", "a name, or a name with a range as in PE[0..13]"),
    ],
)
def test_a_bad_range_is_an_error(text: str, expected: str) -> None:
    """A range that runs down, is not closed or is no range."""
    with pytest.raises(FactorSyntaxError) as caught:
        parse_name(text)
    assert (caught.value.seen, caught.value.expected) == (f'"{text}"', expected)


def test_perfect_loops_cover_their_product() -> None:
    """Without a shorter last pass the coverage is the product of the bounds."""
    assert covered([(2, 2), (3, 3), (5, 5)]) == 30


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)).map(lambda pair: (max(pair), min(pair))), max_size=4))
def test_imperfect_loops_cover_what_a_walk_counts(loops: list[tuple[int, int]]) -> None:
    """The formula equals walking the nest, where a loop runs its last pass if all outer loops are at their last iteration."""

    def walk(rest: list[tuple[int, int]], last: bool) -> int:
        if not rest:
            return 1
        bound = rest[0][1] if last else rest[0][0]
        return sum(walk(rest[1:], last and i == bound - 1) for i in range(bound))

    assert covered(loops) == walk(loops, True)
