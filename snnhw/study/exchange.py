"""Mappings exchanged between points. A search that isn't proven may miss what it finds for a neighbour, so that two formats that differ by
less than 1 % stand in either order by chance. A mapping that was found for one point is therefore tried at all others."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from snn_workload import Run
from snnhw.engines.neurons import part_energies
from snnhw.engines.task import Task
from snnhw.errors import CapacityError, MappingError
from snnhw.model.encoding import CompleteNest, Nest, encode, encode_complete
from snnhw.model.evaluate import evaluate
from snnhw.model.fit import FITS
from snnhw.model.imperfect import is_imperfect
from snnhw.model.kernel import Outcome
from snnhw.model.kernel import run as run_kernel
from snnhw.model.plan import Plan, make_plan
from snnhw.model.result import SPIKE_WRITES, LayerResult, NetworkResult
from snnhw.model.rollup import NETWORK_ENERGY
from snnhw.model.sparse_plan import make_sparse_plan
from snnhw.model.spatial import skips_in_space
from snnhw.spec.mapper import powers
from snnhw.spec.mapping import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """A point after its searches. key: its name; run: its network; tasks: its searches, in the order of the layers of the result."""

    key: tuple[str, ...]
    run: Run
    tasks: tuple[Task, ...]
    result: NetworkResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchanged:
    """A layer that takes a mapping found for another point. searched: with the mapping of its own search; chosen: with the other one."""

    key: tuple[str, ...]
    origin: tuple[str, ...]
    searched: LayerResult
    chosen: LayerResult


def exchanged(points: Sequence[Searched]) -> tuple[Exchanged, ...]:
    """The layers for which a mapping found at another point, for the layer of the same name, is better by the mapper's metrics.

    points: of runs without densities by time step. In the order of points and layers; the same points give the same choices.
    """
    moved: dict[tuple[int, int], Exchanged] = {}
    for label in dict.fromkeys(task.label for point in points for task in point.tasks):
        places = [(i, k) for i, point in enumerate(points) for k, task in enumerate(point.tasks) if task.label == label]
        chosen = best_mappings([points[i].tasks[k] for i, k in places], [points[i].result.layers[k].mapping for i, k in places])
        for (i, k), best in zip(places, chosen, strict=True):
            j, other = places[best]
            if i != j:
                moved[i, k] = _moved(points[i], k, points[j], points[j].result.layers[other].mapping)
    return tuple(moved[place] for place in sorted(moved))


def with_exchanged(point: Searched, moved: Iterable[Exchanged]) -> NetworkResult:
    """The point's result with the layers that took another mapping."""
    new = {one.chosen.name: one.chosen for one in moved if one.key == point.key}
    return replace(point.result, layers=tuple(new.get(layer.name, layer) for layer in point.result.layers))


def best_mappings(tasks: Sequence[Task], found: Sequence[Mapping]) -> tuple[int, ...]:
    """For each task the place in `found` of the mapping that is best by its metrics, among those of tasks with the same mapspace.

    found: what each task's search found. A task keeps its own where no other is better; of several equal ones the first counts.
    """
    best = list(range(len(tasks)))
    for group in _mapspaces(tasks):
        firsts = {found[i]: i for i in reversed(group)}
        distinct = sorted(firsts.values())
        nests: dict[Mapping, tuple[Nest, CompleteNest]] = {}
        for i in group:
            places = [i, *(j for j in distinct if j != firsts[found[i]])]
            values = [_objective(tasks[i], cost) for cost in _costs(tasks[i], [found[j] for j in places], nests)]
            best[i] = places[min(range(len(places)), key=values.__getitem__)]
    return tuple(best)


def _mapspaces(tasks: Sequence[Task]) -> list[list[int]]:
    """Places of tasks whose mappings may stand for each other: the same loops, levels and constraints. Capacities may differ."""
    groups: list[list[int]] = []
    for i, task in enumerate(tasks):
        for group in groups:
            if _is_alike(tasks[group[0]], task):
                group.append(i)
                break
        else:
            groups.append([i])
    return groups


def _is_alike(one: Task, other: Task) -> bool:
    shapes = ([(tensor.name, tensor.dimensions()) for tensor in task.problem.tensors] for task in (one, other))
    levels = ([(level.name, level.mesh) for level in task.architecture.storage] for task in (one, other))
    return one.problem.bounds == other.problem.bounds and next(shapes) == next(shapes) and next(levels) == next(levels) \
        and one.constraints == other.constraints


def _objective(task: Task, cost: tuple[float, float]) -> tuple[float, ...]:
    """The metrics in their order, from energy in pJ and cycles."""
    return tuple(cost[0] ** energy * cost[1] ** cycles for energy, cycles in map(powers, task.config.metrics))


def _costs(task: Task, mappings: Sequence[Mapping], nests: dict[Mapping, tuple[Nest, CompleteNest]]) -> list[tuple[float, float]]:
    """Energy in pJ and cycles of each mapping, the sums that model.evaluate makes; infinite where it doesn't fit.

    The plan is made once for all mappings, and nests once for all tasks of a mapspace, which `nests` keeps: some 27,000 evaluations of the
    study take seconds and not a minute.
    """
    if skips_in_space(task.architecture) or any(map(is_imperfect, mappings)):
        return [_evaluated(task, mapping) for mapping in mappings]
    plan = make_plan(task.architecture, task.problem, task.reference, mappings[0].unlinked())
    sparse = make_sparse_plan(task.architecture, task.problem)
    for mapping in mappings:
        if mapping not in nests:
            nests[mapping] = (encode(task.problem, mapping), encode_complete(task.problem, mapping, plan.columns * plan.rows > 1))
    return [_sums(plan, run_kernel(plan, sparse, *nests[mapping], True)) for mapping in mappings]


def _sums(plan: Plan, outcome: Outcome) -> tuple[float, float]:
    if outcome.fit.reason != FITS:
        return math.inf, math.inf
    energy = outcome.performed @ plan.compute_energy_pJ + outcome.energy_pJ.sum() + outcome.leakage_pJ.sum() \
        + outcome.figures[:, :, NETWORK_ENERGY].sum()
    return float(energy), float(max(outcome.compute_cycles, outcome.cycles.max()) + plan.latency_cycles)


def _evaluated(task: Task, mapping: Mapping) -> tuple[float, float]:
    try:
        evaluation = evaluate(task.architecture, task.problem, mapping, task.reference)
    except (MappingError, CapacityError):
        return math.inf, math.inf
    return evaluation.energy_pJ, float(evaluation.cycles)


def _moved(point: Searched, index: int, other: Searched, mapping: Mapping) -> Exchanged:
    """The layer with another mapping: all that depends on it made anew. Spikes that leave the layer do not."""
    task, searched = point.tasks[index], point.result.layers[index]
    evaluation = evaluate(task.architecture, task.problem, mapping, task.reference)
    work = point.run.layers[index].neuron_work(point.run.time_steps)
    parts = (*part_energies(task.architecture, task.reference, work, evaluation.cycles),
             *(part for part in searched.parts if part.action in SPIKE_WRITES))
    chosen = replace(searched, mapping=mapping, evaluation=evaluation, parts=parts, search=None, mapping_yaml="",
                     notes=(*searched.notes, f"its mapping was found at {' '.join(other.key)}"))
    return Exchanged(key=point.key, origin=other.key, searched=searched, chosen=chosen)
