"""Timeloop's little languages: factor strings (`P=2 Q=3,1`), permutation strings (`PQC`), component names (`PE[0..13]`)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """One factor as written. value 0 stands for the whole bound of the dimension; residual: what follows the comma in `P=3,2`."""

    dimension: str
    relation: Literal["=", "<=", ">="] = "="
    value: int
    residual: int | None = None


class FactorSyntaxError(ValueError):
    """A factor or permutation string that cannot be read. `seen` is the part that is wrong, `expected` what would be right."""

    def __init__(self, seen: str, expected: str):
        super().__init__(f"{seen}: {expected}")
        self.seen, self.expected = seen, expected


_FACTOR = re.compile(r"\s*([A-Za-z_][A-Za-z_]*)\s*(<=|>=|==?|)\s*([0-9]+)(?:,([0-9]+))?\s*(?:,|$|(?=\s|[A-Za-z]))")
_RANGE = re.compile(r"([^\[\]]+)(?:\[\s*([0-9]+)\s*\.\.\s*([0-9]+)\s*\])?")


def parse_factors(text: str) -> tuple[Factor, ...]:
    """Factors of a string such as `P=2 Q=3,1`, `P1 Q2`, `P=2,Q=3` or `C<=4 R>=2`, in the order of the string.

    What follows a `#` is a comment. `P=3,2` (no blank) is an imperfect factor: 3 iterations, 2 in the last pass. The relation may be
    missing, as in `P4`. Raises FactorSyntaxError on anything else, and on a dimension that has the same relation twice.
    """
    text = text.split("#", 1)[0]
    factors: list[Factor] = []
    position = 0
    while text[position:].strip():
        match = _FACTOR.match(text, position)
        if match is None:
            raise FactorSyntaxError(f'"{text[position:].strip()}"', "factors such as P=2 Q=3 or P=3,2")
        factors.append(_factor(match))
        position = match.end()
    _check_twice(factors)
    return tuple(factors)


def _factor(match: re.Match[str]) -> Factor:
    dimension, relation, value, residual = match.groups()
    factor = Factor(dimension=dimension, relation="=" if relation in ("", "==") else relation,  # type: ignore[arg-type]
                    value=int(value), residual=None if residual is None else int(residual))
    written = match.group(0).strip().rstrip(",")
    if factor.residual is not None and (factor.relation != "=" or not 1 <= factor.residual <= max(factor.value, 1)):
        raise FactorSyntaxError(f'"{written}"', "a last pass of at least 1 and at most all iterations, as in P=3,2")
    if factor.relation != "=" and factor.value < 1:
        raise FactorSyntaxError(f'"{written}"', "a bound of at least 1")
    return factor


def _check_twice(factors: Sequence[Factor]) -> None:
    seen: set[tuple[str, str]] = set()
    for factor in factors:
        if (factor.dimension, factor.relation) in seen:
            raise FactorSyntaxError(f'a second factor "{factor.dimension}{factor.relation}"', "one factor of each dimension")
        seen.add((factor.dimension, factor.relation))


def parse_permutation(value: str | Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Innermost and outermost dimensions of a permutation, both listed from inner to outer.

    A string has one letter a dimension and may hold blanks and a comment after `#`; what follows `_` counts from the outer end, as
    in `RS_C`. A list has one dimension an item. Raises FactorSyntaxError on a dimension that comes twice and on a second `_`.
    """
    items = [c for c in value.split("#", 1)[0] if not c.isspace() and c != ","] if isinstance(value, str) else list(value)
    marks = [i for i, item in enumerate(items) if item == "_"]
    if len(marks) > 1:
        raise FactorSyntaxError('a second "_"', "one _ between the innermost and the outermost dimensions")
    dimensions = [item for item in items if item != "_"]
    for i, dimension in enumerate(dimensions):
        if dimension in dimensions[:i]:
            raise FactorSyntaxError(f'"{dimension}" twice', "each dimension once")
    cut = marks[0] if marks else len(items)
    return tuple(items[:cut]), tuple(items[cut + 1:])


def parse_name(text: str) -> tuple[str, int]:
    """Name and instances of `PE[0..13]` (14 of them) or of `GLB` (one). Raises FactorSyntaxError on a bad range."""
    match = _RANGE.fullmatch(text.strip())
    if match is None:
        raise FactorSyntaxError(f'"{text}"', "a name, or a name with a range as in PE[0..13]")
    name, first, last = match.groups()
    count = 1 if first is None else int(last) - int(first) + 1
    if count < 1:
        raise FactorSyntaxError(f'"{text}"', "a range that runs upwards, as in PE[0..13]")
    return name.strip(), count


def covered(loops: Sequence[tuple[int, int]]) -> int:
    """Iterations that loops of one dimension cover together, each (bound, last pass) and the outermost first.

    1 + sum of (last - 1) * product of the bounds inside, which is the plain product where all passes are full (Timeloop, ruby mappings).
    """
    total = 0
    for bound, last in loops:
        total = total * bound + last - 1
    return total + 1
