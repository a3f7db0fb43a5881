"""Whole mappings evaluated a second on one core, dense and sparse, as the search evaluates them.

    .venv/bin/python benchmarks/search.py [--layer Conv2] [--seconds 4]

The sets of mappings that branch and bound collects (snnhw/search/explore.py) are evaluated in all classes of orders, without leaving out
those that cannot win: what the search does (settle.py) but for its bounds. Mappings that a tensor sees alike share its part of the cost,
capacities are checked, and each mapping's energy, cycles and EDP are added up. Mappings that do not fit are not counted. In each round one
is compared with what the whole model says of it. Dense and sparse are timed in turn; prints medians over the rounds.
"""

from __future__ import annotations

import argparse
import statistics
import time
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from snn_workload import read_run
from snnhw.energy import estimate
from snnhw.model import evaluate
from snnhw.model.fit import FITS
from snnhw.model.kernel import fanouts_of, record_space, tile_sizes
from snnhw.model.plan import make_plan
from snnhw.model.sparse_plan import make_sparse_plan
from snnhw.model.tensor import Geometry, misfit, performed_operations, together
from snnhw.search.branching import _PARTS, _WAITING, _best_of, _field, _ground, _sight
from snnhw.search.candidates import nest_of
from snnhw.search.explore import Sets, explore, metric_values
from snnhw.search.heads import order_bound
from snnhw.search.listing import keep_choices
from snnhw.search.mapper import mapping_of
from snnhw.search.parts import empty_parts, make_room
from snnhw.search.settle import Choice, Known, _choices, _choose, _look_up, _set_orders
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


class Sample(NamedTuple):
    """The first mapping that fits of the last set with one: factors, orders, cost (2,), energy in pJ and cycles; edp (1,): sum of all."""

    factors: np.ndarray
    orders: np.ndarray
    cost: np.ndarray
    edp: np.ndarray


@njit(error_model="numpy")
def evaluate_all(plan, sparse, space, ground, keep, factors, head_order, space_index, best, memo, sample):
    """Evaluates every class of orders of one table of factors; returns how many fit. sample: see Sample."""
    parts = memo[1]
    levels, tensors = keep.shape
    first, count = _choices(ground, factors, space_index)
    total = count.prod()
    orders = np.empty((levels, 2, factors.shape[1]), np.int64)
    orders[:, 0] = head_order
    choice = Choice(first, count, np.zeros(count.size, np.int64), orders)
    _set_orders(ground, choice)
    nest = nest_of(factors, orders, keep)
    fanouts, replication = fanouts_of(nest)
    sizes, node_sizes = tile_sizes(plan, nest)
    geometry = Geometry(sizes, node_sizes, fanouts, replication, np.empty((levels, record_space(nest, fanouts), 4), np.float64))
    macs, operations = replication[0] * fanouts[0], nest.bounds.prod()
    make_room(parts, min(total, 1024) * tensors)
    known = Known(np.full((tensors, total), -1, np.int64), np.empty(tensors, np.int64), np.empty(tensors, np.float64))
    values = np.empty(ground.powers.shape[0], np.float64)
    fitting = 0
    for number in range(total):
        _choose(number, choice)
        reason, energy = _look_up(plan, sparse, space, ground, memo, geometry, keep, factors, choice, known, best)
        if reason != FITS or misfit(plan, sparse, parts.figures, known.rows) != FITS:
            continue
        performed = performed_operations(sparse, nest, operations, known.shares)
        energy, cycles = together(plan, replication, macs, performed, energy, parts.figures, known.rows)
        metric_values(ground.powers, energy, float(cycles), values)
        fitting += 1
        sample.edp[0] += values[0]
        if fitting == 1:
            sample.cost[0], sample.cost[1] = energy, cycles
            _set_orders(ground, choice)
            sample.orders[:] = orders
    return fitting


@njit(error_model="numpy")
def evaluate_sets(plan, sparse, space, ground, keep, head, order, best, sets, waiting, memo, sample):
    """Evaluates all mappings of the sets that wait; returns how many fit."""
    fitting = 0
    factors = np.empty_like(ground.spaces[0])
    for i in range(waiting):
        factors[:] = ground.spaces[sets.space[i]]
        factors[3 * ground.level] = head
        for d in range(head.size):
            for level in range(ground.level):
                factors[3 * level, d] = ground.rest_factors[sets.rows[i, d], level]
        here = evaluate_all(plan, sparse, space, ground, keep, factors, order, sets.space[i], best, memo, sample)
        if here:
            sample.factors[:] = factors
        fitting += here
    return fitting


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
        self.memo = _sight(task), empty_parts(_PARTS, len(self.problem.tensors), task.space.mesh.shape[0])
        space = task.space
        self.sample = Sample(np.ones_like(space.start), space.start_orders.copy(), np.zeros(2), np.zeros(1))

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
        return evaluate_sets(task.plan, task.sparse, task.space, self.ground, self.field.relaxed.keep, head, order, best, sets, waiting,
                             self.memo, self.sample)

    def error(self) -> float:
        """Relative difference between the sample's energy and cycles and those of the whole model."""
        keep = self.field.relaxed.keep
        candidate = Candidate(factors=self.sample.factors, orders=self.sample.orders, keep=keep, values=(0.0,), cost=(0.0, 0.0))
        mapping = mapping_of(self.machine, self.problem, candidate)
        evaluation = evaluate(self.machine, self.problem, mapping, estimate(self.machine))
        return max(abs(self.sample.cost[0] / evaluation.energy_pJ - 1), abs(self.sample.cost[1] / evaluation.cycles - 1))


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
            machine.memo = _sight(machine.task), empty_parts(_PARTS, 3, machine.task.space.mesh.shape[0])
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
