"""What formats, gating and skipping leave of the dense counts (Sparseloop's combination of storage optimisations).

Counts are per instance, in the columns of costs.ACTIONS. In this order, as in the reference:
 1 a level with a format moves only non-zeros: x -= floor(x (1 - expected density));
 2 a gated or skipped level with probability p keeps that share from all levels inside it, down to and including the next such level;
 2a a level that skips in space keeps its share from all inside it alike, but books nothing: its own accesses all take place;
 3 at a gated or skipped level itself the share is booked as gated or skipped; below another one with probability q only the part
   1 - (1 - p) / (1 - q) that the outer one has left, never less than 0, and levels inside both lose the larger share;
 4 the innermost one of each operand takes its share from the computes, and what operands are zero or absent decides the rest.
"""

from __future__ import annotations

import numpy as np

from snnhw.jit import compiled
from snnhw.model.density import scalar_density
from snnhw.model.exact import down, up
from snnhw.model.occupancy import keeper_above, keeper_below
from snnhw.model.safs import ineffectual

READ, FILL, UPDATE = 0, 1, 2
GATE, SKIP, SKIP_IN_SPACE = 1, 2, 3
ACTUAL = 0
"""Rows of booked words: actual, gated, skipped."""


@compiled
def choose_safs(plan, sparse, nest, complete, contents, kinds, shares):
    """Fills kinds (levels, tensors) with GATE or SKIP and shares with the probability. Returns False if a target has no level to be at.

    Targets that no level keeps are left out, so that one tensor can be looked at alone (see tensor.py).

    Of the options of a group the one that saves most counts, the last of equals; on one level and tensor the larger probability wins.
    """
    count = sparse.saf_level.size
    options = np.full(count, -1.0)
    places = np.zeros(count, np.int64)
    for s in range(count):
        target, level = sparse.saf_target[s], sparse.saf_level[s]
        if not nest.keep[:, target].any():
            continue
        if not nest.keep[level, target]:
            level = keeper_above(nest.keep, level, target)
            if level < 0:
                return False
        child = keeper_below(nest.keep, level, target)
        places[s] = level
        options[s] = ineffectual(plan, sparse, complete, nest.extents, level, child, target, sparse.saf_conditions[s])
    for s in range(count):
        if options[s] < 0.0 or not _is_best_option(plan, sparse, nest, contents, places, options, s):
            continue
        at = places[s], sparse.saf_target[s]
        if kinds[at] == 0 or shares[at] < options[s]:
            kinds[at] = SKIP if sparse.saf_skips[s] else GATE
            shares[at] = options[s]
    return True


@compiled
def skip_in_space(spatial, kinds, shares):
    """Adds spatial skipping to kinds and shares (levels, tensors). Returns (level, tensor) that are gated or skipped already, else -1s."""
    for level in range(kinds.shape[0]):
        for k in range(kinds.shape[1]):
            if spatial.skips[level, k]:
                if kinds[level, k] != 0 and shares[level, k] > 0.0:
                    return level, k
                kinds[level, k] = SKIP_IN_SPACE
                shares[level, k] = 1.0 - spatial.ratio[level, k]
    return -1, -1


@compiled
def _is_best_option(plan, sparse, nest, contents, places, options, s):
    """Whether option s saves most of its group, the last of equals."""
    mine = _savings(plan, sparse, nest, contents, places, options, s)
    for other in range(options.size):
        if other != s and sparse.saf_group[other] == sparse.saf_group[s]:
            theirs = _savings(plan, sparse, nest, contents, places, options, other)
            if theirs > mine or (theirs == mine and other > s):
                return False
    return True


@compiled
def _savings(plan, sparse, nest, contents, places, options, s):
    """Energy that an option saves, as the reference ranks options."""
    level, target = places[s], sparse.saf_target[s]
    child = keeper_below(nest.keep, level, target)
    held = contents.non_zeros[level, target] + contents.words[child if child >= 0 else level, target].sum() * sparse.metadata_ratio[level]
    return plan.action_energy_pJ[level, READ] / plan.block[level, target] * held * options[s]


@compiled
def compress(sparse, nest, contents, sizes, data, metadata):
    """Step 1. data (levels, tensors, 3) is changed; metadata (levels, tensors, ranks, 2, 3) is filled from the dense counts."""
    levels, tensors, _ = data.shape
    for level in range(levels):
        for k in range(tensors):
            if sparse.rank_count[level, k] == 0 or not nest.keep[level, k]:
                continue
            absent = 1.0 - contents.non_zeros[level, k] / sizes[level, k]
            if not sparse.follows_faults:
                absent = max(0.0, absent)
            for action in range(3):
                for r in range(sparse.rank_count[level, k]):
                    for part in range(2):
                        words = contents.words[level, k, r, part]
                        metadata[level, k, r, part, action] = up(words * (data[level, k, action] / sizes[level, k]), sparse.follows_faults)
                data[level, k, action] -= down(data[level, k, action] * absent, sparse.follows_faults)


@compiled
def propagate(sparse, nest, kinds, shares, data, metadata, booked, booked_metadata):
    """Steps 2 and 3. booked (levels, tensors, 3 actions, 3) and booked_metadata (levels, tensors, ranks, 2, 3 actions, 3) are filled.

    Their last axis is actual, gated, skipped. Returns the share of the innermost gated or skipped level of each tensor, -1 for none.
    """
    levels, tensors, _ = data.shape
    innermost = np.full(tensors, -1.0)
    for k in range(tensors):
        outer_share = -1.0
        for level in range(levels - 1, -1, -1):
            if kinds[level, k] == 0:
                continue
            left = shares[level, k]
            if outer_share >= 0.0:
                left = 0.0 if outer_share >= 1.0 else max(0.0, 1.0 - (1.0 - shares[level, k]) / (1.0 - outer_share))
            outer_share = shares[level, k] if sparse.follows_faults else max(outer_share, shares[level, k])
            innermost[k] = outer_share
            if kinds[level, k] != SKIP_IN_SPACE:
                _book(sparse, nest, level, k, kinds[level, k], left, data, metadata, booked, booked_metadata)
            ranks = sparse.rank_count[level, k] if nest.keep[level, k] else 0
            _reach_inwards(sparse, kinds, level, k, ranks, outer_share, data, metadata)
        for level in range(levels):
            booked[level, k, :, ACTUAL] = data[level, k]
            booked_metadata[level, k, :, :, :, ACTUAL] = metadata[level, k]
    return innermost


@compiled
def _reach_inwards(sparse, kinds, level, k, ranks, share, data, metadata):
    """Step 2 for one gated or skipped level. ranks: of its format."""
    for inner in range(level - 1, -1, -1):
        for action in range(3):
            data[inner, k, action] -= down(data[inner, k, action] * share, sparse.follows_faults)
        if sparse.rank_count[inner, k] > 0 and ranks == 1:
            for part in range(2):
                for action in (READ, FILL):
                    metadata[inner, k, 0, part, action] -= down(metadata[inner, k, 0, part, action] * share, sparse.follows_faults)
        if kinds[inner, k] != 0:
            if sparse.follows_faults and kinds[inner, k] != SKIP_IN_SPACE:
                metadata[inner, k, :, :, READ] = metadata[inner, k, :, :, UPDATE]
            return


@compiled
def _book(sparse, nest, level, k, kind, share, data, metadata, booked, booked_metadata):
    """Step 3 for one gated or skipped level."""
    child = keeper_below(nest.keep, level, k)
    ranks = min(sparse.rank_count[level, k], sparse.rank_count[child, k] if child >= 0 else sparse.rank_count[level, k])
    for action in (READ, UPDATE):
        words = data[level, k, action] * share
        rounds_up = sparse.is_output[k] and action == READ
        stopped = up(words, sparse.follows_faults) if rounds_up else down(words, sparse.follows_faults)
        booked[level, k, action, kind] += stopped
        data[level, k, action] -= stopped
        for r in range(ranks):
            for part in range(2):
                stopped = down(metadata[level, k, r, part, action] * share, sparse.follows_faults)
                booked_metadata[level, k, r, part, action, kind] += stopped
                metadata[level, k, r, part, action] -= stopped


@compiled
def operand_states(sparse, nest, innermost, k):
    """Probabilities that operand k of an operation is non-zero, zero, absent, given what the other operands' SAFs have left."""
    present = 1.0
    for other in range(innermost.size):
        if other != k and innermost[other] >= 0.0 and not sparse.is_output[other]:
            present *= 1.0 - _digits(innermost[other], sparse.follows_faults)
    non_zero = _digits(scalar_density(sparse.law[k]), sparse.follows_faults)
    non_zero = 1.0 if non_zero >= present else non_zero / present
    has_format = sparse.rank_count[keeper_above(nest.keep, -1, k), k] > 0
    return non_zero, 0.0 if has_format else 1.0 - non_zero, 1.0 - non_zero if has_format else 0.0


@compiled
def operation_states(sparse, nest, innermost):
    """Probabilities of the six kinds of operation, of which the first has all operands non-zero and the last all absent.

    Between them: some zero; some absent; all zero; some absent and some zero (the rest non-zero throughout).
    """
    states = np.empty((innermost.size, 3), np.float64)
    operands = 0
    for k in range(innermost.size):
        if not sparse.is_output[k]:
            states[operands, 0], states[operands, 1], states[operands, 2] = operand_states(sparse, nest, innermost, k)
            operands += 1
    kinds = np.zeros(6, np.float64)
    for combination in range(3 ** operands):
        p, rest = 1.0, combination
        seen = np.zeros(3, np.bool_)
        for operand in range(operands):
            p *= states[operand, rest % 3]
            seen[rest % 3] = True
            rest //= 3
        kinds[_kind(seen[0], seen[1], seen[2])] += p
    return kinds


@compiled
def _kind(some_non_zero, some_zero, some_absent):
    if some_absent:
        return 4 if some_zero else (2 if some_non_zero else 5)
    return 0 if not some_zero else (1 if some_non_zero else 3)


@compiled
def computes(sparse, nest, operations, innermost):
    """Step 4. Returns computes that happen, are gated, are skipped."""
    left = float(operations)
    for k in range(innermost.size):
        if innermost[k] >= 0.0 and not sparse.is_output[k]:
            left -= down(left * innermost[k], sparse.follows_faults)
    kinds = operation_states(sparse, nest, innermost)
    some_absent = left * kinds[2] + left * kinds[4]
    gated = left * kinds[1] + left * kinds[3] if sparse.gates_compute else 0.0
    skipped = some_absent if sparse.skips_compute else 0.0
    if sparse.gates_compute and not sparse.skips_compute:
        gated = left * kinds[1] + left * kinds[2] + left * kinds[3] + left * kinds[4]
    gated, skipped = float(down(gated, sparse.follows_faults)), float(down(skipped, sparse.follows_faults))
    return left - gated - skipped - down(left * kinds[5], sparse.follows_faults), gated, skipped


@compiled
def _digits(probability, six):
    """The reference rounds probabilities of operands to six digits, so that operands of density 4e-7 never meet."""
    return np.floor(probability * 1e6 + 0.5) / 1e6 if six else probability
