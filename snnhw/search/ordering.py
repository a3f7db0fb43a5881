"""What constraints leave of permutations and of the split between X and Y."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from snnhw.search.slots import KINDS, SPATIAL, Chip, Ranges, Slot
from snnhw.spec.constraints import LoopConstraint
from snnhw.spec.problem import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """before (levels, kinds, dims, dims): a loop over the first dimension has to stand inside one over the second, if both are there.

    axis_most (levels, 2, dims): largest factor along X and Y; counted (levels, dims): dimensions that a split may move from one axis to
    the other; room (levels, 2): how many of these each axis has place for.
    """

    before: np.ndarray
    axis_most: np.ndarray
    counted: np.ndarray
    room: np.ndarray


def orders(chip: Chip, problem: Problem, loops: Sequence[LoopConstraint], ranges: Ranges) -> tuple[Orders, list[str]]:
    """Orders of loops, and a sentence for each contradiction."""
    levels, dims = len(chip.names), len(problem.dimensions)
    result = Orders(before=np.zeros((levels, 2, dims, dims), np.bool_), axis_most=_axis_most(chip, dims, ranges),
                    counted=np.zeros((levels, dims), np.bool_), room=np.full((levels, 2), dims, np.int64))
    faults: list[str] = []
    for level, name in enumerate(chip.names):
        for kind_name, kind in KINDS.items():
            here = [loop for loop in loops if loop.level == name and loop.kind == kind_name]
            movable = [d for d in range(dims) if ranges[Slot(level, kind, d)].most > 1]
            faults += _order(problem, here, movable, result.before[level, kind], f"{name} {kind_name}")
            if kind == SPATIAL:
                faults += _split(problem, here, result, level, name)
                faults += _axes(problem, here, result, level, ranges)
    return result, faults


def _axis_most(chip: Chip, dims: int, ranges: Ranges) -> np.ndarray:
    return np.array([[[min(side, ranges[Slot(level, SPATIAL, d)].most) for d in range(dims)] for side in mesh]
                     for level, mesh in enumerate(chip.mesh)], np.int64)


def _order(problem: Problem, loops: Sequence[LoopConstraint], movable: Sequence[int], before: np.ndarray, where: str) -> Iterator[str]:
    """Fills before (dims, dims), closed under "and so on"; loops that cannot be there have no order."""
    for loop in loops:
        inner = [problem.dimensions.index(d) for d in loop.innermost]
        outer = [problem.dimensions.index(d) for d in loop.outermost]
        others = [d for d in range(len(problem.dimensions)) if d not in inner and d not in outer]
        _chain_up(before, [*([d] for d in inner), others, *([d] for d in outer)])
    fixed = [d for d in range(len(problem.dimensions)) if d not in movable]
    before[fixed, :] = before[:, fixed] = False
    for via in movable:
        before |= before[:, via, None] & before[None, via, :]
    circular = [problem.dimensions[d] for d in movable if before[d, d]]
    if circular:
        said = ", ".join(f"{' '.join(loop.innermost) or '-'} innermost, {' '.join(loop.outermost) or '-'} outermost"
                         for loop in loops if loop.innermost or loop.outermost)
        yield f"{where}: permutations contradict each other over {', '.join(circular)} ({said})"


def _chain_up(before: np.ndarray, groups: Sequence[Sequence[int]]) -> None:
    for i, group in enumerate(groups):
        for later in groups[i + 1:]:
            for d in group:
                before[d, list(later)] = True


def _split(problem: Problem, loops: Sequence[LoopConstraint], result: Orders, level: int, name: str) -> Iterator[str]:
    """A split counts positions of the permutation: listed dimensions get their axis, the others share the places that are left."""
    splits = {loop.split for loop in loops if loop.split is not None}
    if len(splits) > 1:
        yield f"{name} spatial: splits {' and '.join(map(str, sorted(splits)))} contradict each other"
        return
    if not splits:
        return
    split = max(0, splits.pop())
    dims = len(problem.dimensions)
    inner = max((loop.innermost for loop in loops), key=len)
    outer = max((loop.outermost for loop in loops), key=len)
    places = {d: i for i, d in enumerate(inner)} | {d: dims - len(outer) + i for i, d in enumerate(outer)}
    for d, dimension in enumerate(problem.dimensions):
        if dimension in places:
            result.axis_most[level, 1 if places[dimension] < split else 0, d] = 1
        else:
            result.counted[level, d] = True
    free = dims - len(places)
    along_x = min(max(split - len(inner), 0), free)
    result.room[level] = along_x, free - along_x


def _axes(problem: Problem, loops: Sequence[LoopConstraint], result: Orders, level: int, ranges: Ranges) -> Iterator[str]:
    """only_x, only_y; and whether a factor that has to be there has an axis to be on."""
    for loop in loops:
        for names, other in ((loop.only_x, 1), (loop.only_y, 0)):
            for dimension in names:
                if dimension in problem.dimensions:
                    result.axis_most[level, other, problem.dimensions.index(dimension)] = 1
    for d in range(len(problem.dimensions)):
        range_ = ranges[Slot(level, SPATIAL, d)]
        if 1 < range_.least <= range_.most and result.axis_most[level, :, d].max() < range_.least:
            x, y = result.axis_most[level, :, d]
            yield f"{range_.least_by}: at most {x} fit along X and {y} along Y (fan-out, split and only_x or only_y together)"
