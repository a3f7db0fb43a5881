"""A mapping as arrays, as the kernel reads it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from snnhw.spec.mapping import Loop, Mapping
from snnhw.spec.problem import Problem


class Nest(NamedTuple):
    """The loops of a mapping from the innermost to the outermost, without those of one iteration.

    dims, bounds, steps: (loops,) dimension, iterations, and how far one iteration moves along the dimension.
    extents: (loops + 1, dims) how far the loops before each position reach.
    spatial_from, temporal_from: (levels + 1,) and (levels,) where each level's spatial and temporal loops start; level 0 is the innermost.
    x_loops: (levels,) how many of a level's spatial loops run along X; keep: (levels, tensors).
    time_dims, time_bounds, time_steps: (loops in time,) the temporal loops alone; time_from: (levels,) where those of each level start.
    """

    dims: np.ndarray
    bounds: np.ndarray
    steps: np.ndarray
    extents: np.ndarray
    spatial_from: np.ndarray
    temporal_from: np.ndarray
    x_loops: np.ndarray
    keep: np.ndarray
    time_dims: np.ndarray
    time_bounds: np.ndarray
    time_steps: np.ndarray
    time_from: np.ndarray


class CompleteNest(NamedTuple):
    """All loops of a mapping, those of one iteration too, innermost first: one of each dimension in time, and in space below a fan-out.

    Sparseloop's analyses look at the position of such loops. dims, bounds, spatial: (loops,); after: (loops,) position in Nest.extents
    that holds the extents up to and with this loop; level_from: (levels + 1,).
    """

    dims: np.ndarray
    bounds: np.ndarray
    spatial: np.ndarray
    after: np.ndarray
    level_from: np.ndarray


def encode(problem: Problem, mapping: Mapping) -> Nest:
    """Arrays of a mapping. Of loops whose last pass is shorter they hold the full passes; see passes.py for the last ones."""
    index = {dimension: d for d, dimension in enumerate(problem.dimensions)}
    loops: list[Loop] = []
    in_time: list[int] = []
    spatial_from, temporal_from, x_loops, keep, time_from = [], [], [], [], []
    for level in reversed(mapping.levels):
        spatial_from.append(len(loops))
        x_loops.append(_append(loops, level.spatial_x))
        _append(loops, level.spatial_y)
        temporal_from.append(len(loops))
        _append(loops, level.temporal)
        time_from.append(len(in_time))
        in_time += range(temporal_from[-1], len(loops))
        keep.append([tensor.name in level.keep for tensor in problem.tensors])
    spatial_from.append(len(loops))
    dims = np.array([index[loop.dimension] for loop in loops], np.int64)
    bounds = np.array([loop.bound for loop in loops], np.int64)
    extents = np.ones((len(loops) + 1, len(index)), np.int64)
    for i in range(len(loops)):
        extents[i + 1] = extents[i]
        extents[i + 1, dims[i]] *= bounds[i]
    steps = extents[np.arange(len(loops)), dims]
    return Nest(dims, bounds, steps, extents, np.array(spatial_from, np.int64), np.array(temporal_from, np.int64),
                np.array(x_loops, np.int64), np.array(keep, np.bool_),
                dims[in_time], bounds[in_time], steps[in_time], np.array(time_from, np.int64))


def loops_from_inside(mapping: Mapping) -> tuple[Loop, ...]:
    """The loops of a Nest in its order."""
    loops: list[Loop] = []
    for level in reversed(mapping.levels):
        for part in (level.spatial_x, level.spatial_y, level.temporal):
            _append(loops, part)
    return tuple(loops)


def _append(loops: list[Loop], more: tuple[Loop, ...]) -> int:
    """Adds the loops of more than one iteration, innermost first; returns how many."""
    kept = [loop for loop in reversed(more) if loop.bound > 1]
    loops.extend(kept)
    return len(kept)


def encode_complete(problem: Problem, mapping: Mapping, has_fanout: np.ndarray) -> CompleteNest:
    """All loops of a mapping. has_fanout: (levels,) from the innermost level, whether the architecture has a fan-out there."""
    rows: list[tuple[int, int, bool, int]] = []
    level_from = [0]
    passed = 0
    for level, fanout in zip(reversed(mapping.levels), has_fanout, strict=True):
        space = (*level.spatial_y, *level.spatial_x)
        for loops, spatial in ((space, True), (level.temporal, False)):
            if spatial and not (fanout or space):
                continue
            for dim, bound in _complete(problem, loops):
                passed += bound > 1
                rows.append((dim, bound, spatial, passed))
        level_from.append(len(rows))
    dims, bounds, in_space, after = zip(*rows, strict=True)
    return CompleteNest(np.array(dims, np.int64), np.array(bounds, np.int64), np.array(in_space, np.bool_), np.array(after, np.int64),
                        np.array(level_from, np.int64))


def _complete(problem: Problem, loops: tuple[Loop, ...]) -> list[tuple[int, int]]:
    """(dimension, bound) of a loop over every dimension, innermost first; dimensions without a loop stand outside, in problem order."""
    index = {dimension: d for d, dimension in enumerate(problem.dimensions)}
    listed = [(index[loop.dimension], loop.bound) for loop in reversed(loops)]
    have = {d for d, _ in listed}
    return listed + [(d, 1) for d in range(len(index)) if d not in have]
