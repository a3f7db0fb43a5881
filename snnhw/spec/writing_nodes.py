"""An architecture as YAML in the v0.4 dialect with nodes, which `load_architecture` reads back as the same architecture."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import yaml

from snnhw.errors import EngineError
from snnhw.spec.architecture import Architecture, Attributes, Component, Compute, Mesh, StorageLevel
from snnhw.spec.constraints import FactorBound, LoopConstraint, StorageConstraint
from snnhw.spec.flat_attributes import METADATA_DEPTH
from snnhw.spec.forms import Form
from snnhw.spec.forms_nodes import ComputeAttributes, MemoryAttributes
from snnhw.spec.writing_constraints import action_data, format_data

VERSION = 0.4
_FOR_ESTIMATORS = frozenset({"technology", "global_cycle_seconds", "n_banks"})
"""Attributes that the model reads and estimators read too."""


class _Node(dict[str, Any]):
    """A node with its tag."""

    tag = "!Component"


class _Container(_Node):
    tag = "!Container"


class Quoted(str):
    """Text that stands in quotes: without, it would be an expression."""


class _Dumper(yaml.SafeDumper):
    """Writes nodes with their tags, nothing as an alias."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


_Dumper.add_representer(_Node, lambda dumper, node: dumper.represent_mapping(node.tag, node.items()))
_Dumper.add_representer(_Container, lambda dumper, node: dumper.represent_mapping(node.tag, node.items()))
_Dumper.add_representer(Quoted, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style='"'))


def write_nodes(architecture: Architecture, classes: Sequence[Mapping[str, Any]] = (), variables: Mapping[str, Any] | None = None) -> str:
    """An architecture as the text of a file. Its variables are not kept: their values stand where they were used.

    classes: compound classes as plain data (`components: classes`), text that is no expression as Quoted; variables: what these name.
    Parts have to have as many instances as a level, or as the compute.
    Raises EngineError for what the dialect has no words for.
    """
    places = _inline(architecture)
    rest = _beside(architecture, places)
    data: dict[str, Any] = {"variables": dict(variables)} if variables else {}
    data["architecture"] = {"version": VERSION, "nodes": [_system(architecture), *_components(architecture, places)]}
    if classes:
        data["components"] = {"version": VERSION, "classes": list(classes)}
    if rest:
        data["mapspace_constraints"] = {"version": VERSION, "targets": rest}
    if architecture.constraints.imperfect:
        data["mapspace"] = {"version": VERSION, "template": "ruby"}
    return str(yaml.dump(data, Dumper=_Dumper, sort_keys=False, default_flow_style=None, width=140, allow_unicode=True))


def parts_without_place(architecture: Architecture) -> tuple[Component, ...]:
    """Parts with another number of instances than every level, which no place in a list of nodes gives them."""
    meshes = {level.mesh for level in architecture.storage} | {architecture.compute.mesh, Mesh()}
    return tuple(part for part in architecture.parts if part.mesh not in meshes)


def unused_spatial(architecture: Architecture) -> tuple[LoopConstraint, ...]:
    """Spatial constraints of levels without a fan-out, which can hold nowhere."""
    flat = {outer.name for outer, inner in pairwise(_levels(architecture)) if outer.mesh == inner.mesh}
    return tuple(loop for loop in architecture.constraints.loops if loop.kind == "spatial" and loop.level in flat)


def _levels(architecture: Architecture) -> tuple[StorageLevel | Compute, ...]:
    return (*architecture.storage, architecture.compute)


def _system(architecture: Architecture) -> _Node:
    attributes = {"technology": Quoted(f"{architecture.technology_nm:g}nm"), "global_cycle_seconds": architecture.cycle_seconds}
    return _Container(name="system", attributes=attributes)


def _components(architecture: Architecture, places: Mapping[tuple[str, str], LoopConstraint]) -> Iterator[_Node]:
    """Levels from the outside in; each part behind the first level of as many instances, one of a single instance before all fan-outs."""
    shared: Attributes = {"technology": f"{architecture.technology_nm:g}nm", "global_cycle_seconds": architecture.cycle_seconds}
    parts = list(architecture.parts)
    before: Mesh | None = None
    for level, outer in zip(_levels(architecture), (None, *architecture.storage), strict=True):
        around = Mesh() if before is None else before
        if around != level.mesh or outer is None:
            yield from (_part(part, shared) for part in parts if part.mesh == around and before is not None)
            parts = [part for part in parts if part.mesh != around or before is None]
        node = _storage(level, shared) if isinstance(level, StorageLevel) else _compute(level, shared)
        if level.mesh != around:
            node["spatial"] = {"meshX": level.mesh.x // around.x, "meshY": level.mesh.y // around.y}
        constraints = _constraints(architecture, level, outer, places)
        if constraints:
            node["constraints"] = constraints
        sparse = _sparse(architecture, level)
        if sparse:
            node["sparse_optimizations"] = sparse
        yield node
        before = level.mesh
    yield from (_part(part, shared) for part in parts if part.mesh == before)


def _storage(level: StorageLevel, shared: Attributes) -> _Node:
    attributes: dict[str, Any] = {"width": level.width_bits, "datawidth": dict(level.tensor_word_bits) or level.word_bits}
    if level.depth_words is not None:
        attributes["depth"] = level.depth_words
    elif not level.is_dram and not level.is_dummy:
        attributes["depth"] = math.inf
    attributes |= _different({
        "cluster_size": (level.cluster_size, 1), "multiple_buffering": (level.multiple_buffering, 1.0),
        "read_bandwidth": (level.read_bandwidth, None), "write_bandwidth": (level.write_bandwidth, None),
        "shared_bandwidth": (level.shared_bandwidth, None), "reduction_supported": (level.reduction_supported, True),
        "per_dataspace_bandwidth_consumption_scale": (dict(level.bandwidth_scale), {}),
        "power_gated_at": (level.power_gated_at and Quoted(level.power_gated_at), None)})
    attributes |= _wires(level)
    store = level.metadata
    if store is not None and (store.width_bits or store.word_bits or store.depth_words):  # one of nothing is none
        attributes |= {"metadata_datawidth": store.word_bits, "metadata_storage_width": store.width_bits}
        attributes |= _different({METADATA_DEPTH[0]: (store.depth_words, None)})
    attributes |= _own(level.attributes, shared, MemoryAttributes)
    return _node(level, "DRAM" if level.is_dram and "DRAM" not in level.class_name else None, attributes)


def _wires(level: StorageLevel) -> dict[str, Any]:
    """Wires of a length say what they cost even where that is nothing: else the built-in table would say it."""
    network = level.network
    values = {"wire_energy": network.wire_energy_pJ_per_bit_mm, "router_energy": network.router_energy_pJ,
              "tile_width": network.tile_width_um, "network_fill_latency": network.fill_latency_cycles,
              "network_drain_latency": network.drain_latency_cycles}
    said = {*level.attributes, *(("wire_energy",) if network.tile_width_um else ())}
    return {key: value for key, value in values.items() if value or key in said}


def _compute(compute: Compute, shared: Attributes) -> _Node:
    return _node(compute, None, {"datawidth": compute.word_bits, **_own(compute.attributes, shared, ComputeAttributes)})


def _part(part: Component, shared: Attributes) -> _Node:
    return _node(part, None, _own(part.attributes, shared, None))


def _node(item: StorageLevel | Compute | Component, stand_in: str | None, attributes: dict[str, Any]) -> _Node:
    """stand_in: the class that says what the component is, where its own does not; its own is then the subclass, for the estimators."""
    node = _Node({"name": item.name, "class": stand_in or item.class_name})
    subclass = item.subclass or (item.class_name if stand_in else None)
    if subclass is not None:
        node["subclass"] = subclass
    if attributes:
        node["attributes"] = {key: _plain(value) for key, value in attributes.items()}
    return node


def _own(attributes: Attributes, shared: Attributes, form: type[Form] | None) -> dict[str, Any]:
    """What the form does not hold anyhow, and the system does not say already; text in quotes."""
    def stands_elsewhere(key: str) -> bool:
        return form is not None and key not in _FOR_ESTIMATORS and (
            form.field_of(key) in form.model_fields or form.field_of(key) in form.unsupported)

    return {key: Quoted(value) if isinstance(value, str) else value for key, value in attributes.items()
            if not stands_elsewhere(key) and not (key in shared and shared[key] == value)}


def _different(values: Mapping[str, tuple[Any, Any]]) -> dict[str, Any]:
    """The values that differ from what a missing key means."""
    return {key: value for key, (value, missing) in values.items() if value != missing}


def _plain(value: Any) -> Any:
    """Whole numbers without a point, infinity as the expression that it is here."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, float) and not isinstance(value, bool):
        return "inf" if value == math.inf else int(value) if value.is_integer() and abs(value) < 1e15 else value
    return value


def _inline(architecture: Architecture) -> dict[tuple[str, str], LoopConstraint]:
    """The first constraint of each kind of a level, which stands at its node."""
    places: dict[tuple[str, str], LoopConstraint] = {}
    for loop in architecture.constraints.loops:
        places.setdefault((loop.level, loop.kind), loop)
    return places


def _constraints(architecture: Architecture, level: StorageLevel | Compute, outer: StorageLevel | None,
                 places: Mapping[tuple[str, str], LoopConstraint]) -> dict[str, Any]:
    """Those of one node: what it keeps, its loops in time, and those in space of the level around it."""
    made: dict[str, Any] = {}
    kept = _dataspace([entry for entry in architecture.constraints.storage if entry.level == level.name])
    if kept:
        made["dataspace"] = kept
    if (level.name, "temporal") in places:
        made["temporal"] = _loop(places[level.name, "temporal"])
    if outer is not None and outer.mesh != level.mesh and (outer.name, "spatial") in places:
        made["spatial"] = _loop(places[outer.name, "spatial"])
    return {kind: body for kind, body in made.items() if body}


def _beside(architecture: Architecture, places: Mapping[tuple[str, str], LoopConstraint]) -> list[dict[str, Any]]:
    """What has no place at a node: further constraints of a kind at a level, and the least utilization."""
    inner = {outer.name: inner.name for outer, inner in pairwise(_levels(architecture))}
    unused = unused_spatial(architecture)
    more = [loop for loop in architecture.constraints.loops if loop is not places[loop.level, loop.kind] and loop not in unused]
    targets = [{"target": inner[loop.level] if loop.kind == "spatial" else loop.level, "type": loop.kind, **_loop(loop)} for loop in more]
    least = architecture.constraints.min_utilization
    return targets + ([{"target": architecture.storage[-1].name, "type": "utilization", "min": least}] if least else [])


def _dataspace(entries: Sequence[StorageConstraint]) -> dict[str, Any]:
    """One constraint that says what all of them say."""
    keep = sorted(frozenset().union(*(entry.keep for entry in entries)))
    bypass = sorted(frozenset().union(*(entry.bypass for entry in entries)))
    others = next((entry.others for entry in entries if entry.others != "free"), "free")
    names = {"free": ("keep", "bypass"), "keep": ("keep", "bypass_only"), "bypass": ("keep_only", "bypass")}[others]
    needed = {"keep": "bypass_only", "bypass": "keep_only"}.get(others)
    return {name: found for name, found in zip(names, (keep, bypass), strict=True) if found or name == needed}


def _loop(loop: LoopConstraint) -> dict[str, Any]:
    for name in ("only_x", "only_y", "max_fanout_x", "max_fanout_y"):
        if getattr(loop, name) not in (None, ()):
            raise EngineError(f"level {loop.level}: an architecture with nodes has no words for the {loop.kind} constraint {name}")
    data: dict[str, Any] = {}
    factors = [_factor(loop.level, factor) for factor in loop.factors]
    if factors or loop.only_listed:
        data["factors_only" if loop.only_listed else "factors"] = factors
    if loop.innermost or loop.outermost:
        data["permutation"] = [*loop.innermost, *(("_", *loop.outermost) if loop.outermost else ())]
    return data | _different({
        "split": (loop.split, None), "default_max_factor": (loop.max_factor, None), "default_min_factor": (loop.min_factor, None),
        "no_iteration_over_dataspaces": (list(loop.no_iteration), []), "must_iterate_over_dataspaces": (list(loop.must_iterate), []),
        "maximize_dims": ([list(group) for group in loop.maximize], []), "maximize_dims_capacity": (loop.maximize_capacity, None),
        "no_reuse": (list(loop.no_reuse), []), "no_link_transfer": (list(loop.no_link_transfer), [])})


def _factor(level: str, factor: FactorBound) -> str:
    if factor.residual is not None and factor.residual != factor.value:
        raise EngineError(f"level {level}: an architecture with nodes has no words for {factor.dimension}={factor.value},{factor.residual}")
    return f"{factor.dimension}{factor.relation}{factor.value}"


def _sparse(architecture: Architecture, level: StorageLevel | Compute) -> dict[str, Any]:
    sparse = architecture.sparse
    if isinstance(level, Compute):
        return {"compute_optimization": [{"type": kind} for kind in sorted(sparse.compute)]} if sparse.compute else {}
    formats = [format_data(entry) for entry in sparse.formats if entry.level == level.name]
    actions = list(action_data([action for action in sparse.actions if action.level == level.name]))
    return ({"representation_format": {"data_spaces": formats}} if formats else {}) | ({"action_optimization": actions} if actions else {})
