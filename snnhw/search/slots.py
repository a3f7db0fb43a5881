"""What constraints leave of each factor: a range for every level, kind of loop and dimension.

Levels are counted from the innermost storage level, 0, as the kernel does. A factor is that of one dimension in time (TEMPORAL) or in
space (SPATIAL: over the instances of the next inner level, along X or along Y) at one level.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from snnhw.search.divisors import divisors
from snnhw.spec.constraints import FactorBound, LoopConstraint
from snnhw.spec.problem import Problem

TEMPORAL, SPATIAL = 0, 1
KINDS = {"temporal": TEMPORAL, "spatial": SPATIAL}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """What the mapspace needs of an architecture. names: of the levels; mesh: instances of the next inner level along X and Y.

    empty: levels that store nothing.
    """

    names: tuple[str, ...]
    mesh: tuple[tuple[int, int], ...]
    empty: tuple[bool, ...]


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """Where a factor stands; dimension: position in the problem's dimensions."""

    level: int
    kind: int
    dimension: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Least and largest value of a factor, and in whose name (empty where nobody asks)."""

    least: int = 1
    most: int
    least_by: str = ""
    most_by: str = ""

    @property
    def is_fixed(self) -> bool:
        """Whether only one value is left."""
        return self.least == self.most

    def at_least(self, value: int, by: str) -> Range:
        """The range with a further lower limit."""
        return replace(self, least=value, least_by=by) if value > self.least else self

    def at_most(self, value: int, by: str) -> Range:
        """The range with a further upper limit."""
        return replace(self, most=value, most_by=by) if value < self.most else self


Ranges = dict[Slot, Range]


def factor_ranges(chip: Chip, problem: Problem, loops: Sequence[LoopConstraint]) -> tuple[Ranges, list[str]]:
    """The range of every factor, and a sentence for each contradiction. `loops` are resolved for the problem."""
    ranges = _unconstrained(chip, problem, loops)
    said: list[tuple[Slot, FactorBound, str]] = []
    for loop in loops:
        level = chip.names.index(loop.level)
        for factor in loop.factors:
            slot = Slot(level, KINDS[loop.kind], problem.dimensions.index(factor.dimension))
            said.append((slot, factor, f"{loop.level} {loop.kind} {factor.dimension}{factor.relation}{factor.value}"))
        for slot, by in _barred_by_no_reuse(loop, level, problem):
            ranges[slot] = ranges[slot].at_most(1, by)
    for slot, factor, by in said:
        if factor.relation == "=" and factor.value == 0:
            value = _remaining(slot, said, problem)
            ranges[slot] = ranges[slot].at_least(value, by).at_most(value, by)
        else:
            ranges[slot] = _narrowed(ranges[slot], factor, by)
    _maximize(chip, problem, loops, ranges)
    return ranges, list(_contradictions(chip, problem, ranges))


def _unconstrained(chip: Chip, problem: Problem, loops: Sequence[LoopConstraint]) -> Ranges:
    """No loops in time at a level that stores nothing (they are as good at the next outer one), unless a constraint asks for them."""
    asked = {chip.names.index(loop.level) for loop in loops if loop.kind == "temporal"
             and any(factor.relation != "<=" and factor.value != 1 for factor in loop.factors)}
    result = {}
    for (level, name), (d, dimension) in product(enumerate(chip.names), enumerate(problem.dimensions)):
        bound = problem.bounds[dimension]
        in_time = 1 if chip.empty[level] and level not in asked else bound
        x, y = chip.mesh[level]
        result[Slot(level, TEMPORAL, d)] = Range(most=in_time, most_by=f"no loops in time at {name}, which stores nothing")
        result[Slot(level, SPATIAL, d)] = Range(most=min(bound, max(x, y)), most_by=f"the fan-out of {name}, {x} x {y}")
    return result


def _narrowed(range_: Range, factor: FactorBound, by: str) -> Range:
    if factor.relation in ("=", ">="):
        range_ = range_.at_least(factor.value, by)
    return range_.at_most(factor.value, by) if factor.relation in ("=", "<=") else range_


def _barred_by_no_reuse(loop: LoopConstraint, level: int, problem: Problem) -> Iterator[tuple[Slot, str]]:
    """Loops over dimensions that a tensor does not depend on reuse it, so they are barred."""
    for name in loop.no_reuse:
        relevant = problem.tensor(name).dimensions()
        for d, dimension in enumerate(problem.dimensions):
            if dimension not in relevant:
                yield Slot(level, KINDS[loop.kind], d), f"{loop.level} {loop.kind} no_reuse {name}"


def _remaining(slot: Slot, said: Iterable[tuple[Slot, FactorBound, str]], problem: Problem) -> int:
    """What is left of a bound beside the factors fixed elsewhere: the meaning of `C=0`."""
    fixed = {other: factor.value for other, factor, _ in said
             if other.dimension == slot.dimension and other != slot and factor.relation == "=" and factor.value > 0}
    bound = problem.bounds[problem.dimensions[slot.dimension]]
    return max(1, bound // math.prod(fixed.values()))


def _contradictions(chip: Chip, problem: Problem, ranges: Mapping[Slot, Range]) -> Iterator[str]:
    for slot, range_ in sorted(ranges.items()):
        if range_.least > range_.most:
            dimension = problem.dimensions[slot.dimension]
            yield f"{range_.least_by} contradicts {range_.most_by or f'the bound {problem.bounds[dimension]} of {dimension}'}"


def _maximize(chip: Chip, problem: Problem, loops: Sequence[LoopConstraint], ranges: Ranges) -> None:
    """Fixes the factors of `maximize` (timeloopfe's maximize_dims): spatial before temporal ones, inner levels before outer ones."""
    order = sorted((loop for loop in loops if loop.maximize), key=lambda loop: (-KINDS[loop.kind], chip.names.index(loop.level)))
    for loop in order:
        level, kind = chip.names.index(loop.level), KINDS[loop.kind]
        for group in loop.maximize:
            slots = [Slot(level, kind, problem.dimensions.index(dimension)) for dimension in group]
            by = f"{loop.level} {loop.kind} maximize {' '.join(group)}"
            for slot, value in zip(slots, _largest(chip, problem, loop, slots, ranges), strict=True):
                ranges[slot] = ranges[slot].at_least(value, by).at_most(value, by)


def _largest(chip: Chip, problem: Problem, loop: LoopConstraint, slots: Sequence[Slot], ranges: Ranges) -> tuple[int, ...]:
    """Factors with the largest product that the capacity, and in space the mesh, still take; the first of equals."""
    level, kind = slots[0].level, slots[0].kind
    x, y = chip.mesh[level]
    capacity = loop.maximize_capacity or (x * y if kind == SPATIAL else 1)
    taken = [r.least for slot, r in ranges.items() if (slot.level, slot.kind) == (level, kind) and slot not in slots]
    choices = [_choices(problem, slot, ranges) for slot in slots]
    fitting = (values for values in product(*choices) if math.prod(values) * math.prod(taken) <= capacity
               and (kind == TEMPORAL or fits_mesh([*values, *taken], x, y)))
    return max(fitting, key=math.prod, default=tuple(1 for _ in slots))


def _choices(problem: Problem, slot: Slot, ranges: Ranges) -> list[int]:
    """Divisors of what the least factors elsewhere leave of the bound."""
    elsewhere = math.prod(r.least for other, r in ranges.items() if other.dimension == slot.dimension and other != slot)
    left = max(1, problem.bounds[problem.dimensions[slot.dimension]] // elsewhere)
    return [f for f in divisors(left) if ranges[slot].least <= f <= ranges[slot].most]


def fits_mesh(values: Sequence[int], x: int, y: int) -> bool:
    """Whether each factor can run along X or along Y so that both products fit."""
    reachable = {(1, 1)}
    for value in values:
        reachable = {pair for a, b in reachable for pair in ((a * value, b), (a, b * value)) if pair[0] <= x and pair[1] <= y}
    return bool(reachable)
