"""Whole mappings evaluated a second on one core, dense and sparse, as the search evaluates them.

    .venv/bin/python benchmarks/search.py [--layer Conv2] [--seconds 4]

The sets of mappings that branch and bound collects (snnhw/search/explore.py) are evaluated in all classes of orders, without leaving out
those that cannot win: what the search does (settle.py) but for its bounds. Mappings of one set that a tensor sees alike share its part of
the cost, capacities are checked, and each mapping's energy, cycles and EDP are compared with the best. Mappings that do not fit are not
counted. The best mappings are held against the whole model. Dense and sparse are timed in turn; prints medians over the rounds.
"""

from __future__ import annotations

import argparse
import statistics
import time
from typing import Any

import numpy as np

from snn_workload import read_run
from snnhw.energy import estimate
from snnhw.jit import NO
from snnhw.model import evaluate
from snnhw.model.plan import make_plan
from snnhw.model.sparse_plan import make_sparse_plan
from snnhw.search.branching import _WAITING, _best_of, _field, _ground
from snnhw.search.explore import EVALUATED, MOST, Sets, explore
from snnhw.search.heads import order_bound
from snnhw.search.listing import keep_choices
from snnhw.search.mapper import mapping_of
from snnhw.search.parts import empty_memo
from snnhw.search.settle import settle
from snnhw.search.space import make_mapspace
from snnhw.search.tables import tables
from snnhw.search.task import Candidate, Task
from snnhw.spec.load import load_architecture
from snnhw.spec.mapper import MapperConfig
from snnhw.spec.resolution import resolve

MACHINES = {
    "dense": {"weight_format": "none", "spike_format": "none", "saf": "none"},
    "sparse": {"weight_format": "RLE", "spike_format": "RLE", "saf": "skipping"},
}
HEADS = 40


class Machine:
    """One machine with the sets of mappings of its most promising heads."""

    def __init__(self, layer_name: str, variables: dict[str, str]) -> None:
        layer = {layer.name: layer for layer in read_run("tcja_dvs_gesture/w2").layers}[layer_name]
        self.problem = layer.problem(20)
        self.machine = load_architecture("eyeriss_snn", variables)
        levels = tuple(level.name for level in self.machine.storage)
        constraints = resolve(self.machine.constraints, self.problem).with_more(layer.causality("strict", levels, self.problem))
        plan, sparse = make_plan(self.machine, self.problem, estimate(self.machine)), make_sparse_plan(self.machine, self.problem)
        task = Task(plan=plan, sparse=sparse, mapspace=make_mapspace(self.machine, self.problem, constraints, plan),
                    config=MapperConfig(max_evaluations=None), listener=None)
        cut = tables(task.mapspace, 400_000)
        keep = next(iter(keep_choices(task.space)))
        self.task, self.ground = task, _ground(task, self.problem, cut)
        self.field = _field(task, self.problem, self.ground, cut, keep)
        self.heads = [self._sets(cut, i) for i in range(min(HEADS, len(self.field.ids)))]
        self.memo = empty_memo(plan, sparse, keep, cut.level, 1)

    def _sets(self, cut: Any, i: int) -> tuple[Any, ...]:
        """Sets of candidates inside head number i: (head, order of its loops, best, sets, how many)."""
        task, ground, relaxed = self.task, self.ground, self.field.relaxed
        ids = self.field.ids[i].astype(np.int64)
        head = np.array([cut.heads[d][at] for d, at in enumerate(ids)], np.int64)
        box = np.array([self.problem.bounds[d] for d in self.problem.dimensions], np.int64) // head
        order = ground.orders[ground.order_first[ground.level, sum(1 << d for d in range(len(head)) if head[d] > 1)]]
        totals, demand, values = np.empty(1 + relaxed.keep.shape[1]), np.empty((relaxed.keep.shape[0], 2)), np.empty(1)
        order_bound(task.plan, relaxed, ground, head, box, order, totals, demand, values)
        best = _best_of(task, ground)
        sets = Sets(np.empty((_WAITING, 1)), np.empty(_WAITING, np.int64), np.empty((_WAITING, len(head)), np.int64))
        cursor = np.full(len(head) + 1, -1, np.int64)
        _, waiting, _ = explore(task.plan, task.sparse, task.space, ground, relaxed, (head, ids), order, totals, demand, 0, cursor, 200_000,
                                best, sets)
        return head, order, best, sets, waiting

    def evaluate(self, i: int) -> int:
        """Evaluates the mappings of head number i; returns how many fit."""
        task, (head, order, best, sets, waiting) = self.task, self.heads[i]
        best.tally[:] = 0
        best.tally[MOST] = 1 << 62
        best.misfits[:] = 0
        best.values[:] = np.inf
        settle(task.plan, task.sparse, task.space, self.ground, self.field.relaxed, head, order, NO, best, sets, self.memo, waiting)
        return int(best.tally[EVALUATED] - best.misfits.sum())

    def error(self) -> float:
        """Largest relative difference between the energy and cycles of each head's best mapping and those of the whole model."""
        worst = 0.0
        for _, _, best, _, _ in self.heads:
            if not np.isfinite(best.cost[0]):
                continue
            candidate = Candidate(factors=best.factors, orders=best.orders, keep=best.keep, values=(0.0,), cost=(0.0, 0.0))
            mapping = mapping_of(self.machine, self.problem, candidate)
            evaluation = evaluate(self.machine, self.problem, mapping, estimate(self.machine))
            worst = max(worst, abs(best.cost[0] / evaluation.energy_pJ - 1), abs(best.cost[1] / evaluation.cycles - 1))
        return worst


def main() -> None:
    """Prints mappings that fit per second and core, dense and sparse."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--layer", default="Conv2")
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    machines = {name: Machine(options.layer, variables) for name, variables in MACHINES.items()}
    rates: dict[str, list[float]] = {name: [] for name in machines}
    worst = dict.fromkeys(machines, 0.0)
    for machine in machines.values():
        machine.evaluate(0)
    for round_ in range(options.rounds):
        for name, machine in machines.items():
            done, start = 0, time.process_time()
            for i in range(len(machine.heads)):
                done += machine.evaluate(i)
            rates[name].append(done / (time.process_time() - start))
            worst[name] = max(worst[name], machine.error())
            print(f"round {round_ + 1}: {name:6} {done:12,} mappings, {rates[name][-1]:12,.0f} per second")
    for name, values in rates.items():
        print(f"{name:6} {statistics.median(values):12,.0f} mappings per second and core; worst difference to the model {worst[name]:.1e}")


if __name__ == "__main__":
    main()
