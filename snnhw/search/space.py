"""The mapspace of a problem on an architecture: what constraints, bounds and fan-outs leave, as arrays for the compiled search."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from snnhw.errors import SearchError
from snnhw.model.plan import Plan
from snnhw.search.divisors import Chain, chain, divisors, primes
from snnhw.search.ordering import Orders, orders
from snnhw.search.slots import SPATIAL, TEMPORAL, Chip, Range, Ranges, Slot, factor_ranges
from snnhw.spec.architecture import Architecture
from snnhw.spec.constraints import Constraints, LoopConstraint
from snnhw.spec.problem import Problem
from snnhw.spec.resolution import resolve

FREE = -1
"""Entry of Space.keep for a tensor that a level may keep or not."""


class Space(NamedTuple):
    """Arrays over levels (l) from the innermost, dimensions (d), tensors (k), and places of factors (p): 3 l + (0 in time, 1 on X, 2 on Y).

    least, most (l, 2, d): of factors in time and in space; place_most (p, d); mesh (l, 2): instances to fan out to along X, Y.
    counted (l, d), room (l, 2), before (l, 2, d, d): see ordering.Orders; keep (l, k): 1, 0 or FREE; min_instances: of the compute.
    places (d, p), place_count (d,): where a dimension may have more than 1; primes (d, n): its prime divisors, filled up with 0.
    free_orders (n, 2): (level, kind) whose loops may be permuted; free_keeps (n, 2): (level, tensor) that may be kept or not.
    start (p, d), start_orders (l, 2, d), start_keep (l, k): the candidate with the smallest tiles. has_fanout (l,): of the architecture.
    """

    least: np.ndarray
    most: np.ndarray
    place_most: np.ndarray
    mesh: np.ndarray
    counted: np.ndarray
    room: np.ndarray
    before: np.ndarray
    keep: np.ndarray
    min_instances: int
    places: np.ndarray
    place_count: np.ndarray
    primes: np.ndarray
    free_orders: np.ndarray
    free_keeps: np.ndarray
    start: np.ndarray
    start_orders: np.ndarray
    start_keep: np.ndarray
    has_fanout: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapspace:
    """The mapspace in words and as arrays. chains: the factors of each dimension over slots (level 0 in space, in time, level 1 ...)."""

    chip: Chip
    ranges: Ranges
    chains: tuple[Chain, ...]
    arrays: Space


def make_mapspace(architecture: Architecture, problem: Problem, constraints: Constraints, plan: Plan) -> Mapspace:
    """The mapspace. Raises SearchError with every contradiction among the constraints, and every dimension that they can't factor."""
    both = resolve(architecture.constraints.with_more(constraints), problem)
    loops = tuple(dict.fromkeys(both.loops))
    chip = _chip(architecture, plan, loops)
    _check_levels(chip, both)
    ranges, faults = factor_ranges(chip, problem, loops)
    order, more = orders(chip, problem, loops, ranges)
    keep, yet_more = _keep(architecture, problem, both)
    faults += [*more, *yet_more]
    if faults:
        raise SearchError("the constraints contradict each other: " + "; ".join(faults))
    chains = tuple(_chain(problem, d, chip, ranges) for d in range(len(problem.dimensions)))
    impossible = [_why_impossible(problem, chip, d, ranges) for d, one in enumerate(chains) if not one.is_possible]
    if impossible:
        raise SearchError("the constraints leave no factors: " + "; ".join(impossible))
    return Mapspace(chip=chip, ranges=ranges, chains=chains,
                    arrays=_arrays(problem, chip, ranges, order, keep, chains, both.min_utilization, plan))


def _chip(architecture: Architecture, plan: Plan, loops: Sequence[LoopConstraint]) -> Chip:
    """The architecture's fan-outs, narrowed by max_fanout_x and max_fanout_y."""
    levels = architecture.storage[::-1]
    mesh = []
    for level, columns, rows in zip(levels, plan.columns, plan.rows, strict=True):
        here = [loop for loop in loops if loop.level == level.name and loop.kind == "spatial"]
        mesh.append((min([int(columns), *(loop.max_fanout_x for loop in here if loop.max_fanout_x)]),
                     min([int(rows), *(loop.max_fanout_y for loop in here if loop.max_fanout_y)])))
    return Chip(names=tuple(level.name for level in levels), mesh=tuple(mesh), empty=tuple(level.is_dummy for level in levels))


def _check_levels(chip: Chip, constraints: Constraints) -> None:
    named = {loop.level for loop in constraints.loops} | {storage.level for storage in constraints.storage}
    unknown = sorted(named - set(chip.names))
    if unknown:
        raise SearchError(f"constraints for {', '.join(unknown)}, but the storage levels are {', '.join(reversed(chip.names))}")


def _keep(architecture: Architecture, problem: Problem, constraints: Constraints) -> tuple[np.ndarray, list[str]]:
    """(levels, tensors) 1, 0 or FREE. What is free is kept at the outermost level and not where nothing is stored."""
    levels = architecture.storage[::-1]
    keep = np.full((len(levels), len(problem.tensors)), FREE, np.int64)
    faults = []
    for level, spec in enumerate(levels):
        here = [storage for storage in constraints.storage if storage.level == spec.name]
        for k, tensor in enumerate(problem.tensors):
            kept, barred = any(tensor.name in s.keep for s in here), any(tensor.name in s.bypass for s in here)
            if kept and barred:
                faults.append(f"{spec.name}: {tensor.name} is to be kept and to be bypassed")
            if kept or barred:
                keep[level, k] = int(kept)
            elif spec.is_dummy or level == len(levels) - 1:
                keep[level, k] = int(not spec.is_dummy)
    faults += [f"{tensor.name}: every level has to bypass it, so that none can keep it"
               for k, tensor in enumerate(problem.tensors) if not keep[:, k].any()]
    return keep, faults


def _chain(problem: Problem, d: int, chip: Chip, ranges: Ranges) -> Chain:
    slots = [ranges[Slot(level, kind, d)] for level in range(len(chip.names)) for kind in (SPATIAL, TEMPORAL)]
    return chain(problem.bounds[problem.dimensions[d]], [(r.least, r.most) for r in slots])


def _why_impossible(problem: Problem, chip: Chip, d: int, ranges: Ranges) -> str:
    dimension = problem.dimensions[d]
    bound = problem.bounds[dimension]
    here = [ranges[Slot(level, kind, d)] for level in reversed(range(len(chip.names))) for kind in (TEMPORAL, SPATIAL)]
    # a factor that is fixed with = is named alone, below; one between a least and a most needs both to be understood
    limited = (r for r in here if r.least_by.endswith(f">={r.least}"))
    empty = next((r for r in limited if not any(r.least <= factor <= r.most for factor in divisors(bound))), None)
    if empty is not None:
        return f"{dimension}: {empty.least_by} and {empty.most_by} leave no divisor of its bound {bound}"
    fixed = [r for r in here if r.is_fixed and r.least > 1]
    product = math.prod(r.least for r in fixed)
    if fixed and bound % product:
        return f"{dimension}: {_said(fixed)} multiply to {product}, which does not divide its bound {bound}" if len(fixed) > 1 \
            else f"{dimension}: {fixed[0].least_by} does not divide its bound {bound}"
    if all(r.is_fixed for r in here):
        by = f" ({_said(fixed)})" if fixed else ""
        return f"{dimension}: all its factors are fixed and multiply to {product}, its bound is {bound}{by}"
    limits = [r.most_by for r in here if 1 < r.most < bound and not r.is_fixed] + [r.least_by for r in here if r.least > 1]
    return f"{dimension}: no factors within its constraints multiply to its bound {bound}" + (f" ({', '.join(limits)})" if limits else "")


def _said(ranges: Sequence[Range]) -> str:
    return ", ".join(r.least_by for r in ranges)


def _arrays(problem: Problem, chip: Chip, ranges: Ranges, order: Orders, keep: np.ndarray, chains: Sequence[Chain],
            min_utilization: float, plan: Plan) -> Space:
    levels, dims = len(chip.names), len(problem.dimensions)
    limits = np.array([[[(ranges[Slot(level, kind, d)].least, ranges[Slot(level, kind, d)].most) for d in range(dims)]
                        for kind in (TEMPORAL, SPATIAL)] for level in range(levels)], np.int64)
    place_most = np.stack([limits[:, TEMPORAL, :, 1], order.axis_most[:, 0], order.axis_most[:, 1]], axis=1).reshape(3 * levels, dims)
    places = np.zeros((dims, 3 * levels), np.int64)
    place_count = np.zeros(dims, np.int64)
    for d in range(dims):
        open_places = [p for p in range(3 * levels) if place_most[p, d] > 1 and not _is_fixed(limits, p, d)]
        places[d, :len(open_places)], place_count[d] = open_places, len(open_places)
    return Space(
        least=limits[..., 0].copy(), most=limits[..., 1].copy(), place_most=place_most, mesh=np.array(chip.mesh, np.int64),
        counted=order.counted, room=order.room, before=order.before, keep=keep,
        min_instances=math.ceil(min_utilization * int(plan.mesh[0].prod()) - 1e-9), places=places, place_count=place_count,
        primes=_primes(problem), free_orders=_free_orders(order.before, limits),
        free_keeps=np.argwhere(keep == FREE).astype(np.int64, order="C"), start=_start(chains, place_most),
        start_orders=_start_orders(order.before), start_keep=_start_keep(keep), has_fanout=plan.columns * plan.rows > 1)


def _is_fixed(limits: np.ndarray, place: int, d: int) -> bool:
    """Whether no move can go there; a fixed factor in space may still change its axis."""
    level, kind = divmod(place, 3)
    least, most = limits[level, min(kind, 1), d]
    return bool(least == most and (kind == 0 or most == 1))


def _primes(problem: Problem) -> np.ndarray:
    lists = [primes(problem.bounds[dimension]) for dimension in problem.dimensions]
    result = np.zeros((len(lists), max(1, *(len(one) for one in lists)) if lists else 1), np.int64)
    for d, one in enumerate(lists):
        result[d, :len(one)] = one
    return result


def _start(chains: Sequence[Chain], place_most: np.ndarray) -> np.ndarray:
    """Factors as far outside as constraints let them stand; those in space along X where they fit there."""
    result = np.ones_like(place_most)
    for d, one in enumerate(chains):
        for i, factor in enumerate(one.outermost()):
            level, in_time = divmod(i, 2)
            along_x = factor <= place_most[3 * level + 1, d]
            result[3 * level + (0 if in_time else 1 if along_x else 2), d] = factor
    return result


def _free_orders(before: np.ndarray, limits: np.ndarray) -> np.ndarray:
    """(level, kind) with two dimensions that may both be there and whose order no constraint fixes."""
    found = []
    for level, kind in np.ndindex(*before.shape[:2]):
        movable = np.flatnonzero(limits[level, kind, :, 1] > 1)
        ordered = before[level, kind] | before[level, kind].T
        if any(not ordered[a, b] for a in movable for b in movable if a < b):
            found.append((level, kind))
    return np.array(found, np.int64).reshape(-1, 2)


def _start_orders(before: np.ndarray) -> np.ndarray:
    """For each level and kind an order of the dimensions that the constraints allow: those with the most after them first."""
    return np.argsort(-before.sum(axis=3), axis=2, kind="stable").astype(np.int64)


def _start_keep(keep: np.ndarray) -> np.ndarray:
    """Tensors where they have to be kept; one that has to be nowhere, at the outermost level that may keep it."""
    start = keep == 1
    for k in np.flatnonzero(~start.any(axis=0)):
        start[np.flatnonzero(keep[:, k] == FREE).max(), k] = True
    return start


def smallest_extents(mapspace: Mapspace) -> Iterator[tuple[int, ...]]:
    """For each level from the innermost: the least that the loops at and inside it can cover of each dimension."""
    for level in range(len(mapspace.chip.names)):
        yield tuple(one.least_inside(2 * level + 2) for one in mapspace.chains)
