"""The forms of an accelerator in Timeloop's v0.4 `nodes` dialect. They check what is read, and make docs/schema/arch.schema.json.

A number may be written as an expression over variables and attributes; expressions are computed before a form is filled.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from snnhw.spec.constraints import FactorBound
from snnhw.spec.factors import FactorSyntaxError, parse_factors, parse_permutation
from snnhw.spec.forms import Count, CountOrZero, Flag, Form, Name, Names, NonNegative, Positive, Text, Whole, wrong

VERSIONS = ("0.4",)
_FREE = re.compile(r"(\w+)\s*=\s*-1\b")


def _schema(kind: str, **bounds: float) -> Any:
    text = {"type": "string", "description": "an expression over variables and attributes"}
    return WithJsonSchema({"anyOf": [{"type": kind, **bounds}, text]})


def _version(value: Any) -> Any:
    if str(value) not in VERSIONS:
        raise wrong(f"one of {', '.join(VERSIONS)}", "this is Timeloop's v0.4 dialect with nodes")
    return str(value)


def factor_bounds(items: list[str]) -> tuple[FactorBound, ...]:
    """Bounds of factor strings such as ["C=2", "M<=4"]; `C=-1` names C and leaves it free. Raises FactorSyntaxError."""
    factors = parse_factors(" ".join(_FREE.sub(r"\1>=1", item) for item in items))
    imperfect = next((factor for factor in factors if factor.residual is not None), None)
    if imperfect is not None:
        raise FactorSyntaxError(f"{imperfect.dimension}={imperfect.value},{imperfect.residual}", "factors without a last pass, such as P=3")
    return tuple(FactorBound(dimension=factor.dimension, relation=factor.relation, value=factor.value) for factor in factors)


def _factors(value: Any) -> Any:
    """A list of factor strings; a single string holds them with blanks or commas between."""
    items = [value] if isinstance(value, str) else value
    expected = "factors such as [C=2, M<=4, P>=2]"
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise wrong(expected)
    for item in items:
        try:
            factor_bounds([item])
        except FactorSyntaxError as error:
            raise wrong(expected, f"{error.seen} is none") from None
    try:
        factor_bounds(items)
    except FactorSyntaxError as error:
        raise wrong(f"{error.expected}, not {error.seen}") from None
    return items


def _permutation(value: Any) -> Any:
    if not isinstance(value, str) and not (isinstance(value, list) and all(isinstance(item, str) for item in value)):
        raise wrong("dimensions from the innermost outwards, such as [R, S, C]")
    try:
        parse_permutation(value)
    except FactorSyntaxError as error:
        raise wrong(error.expected) from None
    return [value] if isinstance(value, str) else value


def _groups(value: Any) -> Any:
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        return [value]
    return value


ECount = Annotated[Count, _schema("integer", minimum=1)]
ECountOrZero = Annotated[CountOrZero, _schema("integer", minimum=0)]
ENonNegative = Annotated[NonNegative, _schema("number", minimum=0)]
EPositive = Annotated[Positive, _schema("number", exclusiveMinimum=0)]
EWhole = Annotated[Whole, _schema("integer")]
EFlag = Annotated[Flag, WithJsonSchema({"type": ["boolean", "string"]})]
Version = Annotated[str, BeforeValidator(_version), WithJsonSchema({"enum": [*VERSIONS, 0.4]})]
_STRINGS = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
Factors = Annotated[list[str], BeforeValidator(_factors), WithJsonSchema(_STRINGS)]
Permutation = Annotated[list[str], BeforeValidator(_permutation), WithJsonSchema(_STRINGS)]
Groups = Annotated[list[list[Name]], BeforeValidator(_groups), WithJsonSchema({"type": "array"})]
_BITS = {"type": ["integer", "string"]}
Bits = Annotated[Any, WithJsonSchema({"anyOf": [_BITS, {"type": "object", "additionalProperties": _BITS}]})]
Technology = Annotated[Any, WithJsonSchema({"type": ["number", "string"]})]


class SpatialForm(Form):
    """How many instances stand inside of one instance of what is around them."""

    meshX: ECount = Field(default=1, description="columns")
    meshY: ECount = Field(default=1, description="rows")


class DataspaceForm(Form):
    """Which tensors a level stores; timeloopfe's keep_only and bypass_only settle all others too, "*" stands for all."""

    unsupported: ClassVar = {"no_coalesce": "turning off the merging of partial sums at a level"}

    keep: Names = Field(default=[], description="tensors that the level stores")
    bypass: Names = Field(default=[], description="tensors that pass the level by")
    keep_only: Names | None = Field(default=None, description="tensors that the level stores; all others pass it by")
    bypass_only: Names | None = Field(default=None, description="tensors that pass the level by; it stores all others")
    type: Literal["dataspace", "bypass", "datatype"] | None = None
    target: Name | None = None


class LoopForm(Form):
    """What the loops of a level must satisfy."""

    unsupported: ClassVar = {"remainders": "how many factors of a level may leave a shorter last pass"}

    factors: Factors = Field(default=[], description="factors of dimensions, such as C=2, M<=4, P>=2; 0 takes all that is left")
    factors_only: Factors | None = Field(default=None, description="factors; all dimensions that are not named have factor 1")
    permutation: Permutation = Field(default=[], description="order of the loops, from the innermost outwards")
    default_max_factor: ECount | None = Field(default=None, description="largest factor of a dimension without one of its own")
    default_min_factor: ECount | None = Field(default=None, description="least factor of a dimension without one of its own")
    no_iteration_over_dataspaces: Names = Field(default=[], description="tensors over whose dimensions no loop runs here")
    must_iterate_over_dataspaces: Names = Field(default=[], description="tensors over whose dimensions alone loops run here")
    maximize_dims: Groups = Field(default=[], description="dimensions to be as large as they can, groups in falling priority")
    maximize_dims_capacity: ECount | None = Field(default=None, description="largest product of the maximised factors")
    no_reuse: Names = Field(default=[], description="tensors that the loops here may not reuse")
    target: Name | None = None


class TemporalForm(LoopForm):
    """Loops that a level runs one after another."""

    spellings: ClassVar = {"no_temporal_reuse": "no_reuse", "maximize_dims_capped": "maximize_dims_capacity"}
    unsupported: ClassVar = {**LoopForm.unsupported, "rmw_first_update": "reading a partial sum before its first update"}

    type: Literal["temporal"] | None = None


class SpatialLoopForm(LoopForm):
    """Loops that are unrolled over the instances of a component or container, as `spatial` says."""

    spellings: ClassVar = {"no_multicast_no_reduction": "no_reuse", "maximize_dims_capped": "maximize_dims_capacity"}
    no_link_transfer: Names = Field(default=[], description="tensors that the instances do not hand to their neighbours")
    split: ECountOrZero | None = Field(default=None, description="how many loops of the permutation, from the inner end, run along X")
    type: Literal["spatial"] | None = None


class ConstraintsForm(Form):
    """The constraints of a component, or of the fan-out into a container."""

    unsupported: ClassVar = {"max_overbooked_proportion": "overbooked buffers"}

    dataspace: DataspaceForm | None = None
    temporal: TemporalForm | None = None
    spatial: SpatialLoopForm | None = None


class ComponentForm(Form):
    """!Component: a storage level, a compute, or a part, as its class says."""

    name: Name = Field(description="a name, which no other component has")
    class_: Name = Field(alias="class", description="a class: one with DRAM, SRAM, regfile, smartbuffer or storage in it is a storage "
                         "level, one with mac or compute in it is the compute, others are parts")
    subclass: Name | None = Field(default=None, description="the class that estimators look up, where it is another one")
    attributes: dict[str, Any] = Field(default={}, description="see StorageAttributes; attributes that are not listed go to the estimators")
    spatial: SpatialForm = SpatialForm()
    constraints: ConstraintsForm = ConstraintsForm()
    sparse_optimizations: dict[str, Any] = Field(default={}, description="formats, gating and skipping, in Sparseloop's terms")
    required_actions: list[Text] = Field(default=[], description="actions that an estimator must know")
    area_scale: ENonNegative | None = Field(default=None, description="factor on the area")
    energy_scale: ENonNegative | None = Field(default=None, description="factor on the energies")
    enabled: EFlag = Field(default=True, description="false leaves the component out")


class ContainerForm(Form):
    """!Container: attributes and a fan-out for all that follows at its place in the hierarchy."""

    unsupported: ClassVar = {"networks": "networks that the user declares; wire_energy, router_energy and tile_width describe the wires"}

    name: Name = Field(description="a name")
    attributes: dict[str, Any] = Field(default={}, description="attributes that all components below inherit")
    spatial: SpatialForm = SpatialForm()
    constraints: ConstraintsForm = ConstraintsForm()
    enabled: EFlag = Field(default=True, description="false leaves the container out")


class NothingForm(Form):
    """!Nothing: a branch of a !Parallel that stores nothing and lets the tensors that it keeps pass."""

    name: Name | None = None
    constraints: ConstraintsForm = ConstraintsForm()


class BranchForm(Form):
    """!Parallel and !Hierarchical: nodes side by side, or one inside of the other."""

    name: Name | None = None
    nodes: list[Any] = Field(description="a list of nodes")


class WireAttributes(Form):
    """Attributes of the wires from a level, or from the containers before it, to the next inner level."""

    wire_energy: ENonNegative = Field(default=0.0, description="pJ of moving one bit by one mm towards the next inner level")
    router_energy: ENonNegative = Field(default=0.0, description="pJ of one router passage of one word")
    tile_width: ENonNegative = Field(default=0.0, description="um between neighbouring instances")
    network_fill_latency: ECountOrZero = Field(default=0, description="cycles")
    network_drain_latency: ECountOrZero = Field(default=0, description="cycles")


class MemoryAttributes(WireAttributes):
    """Attributes of a storage level that the model reads."""

    spellings: ClassVar = {
        "memory_width": "width", "data_storage_width": "width", "memory_depth": "depth", "data_storage_depth": "depth",
        "word_bits": "datawidth", "word_width": "datawidth", "word-bits": "datawidth", "n_words": "block_size",
        "metadata_word_bits": "metadata_datawidth", "metadata_width": "metadata_storage_width", "metadata_depth": "metadata_storage_depth",
    }
    unsupported: ClassVar = {
        **dict.fromkeys(("network_read", "network_fill", "network_drain", "network_update"), "networks that the user declares"),
        "network_word_bits": "wires of another width than the words", "energy_per_hop": "wires are given by wire_energy and tile_width",
        "network_type": "distributed multicast", "min_utilization": "a least utilization of a buffer",
        "allow_overbooking": "overbooked buffers", "tile_partition_supported": "tiles that are partitioned to fit",
        "vector_access_energy": "energies as attributes; the estimators' tables hold them",
        "metadata_block_size": "metadata words in blocks",
        "concordant_compressed_tile_traversal": "the order in which compressed tiles are walked",
    }

    datawidth: Bits = Field(description="bits of one word, or a mapping from tensors to bits, as in {Weights: 8, Inputs: 1}")
    width: ECount | None = Field(default=None, description="bits of one row, which one access reads or writes")
    depth: ECountOrZero | None = Field(default=None, description="rows; only a DRAM may be without, inf is unbounded")
    entries: ECount | None = Field(default=None, description="words, in place of depth")
    sizeKB: ECount | None = Field(default=None, description="units of 1024 bytes, in place of depth")
    block_size: ECount | None = Field(default=None, description="words of one row")
    cluster_size: ECount | None = Field(default=None, description="instances that share one row")
    n_banks: ECount | None = Field(default=None, description="banks; for the estimators")
    multiple_buffering: EPositive = Field(default=1.0, description="the capacity is divided by it")
    read_bandwidth: EPositive | None = Field(default=None, description="words read per cycle and instance")
    write_bandwidth: EPositive | None = Field(default=None, description="words written per cycle and instance")
    shared_bandwidth: EPositive | None = Field(default=None, description="words read and written per cycle and instance")
    bandwidth: EPositive | None = Field(default=None, description="words per cycle, one half for reading and one for writing")
    per_dataspace_bandwidth_consumption_scale: dict[str, ENonNegative] = Field(
        default={}, description="words of bandwidth that one word of a tensor takes")
    reduction_supported: EFlag = Field(default=True, description="whether partial sums can be added in place")
    metadata_datawidth: ECountOrZero | None = Field(default=None, description="bits of one metadata word")
    metadata_storage_width: ECountOrZero | None = Field(default=None, description="bits of one metadata row")
    metadata_storage_depth: ECountOrZero | None = Field(default=None, description="metadata rows")
    power_gated_at: Name | None = Field(default=None, description="the level whose power gate this one shares")
    has_power_gating: EFlag = Field(default=False, description="whether what follows shares one power gate")
    technology: Technology = Field(default=None, description='process node: "28nm", 28 or 28e-9')
    global_cycle_seconds: EPositive | None = Field(default=None, description="clock period in s")


class ComputeAttributes(Form):
    """Attributes of the compute that the model reads."""

    spellings: ClassVar = {"word_bits": "datawidth", "word_width": "datawidth"}
    unsupported: ClassVar = {"network_operand": "networks that the user declares", "network_result": "networks that the user declares"}

    datawidth: ECount | None = Field(default=None, description="bits of one word")
    technology: Technology = Field(default=None, description='process node: "28nm", 28 or 28e-9')
    global_cycle_seconds: EPositive | None = Field(default=None, description="clock period in s")
    power_gated_at: Name | None = None


Scale = Annotated[Any, WithJsonSchema({"type": ["number", "string", "null"]})]
"""A factor: a number, or an expression over the attributes of a compound component and the arguments of its action."""


class SubactionForm(Form):
    """An action of a part, and how often an action of the compound takes it."""

    name: Name = Field(description="an action of the part")
    arguments: dict[str, Any] = Field(default={}, description="arguments of the action; read and not used")
    repeat: Scale = Field(default=None, description="how often, 1 if absent")
    action_share: Scale = Field(default=None, description="how often, 1 if absent; an older word for repeat")
    energy_scale: Scale = Field(default=None, description="factor on its energy, 1 if absent")


class PartActionsForm(Form):
    """What an action of a compound asks of one part."""

    name: Name = Field(description="a part of the class")
    actions: list[SubactionForm] = Field(description="a list of the part's actions")


class ClassActionForm(Form):
    """An action of a compound class."""

    name: Name = Field(description="the action")
    arguments: dict[str, Any] = Field(default={}, description="arguments with their ranges, such as 0..depth - 1; the dearest value counts")
    repeat: Scale = Field(default=None, description="factor on all that it asks for, 1 if absent")
    action_share: Scale = Field(default=None, description="an older word for repeat")
    energy_scale: Scale = Field(default=None, description="factor on its energy, 1 if absent")
    subcomponents: list[PartActionsForm] = Field(default=[], description="what it asks of the parts")


class SubcomponentForm(Form):
    """A part of a compound class."""

    name: Name = Field(description="a name, which no other part of the class has")
    class_: Name = Field(alias="class", description="the class of the part")
    subclass: Name | None = None
    attributes: dict[str, Any] = Field(default={}, description="attributes, as expressions over those of the class")
    area_scale: Annotated[Any, WithJsonSchema({"type": ["number", "string"]})] = Field(default=None, description="factor on the area")
    energy_scale: Annotated[Any, WithJsonSchema({"type": ["number", "string"]})] = Field(default=None, description="factor on the energies")
    required_actions: list[Text] = Field(default=[], description="actions that an estimator must know")


class ClassForm(Form):
    """A compound class (Accelergy's compound component)."""

    name: Name = Field(description="the name of the class")
    attributes: dict[str, Any] = Field(default={}, description="attributes with their defaults")
    subcomponents: list[SubcomponentForm] = Field(default=[], description="its parts")
    actions: list[ClassActionForm] = Field(default=[], description="its actions")


class ComponentsForm(Form):
    """Classes that the user defines."""

    version: Version | None = None
    classes: list[ClassForm] = Field(default=[], description="a list of classes")


class UtilizationForm(Form):
    """The least share of the compute instances that a mapping may use."""

    type: Literal["utilization", "parallelism"] | None = None
    target: Name | None = None
    min: Annotated[float, Field(ge=0, le=1), WithJsonSchema({"type": ["number", "string"]})] = Field(description="a share in [0, 1]")


class TargetsForm(Form):
    """Constraints or sparse optimisations beside the architecture: a list, each entry with the component that it is for."""

    version: Version | None = None
    targets: list[dict[str, Any]] = Field(default=[], description="a list")


class MapspaceForm(Form):
    """The kind of mapspace."""

    version: Version | None = None
    template: Literal["uber", "ruby"] = Field(default="uber", description="uber: factors that divide; ruby: others too, with a shorter "
                                              "last pass")


class ArchitectureForm(Form):
    """The accelerator: nodes from the outermost to the innermost, the compute last."""

    version: Version | None = None
    name: Name | None = None
    nodes: list[Any] = Field(description="a list of nodes: !Container, !Component, !Parallel, !Hierarchical, !Nothing")


class FileForm(Form):
    """A file of an accelerator in Timeloop's v0.4 dialect."""

    unsupported: ClassVar = {
        "globals": "environment variables and Python functions from a file",
        **dict.fromkeys(("ERT", "ART"), "tables for an architecture with nodes; the estimators make them"),
        **dict.fromkeys(("problem", "mapper", "mapping"), "in the file of an accelerator; it has a file of its own"),
    }

    architecture: ArchitectureForm = Field(description="the accelerator, with version and nodes")
    components: ComponentsForm | None = None
    variables: dict[str, Any] | None = Field(default=None, description="values that expressions and Jinja2 can use")
    constraints: TargetsForm | None = None
    sparse_optimizations: TargetsForm | None = None
    mapspace: MapspaceForm | None = None
