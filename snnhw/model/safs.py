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

import numpy as np

from snnhw.jit import compiled
from snnhw.model.density import probability
from snnhw.model.ranks import words_and_rows
from snnhw.model.reuse import tile_size


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
def walked_with_target(complete, level, child, target, relevant):
    """Positions of the target loop and of the loops above it that belong to the part, innermost first."""
    found = np.empty(complete.dims.size, np.int64)
    found[0] = target
    count = 1
    spatial_target = complete.spatial[target]
    behind = spatial_target
    for i in range(target + 1, complete.level_from[level + 1]):
        if complete.bounds[i] <= 1:
            continue
        depends = child < 0 or relevant[complete.dims[i]]
        if complete.spatial[i] or (behind and not depends):
            found[count] = i
            count += 1
        if spatial_target and not complete.spatial[i] and depends:
            behind = False
    return found[:count]


@compiled
def condition_part(complete, extents, loops, scalar, level_block, target_coefficients, target_relevant, condition_relevant, part):
    """Fills part (dims,) with the extents of the condition's part. Returns False where the condition has no effect."""
    target = loops[0]
    part[:] = 1
    if not scalar:
        part[:] = extents[complete.after[target]]
    granularity = tile_size(target_coefficients, part)
    for i in loops[1:]:
        part[complete.dims[i]] *= complete.bounds[i]
    shared = np.ones(part.size, np.float64)
    is_shared = np.zeros(part.size, np.bool_)
    met_shared = False
    for i in loops:
        dim = complete.dims[i]
        if scalar:
            break
        if complete.spatial[target] and met_shared and condition_relevant[dim]:
            return False
        if target_relevant[dim] and condition_relevant[dim]:
            shared[dim] *= complete.bounds[i]
            is_shared[dim] = True
            met_shared = True
    _divide_shared(part, shared, is_shared, math.ceil(level_block / (granularity / shared.prod())), complete.dims[target])
    return True


@compiled
def _divide_shared(part, shared, is_shared, scaling, target_dim):
    """Takes shared iterations out of the part again, but for `scaling` of them, which one row of the level holds."""
    left = float(scaling)
    for dim in range(part.size):
        if is_shared[dim]:
            part[dim] = np.int64(math.ceil(part[dim] / (shared[dim] / left)))
            left /= shared[dim]
    if left > 1:
        part[target_dim] = np.int64(part[target_dim] * left)


@compiled
def ineffectual(plan, sparse, complete, extents, level, child, target, conditions):
    """Probability that an access of `target` at `level` is ineffectual. conditions: (tensors,) mask."""
    relevant = sparse.relevant
    at, scalar = target_loop(complete, level, child, relevant[target])
    loops = walked_with_target(complete, level, child, at, relevant[target])
    effectual = 1.0
    part = np.empty(extents.shape[1], np.int64)
    for k in range(conditions.size):
        if not conditions[k]:
            continue
        if condition_part(complete, extents, loops, scalar, plan.block[level, target], plan.coefficients[target],
                          relevant[target], relevant[k], part):
            words, rows = words_and_rows(plan.coefficients[k], part)
            effectual *= 1.0 - probability(sparse.law[k], words, rows, 0)
    return 1.0 - effectual
