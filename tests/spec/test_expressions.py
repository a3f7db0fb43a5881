"""The evaluator of arithmetic in values."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snnhw.spec.expressions import BROKEN, BrokenNameError, ExpressionError, UndefinedNameError, evaluate, is_expression, names_in

NAMES = {"weight_bits": 4, "depth": 100, "kind": "RLE", "on": True}


@pytest.mark.parametrize(("text", "value"), [
    ("weight_bits * 2", 8), ("2**10", 1024), ("7 // 2", 3), ("7 % 4", 3), ("-weight_bits + 1", -3), ("7 / 2", 3.5), ("8 / 2", 4),
    ("ceil(log2(depth))", 7), ("floor(2.7)", 2), ("round(2.6)", 3), ("min(weight_bits, 3, 9)", 3), ("max([1, 5])", 5), ("sum([1, 2])", 3),
    ("sqrt(16)", 4), ("int('12')", 12), ("abs(-3)", 3), ("gcd(12, 18)", 6), ("1e-9", 1e-9), ("'a' + 'b'", "ab"), ("kind", "RLE"),
    ("1 if weight_bits > 2 else 0", 1), ("weight_bits == 4 and depth != 3", True), ("0 or 5", 5), ("not on", False), ("1 < 2 < 3", True),
    ("1 < 2 > 3", False), ("kind in ['RLE', 'UB']", True), ("pi > 3", True), ("inf", float("inf")), ("None", None), ("(1, 2)", [1, 2]),
    ("len('abc')", 3), ("str(3)", "3"), ("true", True),
])
def test_an_expression_has_its_value(text: str, value: Any) -> None:
    """Whole floats come back as integers."""
    found = evaluate(text, NAMES)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(("text", "said"), [
    ("2 +", "no expression that can be read"), ("28nm", "no expression that can be read"), ("", "no expression that can be read"),
    ("a = 3", "no expression that can be read"), ("\0", "no expression that can be read"), ("(" * 500 + ")" * 500,
        "no expression that can be read"),
    ("1 / 0", "a division by zero"), ("1 % 0", "a division by zero"), ("9 ** 9999", "a number of more than 4096 bits"),
    ("2 ** 2 ** 2 ** 2 ** 2", "a number of more than 4096 bits"), ("(2**4000) * (2**4000)", "a number of more than 4096 bits"),
    ("'a' * 3", "arithmetic on something that is no number"), ("[1] * 3", "arithmetic on something that is no number"),
    ("kind + 1", "arithmetic on something that is no number"), ("(-8) ** 0.5", "the result is no real number"),
    ("inf - inf", "the result is no number"), ("log2(0)", "arithmetic that has no result for these numbers"),
    ("'a' < 1", "arithmetic on something that is no number"),
    ("kind.upper()", "this cannot be called here; the functions are abs, bool, ceil, exp, float, floor, gcd, int, len, log, log10, log2, "
                     "max, min, "
     "round, sqrt, str, sum, trunc"),
    ("kind.upper", "attributes of other components (a.b) are not supported"),
    ("[x for x in [1]]", "ListComp is not supported in an expression"), ("lambda: 1", "Lambda is not supported in an expression"),
    ("1 << 99999", "BinOp is not supported in an expression"), ("min(1, key=2)", "min cannot be called here; the functions are abs, bool, "
                                                                "ceil, exp, "
     "float, floor, gcd, int, len, log, log10, log2, max, min, round, sqrt, str, sum, trunc"),
    ("1 is 1", "Is is not supported in an expression"), ("'" + "a" * 1001 + "'", "an expression of more than 1000 characters"),
    ("f'{1}'", "JoinedStr is not supported in an expression"), ("{1: 2}", "Dict is not supported in an expression"),
])
def test_what_cannot_be_computed_says_why(text: str, said: str) -> None:
    """In words, with no traceback."""
    with pytest.raises(ExpressionError) as caught:
        evaluate(text, NAMES)
    assert str(caught.value) == said


@pytest.mark.parametrize("text", ["__import__('os')", "open('x')", "eval('1')", "().__class__", "print(1)", "depth.__class__", "exec"])
def test_nothing_dangerous_can_be_named(text: str) -> None:
    """Only listed functions can be called, only given names exist."""
    with pytest.raises(ExpressionError):
        evaluate(text, NAMES)


def test_an_undefined_name_is_told() -> None:
    """By its name."""
    with pytest.raises(UndefinedNameError, match=r"^wieght is not defined$") as caught:
        evaluate("2 * wieght", NAMES)
    assert caught.value.name == "wieght"


def test_a_variable_hides_a_constant() -> None:
    """A variable named pi, say."""
    assert evaluate("pi", {"pi": 3}) == 3


def test_what_depends_on_a_wrong_value_is_told_apart() -> None:
    """So that its error is not repeated."""
    with pytest.raises(BrokenNameError):
        evaluate("x + 1", {"x": BROKEN})


def test_names_of_an_expression() -> None:
    """Without functions and constants; text that is no expression has none."""
    assert names_in("ceil(a / b) + pi") == {"a", "b"}
    assert names_in("28nm") == frozenset()


def test_what_is_an_expression() -> None:
    """Syntax alone decides."""
    assert is_expression("LPDDR4 + 1")
    assert not is_expression("28nm")


@given(st.text(max_size=60))
def test_any_text_has_a_value_or_an_error(text: str) -> None:
    """Nothing else is ever raised."""
    said = "a value"
    try:
        evaluate(text, NAMES)
    except ExpressionError as error:
        said = str(error)
    assert said


@given(st.integers(-10**6, 10**6), st.integers(-10**6, 10**6), st.sampled_from(["+", "-", "*"]))
def test_arithmetic_is_pythons(a: int, b: int, sign: str) -> None:
    """On integers."""
    assert evaluate(f"({a}) {sign} ({b})", {}) == {"+": a + b, "-": a - b, "*": a * b}[sign]
