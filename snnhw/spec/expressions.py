"""Arithmetic in values, such as `weight_bits * 2` or `ceil(log2(depth))`, evaluated over a syntax tree with a list of what is allowed.

Accelergy's v0.4 rule: a value without quotes is an expression over variables and attributes. Nothing here calls eval, looks up an
attribute of an object, or makes a number of more than some thousand bits.
"""

from __future__ import annotations

import ast
import math
import operator
import warnings
from collections.abc import Callable, Mapping
from typing import Any

MAX_LENGTH = 1000
MAX_BITS = 4096
MAX_TEXT = 10_000

_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "abs": abs, "bool": bool, "ceil": math.ceil, "exp": math.exp, "floor": math.floor, "float": float, "gcd": math.gcd, "int": int,
    "log": math.log, "log10": math.log10, "log2": math.log2, "max": max, "min": min, "round": round, "sqrt": math.sqrt, "str": str,
    "sum": sum, "trunc": math.trunc, "len": len,
}
_CONSTANTS: Mapping[str, Any] = {"pi": math.pi, "inf": math.inf, "INF": math.inf, "True": True, "False": False,
                                  "true": True, "false": False}
_BINARY: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv, ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod, ast.Pow: operator.pow,
}
_UNARY: Mapping[type[ast.unaryop], Callable[[Any], Any]] = {ast.USub: operator.neg, ast.UAdd: operator.pos, ast.Not: operator.not_}
_COMPARE: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
    ast.In: lambda a, b: a in b, ast.NotIn: lambda a, b: a not in b,
}


class ExpressionError(ValueError):
    """A text that is no expression, or one that cannot be computed; str() says why."""


class UndefinedNameError(ExpressionError):
    """A name in an expression that stands for nothing."""

    def __init__(self, name: str):
        super().__init__(f"{name} is not defined")
        self.name = name


class BrokenNameError(ExpressionError):
    """A name whose own value is known to be wrong; that was said already."""


class Broken:
    """The type of BROKEN."""

    def __repr__(self) -> str:
        return "a value that is wrong"


BROKEN = Broken()
"""Stands for a value that was found to be wrong, so that nothing more is said of what depends on it."""


def evaluate(text: str, names: Mapping[str, Any]) -> Any:
    """The value of an expression over `names`: a number (whole floats come back as int), text, true or false, or None.

    Allowed are + - * / // % **, comparisons, and/or/not, `a if c else b`, lists, and the functions abs, ceil, floor, round, min, max,
    sum, log2, log10, log, exp, sqrt, gcd, int, float, bool, str, len, trunc. Raises UndefinedNameError, or ExpressionError.
    """
    value = _value(_parsed(text), names)
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, float) and math.isnan(value):
        raise ExpressionError("the result is no number")
    return value


def names_in(text: str) -> frozenset[str]:
    """The names that an expression uses, functions and constants aside; none if the text is no expression."""
    try:
        tree = _parsed(text)
    except ExpressionError:
        return frozenset()
    known = {*_FUNCTIONS, *_CONSTANTS}
    return frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name)) - known


def is_expression(text: str) -> bool:
    """Whether the text can be read as an expression (its names may be undefined)."""
    try:
        _parsed(text)
    except ExpressionError:
        return False
    return True


def _parsed(text: str) -> ast.expr:
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"an expression of more than {MAX_LENGTH} characters")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ExpressionError("no expression that can be read") from None


def _value(node: ast.expr, names: Mapping[str, Any]) -> Any:
    try:
        return _bounded(_node_value(node, names))
    except ExpressionError:
        raise
    except ZeroDivisionError:
        raise ExpressionError("a division by zero") from None
    except RecursionError:
        raise ExpressionError("an expression that is nested too deeply") from None
    except (ValueError, TypeError, ArithmeticError) as error:
        raise ExpressionError(_told(error)) from None


def _told(error: Exception) -> str:
    """Why it can't be computed, in words for whoever wrote the expression."""
    said = str(error)
    if "interpreted as an integer" in said:
        return "a number that is not whole, where whole ones are needed (gcd)"
    if "infinity" in said or "NaN" in said:
        return "a whole number made of one that is not finite"
    if isinstance(error, OverflowError):
        return "a number that is too large"
    if isinstance(error, ArithmeticError | ValueError):
        return "arithmetic that has no result for these numbers"
    return "arithmetic on something that is no number"


def _node_value(node: ast.expr, names: Mapping[str, Any]) -> Any:
    match node:
        case ast.Constant(value=int() | float() | str() | None):
            return node.value
        case ast.Name():
            return _named(node.id, names)
        case ast.BinOp() if type(node.op) in _BINARY:
            return _binary(node.op, _value(node.left, names), _value(node.right, names))
        case ast.UnaryOp() if type(node.op) in _UNARY:
            return _UNARY[type(node.op)](_value(node.operand, names))
        case ast.BoolOp():
            return _logical(node, names)
        case ast.Compare():
            return _compared(node, names)
        case ast.IfExp():
            return _value(node.body if _value(node.test, names) else node.orelse, names)
        case ast.Call(func=ast.Name(id=called), keywords=[]) if called in _FUNCTIONS:
            return _FUNCTIONS[called](*(_value(argument, names) for argument in node.args))
        case ast.List() | ast.Tuple():
            return [_value(item, names) for item in node.elts]
    raise ExpressionError(_refusal(node))


def _refusal(node: ast.expr) -> str:
    if isinstance(node, ast.Call):
        called = node.func.id if isinstance(node.func, ast.Name) else "this"
        return f"{called} cannot be called here; the functions are {', '.join(sorted(_FUNCTIONS))}"
    if isinstance(node, ast.Attribute):
        return "attributes of other components (a.b) are not supported"
    return f"{type(node).__name__} is not supported in an expression"


def _named(name: str, names: Mapping[str, Any]) -> Any:
    if name in names:
        if names[name] is BROKEN:
            raise BrokenNameError(f"{name} is wrong")
        return names[name]
    if name in _CONSTANTS:
        return _CONSTANTS[name]
    raise UndefinedNameError(name)


def _binary(op: ast.operator, left: Any, right: Any) -> Any:
    both_text = isinstance(left, str) and isinstance(right, str)
    if not (both_text and isinstance(op, ast.Add)) and not all(isinstance(side, int | float) for side in (left, right)):
        raise ExpressionError("arithmetic on something that is no number")
    if isinstance(op, ast.Pow) and abs(right) * max(math.log2(max(abs(left), 1)), 1) > MAX_BITS:
        raise ExpressionError(f"a number of more than {MAX_BITS} bits")
    result = _BINARY[type(op)](left, right)
    if isinstance(result, complex):
        raise ExpressionError("the result is no real number")
    return result


def _logical(node: ast.BoolOp, names: Mapping[str, Any]) -> Any:
    stop_at = isinstance(node.op, ast.Or)
    value: Any = None
    for operand in node.values:
        value = _value(operand, names)
        if bool(value) is stop_at:
            break
    return value


def _compared(node: ast.Compare, names: Mapping[str, Any]) -> bool:
    left = _value(node.left, names)
    for op, right_node in zip(node.ops, node.comparators, strict=True):
        if type(op) not in _COMPARE:
            raise ExpressionError(f"{type(op).__name__} is not supported in an expression")
        right = _value(right_node, names)
        if not _COMPARE[type(op)](left, right):
            return False
        left = right
    return True


def _bounded(value: Any) -> Any:
    if isinstance(value, int) and value.bit_length() > MAX_BITS:
        raise ExpressionError(f"a number of more than {MAX_BITS} bits")
    if isinstance(value, str) and len(value) > MAX_TEXT:
        raise ExpressionError(f"a text of more than {MAX_TEXT} characters")
    return value
