"""Many candidates side by side, how they are changed, and which changes are taken (simulated annealing).

A pool walks: each step proposes one change for every candidate, the model scores what is new, and better ones replace theirs, worse
ones only with probability exp(-difference / temperature) of the logarithms of their costs.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from snnhw.jit import compiled
from snnhw.model.plan import Plan
from snnhw.model.sparse_plan import SparsePlan
from snnhw.search.candidates import CAPACITY, excess
from snnhw.search.memory import key_of, recall
from snnhw.search.moves import change
from snnhw.search.randomness import fraction
from snnhw.search.space import Space

_TRIES = 40
_ANOTHER = 0.3
"""Probability that a change is followed by another one before it is looked at."""


class Pool(NamedTuple):
    """factors (n, places, dims), orders (n, levels, 2, dims), keep (n, levels, tensors): see candidates.py.

    excess (n,): by how much each candidate breaks the mapspace; keys (n,): see memory.py.
    """

    factors: np.ndarray
    orders: np.ndarray
    keep: np.ndarray
    excess: np.ndarray
    keys: np.ndarray


def starting_pool(plan: Plan, sparse: SparsePlan, space: Space, size: int) -> Pool:
    """A pool of the one candidate with the smallest tiles: factors as far outside as they may be, tensors kept where they must be."""
    nobody = np.zeros(CAPACITY + space.keep.shape[0], np.int64)
    broken = excess(plan, sparse, space, space.start, space.start_keep, np.inf, nobody)
    return Pool(factors=np.repeat(space.start[None], size, axis=0), orders=np.repeat(space.start_orders[None], size, axis=0),
                keep=np.repeat(space.start_keep[None], size, axis=0), excess=np.full(size, broken), keys=np.zeros(size, np.uint64))


def copy_candidates(pool: Pool, sources: np.ndarray, targets: np.ndarray) -> None:
    """Candidates of a pool take the place of others."""
    for array in pool:
        array[targets] = array[sources]


@compiled
def _copy(source, target, i):
    target.factors[i] = source.factors[i]
    target.orders[i] = source.orders[i]
    target.keep[i] = source.keep[i]
    target.excess[i] = source.excess[i]
    target.keys[i] = source.keys[i]


@compiled
def propose(plan, sparse, space, pool, proposed, memory, costs, wanted, state, died):
    """Fills `proposed` with a changed copy of each candidate that breaks the mapspace no more than it does.

    wanted (n,): the model has to score it, because costs (n, 2) holds nothing known of it. Returns how many changes were dropped.
    """
    dropped = 0
    for i in range(pool.keys.size):
        for attempt in range(_TRIES):
            _copy(pool, proposed, i)
            if attempt == _TRIES - 1:
                break
            changed = change(space, proposed.factors[i], proposed.orders[i], proposed.keep[i], state)
            while fraction(state) < _ANOTHER:
                changed = change(space, proposed.factors[i], proposed.orders[i], proposed.keep[i], state) or changed
            if changed:
                proposed.excess[i] = excess(plan, sparse, space, proposed.factors[i], proposed.keep[i], pool.excess[i], died)
                if proposed.excess[i] <= pool.excess[i]:
                    break
                dropped += 1
        proposed.keys[i] = key_of(proposed.factors[i], proposed.orders[i], proposed.keep[i])
        wanted[i] = not recall(memory, proposed.keys[i], costs[i])
    return dropped


@compiled
def take(pool, scores, proposed, proposed_scores, temperature, state):
    """Replaces candidates by what was proposed for them. scores (n,): logarithms of their costs."""
    for i in range(scores.size):
        rise = proposed_scores[i] - scores[i]
        if rise <= 0 or (temperature > 0 and fraction(state) < math.exp(-rise / temperature)):
            _copy(proposed, pool, i)
            scores[i] = proposed_scores[i]
