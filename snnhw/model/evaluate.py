"""One mapping of one problem on one architecture, evaluated and put into named results."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from snnhw.model.check import check_mapping, check_meshes, check_needed_instances, raise_unless_fits
from snnhw.model.costs import ACTIONS
from snnhw.model.encoding import CompleteNest, Nest, encode, encode_complete
from snnhw.model.imperfect import is_imperfect, run_imperfect
from snnhw.model.kernel import Outcome, run
from snnhw.model.passes import passes_of
from snnhw.model.plan import Plan, make_plan
from snnhw.model.result import Evaluation, LevelResult, NetworkTransfers, TensorCounts, TransferCounts
from snnhw.model.rollup import HOPS_PER_INGRESS, INGRESSES, LINKS, NETWORK_ENERGY, REDUCTIONS
from snnhw.model.sparse_plan import SparsePlan, make_sparse_plan
from snnhw.model.spatial import needed_instances, skips_in_space, spatial_skips
from snnhw.spec.architecture import Architecture
from snnhw.spec.mapping import Mapping
from snnhw.spec.problem import Problem
from snnhw.spec.reference import ReferenceTable


def evaluate(architecture: Architecture, problem: Problem, mapping: Mapping, reference: ReferenceTable, *,
             follow_faults: bool = False) -> Evaluation:
    """Counts, energy and cycles of a mapping.

    Raises MappingError or CapacityError for a mapping that does not fit, SpecError for an energy that is missing.
    """
    check_mapping(architecture, problem, mapping)
    plan = make_plan(architecture, problem, reference, mapping.unlinked())
    nest = encode(problem, mapping)
    if not skips_in_space(architecture):
        check_meshes(architecture, plan, nest)
    complete = encode_complete(problem, mapping, plan.columns * plan.rows > 1)
    if is_imperfect(mapping):
        outcome = _imperfect_outcome(architecture, problem, mapping, plan, nest, complete, follow_faults)
    else:
        sparse = make_sparse_plan(architecture, problem, follow_faults)
        if skips_in_space(architecture):
            sparse = _with_needed_instances(architecture, problem, plan, sparse, nest)
        outcome = run(plan, sparse, nest, complete, True)
    raise_unless_fits(architecture, problem, plan, outcome.fit)
    return _evaluation(architecture, problem, plan, nest, outcome)


def _with_needed_instances(architecture: Architecture, problem: Problem, plan: Plan, sparse: SparsePlan, nest: Nest) -> SparsePlan:
    """The sparse plan of one mapping where instances are skipped. Raises CapacityError where more are left than the chip has."""
    spatial = needed_instances(plan, sparse, nest, spatial_skips(architecture, problem))
    check_needed_instances(architecture, plan, nest, spatial)
    return sparse._replace(spatial=spatial)


def _imperfect_outcome(architecture: Architecture, problem: Problem, mapping: Mapping, plan: Plan, nest: Nest, complete: CompleteNest,
                       follow_faults: bool) -> Outcome:
    """The reference's sparse analyses take a tensor for as large as full passes would make it."""
    bounds = np.array([problem.bounds[dimension] for dimension in problem.dimensions], np.int64)
    seen = problem if not follow_faults else replace(problem, bounds=dict(zip(problem.dimensions, nest.extents[-1].tolist(), strict=True)))
    sparse = make_sparse_plan(architecture, seen, follow_faults)
    if skips_in_space(architecture):
        sparse = _with_needed_instances(architecture, problem, plan, sparse, nest)
    return run_imperfect(plan, sparse, nest, complete, passes_of(mapping, nest), bounds)


def _evaluation(architecture: Architecture, problem: Problem, plan: Plan, nest: Nest, outcome: Outcome) -> Evaluation:
    """Named results from the kernel's arrays."""
    names = [tensor.name for tensor in problem.tensors]
    storage = []
    for level, spec in enumerate(reversed(architecture.storage)):
        tensors = {name: _tensor_counts(outcome, level, k) for k, name in enumerate(names) if nest.keep[level, k]}
        storage.append(LevelResult(name=spec.name, energy_pJ=float(outcome.energy_pJ[level].sum()), cycles=int(outcome.cycles[level]),
                                   leakage_pJ=float(outcome.leakage_pJ[level]), tensors=tensors))
    compute = _compute_level(architecture, plan, outcome)
    total = compute.energy_pJ + outcome.energy_pJ.sum() + outcome.leakage_pJ.sum() + outcome.figures[:, :, NETWORK_ENERGY].sum()
    cycles = max(compute.cycles, int(outcome.cycles.max())) + plan.latency_cycles
    busy = outcome.performed[0] + outcome.performed[1]
    return Evaluation(cycles=cycles, energy_pJ=float(total), levels=(compute, *storage),
                      networks=_networks(architecture, names, outcome.figures), utilization=float(busy / plan.mesh[0].prod() / cycles))


def _compute_level(architecture: Architecture, plan: Plan, outcome: Outcome) -> LevelResult:
    happen, gated, skipped = (float(count) for count in outcome.performed)
    return LevelResult(name=architecture.compute.name, computes=happen, gated_computes=gated, skipped_computes=skipped,
                       cycles=int(outcome.compute_cycles), energy_pJ=float(outcome.performed @ plan.compute_energy_pJ))


def _tensor_counts(outcome: Outcome, level: int, k: int) -> TensorCounts:
    return TensorCounts(tile_size=int(outcome.sizes[level, k]), instances=float(outcome.replication[level] * outcome.exists[level, k]),
                        energy_pJ=float(outcome.energy_pJ[level, k]),
                        **{name: float(count) for name, count in zip(ACTIONS, outcome.counts[level, k], strict=True)})


def _networks(architecture: Architecture, names: list[str], figures: np.ndarray) -> tuple[NetworkTransfers, ...]:
    """The networks from the outermost inwards, with the tensors that move over them."""
    inner = [architecture.compute.name, *(level.name for level in reversed(architecture.storage))]
    result = []
    for level in reversed(range(figures.shape[0])):
        tensors = {name: TransferCounts(ingresses=float(row[INGRESSES]), hops=float(row[HOPS_PER_INGRESS]),
                                        link_transfers=float(row[LINKS]), spatial_reductions=float(row[REDUCTIONS]),
                                        energy_pJ=float(row[NETWORK_ENERGY]))
                   for name, row in zip(names, figures[level], strict=True) if row[INGRESSES] != 0 or row[LINKS] > 0}
        result.append(NetworkTransfers(name=f"{inner[level + 1]} <==> {inner[level]}", tensors=tensors))
    return tuple(result)
