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

from typing import NamedTuple

import numpy as np

from snnhw.jit import compiled, compiled_inline
from snnhw.model.density import scalar_density
from snnhw.model.exact import down, up
from snnhw.model.occupancy import keeper_above, keeper_below
from snnhw.model.safs import Walk, empty_walk, ineffectual

READ, FILL, UPDATE = 0, 1, 2
GATE, SKIP, SKIP_IN_SPACE = 1, 2, 3
"""What happens to ineffectual accesses: kinds of columns of costs.ACTIONS, of which the first are those that take place."""


class Safs(NamedTuple):
    """Room for gated and skipped accesses. kinds, shares (levels, tensors): how and how much, see choose_safs.

    options, places (safs,): probability and level of each in SparsePlan's order; walk: see safs.py.
    """

    kinds: np.ndarray
    shares: np.ndarray
    options: np.ndarray
    places: np.ndarray
    walk: Walk


@compiled
def empty_safs(levels, tensors, dims, count):
    """Room for so many gated and skipped accesses."""
    return Safs(np.zeros((levels, tensors), np.int64), np.zeros((levels, tensors), np.float64), np.empty(count, np.float64),
                np.empty(count, np.int64), empty_walk(2 * levels * dims, dims))


@compiled_inline
def choose_safs(plan, sparse, nest, complete, only, contents, saf):
    """Fills saf.kinds with GATE or SKIP and saf.shares with the probability. Returns False if a target has no level to be at.

    only: the one tensor to look at, -1 for all.
    Of the options of a group the one that saves most counts, the last of equals; on one level and tensor the larger probability wins.
    """
    count, options, places = sparse.saf_level.size, saf.options, saf.places
    for level in range(saf.kinds.shape[0]):
        for k in range(saf.kinds.shape[1]):
            saf.kinds[level, k], saf.shares[level, k] = 0, 0.0
    for s in range(count):
        options[s], places[s] = -1.0, 0
        target, level = sparse.saf_target[s], sparse.saf_level[s]
        if (only >= 0 and target != only) or keeper_above(nest.keep, -1, target) < 0:
            continue
        if not nest.keep[level, target]:
            level = keeper_above(nest.keep, level, target)
            if level < 0:
                return False
        child = keeper_below(nest.keep, level, target)
        places[s] = level
        options[s] = ineffectual(plan, sparse, complete, nest.extents, level, child, target, sparse.saf_conditions[s], saf.walk)
    for s in range(count):
        if options[s] < 0.0:
            continue
        if _has_alternatives(sparse.saf_group, s) and not _is_best_option(plan, sparse, nest, contents, places, options, s):
            continue
        at = places[s], sparse.saf_target[s]
        if saf.kinds[at] == 0 or saf.shares[at] < options[s]:
            saf.kinds[at] = SKIP if sparse.saf_skips[s] else GATE
            saf.shares[at] = options[s]
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
def _has_alternatives(groups, s):
    """Whether there is another option in the group of option s. groups (safs,): of SparsePlan."""
    members = 0
    for group in groups:
        members += group == groups[s]
    return members > 1


@compiled
def _is_best_option(plan, sparse, nest, contents, places, options, s):
    """Whether option s saves most of its group, the last of equals."""
    for other in range(options.size):
        if other != s and sparse.saf_group[other] == sparse.saf_group[s]:
            mine = _savings(plan, sparse, nest, contents, places, options, s)
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


@compiled_inline
def compress(sparse, nest, contents, sizes, k, data, metadata):
    """Step 1 for tensor k. data (levels, tensors, 3) is changed; metadata (levels, ranks, 2, 3) is filled from the dense counts."""
    for level in range(data.shape[0]):
        if sparse.rank_count[level, k] == 0 or not nest.keep[level, k]:
            continue
        absent = 1.0 - contents.non_zeros[level, k] / sizes[level, k]
        if not sparse.follows_faults:
            absent = max(0.0, absent)
        for action in range(3):
            tiles = data[level, k, action] / sizes[level, k]
            for r in range(sparse.rank_count[level, k]):
                for part in range(2):
                    words = contents.words[level, k, r, part]
                    metadata[level, r, part, action] = up(words * tiles, sparse.follows_faults) if words > 0.0 else 0.0
            data[level, k, action] -= down(data[level, k, action] * absent, sparse.follows_faults)


@compiled_inline
def propagate(sparse, nest, k, saf, data, metadata, counts, bits):
    """Steps 2 and 3 for tensor k: fills counts[:, k] (levels, tensors, COUNTS) and bits[:, k] (levels, tensors, COUNTS / 2).

    Metadata words of all ranks are added up. Returns the share of the innermost gated or skipped level, -1 for none.
    """
    levels = data.shape[0]
    for level in range(levels):
        for column in range(counts.shape[2]):
            counts[level, k, column] = 0.0
        for column in range(bits.shape[2]):
            bits[level, k, column] = 0.0
    outer_share = -1.0
    for level in range(levels - 1, -1, -1):
        if saf.kinds[level, k] == 0:
            continue
        share = saf.shares[level, k]
        left = share
        if outer_share >= 0.0:
            left = 0.0 if outer_share >= 1.0 else max(0.0, 1.0 - (1.0 - share) / (1.0 - outer_share))
        outer_share = share if sparse.follows_faults else max(outer_share, share)
        if saf.kinds[level, k] != SKIP_IN_SPACE:
            _book(sparse.rank_count, sparse.rank_bits, sparse.is_output[k], sparse.follows_faults, nest.keep, level, k, saf.kinds[level, k],
                  left, data, metadata, counts, bits)
        ranks = sparse.rank_count[level, k] if nest.keep[level, k] else 0
        _reach_inwards(sparse.rank_count, sparse.follows_faults, nest.keep, saf.kinds, level, k, ranks, outer_share, data, metadata)
    for level in range(levels):
        for action in range(3):
            counts[level, k, action] = data[level, k, action]
            for r in range(sparse.rank_count[level, k] if nest.keep[level, k] else 0):
                for part in range(2):
                    _add_metadata(sparse.rank_bits, level, k, r, part, action, metadata[level, r, part, action], counts, bits)
    return outer_share


@compiled
def _add_metadata(rank_bits, level, k, r, part, column, words, counts, bits):
    """Adds words of metadata. column: of the bits, see costs.ACTIONS."""
    counts[level, k, bits.shape[2] + column] += words
    bits[level, k, column] += words * rank_bits[level, k, r, part]


@compiled
def _reach_inwards(rank_count, follows_faults, keep, kinds, level, k, ranks, share, data, metadata):
    """Step 2 for one gated or skipped level. ranks: of its format."""
    for inner in range(level - 1, -1, -1):
        for action in range(3):
            data[inner, k, action] -= down(data[inner, k, action] * share, follows_faults)
        has_metadata = rank_count[inner, k] > 0 and keep[inner, k]
        if has_metadata and ranks == 1:
            for part in range(2):
                for action in (READ, FILL):
                    metadata[inner, 0, part, action] -= down(metadata[inner, 0, part, action] * share, follows_faults)
        if kinds[inner, k] != 0:
            if follows_faults and kinds[inner, k] != SKIP_IN_SPACE and has_metadata:
                metadata[inner, :, :, READ] = metadata[inner, :, :, UPDATE]
            return


@compiled
def _book(rank_count, rank_bits, is_output, follows_faults, keep, level, k, kind, share, data, metadata, counts, bits):
    """Step 3 for one gated or skipped level."""
    child = keeper_below(keep, level, k)
    ranks = min(rank_count[level, k], rank_count[child, k] if child >= 0 else rank_count[level, k])
    for action in (READ, UPDATE):
        column = 3 * kind + action
        words = data[level, k, action] * share
        stopped = up(words, follows_faults) if is_output and action == READ else down(words, follows_faults)
        counts[level, k, column] += stopped
        data[level, k, action] -= stopped
        for r in range(ranks):
            for part in range(2):
                stopped = down(metadata[level, r, part, action] * share, follows_faults)
                _add_metadata(rank_bits, level, k, r, part, column, stopped, counts, bits)
                metadata[level, r, part, action] -= stopped


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
