"""Mappings and complete inputs in Timeloop's own format (flat, version 0.4), for the real timeloop-model and timeloop-mapper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import yaml

from snnhw.errors import EngineError
from snnhw.spec.architecture import Architecture, Component, Compute, StorageLevel
from snnhw.spec.mapper import MapperConfig, Metric, Product
from snnhw.spec.mapping import LevelMapping, Loop
from snnhw.spec.mapping import Mapping as LoopMapping
from snnhw.spec.problem import Density, Problem, Tensor, Term
from snnhw.spec.reference import ComponentCost, ReferenceTable
from snnhw.spec.timeloop_mapper import TimeloopMapperOptions
from snnhw.spec.writing_architecture import flat_architecture_data, range_name
from snnhw.spec.writing_constraints import constraints_data, sparse_data

VERSION = "0.4"
_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_METRICS = {"edp": "edp", "energy": "energy", "cycles": "delay"}


def write_mapping(mapping: LoopMapping, architecture: Architecture, problem: Problem) -> str:
    """A mapping as YAML: bypass entries, then temporal and spatial ones, from the outermost level to the innermost.

    Every entry names all dimensions; permutations run from inner to outer, and a spatial entry's first `split` loops lie along X.
    Raises EngineError for what Timeloop has no words for: two loops of one dimension in one entry, dimensions of several letters.
    """
    return _dump({"mapping": mapping_data(mapping, architecture, problem)})


def write_timeloop_input(architecture: Architecture, problem: Problem, mapping: LoopMapping | None, reference: ReferenceTable | None,
                         mapper: TimeloopMapperOptions | MapperConfig | None = None) -> str:
    """A complete input as YAML: architecture, problem, mapping or constraints and mapper, sparse optimisations, ERT and ART.

    Constraints are written for the mapper only, since a mapping has to satisfy nothing else. Parts hold no loop; those whose class
    Timeloop would take for storage or compute are left out. Raises EngineError for what Timeloop has no words for.
    """
    _check_dimensions(problem)
    data: dict[str, Any] = {"architecture": flat_architecture_data(architecture), "problem": problem_data(problem)}
    if mapping is not None:
        data["mapping"] = mapping_data(mapping, architecture, problem)
    elif constraints := constraints_data(architecture, problem):
        data["architecture_constraints"] = {"version": VERSION, "targets": constraints}
    if mapper is not None:
        data["mapper"] = mapper_data(mapper)
    if targets := sparse_data(architecture, problem):
        data["sparse_optimizations"] = {"version": VERSION, "targets": targets}
    if reference is not None:
        data.update(reference_data(reference, architecture))
    return _dump(data)


def write_timeloop_architecture(architecture: Architecture, problem: Problem, reference: ReferenceTable | None) -> str:
    """An architecture alone as YAML: components, constraints, sparse optimisations, and ERT and ART where there is a table.

    problem: gives the names of dimensions and tensors. Raises EngineError for what Timeloop has no words for.
    """
    data: dict[str, Any] = {"architecture": flat_architecture_data(architecture)}
    if constraints := constraints_data(architecture, problem):
        data["architecture_constraints"] = {"version": VERSION, "targets": constraints}
    if architecture.constraints.imperfect:
        data["mapspace"] = {"version": VERSION, "template": "ruby"}
    if targets := sparse_data(architecture, problem):
        data["sparse_optimizations"] = {"version": VERSION, "targets": targets}
    if reference is not None:
        data.update(reference_data(reference, architecture))
    return _dump(data)


def mapping_data(mapping: LoopMapping, architecture: Architecture, problem: Problem) -> list[dict[str, Any]]:
    """The entries of a mapping as plain data; see `write_mapping`."""
    _check_dimensions(problem)
    fanouts = _fanouts(architecture)
    entries = [_bypass_entry(level, problem) for level in mapping.levels]
    for level in mapping.levels:
        entries.append(_loop_entry(level, "temporal", level.temporal[::-1], (), problem))
        if fanouts[level.level] > 1 or any(loop.bound > 1 for loop in (*level.spatial_x, *level.spatial_y)):
            entry = _loop_entry(level, "spatial", level.spatial_x[::-1], level.spatial_y[::-1], problem)
            unlinked = [tensor.name for tensor in problem.tensors if tensor.name in level.no_link_transfer]
            entries.append({**entry, "no_link_transfer": unlinked} if unlinked else entry)
    return entries


def problem_data(problem: Problem) -> dict[str, Any]:
    """The problem as plain data: shape and instance. Coefficients other than 1 get a name for each value."""
    values = sorted({term.coefficient for tensor in problem.tensors for rank in tensor.projection for term in rank} - {1})
    shape: dict[str, Any] = {"name": problem.name, "dimensions": list(problem.dimensions)}
    if values:
        shape["coefficients"] = [{"name": _coefficient_name(value), "default": value} for value in values]
    shape["data_spaces"] = [_data_space(tensor) for tensor in problem.tensors]
    instance: dict[str, Any] = {dimension: problem.bounds[dimension] for dimension in problem.dimensions}
    densities = {tensor.name: _density(tensor.density) for tensor in problem.tensors if tensor.density != Density()}
    if densities:
        instance["densities"] = densities
    return {"version": VERSION, "shape": shape, "instance": instance}


def reference_data(reference: ReferenceTable, architecture: Architecture) -> dict[str, Any]:
    """ERT and ART as plain data: energies in pJ an action, areas in um2."""
    parts: Sequence[StorageLevel | Compute | Component] = (*architecture.storage, architecture.compute, *architecture.parts)
    instances = {part.name: part.mesh.instances for part in parts}
    names = {name: f"{architecture.name}.{range_name(name, instances.get(name))}" for name in reference.components}
    tables = [{"name": names[name], "actions": _actions(cost)} for name, cost in reference.components.items()]
    areas = [{"name": names[name], "area": cost.area_um2} for name, cost in reference.components.items() if cost.area_um2 is not None]
    return {"ERT": {"version": VERSION, "tables": tables}, "ART": {"version": VERSION, "tables": areas}}


def mapper_data(mapper: TimeloopMapperOptions | MapperConfig) -> dict[str, Any]:
    """The mapper section as plain data. Of a MapperConfig metrics and limits are written, of options those that are no defaults.

    Raises EngineError for a metric that Timeloop has no word for.
    """
    if isinstance(mapper, MapperConfig):
        return {"version": VERSION, "algorithm": "random_pruned",
                "optimization_metrics": [_metric_name(metric) for metric in mapper.metrics],
                "search_size": mapper.max_evaluations or 0, "victory_condition": mapper.victory_condition or 0,
                **({} if mapper.timeout is None else {"timeout": mapper.timeout})}
    default = TimeloopMapperOptions()
    options = {name: getattr(mapper, name) for name in TimeloopMapperOptions.__slots__ if getattr(mapper, name) != getattr(default, name)}
    return {"version": VERSION, **options, "algorithm": mapper.algorithm, "optimization_metrics": list(mapper.optimization_metrics)}


def _metric_name(metric: Metric) -> str:
    if isinstance(metric, Product):
        raise EngineError(f"metric {metric}: Timeloop knows {', '.join(_METRICS.values())} and no other product")
    return _METRICS[metric]


def _dump(data: Mapping[str, Any]) -> str:
    return str(yaml.dump(data, Dumper=_DUMPER, sort_keys=False, default_flow_style=None, width=140, allow_unicode=True))


def _check_dimensions(problem: Problem) -> None:
    for dimension in problem.dimensions:
        if len(dimension) != 1 or not dimension.isalpha():
            raise EngineError(f"dimension {dimension} of {problem.name}: Timeloop names dimensions by one letter")


def _fanouts(architecture: Architecture) -> dict[str, int]:
    """Instances of the next inner level for one instance of each storage level."""
    levels: Sequence[StorageLevel | Compute] = (*architecture.storage, architecture.compute)
    return {outer.name: inner.mesh.instances // outer.mesh.instances for outer, inner in pairwise(levels)}


def _bypass_entry(level: LevelMapping, problem: Problem) -> dict[str, Any]:
    keep = [tensor.name for tensor in problem.tensors if tensor.name in level.keep]
    return {"target": level.level, "type": "bypass", "keep": keep,
            "bypass": [tensor.name for tensor in problem.tensors if tensor.name not in level.keep]}


def _loop_entry(level: LevelMapping, kind: str, first: Sequence[Loop], second: Sequence[Loop], problem: Problem) -> dict[str, Any]:
    """first and second: loops from inner to outer; in a spatial entry those along X and those along Y."""
    loops = [*first, *second]
    order = [loop.dimension for loop in loops]
    for dimension in order:
        if order.count(dimension) > 1:
            raise EngineError(f"level {level.level}: two {kind} loops over {dimension}; Timeloop has one loop of a dimension in an entry")
    written = {loop.dimension: _factor(loop) for loop in loops}
    rest = [dimension for dimension in problem.dimensions if dimension not in written]
    entry = {"target": level.level, "type": kind, "factors": " ".join(written.get(d, f"{d}=1") for d in problem.dimensions),
             "permutation": "".join([*order, *rest])}
    return entry if kind == "temporal" else {**entry, "split": len(first)}


def _factor(loop: Loop) -> str:
    return f"{loop.dimension}={loop.bound}" + (f",{loop.residual}" if loop.is_imperfect else "")


def _data_space(tensor: Tensor) -> dict[str, Any]:
    space: dict[str, Any] = {"name": tensor.name, "projection": [[_term(term) for term in rank] for rank in tensor.projection]}
    return {**space, "read_write": True} if tensor.read_write else space


def _term(term: Term) -> list[str]:
    return [term.dimension] if term.coefficient == 1 else [term.dimension, _coefficient_name(term.coefficient)]


def _coefficient_name(value: int) -> str:
    return f"times{value}"


def _density(density: Density) -> float | dict[str, Any]:
    if density.model == "fixed_structured":
        return density.value
    if density.model == "banded":
        return {"distribution": "banded", "band_width": density.band_width or 0}
    return {"distribution": density.model, "density": density.value}


def _actions(cost: ComponentCost) -> list[dict[str, Any]]:
    return [{"name": name, "arguments": {}, "energy": action.energy_pJ} for name, action in cost.actions.items()]
