"""What the lower bounds know of a choice of what is kept where: least costs of words and of operations, whatever the loops."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from snnhw.jit import compiled
from snnhw.model.density import FIXED_STRUCTURED, scalar_density
from snnhw.model.formats import CP, RLE, UB, B
from snnhw.model.occupancy import keeper_above, keeper_below

READ, FILL, UPDATE = 0, 1, 2

class Relaxation(NamedTuple):
    """Constants of the bounds for one choice of what is kept where; arrays over levels (l), tensors (k), dimensions (d).

    energy_pJ (l, k, 3): least energy per word read, filled, updated; busy (l, k, 3): least words of bandwidth; partner (k, d, d): both
    dimensions move one rank. operation_pJ: least energy of an operation; timed: least share of them that take time.
    instances (l,): most that there are; below (l,): most instances of compute under one of a level. keep (l, k). is_whole (l,): all
    instances exist, whatever is empty. slack (l,): words of bandwidth that rounding metadata down to words may hide. child, above (l, k):
    the next inner and the next outer level that keeps the tensor, -1 for none; relevant (k, d). rank_bits (l, k): of metadata for each
    tile of the next inner keeper that is not empty, 0 where that is not known; rank_energy_pJ, rank_busy (l, k, 3): of one such bit per
    word read, filled, updated. rounding_pJ (l, k): what one word more that is stopped, through rounding up, takes off each instance.
    """

    energy_pJ: np.ndarray
    busy: np.ndarray
    partner: np.ndarray
    operation_pJ: float
    timed: float
    instances: np.ndarray
    below: np.ndarray
    keep: np.ndarray
    is_whole: np.ndarray
    slack: np.ndarray
    child: np.ndarray
    above: np.ndarray
    relevant: np.ndarray
    rank_bits: np.ndarray
    rank_energy_pJ: np.ndarray
    rank_busy: np.ndarray
    rounding_pJ: np.ndarray


def partners(coefficients: np.ndarray) -> np.ndarray:
    """(tensors, dims, dims): whether two dimensions move one rank of a tensor."""
    moved = coefficients != 0
    partner = (moved[:, :, :, None] & moved[:, :, None, :]).any(axis=1)
    partner[:, np.arange(moved.shape[2]), np.arange(moved.shape[2])] = False
    return partner


@compiled
def _left_by_skipping(plan, sparse, keep, level, k, action):
    """Least shares of the accesses of a tensor at a level that gating and skipping leave, further out and at the level itself.

    And what a row costs there at least, in pJ, that is gated or skipped.
    """
    outside, own, stopped = 1.0, 1.0, np.inf
    for s in range(sparse.saf_level.size):
        if not sparse.active or sparse.saf_target[s] != k:
            continue
        place = sparse.saf_level[s]
        if not keep[place, k]:
            place = keeper_above(keep, place, k)
        left = 1.0
        for c in range(keep.shape[1]):
            if sparse.saf_conditions[s, c]:
                left *= scalar_density(sparse.law[c])
        if place > level:
            outside *= left
        elif place == level and action != FILL:
            own *= left
            stopped = min(stopped, plan.action_energy_pJ[level, (6 if sparse.saf_skips[s] else 3) + action])
    return outside, own, stopped


@compiled
def _metadata_bits(sparse, level, k):
    """Least bits of metadata that come with each word of a tile, before what is absent is taken off."""
    least = 0.0
    for r in range(sparse.rank_count[level, k]):
        code = sparse.rank_codes[level, k, r]
        if code != RLE and code != CP and code != B and code != UB:
            return 0.0
        bits = float(sparse.rank_bits[level, k, r, 0])
        least = bits if r == 0 else min(least, bits)
    return least


@compiled
def _has_rank_for_tiles(sparse, keep, level, k):
    """Whether a rank of the format says which tiles of the next inner keeper are empty, whatever the loops (see ranks.py)."""
    child = keeper_below(keep, level, k)
    if child < 0 or not sparse.compressed[level, k] or sparse.rank_count[level, k] <= sparse.rank_count[child, k]:
        return False
    if sparse.law[k, 0] != FIXED_STRUCTURED or not sparse.outer_to_inner[level, k]:
        return False
    for r in range(sparse.rank_count[level, k]):
        for d in range(sparse.rank_groups.shape[3]):
            if sparse.rank_groups[level, k, r, d] != sparse.rank_groups[level, k, 0, 0] or sparse.rank_groups[level, k, r, d] < 0:
                return False
    return True


@compiled
def relaxation(plan, sparse, keep, partner, instances):
    """The constants for keep (levels, tensors); instances (levels,): most of each level that any loops in space use."""
    levels, tensors = keep.shape
    energy = np.zeros((levels, tensors, 3), np.float64)
    busy = np.zeros((levels, tensors, 3), np.float64)
    is_whole = np.ones(levels, np.bool_)
    slack = np.zeros(levels, np.float64)
    rank_bits = np.zeros((levels, tensors), np.float64)
    rounding = np.zeros((levels, tensors), np.float64)
    rank_energy, rank_busy = np.zeros((levels, tensors, 3), np.float64), np.zeros((levels, tensors, 3), np.float64)
    for level in range(levels):
        whole = False
        for k in range(tensors):
            above = keeper_above(keep, level, k)
            may_be_empty = sparse.active and above >= 0 and sparse.rank_count[above, k] > 0
            whole = whole or not keep[level, k] or not may_be_empty
            if not keep[level, k]:
                continue
            present = scalar_density(sparse.law[k]) if sparse.active and (may_be_empty or sparse.rank_count[level, k] > 0) else 1.0
            bits = _metadata_bits(sparse, level, k) if sparse.active else 0.0
            for action in range(3):
                outside, own, stopped = _left_by_skipping(plan, sparse, keep, level, k, action)
                left = outside * own
                row = plan.action_energy_pJ[level, action] / plan.block[level, k]
                stopped = min(row, stopped / plan.block[level, k])
                if action == READ and own < 1.0 and plan.read_write[k]:
                    rounding[level, k] = row - stopped
                    slack[level] += plan.bandwidth_scale[level, k]
                energy[level, k, action] = present * outside * (own * row + (1.0 - own) * stopped)
                busy[level, k, action] = present * left * (1.0 + bits / plan.word_bits[level, k]) * plan.bandwidth_scale[level, k]
                if bits > 0.0 and sparse.metadata_width[level] > 0:
                    rank_energy[level, k, action] = left * plan.action_energy_pJ[level, 9 + action] / sparse.metadata_width[level]
                    rank_busy[level, k, action] = left / plan.word_bits[level, k] * plan.bandwidth_scale[level, k]
                    energy[level, k, action] += present * bits * rank_energy[level, k, action]
            if bits > 0.0:
                slack[level] += plan.bandwidth_scale[level, k]
                if _has_rank_for_tiles(sparse, keep, level, k):
                    rank_bits[level, k] = bits
        is_whole[level] = whole
    happening, timed, there = _operations_left(sparse, keep)
    cheapest = min(plan.compute_energy_pJ[0], plan.compute_energy_pJ[1], plan.compute_energy_pJ[2])
    floor = happening * plan.compute_energy_pJ[0] + max(0.0, there - happening) * cheapest
    child, above_of = np.empty((levels, tensors), np.int64), np.empty((levels, tensors), np.int64)
    for level in range(levels):
        for k in range(tensors):
            child[level, k], above_of[level, k] = keeper_below(keep, level, k), keeper_above(keep, level, k)
    relevant = np.zeros((tensors, plan.coefficients.shape[2]), np.bool_)
    for k in range(tensors):
        for d in range(relevant.shape[1]):
            relevant[k, d] = plan.coefficients[k, :, d].any()
    below = np.ones(levels, np.float64)
    for level in range(levels):
        below[level] = max(1.0, plan.mesh[0, 0] * plan.mesh[0, 1] / (plan.mesh[level + 1, 0] * plan.mesh[level + 1, 1]))
    return Relaxation(energy, busy, partner, floor, timed, instances, below, keep, is_whole, slack, child, above_of, relevant,
                      rank_bits, rank_energy, rank_busy, rounding)


@compiled
def _operations_left(sparse, keep):
    """Least shares of operations that happen, that take time, and that are there: happen, are gated or are skipped at the compute level.

    An operation is not there if a skipped operand takes it away, or if all operands are absent; so as many are there as have an operand
    that is not zero, of those that are left.
    """
    happening, timed, left = 1.0, 1.0, 1.0
    if not sparse.active:
        return happening, timed, left
    for s in range(sparse.saf_level.size):
        if not sparse.is_output[sparse.saf_target[s]]:
            for c in range(keep.shape[1]):
                if sparse.saf_conditions[s, c]:
                    left *= max(0.0, scalar_density(sparse.law[c]) - 1e-6)
    there = 0.0
    for c in range(keep.shape[1]):
        if sparse.is_output[c]:
            continue
        share = max(0.0, scalar_density(sparse.law[c]) - 1e-6)
        conditions = False
        for s in range(sparse.saf_level.size):
            conditions = conditions or (sparse.saf_conditions[s, c] and not sparse.is_output[sparse.saf_target[s]])
        has_format = sparse.rank_count[keeper_above(keep, -1, c), c] > 0
        if conditions or has_format:
            timed *= share
        if conditions or has_format or sparse.gates_compute or sparse.skips_compute:
            happening *= share
        if not (sparse.saf_target == c).any():
            there = max(there, min(left, share))
    return happening, timed, there
