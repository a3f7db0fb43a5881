"""How likely a gated or skipped access is ineffectual (Sparseloop's storage SAF analysis).

An access of the target at a level brings one tile to the next inner level that keeps it. It is ineffectual where, for some tensor of
the condition, all that the tile will be combined with is zero. Which part of the condition's tensor that is, is read off the loops:

 * the target loop is the innermost loop of more than one iteration, over a dimension of the target, above the child; without one,
   the outermost loop of the level;
 * at the innermost keeper of the target nothing is reused below: the part is a scalar, unless a fan-out lies below, whose innermost
   loop over a dimension of the target (else its outermost one) is then the target loop;
 * the part spans the loops up to the target loop, all spatial loops above it up to the level, and behind a spatial target loop the
   temporal loops that the target does not depend on, up to the first that it does;
 * dimensions that both tensors share are walked together, so they are divided out again, but for what a row of the level holds at once;
 * behind a spatial loop over a shared dimension a further one over a dimension of the condition leaves that condition without effect.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from snnhw.jit import compiled, compiled_inline
from snnhw.model.density import probability
from snnhw.model.ranks import words_and_rows
from snnhw.model.reuse import tile_size


class Walk(NamedTuple):
    """What is overwritten for each condition. loops (loops,): positions; part, shared (dims,): extents, and iterations that are shared."""

    loops: np.ndarray
    part: np.ndarray
    shared: np.ndarray


@compiled
def empty_walk(loops, dims):
    """Room for complete nests of so many loops."""
    return Walk(np.empty(loops, np.int64), np.empty(dims, np.int64), np.empty(dims, np.float64))


@compiled
def target_loop(complete, level, child, relevant):
    """Position of the target loop, and whether the part is a scalar."""
    for other in range(child + 1, level + 1):
        start, stop = complete.level_from[other], complete.level_from[other + 1]
        for i in range(start, stop):
            matters = relevant[complete.dims[i]] and complete.bounds[i] > 1
            if child >= 0:
                if matters:
                    return i, False
            elif i + 1 >= stop or not complete.spatial[i + 1]:
                return i, not complete.spatial[i]
            elif matters:
                return i, False
    return complete.level_from[level + 1] - 1, False


@compiled
def _fill_walked(complete, level, child, target, relevant, walked):
    """Fills walked (loops,): positions of the target loop and of the loops above it that belong to the part, innermost first.

    Returns how many there are.
    """
    walked[0] = target
    count = 1
    spatial_target = complete.spatial[target]
    behind = spatial_target
    for i in range(target + 1, complete.level_from[level + 1]):
        if complete.bounds[i] <= 1:
            continue
        depends = child < 0 or relevant[complete.dims[i]]
        if complete.spatial[i] or (behind and not depends):
            walked[count] = i
            count += 1
        if spatial_target and not complete.spatial[i] and depends:
            behind = False
    return count


@compiled
def _fill_part(complete, extents, scalar, level_block, target_coefficients, target_relevant, condition_relevant, count, walk):
    """Fills the extents of the condition's part. Returns False where the condition has no effect. count: of loops that are walked."""
    loops, part, shared = walk
    target = loops[0]
    for dim in range(part.size):
        part[dim] = 1 if scalar else extents[complete.after[target], dim]
        shared[dim] = 0.0
    granularity = tile_size(target_coefficients, part)
    for n in range(1, count):
        part[complete.dims[loops[n]]] *= complete.bounds[loops[n]]
    together, met_shared = 1.0, False
    for n in range(0 if scalar else count):
        dim = complete.dims[loops[n]]
        if complete.spatial[target] and met_shared and condition_relevant[dim]:
            return False
        if target_relevant[dim] and condition_relevant[dim]:
            shared[dim] = max(1.0, shared[dim]) * complete.bounds[loops[n]]
            together *= complete.bounds[loops[n]]
            met_shared = True
    _divide_shared(part, shared, math.ceil(level_block / (granularity / together)), complete.dims[target])
    return True


@compiled
def _divide_shared(part, shared, scaling, target_dim):
    """Takes shared iterations out of the part again, but for `scaling` of them, which one row of the level holds.

    shared (dims,): iterations of dimensions that are shared, 0 for the others.
    """
    left = float(scaling)
    for dim in range(part.size):
        if shared[dim] > 0.0:
            part[dim] = np.int64(math.ceil(part[dim] / (shared[dim] / left)))
            left /= shared[dim]
    if left > 1:
        part[target_dim] = np.int64(part[target_dim] * left)


@compiled_inline
def ineffectual(plan, sparse, complete, extents, level, child, target, conditions, walk):
    """Probability that an access of `target` at `level` is ineffectual. conditions: (tensors,) mask; walk: overwritten."""
    relevant = sparse.relevant
    at, scalar = target_loop(complete, level, child, relevant[target])
    count = _fill_walked(complete, level, child, at, relevant[target], walk.loops)
    effectual = 1.0
    for k in range(conditions.size):
        if conditions[k] and _fill_part(complete, extents, scalar, plan.block[level, target], plan.coefficients[target], relevant[target],
                                        relevant[k], count, walk):
            words, rows = words_and_rows(plan.coefficients[k], walk.part)
            effectual *= 1.0 - probability(sparse.law[k], words, rows, 0)
    return 1.0 - effectual
