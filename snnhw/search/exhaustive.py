"""Searching a small mapspace to its end."""

from __future__ import annotations

from itertools import islice

import numpy as np

from snnhw.search.listing import Listing, listing
from snnhw.search.pool import starting_pool
from snnhw.search.task import Task

_BATCH = 256
_MOST = 200_000
"""Candidates up to which a mapspace is searched to its end where no budget says otherwise."""


def exhaust(task: Task) -> str | None:
    """Evaluates every candidate if the budget is enough for all. Returns how it ended, None if the mapspace is too large."""
    limit = _MOST if task.left is None else min(task.left, _MOST)
    died = np.zeros_like(task.died)
    everything = listing(task.mapspace, task.plan, task.sparse, limit, died)
    if everything is None:
        return None
    task.died += died
    task.dropped += int(died.sum())
    return _evaluate_all(task, everything)


def _evaluate_all(task: Task, everything: Listing) -> str:
    pool = starting_pool(task.plan, task.sparse, task.space, _BATCH)
    candidates = everything.candidates()
    while batch := list(islice(candidates, _BATCH)):
        if task.is_late:
            return "seconds"
        for i, (factors, orders, keep) in enumerate(batch):
            pool.factors[i], pool.orders[i], pool.keep[i] = factors, orders, keep
        wanted = np.arange(_BATCH) < len(batch)
        task.score(pool, wanted, np.full((_BATCH, 2), np.inf))
    return "exhausted"
