"""Searching a large mapspace: many walks side by side, cooled down together, the worst replaced by the best from time to time."""

from __future__ import annotations

import numpy as np

from snnhw.search.memory import Memory, empty_memory, remember_all
from snnhw.search.pool import Pool, bypass_what_is_too_large, copy_candidate, empty_pool, propose, take, walk
from snnhw.search.randomness import seeded
from snnhw.search.task import Task, scores_of

_WALKS = 32
_HOT, _COLD = 0.3, 1e-4
"""Temperatures at the start and at the end: differences of logarithms of the objective that are taken in one case of e."""
_SELECTIONS = 30
_STEPS_PER_EVALUATION = 20
_UNLIMITED_ROUND = 50_000


def anneal(task: Task) -> str:
    """Searches until the budget is spent. Returns how it ended; task.best is None where no candidate fitted."""
    state = seeded(task.config.seed)
    entries = 20 * _UNLIMITED_ROUND if task.config.max_evaluations is None else task.config.max_evaluations
    memory = empty_memory(entries)
    if task.config.max_evaluations is not None:
        return _cool_down(task, memory, task.config.max_evaluations, state)
    return _rounds(task, memory, state)


def _rounds(task: Task, memory: Memory, state: np.ndarray) -> str:
    """Without a budget: one cooling after the other, each twice as long, until two in a row bring nothing."""
    size, idle = _UNLIMITED_ROUND, 0
    while idle < 2:
        before = task.best
        if _cool_down(task, memory, size, state) == "seconds":
            return "seconds"
        idle = idle + 1 if task.best is before else 0
        size *= 2
    return "converged"


def _cool_down(task: Task, memory: Memory, evaluations: int, state: np.ndarray) -> str:
    pool = _start(task, state)
    if pool is None:
        return "budget"
    space, n = task.space, pool.keys.size
    proposed = empty_pool(space, n)
    costs, wanted = np.full((n, 2), np.inf), np.ones(n, np.bool_)
    task.score(pool, wanted, costs)
    remember_all(memory, pool.keys, costs, wanted)
    scores = scores_of(costs, task.config.metrics)
    end, steps = task.evaluated + evaluations - n, 0
    most_steps = _STEPS_PER_EVALUATION * evaluations // n
    first, selected = task.evaluated, 0
    while task.evaluated < end and steps < most_steps:
        if task.is_late:
            return "seconds"
        done = max((task.evaluated - first) / max(1, end - first), steps / most_steps)
        task.dropped += propose(task.plan, task.sparse, space, pool, proposed, memory, costs, wanted, state, task.died)
        task.score(proposed, wanted, costs)
        remember_all(memory, proposed.keys, costs, wanted)
        take(pool, scores, proposed, scores_of(costs, task.config.metrics), _HOT * (_COLD / _HOT) ** done, state)
        steps += 1
        if done * _SELECTIONS > selected + 1:
            selected += 1
            _select(pool, scores)
    return "budget" if steps < most_steps else "converged"


def _start(task: Task, state: np.ndarray) -> Pool | None:
    """Candidates that fit, reached by random changes from the one with all factors as far outside as they may be; None if none does."""
    pool, spare = empty_pool(task.space, _WALKS), empty_pool(task.space, _WALKS)
    arrays = task.plan, task.sparse, task.space
    bypass_what_is_too_large(*arrays, pool, task.died)
    for steps in (np.arange(_WALKS) * 20, np.full(_WALKS, 1000), np.full(_WALKS, 10_000)):
        if walk(*arrays, pool, spare, steps, state, task.died) > 0:
            break
    fitting = np.flatnonzero(pool.keys)
    if fitting.size == 0:
        return None
    for i in np.flatnonzero(pool.keys == 0):
        copy_candidate(pool, fitting[i % fitting.size], pool, i)
    return pool


def _select(pool: Pool, scores: np.ndarray) -> None:
    """The worst quarter gives way to copies of the best quarter."""
    order = np.argsort(scores, kind="stable")
    for good, bad in zip(order[:_WALKS // 4], order[::-1], strict=False):
        copy_candidate(pool, good, pool, bad)
        scores[bad] = scores[good]
