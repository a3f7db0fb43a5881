"""From the attributes of one component of a flat architecture to a level, a compute or a part (Timeloop's buffer and arithmetic specs).

Each key is named once, in the tables below, with all spellings that Timeloop reads; the first spelling that is there counts.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from snnhw.spec.architecture import Attributes, Component, Compute, Mesh, MetadataStore, Network, Scalar, StorageLevel
from snnhw.spec.flat_section import Section, as_integer, shown
from snnhw.spec.reference import ActionEnergy, ComponentCost

DEFAULT_WORD_BITS = 16
WORD_BITS = ("word_bits", "word_width", "datawidth")
BLOCK_SIZE = ("block_size", "n_words")
WIDTH = ("width", "memory_width", "data_storage_width")
DEPTH = ("depth", "memory_depth", "data_storage_depth")
METADATA_WORD_BITS = ("metadata_datawidth", "metadata_word_bits")
METADATA_WIDTH = ("metadata_storage_width", "metadata_width")
METADATA_DEPTH = ("metadata_storage_depth", "metadata_depth")

# Attributes that Timeloop's model passes over and that Accelergy's estimators read (CACTI, Aladdin, the primitive tables, Neurosim, ADC).
ESTIMATOR_ATTRIBUTES = frozenset({
    "action_latency_cycles", "adder_width", "addr_gen_energy", "area_scale", "associativity", "bit_width", "bits",
    "clockrate", "cluster_area", "cols", "compression_supported", "concordant_compressed_tile_traversal",
    "control_queue_depth", "counter_width", "cycle_seconds", "cycle_time", "data_width", "datawidth_a", "datawidth_b",
    "decompression_supported", "energy_scale", "exponent", "fanout", "global_cycle_seconds", "instances_per_cluster",
    "latency", "latency_cycles", "leak", "length", "length_um", "mantissa", "metadata_block_size",
    "metadata_counter_width", "metadata_n_banks", "multiplier_width", "n_banks", "n_bits", "n_buffets", "n_components",
    "n_entries", "n_instances", "n_ports", "n_rd_ports", "n_rd_wr_ports", "n_rdwr_ports", "n_rw_ports", "n_wr_ports",
    "nports", "num_banks", "num_bits", "num_pipeline_stages", "num_ports", "phy_datawidth", "reg_width", "resolution",
    "router_width", "rows", "size", "source", "tag_size", "technology", "temperature", "type", "update_fifo_depth",
    "voltage", "wire_length", "wordsize",
})
# What a compute level may have besides; its word_bits say what the model needs.
COMPUTE_ATTRIBUTES = frozenset({*WIDTH, "depth", "metadata_datawidth", "action_latency"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a component is before its attributes are read. inherited: attributes of the containers around it, for estimators.

    declared: attributes of the input's compound components, which any component may have.
    """

    name: str
    class_name: str
    subclass: str | None = None
    instances: int = 1
    inherited: Attributes = field(default_factory=dict)
    declared: frozenset[str] = frozenset()


def storage_level(section: Section, place: Place, tensors: tuple[str, ...]) -> tuple[StorageLevel, ComponentCost | None]:
    """A storage level, and its costs where the attributes fix them (`vector_access_energy`, in pJ a row). Closes the section."""
    _refuse_storage_keys(section)
    is_dram = "DRAM" in place.class_name or section.peek("technology") == "DRAM"
    cost = _fixed_cost(section, place.name)
    mesh = mesh_of(section, place)
    word_bits = section.integer(*WORD_BITS, default=DEFAULT_WORD_BITS)
    width_bits, cluster_size = _width(section, word_bits, is_dram)
    depth_words = _depth(section, word_bits, width_bits // (word_bits * cluster_size) or 1, place, is_dram)
    is_dummy = "dummy" in place.class_name.lower() and not depth_words and not is_dram
    read, write, shared = _bandwidths(section)
    level = StorageLevel(
        name=place.name, class_name=place.class_name, subclass=place.subclass, mesh=mesh, width_bits=width_bits, word_bits=word_bits,
        depth_words=None if is_dummy else depth_words, cluster_size=cluster_size,
        multiple_buffering=section.number("multiple_buffering", default=1.0, above=0.0),
        read_bandwidth=read, write_bandwidth=write, shared_bandwidth=shared, bandwidth_scale=_bandwidth_scale(section, tensors),
        reduction_supported=section.flag("reduction_supported", default=not is_dram), is_dram=is_dram,
        is_dummy=is_dummy, network=_network(section, word_bits),
        metadata=_metadata(section, depth_words is None), power_gated_at=section.text("power_gated_at", default=None),
        attributes=_estimator_attributes(section, place, also=place.declared))
    section.close(ESTIMATOR_ATTRIBUTES)
    return level, cost


def compute_level(section: Section, place: Place) -> tuple[Compute, ComponentCost | None]:
    """The compute level, and its costs where the attributes fix them (`energy` in pJ an operation, `area` in um2). Closes the section."""
    energy = section.number("energy", default=None)
    area = section.number("area", default=None)
    mesh = mesh_of(section, place)
    for key in ("network_operand", "network_result"):
        section.refuse(key, why="a network that the user declares")
    word_bits = section.integer(*WORD_BITS, default=DEFAULT_WORD_BITS)
    attributes = _estimator_attributes(section, place, also=COMPUTE_ATTRIBUTES | place.declared)
    section.close(ESTIMATOR_ATTRIBUTES | COMPUTE_ATTRIBUTES)
    compute = Compute(name=place.name, class_name=place.class_name, subclass=place.subclass, mesh=mesh, word_bits=word_bits,
                      attributes=attributes)
    if energy is None and area is None:
        return compute, None
    actions = {} if energy is None else {"compute": ActionEnergy(energy_pJ=energy, estimator="attribute energy")}
    return compute, ComponentCost(name=place.name, actions=actions, area_um2=area)


def part(section: Section, place: Place) -> Component:
    """A component of a class that is neither storage nor compute: it costs area and perhaps energy, and holds no loop."""
    mesh = mesh_of(section, place)
    return Component(name=place.name, class_name=place.class_name, subclass=place.subclass, mesh=mesh,
                     attributes=_estimator_attributes(section, place, also=section.remaining()))


def mesh_of(section: Section, place: Place) -> Mesh:
    """Columns and rows: `instances` or the range of the name, laid out along X unless meshX or meshY say otherwise."""
    count = section.integer("instances", default=place.instances)
    x_path, y_path = section.path_of("meshX"), section.path_of("meshY")
    x = section.integer("meshX", default=None)
    y = section.integer("meshY", default=None)
    if x is not None and y is not None:
        if x * y != count:
            section.report.add(x_path, seen=f"meshX * meshY = {x} * {y}", expected=f"{count}, the instances of {place.name}")
        return Mesh(x=x, y=y)
    for given, path in ((x, x_path), (y, y_path)):
        if given is not None and count % given:
            section.report.add(path, seen=str(given), expected=f"a divisor of {count}, the instances of {place.name}")
    return Mesh(x=x or max(1, count // (y or 1)), y=y or max(1, count // (x or count)))


def _fixed_cost(section: Section, name: str) -> ComponentCost | None:
    energy = section.number("vector_access_energy", default=None)
    area = section.number("cluster_area", default=None)
    if energy is None and area is None:
        return None
    actions = {} if energy is None else {
        action: ActionEnergy(energy_pJ=energy, estimator="attribute vector_access_energy") for action in ("read", "write", "update")}
    return ComponentCost(name=name, actions=actions, area_um2=area)


def _width(section: Section, word_bits: int, is_dram: bool) -> tuple[int, int]:
    """Bits of a row and cluster size; a row holds block_size words of each of cluster_size instances."""
    width_path = section.path_of(next((key for key in WIDTH if section.has(key)), WIDTH[0]))
    cluster_path = section.path_of("cluster_size")
    block = section.integer(*BLOCK_SIZE, default=None)
    cluster = section.integer("cluster_size", default=None)
    width = section.integer(*WIDTH, default=None)
    if is_dram and (cluster or 1) != 1:
        section.report.add(cluster_path, seen=str(cluster), expected="1, as for every DRAM")
    if width is None:
        return word_bits * (block or 1) * (cluster or 1), cluster or 1
    unit = word_bits * (block or 1) * (cluster or 1)
    if width % unit or (block and cluster and width != unit):
        section.report.add(width_path, seen=str(width), expected=_expected_width(word_bits, block, cluster))
        return unit, cluster or 1
    return width, cluster or (width // unit if block else 1)


def _expected_width(word_bits: int, block: int | None, cluster: int | None) -> str:
    factors = [f"{word_bits} (word bits)"] + [f"{n} ({what})" for n, what in ((block, "block size"), (cluster, "cluster size")) if n]
    return ("" if block and cluster else "a multiple of ") + " * ".join(factors)


def _depth(section: Section, word_bits: int, block: int, place: Place, is_dram: bool) -> int | None:
    """Rows; `entries` counts words and `sizeKB` units of 1024 * 8 bits. None is unbounded, which only a DRAM may be."""
    present = [key for key in ("entries", *DEPTH, "sizeKB") if section.has(key)]
    path = section.path_of(present[0]) if present else section.path
    if "sizeKB" in present[1:]:
        section.report.add(section.path_of("sizeKB"), seen=f"sizeKB beside {present[0]}", expected="one size")
    for key in DEPTH if "entries" in present else ():
        section.ignore(key, why="without effect beside entries")
    entries = section.integer("entries", default=None, least=0)
    depth = section.integer(*DEPTH, default=None, least=0)
    size_KB = section.integer("sizeKB", default=None, least=0)
    if depth is not None or not present:
        if not present and not is_dram and section.is_mapping and "dummy" not in place.class_name.lower():
            section.report.add(path, seen='no "depth"', expected="the rows that the level holds; only a DRAM may be without")
        return depth
    words = entries if entries is not None else (size_KB or 0) * 1024 * 8 // word_bits
    if words % block:
        section.report.add(path, seen=f"{words} words in rows of {block}", expected="a whole number of rows")
    return words // block


def _bandwidths(section: Section) -> tuple[float | None, float | None, float | None]:
    """Words per cycle for reading, writing and both together; the old `bandwidth` is halved between reading and writing."""
    both = section.number("bandwidth", default=None, above=0.0)
    half = None if both is None else both / 2
    return (section.number("read_bandwidth", default=half, above=0.0), section.number("write_bandwidth", default=half, above=0.0),
            section.number("shared_bandwidth", default=None, above=0.0))


def _bandwidth_scale(section: Section, tensors: tuple[str, ...]) -> Mapping[str, float]:
    child = section.child("per_dataspace_bandwidth_consumption_scale")
    if child is None:
        return {}
    scale = {tensor: child.number(tensor, default=1.0) for tensor in tensors if child.has(tensor)}
    child.close(tensors)
    return scale


def _network(section: Section, word_bits: int) -> Network:
    section.refuse("network_word_bits", neutral=(word_bits,), why="wires of another width than the words")
    section.refuse("energy_per_hop", why="wires are given by wire_energy and tile_width")
    section.refuse("energy_per_ingress", neutral=(0, 0.0))
    section.refuse("network_type", neutral=("1:N", "1:1"), why="distributed multicast")
    section.ignore("fill_latency", "drain_latency", why="without effect; network_fill_latency and network_drain_latency count")
    return Network(wire_energy_pJ_per_bit_mm=section.number("wire_energy", default=0.0),
                   router_energy_pJ=section.number("router_energy", default=0.0),
                   tile_width_um=section.number("tile_width", default=0.0),
                   fill_latency_cycles=section.integer("network_fill_latency", default=0, least=0),
                   drain_latency_cycles=section.integer("network_drain_latency", default=0, least=0))


def _metadata(section: Section, unbounded: bool) -> MetadataStore | None:
    width_path = section.path_of(next((key for key in METADATA_WIDTH if section.has(key)), METADATA_WIDTH[0]))
    given = any(section.has(key) for key in (*METADATA_WORD_BITS, *METADATA_WIDTH, *METADATA_DEPTH))
    word_bits = section.integer(*METADATA_WORD_BITS, default=0, least=0)
    width = section.integer(*METADATA_WIDTH, default=0, least=0)
    depth = section.integer(*METADATA_DEPTH, default=None, least=0)
    block = as_integer(section.peek("metadata_block_size") or 1) or 1
    if word_bits and width % (word_bits * block):
        section.report.add(width_path, seen=str(width), expected=f"a multiple of {word_bits * block}, the metadata words of a row")
    if not given or not (width or depth or word_bits):
        return None
    return MetadataStore(width_bits=width, depth_words=depth if depth is not None or unbounded else 0, word_bits=word_bits)


def _refuse_storage_keys(section: Section) -> None:
    if section.peek("concordant_compressed_tile_traversal"):
        section.report.note(section.path_of("concordant_compressed_tile_traversal"), "Timeloop reads it and does not use it")
    for key in ("network_read", "network_fill", "network_drain", "network_update"):
        section.refuse(key, why="a network that the user declares")
    section.refuse("min_utilization", neutral=(0, 0.0))
    section.refuse("allow_overbooking", neutral=(False,))
    section.refuse("tile_partition_supported", neutral=(False,))


def _estimator_attributes(section: Section, place: Place, also: Collection[str] = ()) -> Attributes:
    """Attributes for estimators: those of the containers, then the component's own."""
    own: dict[str, Scalar] = {}
    for key in section.remaining():
        taken = section.take(key) if key in ESTIMATOR_ATTRIBUTES or key in also else None
        if taken is None:
            continue
        value, path = taken
        if isinstance(value, str | int | float | bool):
            own[key] = value
        else:
            section.report.add(path, seen=shown(value), expected="a number, a string, true or false")
    return {**place.inherited, **own}
