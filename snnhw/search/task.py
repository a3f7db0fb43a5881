"""One search under way: what it is for, and what it has found so far."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from snnhw.model.plan import Plan
from snnhw.model.sparse_plan import SparsePlan
from snnhw.search.candidates import CAPACITY
from snnhw.search.outcome import SearchProgress
from snnhw.search.pool import Pool
from snnhw.search.score import CYCLES, ENERGY, REASONS, score_all
from snnhw.search.space import Mapspace, Space
from snnhw.spec.mapper import MapperConfig, Metric, powers

_MINOR = 1e-3
"""Weight of a metric in the annealer's score beside the metric before it, which decides first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A candidate alone; see candidates.py. values: its metrics in the order of the configuration."""

    factors: np.ndarray
    orders: np.ndarray
    keep: np.ndarray
    values: tuple[float, ...]
    cost: tuple[float, float]


@dataclass(slots=True, kw_only=True)
class Task:
    """What is searched and the tally of it. died (checks,): see candidates.py; misfits (REASONS,): see model/fit.py."""

    plan: Plan
    sparse: SparsePlan
    mapspace: Mapspace
    config: MapperConfig
    listener: Callable[[SearchProgress], None] | None
    started: float = field(default_factory=time.perf_counter)
    evaluated: int = 0
    dropped: int = 0
    died: np.ndarray = field(init=False)
    misfits: np.ndarray = field(default_factory=lambda: np.zeros(REASONS, np.int64))
    best: Candidate | None = None
    bound: float | None = None
    parts: int = 0
    sets: int = 0
    looked: int = 0
    _told: int = -1000
    _told_nothing: bool = True

    def __post_init__(self) -> None:
        self.died = np.zeros(CAPACITY + len(self.mapspace.chip.names), np.int64)

    @property
    def space(self) -> Space:
        """The mapspace as arrays."""
        return self.mapspace.arrays

    @property
    def seconds(self) -> float:
        """Since the search began."""
        return time.perf_counter() - self.started

    @property
    def is_late(self) -> bool:
        """Whether the budget of seconds is spent."""
        return self.config.max_seconds is not None and self.seconds >= self.config.max_seconds

    @property
    def left(self) -> int | None:
        """Evaluations that are left of the budget, None for any number."""
        return None if self.config.max_evaluations is None else self.config.max_evaluations - self.evaluated

    @property
    def evaluations(self) -> int:
        """The budget of evaluations, 0 for none."""
        return self.config.max_evaluations or 0

    def score(self, pool: Pool, wanted: np.ndarray, costs: np.ndarray) -> None:
        """Fills costs (n, 2) of the wanted candidates and notes the best. What the budget has no place for gets an infinite cost."""
        if self.left is not None and int(wanted.sum()) > self.left:
            late = np.flatnonzero(wanted)[max(0, self.left):]
            wanted[late] = False
            costs[late] = np.inf
        want_hops = bool(self.plan.hop_energy_pJ.any() or self.plan.router_energy_pJ.any())
        self.evaluated += score_all(self.plan, self.sparse, self.space, pool, wanted, want_hops, costs, self.misfits)
        self._note_best(pool, costs)
        self.tell()

    def _note_best(self, pool: Pool, costs: np.ndarray) -> None:
        values = metric_values(costs, self.config.metrics)
        i = int(np.lexsort(values[::-1])[0])
        found = tuple(float(v) for v in values[:, i])
        if np.isfinite(costs[i, ENERGY]) and (self.best is None or found < self.best.values):
            self.best = Candidate(factors=pool.factors[i].copy(), orders=pool.orders[i].copy(), keep=pool.keep[i].copy(), values=found,
                                  cost=(float(costs[i, ENERGY]), float(costs[i, CYCLES])))

    def tell(self) -> None:
        """Tells the listener, if there is one and there is news."""
        if self.listener is not None and (self.evaluated - self._told >= 1000 or (self._told_nothing and self.best is not None)):
            self._told, self._told_nothing = self.evaluated, self.best is None
            energy, cycles = self.best.cost if self.best else (None, None)
            self.listener(SearchProgress(evaluated=self.evaluated, budget=self.config.max_evaluations, seconds=self.seconds,
                                         best_energy_pJ=energy, best_cycles=None if cycles is None else int(cycles),
                                         lower_bound=self.bound))


def metric_values(costs: np.ndarray, metrics: tuple[Metric, ...]) -> np.ndarray:
    """(metrics, n) from costs (n, 2)."""
    return np.stack([_value(costs, *powers(metric)) for metric in metrics])


def _value(costs: np.ndarray, energy_power: float, cycles_power: float) -> np.ndarray:
    result = np.ones(len(costs))
    for column, power in ((ENERGY, energy_power), (CYCLES, cycles_power)):
        if power:
            result = result * (costs[:, column] if power == 1 else costs[:, column] ** power)
    return result


def scores_of(costs: np.ndarray, metrics: tuple[Metric, ...]) -> np.ndarray:
    """(n,) logarithms of the metrics, later ones with falling weight."""
    logs = np.log(np.maximum(metric_values(costs, metrics), 1e-300))
    return (logs * _MINOR ** np.arange(len(metrics))[:, None]).sum(axis=0)
