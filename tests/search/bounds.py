"""What the branch and bound knows of every mapping of a small case before it looks at it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from search.small_cases import Listed, SmallCase

from snnhw.search.branching import _ground
from snnhw.search.explore import Ground, _wires
from snnhw.search.heads import order_bound
from snnhw.search.relaxation import Relaxation, partners, relaxation
from snnhw.search.relaxed import cycles_bound, factors_bound, leakage_bound
from snnhw.search.spread import spread_in_space
from snnhw.search.tables import Tables, tables


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """Least energy in pJ and cycles, without the networks' latency, of mapping number i; name: which of the bounds it is."""

    name: str
    i: int
    energy_pJ: float
    cycles: float


class Bounds:
    """The bounds of one case."""

    def __init__(self, case: SmallCase) -> None:
        self.case, self.task = case, case.task()
        self.plan, self.sparse, self.space = self.task.plan, self.task.sparse, self.task.space
        cut = tables(self.task.mapspace, 100_000)
        assert cut is not None
        self.cut: Tables = cut
        self.ground: Ground = _ground(self.task, case.problem, cut)
        self.bounds = np.array([case.problem.bounds[d] for d in case.problem.dimensions], np.int64)
        self._relaxed: dict[bytes, Relaxation] = {}
        self._space_at = {one.tobytes(): s for s, one in enumerate(cut.spaces)}

    def relaxed(self, keep: np.ndarray) -> Relaxation:
        """The constants for a choice of what is kept."""
        key = keep.tobytes()
        if key not in self._relaxed:
            self._relaxed[key] = relaxation(self.plan, self.sparse, keep, partners(self.plan.coefficients),
                                            self.ground.replication.max(axis=0))
        return self._relaxed[key]

    def space_of(self, factors: np.ndarray) -> int:
        """The number of the loops in space of factors (places, dims)."""
        only = factors.copy()
        only[::3] = 1
        return self._space_at[only.tobytes()]

    def of(self, listed: Listed, i: int) -> Iterator[Bound]:
        """All bounds of one mapping, the loosest first."""
        factors, orders, relaxed = listed.factors[i], listed.orders[i], self.relaxed(listed.keep[i])
        head, s = factors[3 * self.ground.level], self.space_of(factors)
        totals, demand = np.empty(1 + relaxed.keep.shape[1]), np.empty((relaxed.keep.shape[0], 2))
        box, values = self.bounds // head, np.empty(len(self.ground.powers))
        order_bound(self.plan, relaxed, self.ground, head, box, orders[self.ground.level, 0], totals, demand, values)
        cycles = cycles_bound(self.plan, relaxed, self.ground.operations, float(self.ground.instances[0]), demand, relaxed.instances)
        leakage = leakage_bound(self.plan, relaxed, cycles, np.ones(len(demand)))
        yield Bound(name="order", i=i, energy_pJ=totals[0] + leakage, cycles=cycles)
        yield self._with(relaxed, s, i, totals[0] + _wires(self.plan, self.ground, s, totals), demand, "head and space")
        spread, reach = np.empty((3, *relaxed.keep.shape)), reach_of(factors)
        spread_in_space(relaxed, factors, spread)
        for known in (False, True):
            factors_bound(self.plan, self.sparse, relaxed, factors, reach, self.ground.replication[s], spread, self.ground.hops[s],
                          self.ground.level, np.ascontiguousarray(orders[:, 0]), known, self.ground.operations, totals, demand)
            yield self._with(relaxed, s, i, totals[0], demand, "factors and orders" if known else "factors")

    def _with(self, relaxed: Relaxation, s: int, i: int, energy: float, demand: np.ndarray, name: str) -> Bound:
        cycles = cycles_bound(self.plan, relaxed, self.ground.operations, self.ground.instances[s], demand, self.ground.replication[s])
        return Bound(name=name, i=i, energy_pJ=energy + leakage_bound(self.plan, relaxed, cycles, self.ground.replication[s]),
                     cycles=cycles)


def reach_of(factors: np.ndarray) -> np.ndarray:
    """(levels, dims) extents of each level's tiles."""
    return np.cumprod(factors.reshape(-1, 3, factors.shape[1]).prod(axis=1), axis=0)
