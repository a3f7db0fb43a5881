"""Many candidates side by side, how they are changed, and which changes are taken (simulated annealing).

A pool walks: each step proposes one change for every candidate, the model scores what is new, and better ones replace theirs, worse
ones only with probability exp(-difference / temperature) of the logarithms of their costs.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from snnhw.jit import compiled
from snnhw.search.candidates import excess, is_within
from snnhw.search.memory import key_of, recall
from snnhw.search.moves import change
from snnhw.search.randomness import fraction
from snnhw.search.space import FREE, Space

_TRIES = 40


class Pool(NamedTuple):
    """factors (n, places, dims), orders (n, levels, 2, dims), keep (n, levels, tensors): see candidates.py; keys (n,): see memory.py."""

    factors: np.ndarray
    orders: np.ndarray
    keep: np.ndarray
    keys: np.ndarray


def empty_pool(space: Space, size: int) -> Pool:
    """A pool of the candidate with all factors as far outside as they may be; where it is free, tensors are kept."""
    return Pool(factors=np.repeat(space.start[None], size, axis=0), orders=np.repeat(space.start_orders[None], size, axis=0),
                keep=np.repeat((space.keep != 0)[None], size, axis=0), keys=np.zeros(size, np.uint64))


@compiled
def copy_candidate(source, i, target, j):
    """Candidate i of one pool becomes candidate j of another."""
    target.factors[j] = source.factors[i]
    target.orders[j] = source.orders[i]
    target.keep[j] = source.keep[i]
    target.keys[j] = source.keys[i]


@compiled
def bypass_what_is_too_large(plan, sparse, space, pool, died):
    """Free tensors are bypassed, from the innermost level outwards, as long as that brings a candidate nearer to fitting."""
    for i in range(pool.keys.size):
        for level in range(space.keep.shape[0]):
            for k in range(space.keep.shape[1]):
                before = excess(plan, sparse, space, pool.factors[i], pool.keep[i], died)
                if before > 0 and space.keep[level, k] == FREE:
                    pool.keep[i, level, k] = False
                    if excess(plan, sparse, space, pool.factors[i], pool.keep[i], died) >= before:
                        pool.keep[i, level, k] = True


@compiled
def walk(plan, sparse, space, pool, spare, steps, state, died):
    """So many random changes for each candidate (steps (n,)) that bring none further from fitting. Returns how many candidates fit."""
    fitting = 0
    for i in range(pool.keys.size):
        now = excess(plan, sparse, space, pool.factors[i], pool.keep[i], died)
        for _ in range(steps[i]):
            copy_candidate(pool, i, spare, i)
            if not change(space, spare.factors[i], spare.orders[i], spare.keep[i], state):
                continue
            then = excess(plan, sparse, space, spare.factors[i], spare.keep[i], died)
            if then <= now:
                copy_candidate(spare, i, pool, i)
                now = then
        pool.keys[i] = key_of(pool.factors[i], pool.orders[i], pool.keep[i]) if now == 0 else np.uint64(0)
        fitting += now == 0
    return fitting


@compiled
def propose(plan, sparse, space, pool, proposed, memory, costs, wanted, state, died):
    """Fills `proposed` with a changed copy of each candidate that is within the mapspace. Returns how many were dropped on the way.

    wanted (n,): the model has to score it; else costs (n, 2) holds what is known of it.
    """
    dropped = 0
    for i in range(pool.keys.size):
        found = False
        for _ in range(_TRIES):
            copy_candidate(pool, i, proposed, i)
            changed = change(space, proposed.factors[i], proposed.orders[i], proposed.keep[i], state)
            while fraction(state) < 0.3:
                changed = change(space, proposed.factors[i], proposed.orders[i], proposed.keep[i], state) or changed
            if changed and is_within(plan, sparse, space, proposed.factors[i], proposed.keep[i], died):
                found = True
                break
            dropped += changed
        if not found:
            copy_candidate(pool, i, proposed, i)
        proposed.keys[i] = key_of(proposed.factors[i], proposed.orders[i], proposed.keep[i])
        wanted[i] = not recall(memory, proposed.keys[i], costs[i])
    return dropped


@compiled
def take(pool, scores, proposed, proposed_scores, temperature, state):
    """Replaces candidates by what was proposed for them. scores (n,): logarithms of their costs."""
    for i in range(scores.size):
        rise = proposed_scores[i] - scores[i]
        if rise <= 0 or (temperature > 0 and fraction(state) < math.exp(-rise / temperature)):
            copy_candidate(proposed, i, pool, i)
            scores[i] = proposed_scores[i]
