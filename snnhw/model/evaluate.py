"""One mapping of one problem on one architecture, evaluated and put into named results."""

from __future__ import annotations

import numpy as np

from snnhw.model.check import check_capacities, check_mapping, check_meshes
from snnhw.model.costs import ACTIONS
from snnhw.model.encoding import encode
from snnhw.model.kernel import NETWORK_ENERGY, run
from snnhw.model.plan import Plan, make_plan
from snnhw.model.result import Evaluation, LevelResult, NetworkTransfers, TensorCounts, TransferCounts
from snnhw.model.rollup import HOPS_PER_INGRESS, INGRESSES, LINKS, REDUCTIONS
from snnhw.spec.architecture import Architecture
from snnhw.spec.mapping import Mapping
from snnhw.spec.problem import Problem
from snnhw.spec.reference import ReferenceTable


def evaluate(architecture: Architecture, problem: Problem, mapping: Mapping, reference: ReferenceTable) -> Evaluation:
    """Counts, energy and cycles of a mapping.

    Raises MappingError or CapacityError for a mapping that does not fit, SpecError for an energy that is missing.
    """
    check_mapping(architecture, problem, mapping)
    plan = make_plan(architecture, problem, reference)
    nest = encode(problem, mapping)
    check_meshes(architecture, plan, nest)
    check_capacities(architecture, plan, nest)
    counts, figures, sizes, energy, cycles, leakage, replication, macs, operations = run(plan, nest, True)
    compute = LevelResult(name=architecture.compute.name, computes=float(operations), cycles=int(np.ceil(operations / macs)),
                          energy_pJ=float(operations * plan.compute_energy_pJ[0]))
    names = [tensor.name for tensor in problem.tensors]
    storage = []
    for level, spec in enumerate(reversed(architecture.storage)):
        tensors = {name: _tensor_counts(counts[level, k], sizes[level, k], replication[level], energy[level, k])
                   for k, name in enumerate(names) if nest.keep[level, k]}
        storage.append(LevelResult(name=spec.name, energy_pJ=float(energy[level].sum()), leakage_pJ=float(leakage[level]),
                                   cycles=int(cycles[level]), tensors=tensors))
    networks = _networks(architecture, names, figures)
    total = compute.energy_pJ + energy.sum() + leakage.sum() + figures[:, :, NETWORK_ENERGY].sum()
    slowest = int(max(compute.cycles, cycles.max()))
    return Evaluation(cycles=slowest + plan.latency_cycles, energy_pJ=float(total), levels=(compute, *storage), networks=networks,
                      utilization=float(operations / plan.mesh[0].prod() / (slowest + plan.latency_cycles)))


def _tensor_counts(counts: np.ndarray, size: int, instances: float, energy_pJ: float) -> TensorCounts:
    return TensorCounts(tile_size=int(size), instances=float(instances), energy_pJ=float(energy_pJ),
                        **{name: float(count) for name, count in zip(ACTIONS, counts, strict=True)})


def _networks(architecture: Architecture, names: list[str], figures: np.ndarray) -> tuple[NetworkTransfers, ...]:
    """The networks from the outermost inwards, with the tensors that move over them."""
    inner = [architecture.compute.name, *(level.name for level in reversed(architecture.storage))]
    result = []
    for level in reversed(range(figures.shape[0])):
        tensors = {name: TransferCounts(ingresses=float(row[INGRESSES]), hops=float(row[HOPS_PER_INGRESS]), link_transfers=float(row[LINKS]),
                                        spatial_reductions=float(row[REDUCTIONS]), energy_pJ=float(row[NETWORK_ENERGY]))
                   for name, row in zip(names, figures[level], strict=True) if row[INGRESSES] > 0 or row[LINKS] > 0}
        result.append(NetworkTransfers(name=f"{inner[level + 1]} <==> {inner[level]}", tensors=tensors))
    return tuple(result)
