"""Drawing mappings at random, as timeloop-mapper does: what a search without any idea finds for the same budget.

Of each dimension any list of factors is as likely as any other, loops stand in a random order, and a coin decides what is kept.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from snnhw.errors import SearchError
from snnhw.jit import compiled
from snnhw.model.plan import Plan
from snnhw.model.sparse_plan import SparsePlan
from snnhw.search.candidates import excess
from snnhw.search.explore import metric_values
from snnhw.search.listing import factor_table
from snnhw.search.pool import Pool, starting_pool
from snnhw.search.randomness import below, seeded
from snnhw.search.score import CYCLES, ENERGY, score_all
from snnhw.search.space import FREE, Space
from snnhw.search.task import Candidate, Task
from snnhw.spec.mapper import powers

VALID, UNFIT, IN_VAIN, UNFIT_IN_A_ROW = 0, 1, 2, 3
"""Entries of a tally: mappings that fit, candidates that don't; those in a row that fit and are no better, that don't fit."""
_MOST_LISTS = 2_000_000
_DRAWS = 2000
"""Candidates between two looks at the clock."""
_ENOUGH = 5_000_000
"""Candidates in a row that don't fit which end a search that has no timeout, so that it ends where nothing fits."""
_ENDLESS = np.iinfo(np.int64).max


class Urn(NamedTuple):
    """What is drawn from, and what is counted. rows (n, places): factors of all dimensions; first (dims + 1,): where each one's start.

    powers (metrics, 2): of energy and cycles; limits, tally (4,); best (metrics,); state: of the random numbers.
    """

    rows: np.ndarray
    first: np.ndarray
    powers: np.ndarray
    limits: np.ndarray
    tally: np.ndarray
    best: np.ndarray
    state: np.ndarray


def draw_at_random(task: Task) -> str:
    """Draws until the budget is spent. Returns how it ended; task.best is None where no candidate fitted."""
    urn = _urn(task)
    pool = starting_pool(task.plan, task.sparse, task.space, 1)
    cost = np.empty((1, 2))
    want_hops = bool(task.plan.hop_energy_pJ.any() or task.plan.router_energy_pJ.any())
    while (urn.tally < urn.limits).all():
        if task.is_late:
            return "seconds"
        is_better = draw(task.plan, task.sparse, task.space, urn, pool, cost, want_hops, _DRAWS, task.died, task.misfits)
        task.evaluated, task.dropped = int(urn.tally[VALID]), int(urn.tally[UNFIT])
        if is_better:
            task.best = Candidate(factors=pool.factors[0].copy(), orders=pool.orders[0].copy(), keep=pool.keep[0].copy(),
                                  values=tuple(urn.best.tolist()), cost=(float(cost[0, ENERGY]), float(cost[0, CYCLES])))
        task.tell()
    return "budget" if urn.tally[VALID] >= urn.limits[VALID] else "converged"


def _urn(task: Task) -> Urn:
    config, place_most = task.config, task.space.place_most
    lists = [factor_table(one, place_most[:, d], _MOST_LISTS) for d, one in enumerate(task.mapspace.chains)]
    tables = [one for one in lists if one is not None]
    if len(tables) < len(lists):
        raise SearchError(f"a dimension has more than {_MOST_LISTS:,} lists of factors, too many to draw from; use the algorithm best")
    limits = (config.max_evaluations, None, config.victory_condition, config.timeout or _ENOUGH)
    return Urn(rows=np.concatenate(tables), first=np.cumsum([0, *(len(one) for one in tables)]),
               powers=np.array([powers(metric) for metric in config.metrics], np.float64),
               limits=np.array([_ENDLESS if one is None else one for one in limits], np.int64), tally=np.zeros(4, np.int64),
               best=np.full(len(config.metrics), np.inf), state=seeded(config.seed))


@compiled
def draw(plan: Plan, sparse: SparsePlan, space: Space, urn: Urn, pool: Pool, cost: np.ndarray, want_hops: bool, draws: int,
         died: np.ndarray, misfits: np.ndarray) -> bool:
    """Draws candidates into the place of a pool of one until a better one is there, a limit is reached, or so many are drawn.

    Returns whether it is better; then cost (1, 2) and urn.best are its own.
    """
    wanted = np.ones(1, np.bool_)
    values = np.empty_like(urn.best)
    for _ in range(draws):
        if (urn.tally >= urn.limits).any():
            return False
        draw_one(space, urn, pool.factors[0], pool.orders[0], pool.keep[0])
        fits = excess(plan, sparse, space, pool.factors[0], pool.keep[0], 0.0, died) == 0.0
        if fits:
            score_all(plan, sparse, space, pool, wanted, want_hops, cost, misfits)
        if not fits or cost[0, ENERGY] == np.inf:
            urn.tally[UNFIT] += 1
            urn.tally[UNFIT_IN_A_ROW] += 1
            continue
        urn.tally[VALID] += 1
        urn.tally[UNFIT_IN_A_ROW] = 0
        metric_values(urn.powers, cost[0, ENERGY], cost[0, CYCLES], values)
        if _is_less(values, urn.best):
            urn.tally[IN_VAIN] = 0
            urn.best[:] = values
            return True
        urn.tally[IN_VAIN] += 1
    return False


@compiled
def _is_less(values, best):
    """Whether the first value that differs is smaller."""
    for i in range(values.size):
        if values[i] != best[i]:
            return values[i] < best[i]
    return False


@compiled
def draw_one(space, urn, factors, orders, keep):
    """Fills factors (places, dims), orders (levels, 2, dims) and keep (levels, tensors) with a random candidate."""
    for d in range(factors.shape[1]):
        factors[:, d] = urn.rows[urn.first[d] + below(urn.state, urn.first[d + 1] - urn.first[d])]
    for level in range(orders.shape[0]):
        for kind in range(2):
            _draw_order(space.before[level, kind], urn.state, orders[level, kind])
    for k in range(keep.shape[1]):
        keep[:, k] = False
        while not keep[:, k].any():
            for level in range(keep.shape[0]):
                keep[level, k] = below(urn.state, 2) == 1 if space.keep[level, k] == FREE else space.keep[level, k] == 1


@compiled
def _draw_order(before, state, order):
    """Fills order (dims,), innermost first: each time one of the dimensions that may come next."""
    dims = order.size
    for i in range(dims):
        order[i] = i
    for i in range(dims):
        ready = 0
        for j in range(i, dims):
            if _may_be_next(before, order[i:], order[j]):
                order[i + ready], order[j] = order[j], order[i + ready]
                ready += 1
        chosen = i + below(state, ready)
        order[i], order[chosen] = order[chosen], order[i]


@compiled
def _may_be_next(before, left, d):
    waits = False
    for e in left:
        waits = waits or before[e, d]
    return not waits
