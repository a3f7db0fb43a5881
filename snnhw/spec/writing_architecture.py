"""An architecture as plain data in Timeloop's flat format: one subtree whose `local` lists all levels from the outside in."""

from __future__ import annotations

from typing import Any

from snnhw.errors import EngineError
from snnhw.spec.architecture import Architecture, Attributes, Component, Compute, Network, StorageLevel
from snnhw.spec.flat_architecture import class_kind
from snnhw.spec.flat_attributes import COMPUTE_ATTRIBUTES, ESTIMATOR_ATTRIBUTES

VERSION = "0.4"


def flat_architecture_data(architecture: Architecture) -> dict[str, Any]:
    """The architecture as plain data.

    Raises EngineError for what Timeloop has no words for: word bits that differ between tensors, an unbounded level that is no DRAM,
    rows that do not hold whole words.
    """
    shared = _shared_attributes(architecture)
    parts = [part for part in architecture.parts if class_kind(part.class_name) in ("part", "network")]
    local = [_storage(level, shared) for level in architecture.storage]
    local += [_compute(architecture.compute, shared), *(_part(part, shared) for part in parts)]
    return {"version": VERSION, "subtree": [{"name": architecture.name, "attributes": shared, "local": local}]}


def range_name(name: str, instances: int | None) -> str:
    """`PE[1..168]`; just the name where the instances are not known."""
    return name if instances is None else f"{name}[1..{instances}]"


def _shared_attributes(architecture: Architecture) -> dict[str, Any]:
    """Attributes that all components have alike; technology and clock period of the architecture where they are not the usual ones."""
    parts: tuple[StorageLevel | Compute | Component, ...] = (*architecture.storage, architecture.compute, *architecture.parts)
    first, *others = [part.attributes for part in parts]
    common = {key: value for key, value in first.items()
              if key in ESTIMATOR_ATTRIBUTES and all(key in other and other[key] == value for other in others)}
    return {**_different({"technology": (f"{architecture.technology_nm:g}nm", "28nm"),
                          "global_cycle_seconds": (architecture.cycle_seconds, 1e-9)}), **common}


def _storage(level: StorageLevel, shared: Attributes) -> dict[str, Any]:
    _check_storage(level)
    attributes: dict[str, Any] = {"width": level.width_bits, "datawidth": level.word_bits, "meshX": level.mesh.x, "meshY": level.mesh.y}
    if level.is_dummy:
        attributes["depth"] = 0
    elif level.depth_words is not None:
        attributes["depth"] = level.depth_words
    attributes |= _different({
        "cluster_size": (level.cluster_size, 1), "multiple_buffering": (level.multiple_buffering, 1.0),
        "read_bandwidth": (level.read_bandwidth, None), "write_bandwidth": (level.write_bandwidth, None),
        "shared_bandwidth": (level.shared_bandwidth, None), "per_dataspace_bandwidth_consumption_scale": (dict(level.bandwidth_scale), {}),
        "reduction_supported": (level.reduction_supported, not level.is_dram), "power_gated_at": (level.power_gated_at, None)})
    attributes |= _network(level.network) | _metadata(level) | _own(level.attributes, shared, ESTIMATOR_ATTRIBUTES)
    known = class_kind(level.class_name) == "storage" and ("DRAM" in level.class_name) == level.is_dram
    return _component(level, None if known else "DRAM" if level.is_dram else "storage", attributes)


def _check_storage(level: StorageLevel) -> None:
    for tensor, bits in level.tensor_word_bits.items():
        if bits != level.word_bits:
            raise EngineError(f"level {level.name}: {tensor} has words of {bits} bits beside words of {level.word_bits} bits; "
                              "Timeloop has one width a level, so give the tensor a level of its own")
    if level.width_bits % (level.word_bits * level.cluster_size):
        raise EngineError(f"level {level.name}: a row of {level.width_bits} bits does not hold whole words of {level.word_bits} bits, "
                          "as Timeloop wants it")
    if level.depth_words is None and not level.is_dram and not level.is_dummy:
        raise EngineError(f"level {level.name}: Timeloop knows no unbounded level but a DRAM; give it a depth")


def _compute(compute: Compute, shared: Attributes) -> dict[str, Any]:
    attributes: dict[str, Any] = {"datawidth": compute.word_bits, "meshX": compute.mesh.x, "meshY": compute.mesh.y}
    attributes |= _own(compute.attributes, shared, ESTIMATOR_ATTRIBUTES | COMPUTE_ATTRIBUTES)
    return _component(compute, None if class_kind(compute.class_name) == "compute" else "compute", attributes)


def _part(part: Component, shared: Attributes) -> dict[str, Any]:
    attributes = {"meshX": part.mesh.x, "meshY": part.mesh.y, **_own(part.attributes, shared, frozenset(part.attributes))}
    return _component(part, None, attributes)


def _component(part: StorageLevel | Compute | Component, stand_in: str | None, attributes: dict[str, Any]) -> dict[str, Any]:
    """The entry of a component. stand_in: a class that Timeloop knows, in place of one of the user's, which becomes the subclass."""
    entry: dict[str, Any] = {"name": range_name(part.name, part.mesh.instances), "class": stand_in or part.class_name}
    subclass = part.subclass or (part.class_name if stand_in else None)
    if subclass is not None:
        entry["subclass"] = subclass
    return {**entry, "attributes": attributes}


def _network(network: Network) -> dict[str, Any]:
    return _different({
        "wire_energy": (network.wire_energy_pJ_per_bit_mm, 0.0), "router_energy": (network.router_energy_pJ, 0.0),
        "tile_width": (network.tile_width_um, 0.0), "network_fill_latency": (network.fill_latency_cycles, 0),
        "network_drain_latency": (network.drain_latency_cycles, 0)})


def _metadata(level: StorageLevel) -> dict[str, Any]:
    if level.metadata is None:
        return {}
    return {"metadata_storage_width": level.metadata.width_bits, "metadata_datawidth": level.metadata.word_bits,
            **_different({"metadata_storage_depth": (level.metadata.depth_words, None)})}


def _different(values: dict[str, tuple[Any, Any]]) -> dict[str, Any]:
    """The values that differ from what a missing key means."""
    return {key: value for key, (value, missing) in values.items() if value != missing}


def _own(attributes: Attributes, shared: Attributes, known: frozenset[str]) -> dict[str, Any]:
    """Attributes for estimators that are not those of the whole architecture."""
    return {key: value for key, value in attributes.items() if key in known and (key not in shared or shared[key] != value)}
