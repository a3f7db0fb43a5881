"""Loops whose last pass may be shorter (Timeloop's imperfect factors, `P=3,2`), and how many instances such loops keep busy.

A loop has `bound` iterations in each pass but the last, there it has `last` of them. It is in its last pass while all loops outside over
the same dimension are in their last iteration, which holds for the outermost one always. The loops of a dimension cover
1 + sum of (last - 1) * product of the bounds inside.

Which dimensions are in their last pass at some place in the nest is one integer, a bit for each dimension. Bits of dimensions of which no
loop further inside is cut are left out: nothing depends on them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from snnhw.model.boxes import Vector
from snnhw.model.encoding import Nest, loops_from_inside
from snnhw.spec.mapping import Mapping


class Visit(NamedTuple):
    """An iteration that is looked at. stands_for: iterations that it is counted for; deliveries: how often what it brings is counted
    where a level serves an only child.
    """

    iteration: int
    stands_for: int = 1
    deliveries: int = 1


@dataclass(frozen=True, slots=True)
class Passes:
    """Loops of a Nest in its order, innermost first; see Nest for dims, bounds and steps.

    lasts: iterations in the last pass; spatial: whether the loop runs in space; extents and last_extents (loops + 1, dims): how far the
    loops before each position reach in a full pass and in the last; cut (loops + 1): bits of the dimensions of which one of them is cut.
    """

    dims: Vector
    bounds: Vector
    lasts: Vector
    steps: Vector
    spatial: tuple[bool, ...]
    extents: tuple[Vector, ...]
    last_extents: tuple[Vector, ...]
    cut: Vector

    def iterations(self, i: int, last: int) -> int:
        """Iterations of loop i. last: bits of the dimensions in their last pass."""
        return self.lasts[i] if last >> self.dims[i] & 1 else self.bounds[i]

    def inside(self, i: int, last: int, iteration: int) -> int:
        """Bits of the dimensions in their last pass inside an iteration of loop i."""
        bit = 1 << self.dims[i]
        return (last if iteration + 1 >= self.lasts[i] else last & ~bit) & self.cut[i]

    def reach(self, i: int, last: int) -> Vector:
        """How far the loops before position i reach along each dimension."""
        full, short = self.extents[i], self.last_extents[i]
        return tuple([short[d] if last >> d & 1 else full[d] for d in range(len(full))])

    def visits(self, i: int, last: int) -> tuple[Visit, ...]:
        """The iterations of a temporal loop that Timeloop looks at (nest-analysis.cpp, ComputeTemporalWorkingSet).

        The first, and the second for all others. Where loops inside end earlier in the last iteration, also that one, and the last but
        one if this loop is cut as well. What the last one brings an only child is not counted if another one stands for it already.
        """
        count = self.iterations(i, last)
        ends = bool(last & self.cut[i] & 1 << self.dims[i])
        ends_twice = ends and self.bounds[i] != self.lasts[i]
        last_ones = (ends and count >= 2) + (ends_twice and count >= 3)
        others = count - 1 - last_ones
        found = [Visit(0)]
        if others > 0:
            found.append(Visit(1, others, others + ends))
        if ends_twice and count >= 3:
            found.append(Visit(count - 2, 1, 0 if others > 0 else 1))
        if ends and count >= 2:
            found.append(Visit(count - 1, 1, 1 if ends_twice or count < 3 else 0))
        return tuple(found)


def passes_of(mapping: Mapping, nest: Nest) -> Passes:
    """The passes of a mapping that is encoded as `nest`."""
    lasts = [loop.bound if loop.residual is None else loop.residual for loop in loops_from_inside(mapping)]
    count, dims, bounds, steps = len(lasts), nest.dims.tolist(), nest.bounds.tolist(), nest.steps.tolist()
    last_extents = [[1] * nest.extents.shape[1]]
    cut = [0]
    for i in range(count):
        further = list(last_extents[-1])
        further[dims[i]] += steps[i] * (lasts[i] - 1)
        last_extents.append(further)
        cut.append(cut[-1] | (lasts[i] != bounds[i]) << dims[i])
    spatial = [False] * count
    for first, middle in zip(nest.spatial_from.tolist(), nest.temporal_from.tolist(), strict=False):
        spatial[first:middle] = [True] * (middle - first)
    return Passes(dims=tuple(dims), bounds=tuple(bounds), lasts=tuple(lasts), steps=tuple(steps), spatial=tuple(spatial),
                  extents=tuple(map(tuple, nest.extents.tolist())), last_extents=tuple(map(tuple, last_extents)), cut=tuple(cut))


def used_instances(passes: Passes, nest: Nest) -> tuple[np.ndarray, int]:
    """Instances of each level (levels,) and of the compute that work, on average over the passes, cut to whole numbers.

    A cut loop in space uses (last + bound * (n - 1)) / n instances on average over the n passes that the loops outside make. The compute
    counts as full below the innermost level, as in Timeloop (nest-analysis.cpp, InitNumSpatialElems and CollectWorkingSets).
    """
    used, above = 1.0, 1.0
    outside: dict[int, int] = {}
    replication = np.ones(nest.temporal_from.size, np.int64)
    for level in reversed(range(replication.size)):
        replication[level], above = int(used), used
        for i in reversed(range(int(nest.spatial_from[level]), int(nest.spatial_from[level + 1]))):
            dim, bound, last = passes.dims[i], passes.bounds[i], passes.lasts[i]
            rounds = outside.get(dim, 1)
            outside[dim] = last + bound * (rounds - 1)
            if passes.spatial[i]:
                used = used * outside[dim] / rounds if last != bound else used * bound
    bottom = 1
    for i in range(int(nest.temporal_from[0])):
        bottom *= passes.bounds[i]
    return replication, int(above * bottom)
