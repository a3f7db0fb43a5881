"""A lower bound for mapspaces that are too large for branch and bound: what every mapping has to move and to compute.

Each word that an operation needs comes in once and each result goes out once, whatever the loops: the head bound of relaxed.py for a head
without loops, at the best of all choices of what is kept where.
"""

from __future__ import annotations

import numpy as np

from snnhw.search.explore import metric_values
from snnhw.search.listing import keep_choices
from snnhw.search.relaxation import partners, relaxation
from snnhw.search.relaxed import cycles_bound, head_bound, leakage_bound
from snnhw.search.task import Task
from snnhw.spec.mapper import powers
from snnhw.spec.problem import Problem

_MOST_KEEPS = 4096


def compulsory_bound(task: Task, problem: Problem) -> float | None:
    """No mapping has a lower value of the first metric; None where more than 4,096 choices of what is kept are open."""
    keeps = keep_choices(task.space)
    if keeps is None:
        return None
    plan, levels = task.plan, task.space.mesh.shape[0]
    instances = plan.mesh.prod(axis=1) / plan.mesh[levels].prod()
    bounds = np.array([problem.bounds[d] for d in problem.dimensions], np.int64)
    ones, order = np.ones_like(bounds), np.arange(len(bounds))
    metrics = np.array([powers(metric) for metric in task.config.metrics[:1]], np.float64)
    totals, demand, value = np.empty(1 + len(problem.tensors)), np.empty((levels, 2)), np.empty(1)
    operations, least = float(problem.operations), np.inf
    for n, keep in enumerate(keeps):
        if n == _MOST_KEEPS:
            return None
        relaxed = relaxation(plan, task.sparse, keep, partners(plan.coefficients), instances[1:].copy())
        head_bound(plan, relaxed, levels - 1, ones, bounds, order, operations, totals, demand)
        cycles = cycles_bound(plan, relaxed, operations, float(instances[0]), demand, relaxed.instances)
        energy = totals[0] + leakage_bound(plan, relaxed, cycles, np.ones(levels))
        metric_values(metrics, energy, cycles + plan.latency_cycles, value)
        least = min(least, float(value[0]))
    return least
