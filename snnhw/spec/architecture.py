"""The accelerator: storage levels from the outermost to the innermost, then the compute."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from typing import TypeAlias

from snnhw.spec.constraints import Constraints
from snnhw.spec.sparse import SparseOptimizations

Scalar: TypeAlias = str | int | float | bool
Attributes: TypeAlias = MappingType[str, Scalar]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mesh:
    """How many instances of a level the whole chip has, along X (columns) and Y (rows)."""

    x: int = 1
    y: int = 1

    @property
    def instances(self) -> int:
        """Instances of the whole chip."""
        return self.x * self.y


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """The wires from a level to the next inner one, and their routers (Timeloop's inferred legacy network).

    wire_energy_pJ_per_bit_mm: energy of moving one bit by one millimetre; tile_width_um: distance between neighbours.
    """

    wire_energy_pJ_per_bit_mm: float = 0.0
    router_energy_pJ: float = 0.0
    tile_width_um: float = 0.0
    fill_latency_cycles: int = 0
    drain_latency_cycles: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataStore:
    """Where a level holds the metadata of compressed tiles: `depth_words` rows of `width_bits`; depth None is unbounded."""

    width_bits: int
    depth_words: int | None
    word_bits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageLevel:
    """A storage level. A level that holds nothing and only fans out (a column of PEs) has `is_dummy`.

    width_bits: bits of one physical row, read or written by one action; depth_words: rows, None for unbounded (DRAM);
    word_bits: bits of one data word; tensor_word_bits: bits of one word where a tensor's differ (an extension of snnhw).
    Bandwidths are in words per cycle and instance, None is unlimited. multiple_buffering divides the usable capacity.
    """

    name: str
    class_name: str
    subclass: str | None = None
    mesh: Mesh = field(default_factory=Mesh)
    width_bits: int = 64
    word_bits: int = 8
    tensor_word_bits: MappingType[str, int] = field(default_factory=dict)
    depth_words: int | None = None
    cluster_size: int = 1
    multiple_buffering: float = 1.0
    read_bandwidth: float | None = None
    write_bandwidth: float | None = None
    shared_bandwidth: float | None = None
    bandwidth_scale: MappingType[str, float] = field(default_factory=dict)
    reduction_supported: bool = False
    is_dram: bool = False
    is_dummy: bool = False
    network: Network = field(default_factory=Network)
    metadata: MetadataStore | None = None
    power_gated_at: str | None = None
    attributes: Attributes = field(default_factory=dict)

    def bits_of(self, tensor: str) -> int:
        """Bits of one word of a tensor at this level."""
        return self.tensor_word_bits.get(tensor, self.word_bits)

    @property
    def capacity_bits(self) -> int | None:
        """Bits that the level can hold, before multiple buffering; None is unbounded."""
        return None if self.depth_words is None else self.depth_words * self.width_bits


@dataclass(frozen=True, slots=True, kw_only=True)
class Compute:
    """The innermost level: what does one operation of the innermost loop body."""

    name: str
    class_name: str
    subclass: str | None = None
    mesh: Mesh = field(default_factory=Mesh)
    word_bits: int = 8
    attributes: Attributes = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A part that costs energy or area and holds no loop: a neuron unit, a threshold register, an adder tree.

    role: "neuron" for the unit that updates neurons (leak, add, compare, reset), or one of its parts: "accumulator", "leak", "compare",
    "reset"; "threshold" for the register that is compared with; "encoder" for what writes leaving spikes down; else "".
    """

    name: str
    class_name: str
    subclass: str | None = None
    mesh: Mesh = field(default_factory=Mesh)
    role: str = ""
    attributes: Attributes = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassAction:
    """What one action of a compound class asks of its parts: (part, action, how often).

    How often is a number, or text: an expression over the attributes of the component and the arguments of the action. arguments: each
    with its range, such as "0..depth - 1", or its one value; of all values the dearest counts.
    """

    name: str
    uses: tuple[tuple[str, str, float | str], ...] = ()
    arguments: MappingType[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentClass:
    """A user's class from `components: classes`: parts, and its actions in terms of theirs (Accelergy's compound component)."""

    name: str
    attributes: Attributes = field(default_factory=dict)
    parts: tuple[Component, ...] = ()
    actions: tuple[ClassAction, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Architecture:
    """An accelerator. `storage` runs from the outermost level to the innermost; `parts` are all other components.

    cycle_seconds: clock period in s; technology_nm: process node in nm; variables: what the file declared, as resolved.
    """

    name: str
    storage: tuple[StorageLevel, ...]
    compute: Compute
    parts: tuple[Component, ...] = ()
    classes: tuple[ComponentClass, ...] = ()
    constraints: Constraints = field(default_factory=Constraints)
    sparse: SparseOptimizations = field(default_factory=SparseOptimizations)
    technology_nm: float = 28.0
    cycle_seconds: float = 1e-9
    variables: Attributes = field(default_factory=dict)

    def level(self, name: str) -> StorageLevel:
        """The storage level of a name; KeyError if there is none."""
        return {level.name: level for level in self.storage}[name]

    def index(self, name: str) -> int:
        """Position of a storage level, 0 for the outermost; KeyError if there is none."""
        return {level.name: i for i, level in enumerate(self.storage)}[name]
