"""Mappings whose factors do not divide a dimension (Timeloop's ruby mapspace), found through larger problems whose factors do.

A dimension of 13 runs over 4 instances in 4 passes, the last of them with one instance: the factors of a dimension of 16 of which the last
three are left out. So a problem with a larger bound is searched as usual and the best mapping's loops are cut back to the true bound: with
bounds n1 .. nk from the outermost loop in, the last passes r1 .. rk are the digits of (true bound - 1) in the mixed radix of n1 .. nk, plus
one (factors.covered). What such a mapping costs is evaluated as it is (model/imperfect.py); the larger problem only proposes.

Larger bounds worth a look let a fan-out run through a dimension in fewer passes than a divisor does. They are tried one dimension after the
other, and what is better stays, until a round over all dimensions brings nothing. Nothing is proven: such results are never `optimal`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from snnhw.errors import CapacityError, MappingError, SearchError
from snnhw.model import evaluate
from snnhw.model.result import Evaluation
from snnhw.search.divisors import divisors
from snnhw.search.outcome import SearchOutcome
from snnhw.spec.architecture import Architecture
from snnhw.spec.mapper import Metric, powers
from snnhw.spec.mapping import Loop, Mapping
from snnhw.spec.problem import Problem
from snnhw.spec.reference import ReferenceTable

_MOST_SIZES = 3
_MOST_ROUNDS = 3
_KEPT_FOR_DIVISORS = 0.5
"""Share of the budget for mappings whose factors divide."""

Searcher = Callable[[Problem, int | None], SearchOutcome]
"""Searches a problem with a budget of evaluations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A mapping of the true problem and what it costs. values: its metrics."""

    mapping: Mapping
    evaluation: Evaluation
    values: tuple[float, ...]


def search_padded(architecture: Architecture, problem: Problem, reference: ReferenceTable, metrics: tuple[Metric, ...], budget: int | None,
                  searched: Searcher) -> SearchOutcome:
    """The best mapping found whose factors divide or not. searched: finds the best mapping whose factors divide.

    Raises SearchError where neither the problem nor a larger one has a mapping.
    """
    first = _outcome_or_error(lambda: searched(problem, None if budget is None else max(1, int(_KEPT_FOR_DIVISORS * budget))))
    best = None if isinstance(first, SearchError) else \
        _Found(mapping=first.mapping, evaluation=first.evaluation, values=_values(first.evaluation, metrics))
    done = () if isinstance(first, SearchError) else (first,)
    sizes = {d: tuple(larger_bounds(problem.bounds[d], fan_outs(architecture))) for d in problem.dimensions}
    trials = sum(len(one) for one in sizes.values())
    share = None if budget is None or trials == 0 else max(100, int((1 - _KEPT_FOR_DIVISORS) * budget / trials))
    bounds, tried = dict(problem.bounds), {tuple(problem.bounds.values())}
    ended_by = first.report.ended_by if not isinstance(first, SearchError) else "budget"
    try:
        for _ in range(_MOST_ROUNDS):
            before = best
            for dimension, options in sizes.items():
                for bound in (problem.bounds[dimension], *options):
                    larger = {**bounds, dimension: bound}
                    if tuple(larger.values()) in tried:
                        continue
                    tried.add(tuple(larger.values()))
                    outcome = _outcome_or_error(lambda larger=larger: searched(replace(problem, bounds=larger), share))  # type: ignore[misc]
                    if isinstance(outcome, SearchError):
                        continue
                    done = (*done, outcome)
                    found = _cut_back(architecture, problem, reference, metrics, outcome.mapping)
                    if found is not None and (best is None or found.values < best.values):
                        best, bounds = found, larger
            if best is before:
                break
    except KeyboardInterrupt:
        if best is None:
            raise
        ended_by = "interrupted"
    if best is None:
        assert isinstance(first, SearchError)
        raise first
    return _outcome(best, done, ended_by)


def _outcome_or_error(call: Callable[[], SearchOutcome]) -> SearchOutcome | SearchError:
    try:
        return call()
    except SearchError as error:
        return error


def _outcome(best: _Found, done: tuple[SearchOutcome, ...], ended_by: str) -> SearchOutcome:
    """The best mapping with the tally of all searches; the bounds of those that had other problems to search say nothing of it."""
    report = replace(done[0].report, evaluated=sum(one.report.evaluated for one in done), pruned=sum(one.report.pruned for one in done),
                     seconds=sum(one.report.seconds for one in done), objective=best.values[0], optimal=False, left=None, lower_bound=None,
                     ended_by="converged" if ended_by == "exhausted" else ended_by)
    return SearchOutcome(mapping=best.mapping, evaluation=best.evaluation, report=report)


def _values(evaluation: Evaluation, metrics: tuple[Metric, ...]) -> tuple[float, ...]:
    return tuple(float(evaluation.energy_pJ ** e * evaluation.cycles ** c) for e, c in map(powers, metrics))


def fan_outs(architecture: Architecture) -> tuple[int, ...]:
    """Instances along X or Y that loops can run over, each number once."""
    meshes = [*(level.mesh for level in architecture.storage), architecture.compute.mesh]
    found = {n for outer, inner in pairwise(meshes) for n in (inner.x // outer.x, inner.y // outer.y)}
    return tuple(sorted(found - {1}))


def larger_bounds(bound: int, columns: tuple[int, ...]) -> Iterator[int]:
    """Larger bounds whose factors run over some fan-out in fewer passes than a divisor of `bound`, those with the fewest passes first."""
    found: dict[int, int] = {}
    for most in columns:
        divisor = max(d for d in divisors(bound) if d <= most)
        for passes in range(-(-bound // most), bound // divisor):
            found.setdefault(passes * -(-bound // passes), passes)
    useful = [size for size in sorted(found, key=lambda size: (found[size], size)) if size > bound]
    yield from useful[:_MOST_SIZES]


def _cut_back(architecture: Architecture, problem: Problem, reference: ReferenceTable, metrics: tuple[Metric, ...],
              mapping: Mapping) -> _Found | None:
    """A larger problem's mapping on the true problem; None where it does not fit that (densities may make tiles differ)."""
    cut = cut_back(mapping, problem)
    try:
        evaluation = evaluate(architecture, problem, cut, reference)
    except (MappingError, CapacityError):
        return None
    return _Found(mapping=cut, evaluation=evaluation, values=_values(evaluation, metrics))


def cut_back(mapping: Mapping, problem: Problem) -> Mapping:
    """The mapping with last passes such that its loops cover the problem's bounds, which may be smaller than their products."""
    inside = dict.fromkeys(problem.dimensions, 1)
    for level in mapping.levels:
        for loop in (*level.temporal, *level.spatial_y, *level.spatial_x):
            inside[loop.dimension] *= loop.bound
    left = {dimension: bound - 1 for dimension, bound in problem.bounds.items()}
    outside = dict.fromkeys(problem.dimensions, 1)

    def cut(loop: Loop) -> Loop:
        """The next loop of its dimension, from the outermost: its digit of what is left. Outside of all others there is one pass."""
        inside[loop.dimension] //= loop.bound
        digit, left[loop.dimension] = divmod(left[loop.dimension], inside[loop.dimension])
        bound = digit + 1 if outside[loop.dimension] == 1 else loop.bound
        outside[loop.dimension] *= bound
        return Loop(dimension=loop.dimension, bound=bound, residual=None if digit + 1 == bound else digit + 1)

    levels = []
    for level in mapping.levels:
        temporal, rows, columns = (tuple(cut(loop) for loop in part) for part in (level.temporal, level.spatial_y, level.spatial_x))
        levels.append(replace(level, temporal=temporal, spatial_y=rows, spatial_x=columns))
    return Mapping(levels=tuple(levels))
