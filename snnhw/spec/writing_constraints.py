"""Constraints and sparse optimisations as plain data in Timeloop's flat format."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from typing import Any

from snnhw.errors import EngineError
from snnhw.spec.architecture import Architecture, Compute, StorageLevel
from snnhw.spec.constraints import FactorBound, LoopConstraint, StorageConstraint
from snnhw.spec.problem import Problem
from snnhw.spec.sparse import ActionOptimization, FormatRank, RepresentationFormat

_WITHOUT_WORDS = ("maximize", "only_x", "only_y", "max_fanout_x", "max_fanout_y")


def constraints_data(architecture: Architecture, problem: Problem) -> list[dict[str, Any]]:
    """The constraints of an architecture as Timeloop's targets.

    Spatial constraints between levels without a fanout are left out, since Timeloop refuses them and they say nothing; `no_reuse` of a
    temporal constraint becomes factors of 1. Raises EngineError for constraints that Timeloop has no words for.
    """
    constraints = architecture.constraints
    targets = [_storage(constraint, problem) for constraint in constraints.storage]
    flat = _levels_without_fanout(architecture)
    targets += [_loop(constraint, problem) for constraint in constraints.loops
                if constraint.kind == "temporal" or constraint.level not in flat]
    if constraints.min_utilization:
        targets.append({"target": architecture.storage[-1].name, "type": "utilization", "min": constraints.min_utilization})
    return targets


def sparse_data(architecture: Architecture, problem: Problem) -> list[dict[str, Any]]:
    """The sparse optimisations of an architecture as Timeloop's targets, from the outermost level to the compute.

    Dimensions that the problem lacks are left out, since Timeloop stops at their names.
    """
    sparse = architecture.sparse
    targets = []
    for level in architecture.storage:
        target: dict[str, Any] = {"name": level.name}
        formats = [format_data(entry, problem.dimensions) for entry in sparse.formats if entry.level == level.name]
        actions = list(action_data([action for action in sparse.actions if action.level == level.name]))
        if formats:
            target["representation_format"] = {"data_spaces": formats}
        if actions:
            target["action_optimization"] = actions
        if len(target) > 1:
            targets.append(target)
    if sparse.compute:
        targets.append({"name": architecture.compute.name, "compute_optimization": [{"type": kind} for kind in sorted(sparse.compute)]})
    return targets


def _levels_without_fanout(architecture: Architecture) -> set[str]:
    levels: Sequence[StorageLevel | Compute] = (*architecture.storage, architecture.compute)
    return {outer.name for outer, inner in pairwise(levels) if outer.mesh.instances == inner.mesh.instances}


def _storage(constraint: StorageConstraint, problem: Problem) -> dict[str, Any]:
    tensors = [tensor.name for tensor in problem.tensors]
    return {"target": constraint.level, "type": "bypass", "keep": [tensor for tensor in tensors if tensor in constraint.keep],
            "bypass": [tensor for tensor in tensors if tensor in constraint.bypass]}


def _loop(constraint: LoopConstraint, problem: Problem) -> dict[str, Any]:
    for field in (*_WITHOUT_WORDS, *(("no_reuse",) if constraint.kind == "spatial" else ())):
        if getattr(constraint, field) not in (None, ()):
            raise EngineError(f"level {constraint.level}: Timeloop has no words for the {constraint.kind} constraint {field}")
    target: dict[str, Any] = {"target": constraint.level, "type": constraint.kind}
    factors = [_factor(constraint.level, factor) for factor in constraint.factors] + list(_no_reuse(constraint, problem))
    if factors:
        target["factors"] = " ".join(factors)
    permutation = "".join(constraint.innermost) + ("_" + "".join(constraint.outermost) if constraint.outermost else "")
    if permutation:
        target["permutation"] = permutation
    if constraint.split is not None:
        target["split"] = constraint.split
    if constraint.no_link_transfer:
        target["no_link_transfer"] = list(constraint.no_link_transfer)
    return target


def _factor(level: str, factor: FactorBound) -> str:
    if factor.residual is not None and factor.residual != factor.value:
        raise EngineError(f"level {level}: Timeloop has no words for the constraint {factor.dimension}={factor.value},{factor.residual}")
    return f"{factor.dimension}{factor.relation}{factor.value}"


def _no_reuse(constraint: LoopConstraint, problem: Problem) -> Iterator[str]:
    """A factor of 1 for each dimension over which a tensor of `no_reuse` would stay where it is."""
    fixed = {factor.dimension for factor in constraint.factors if factor.relation == "="}
    relevant = [problem.tensor(tensor).dimensions() for tensor in constraint.no_reuse]
    for dimension in problem.dimensions:
        if dimension not in fixed and any(dimension not in dimensions for dimensions in relevant):
            yield f"{dimension}=1"


def format_data(entry: RepresentationFormat, dimensions: Collection[str] | None = None) -> dict[str, Any]:
    """How a level stores a tensor, as Timeloop writes it. dimensions: those that may be named; None for all."""
    data: dict[str, Any] = {"name": entry.tensor, "ranks": [_rank(rank, dimensions) for rank in entry.ranks]}
    return data if entry.outer_to_inner else {**data, "rank_application_order": "inner_to_outer"}


def _rank(rank: FormatRank, dimensions: Collection[str] | None) -> dict[str, Any]:
    data: dict[str, Any] = {"format": rank.format}
    if rank.flattened:
        data["flattened_rankIDs"] = [[one for one in group if dimensions is None or one in dimensions] for group in rank.flattened]
    for key, bits in (("metadata_word_bits", rank.metadata_word_bits), ("payload_word_bits", rank.payload_word_bits)):
        if bits is not None:
            data[key] = bits
    return data


def action_data(actions: Sequence[ActionOptimization]) -> Iterator[dict[str, Any]]:
    """One entry for each action that stands alone and one for each group of alternatives."""
    written: set[tuple[str, int]] = set()
    for action in actions:
        key = None if action.option_group is None else (action.kind, action.option_group)
        if key in written:
            continue
        group = [action] if key is None else [a for a in actions if (a.kind, a.option_group) == key]
        if key is not None:
            written.add(key)
        yield {"type": action.kind, "options": [{"target": a.target, "condition_on": list(a.condition_on)} for a in group]}
