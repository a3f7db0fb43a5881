"""Searching a large mapspace: many walks side by side, cooled down together, the worst replaced by the best from time to time."""

from __future__ import annotations

import numpy as np

from snnhw.search.memory import Memory, empty_memory, remember_all
from snnhw.search.pool import Pool, copy_candidates, propose, starting_pool, take
from snnhw.search.randomness import seeded
from snnhw.search.task import Task, scores_of

_WALKS = 32
_HOT, _COLD = 0.3, 1e-4
"""Temperatures at the start and at the end: differences of logarithms of the objective that are taken in one case of e."""
_SELECTIONS = 30
_PROPOSALS_PER_EVALUATION = 4
_FIRST_STEPS, _MOST_FIRST_STEPS = 200, 5000
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
    pool = _start(task, memory, state)
    if pool is None:
        return "budget"
    n = pool.keys.size
    proposed = starting_pool(task.plan, task.sparse, task.space, n)
    costs, wanted = np.full((n, 2), np.inf), np.ones(n, np.bool_)
    first, most_steps = task.evaluated, max(1, _PROPOSALS_PER_EVALUATION * evaluations // n)
    task.score(pool, wanted, costs)
    remember_all(memory, pool.keys, costs, wanted)
    scores = scores_of(costs, task.config.metrics)
    steps = selections = 0
    while (done := max((task.evaluated - first) / evaluations, steps / most_steps)) < 1:
        if task.is_late:
            return "seconds"
        task.dropped += propose(task.plan, task.sparse, task.space, pool, proposed, memory, costs, wanted, state, task.died)
        task.score(proposed, wanted, costs)
        remember_all(memory, proposed.keys, costs, wanted)
        take(pool, scores, proposed, scores_of(costs, task.config.metrics), _HOT * (_COLD / _HOT) ** done, state)
        steps += 1
        if done * _SELECTIONS > selections + 1:
            selections += 1
            _select(pool, scores)
    return "budget" if task.evaluated - first >= evaluations else "converged"


def _start(task: Task, memory: Memory, state: np.ndarray) -> Pool | None:
    """Candidates that fit, reached by random changes from the one with the smallest tiles; None if none is found."""
    pool, proposed = starting_pool(task.plan, task.sparse, task.space, _WALKS), starting_pool(task.plan, task.sparse, task.space, _WALKS)
    costs, wanted = np.empty((_WALKS, 2)), np.empty(_WALKS, np.bool_)
    for step in range(_MOST_FIRST_STEPS):
        task.dropped += propose(task.plan, task.sparse, task.space, pool, proposed, memory, costs, wanted, state, task.died)
        pool, proposed = proposed, pool
        if task.is_late or (step >= _FIRST_STEPS and (pool.excess == 0).any()):
            break
    fitting = np.flatnonzero(pool.excess == 0)
    if fitting.size == 0:
        return None
    copy_candidates(pool, fitting[np.arange(_WALKS) % fitting.size], np.arange(_WALKS))
    return pool


def _select(pool: Pool, scores: np.ndarray) -> None:
    """The worst quarter gives way to copies of the best quarter."""
    order = np.argsort(scores, kind="stable")
    good, bad = order[:_WALKS // 4], order[-(_WALKS // 4):]
    copy_candidates(pool, good, bad)
    scores[bad] = scores[good]
