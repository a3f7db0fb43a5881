"""Constraints of an architecture, which knows no problem yet, made definite for one problem."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from snnhw.spec.constraints import Constraints, FactorBound, LoopConstraint, StorageConstraint
from snnhw.spec.problem import Problem


def resolve(constraints: Constraints, problem: Problem) -> Constraints:
    """The constraints with timeloopfe's shorthands written out as factors, keeps and bypasses, for the dimensions and tensors of a problem.

    What an architecture says of a dimension or a tensor that the problem lacks is left out, and so is a fixed factor that is larger
    than the bound of its dimension (Timeloop passes that over). Idempotent.
    """
    return Constraints(loops=tuple(_loop(loop, problem) for loop in constraints.loops),
                       storage=tuple(_storage(storage, problem) for storage in constraints.storage),
                       min_utilization=constraints.min_utilization, imperfect=constraints.imperfect)


def passed_over(constraints: Constraints, problem: Problem) -> Iterator[str]:
    """A note on each fixed factor that `resolve` leaves out since it is larger than its bound."""
    for loop in constraints.loops:
        for factor in loop.factors:
            bound = problem.bounds.get(factor.dimension)
            if factor.relation == "=" and bound is not None and factor.value > bound:
                yield (f"{loop.level} {loop.kind} {factor.dimension}={factor.value} is more than the bound {bound} and is passed over, as "
                       "Timeloop does")


def _loop(loop: LoopConstraint, problem: Problem) -> LoopConstraint:
    """First the factors that are written, then those that the shorthands imply for dimensions without a written one."""
    written = [factor for factor in loop.factors if factor.dimension in problem.dimensions]
    named = {factor.dimension for factor in written}
    ones = [d for d in problem.dimensions if d in _ones(loop, problem) and d not in named]
    factors = [factor for factor in written if factor.relation != "=" or factor.value <= problem.bounds[factor.dimension]]
    factors += [FactorBound(dimension=d, relation="=", value=1) for d in ones]
    factors += _defaults(loop, problem, factors)
    known = set(problem.dimensions)
    return replace(loop, factors=tuple(factors), no_reuse=_tensors(loop.no_reuse, problem),
                   no_link_transfer=_tensors(loop.no_link_transfer, problem), only_listed=False, no_iteration=(),
                   must_iterate=(), max_factor=None, min_factor=None, innermost=tuple(d for d in loop.innermost if d in known),
                   outermost=tuple(d for d in loop.outermost if d in known), split=_split(loop, known),
                   maximize=tuple(group for group in (tuple(d for d in group if d in known) for group in loop.maximize) if group))


def _split(loop: LoopConstraint, known: set[str]) -> int | None:
    """The split counts loops of the permutation; those of dimensions that the problem lacks are taken out of it."""
    if loop.split is None or loop.outermost:
        return loop.split
    return loop.split - sum(dimension not in known for dimension in loop.innermost[:loop.split])


def _ones(loop: LoopConstraint, problem: Problem) -> set[str]:
    """Dimensions that a shorthand fixes at 1."""
    ones = set(problem.dimensions) if loop.only_listed else set()
    if loop.no_iteration:
        ones |= _dimensions(_tensors(loop.no_iteration, problem), problem)
    if loop.must_iterate:
        ones |= set(problem.dimensions) - _dimensions(_tensors(loop.must_iterate, problem), problem)
    return ones - {dimension for group in loop.maximize for dimension in group}


def _defaults(loop: LoopConstraint, problem: Problem, factors: Iterable[FactorBound]) -> list[FactorBound]:
    taken = {(factor.dimension, factor.relation) for factor in factors}
    fixed = {dimension for dimension, relation in taken if relation == "="}
    result = []
    for relation, value in (("<=", loop.max_factor), (">=", loop.min_factor)):
        if value is not None:
            result += [FactorBound(dimension=d, relation=relation, value=value)  # type: ignore[arg-type]
                       for d in problem.dimensions if (d, relation) not in taken and d not in fixed]
    return result


def _storage(storage: StorageConstraint, problem: Problem) -> StorageConstraint:
    names = frozenset(tensor.name for tensor in problem.tensors)
    keep, bypass = storage.keep & names, storage.bypass & names
    rest = names - keep - bypass
    if storage.others == "keep":
        keep |= rest
    elif storage.others == "bypass":
        bypass |= rest
    return StorageConstraint(level=storage.level, keep=keep, bypass=bypass)


def _tensors(names: tuple[str, ...], problem: Problem) -> tuple[str, ...]:
    known = tuple(tensor.name for tensor in problem.tensors)
    return known if "*" in names else tuple(name for name in names if name in known)


def _dimensions(tensors: tuple[str, ...], problem: Problem) -> set[str]:
    return {dimension for name in tensors for dimension in problem.tensor(name).dimensions()}
