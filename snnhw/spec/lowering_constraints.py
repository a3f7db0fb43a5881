"""Constraints of levels that several levels stand for, and several constraints of one level as the single one that Timeloop takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from snnhw.errors import EngineError
from snnhw.spec.constraints import Constraints, FactorBound, LoopConstraint, StorageConstraint

Split = Mapping[str, Mapping[str, str]]
"""By level: the levels that stand for it, by the tensor that each holds; by "" where it stays one."""


def lower_constraints(constraints: Constraints, split: Split, tensors: Sequence[str], dimensions: Sequence[str]) -> Constraints:
    """The constraints on the levels that stand for those of before: loops on the innermost of them, none on the others.

    Timeloop takes one constraint of a kind for a level, so those of one level become one. Raises EngineError where two of them cannot be
    said in one, or contradict each other.
    """
    loops = [lowered for loop in constraints.loops for lowered in _loops(loop, split.get(loop.level, {}))]
    loops += [_no_loops(name, dimensions) for names in split.values() for name in list(names.values())[:-1] if dimensions]
    return replace(constraints, loops=tuple(_joined_loops(loops)), storage=tuple(_storage(constraints.storage, split, tensors)))


def _loops(loop: LoopConstraint, names: Mapping[str, str]) -> Iterator[LoopConstraint]:
    yield replace(loop, level=list(names.values())[-1]) if names else loop


def _no_loops(level: str, dimensions: Sequence[str]) -> LoopConstraint:
    return LoopConstraint(level=level, kind="temporal", factors=tuple(FactorBound(dimension=d, relation="=", value=1) for d in dimensions))


def _storage(given: Sequence[StorageConstraint], split: Split, tensors: Sequence[str]) -> Iterator[StorageConstraint]:
    every = frozenset(tensors)
    for level in dict.fromkeys((*split, *(one.level for one in given))):
        keep = frozenset[str]().union(*(one.keep for one in given if one.level == level))
        bypass = frozenset[str]().union(*(one.bypass for one in given if one.level == level)) - keep
        for tensor, name in split.get(level, {"": level}).items():
            if tensor:
                yield StorageConstraint(level=name, keep=keep & {tensor}, bypass=(every - {tensor}) | (bypass & {tensor}))
            elif keep or bypass:
                yield StorageConstraint(level=name, keep=keep, bypass=bypass)


def _joined_loops(loops: Sequence[LoopConstraint]) -> Iterator[LoopConstraint]:
    groups: dict[tuple[str, str], list[LoopConstraint]] = {}
    for loop in loops:
        groups.setdefault((loop.level, loop.kind), []).append(loop)
    for (level, kind), group in groups.items():
        first, *more = group
        for other in more:
            where = f"level {level}, {kind} constraints"
            first = replace(first, factors=(*first.factors, *other.factors), innermost=_longer(first.innermost, other.innermost, where),
                            outermost=_longer(first.outermost, other.outermost, where), split=_either(first.split, other.split, where),
                            no_reuse=(*first.no_reuse, *other.no_reuse), maximize=(*first.maximize, *other.maximize),
                            only_x=(*first.only_x, *other.only_x), only_y=(*first.only_y, *other.only_y),
                            max_fanout_x=_either(first.max_fanout_x, other.max_fanout_x, where),
                            max_fanout_y=_either(first.max_fanout_y, other.max_fanout_y, where))
        yield replace(first, factors=tuple(_joined_factors(first.factors, f"level {level}")))


def _longer(one: tuple[str, ...], other: tuple[str, ...], where: str) -> tuple[str, ...]:
    """Both orders at once, where the one goes on as the other does."""
    short, long = sorted((one, other), key=len)
    if long[:len(short)] != short:
        raise EngineError(f"{where}: the orders {''.join(one)} and {''.join(other)} do not go together in one permutation of Timeloop")
    return long


def _either(one: int | None, other: int | None, where: str) -> int | None:
    if one is not None and other is not None and one != other:
        raise EngineError(f"{where}: {one} and {other} do not go together")
    return other if one is None else one


def _joined_factors(factors: Iterable[FactorBound], where: str) -> Iterator[FactorBound]:
    """One bound of each relation for a dimension; a fixed factor makes the others superfluous."""
    fixed: dict[str, FactorBound] = {}
    limits: dict[tuple[str, str], FactorBound] = {}
    for factor in factors:
        if factor.relation == "=":
            before = fixed.setdefault(factor.dimension, factor)
            if (before.value, before.residual) != (factor.value, factor.residual):
                raise EngineError(f"{where}: {factor.dimension}={before.value} and {factor.dimension}={factor.value} contradict each other")
            continue
        key = (factor.dimension, factor.relation)
        tighter = min if factor.relation == "<=" else max
        limits[key] = tighter(limits.get(key, factor), factor, key=lambda one: one.value)
    yield from fixed.values()
    yield from (limit for (dimension, _), limit in limits.items() if dimension not in fixed)
