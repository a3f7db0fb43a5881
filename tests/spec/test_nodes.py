"""Accelerators in the v0.4 nodes dialect."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from spec.eyeriss import EYERISS, edited

from snnhw.errors import SpecError
from snnhw.spec.architecture import Architecture, Component, ComponentClass, Mesh, MetadataStore, Network
from snnhw.spec.constraints import FactorBound, LoopConstraint, StorageConstraint
from snnhw.spec.load import load_architecture
from snnhw.spec.presets import preset_files
from snnhw.spec.sparse import ActionOptimization, FormatRank, RepresentationFormat

ONE_LEVEL = """\
architecture:
  version: 0.4
  nodes:
  - !Component {name: DRAM, class: DRAM, attributes: {datawidth: 8, width: 64}}
"""
MAC = "  - !Component {name: mac, class: mac}\n"


def read(tmp_path: Path, text: str, **variables: Any) -> Architecture:
    """The accelerator of a text in a.yaml."""
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    return load_architecture(tmp_path / "a.yaml", variables)


def with_level(tmp_path: Path, attributes: str, extra: str = "") -> Architecture:
    """DRAM, one level with these attributes, and a mac."""
    return read(tmp_path, f"{ONE_LEVEL}  - !Component {{name: glb, class: SRAM, attributes: {{{attributes}}}{extra}}}\n{MAC}")


@pytest.fixture(name="eyeriss")
def eyeriss_fixture(tmp_path: Path) -> Architecture:
    """The Eyeriss-like accelerator."""
    return read(tmp_path, EYERISS)


def test_levels_stand_from_the_outside_in(eyeriss: Architecture) -> None:
    """A fan-out before another one becomes a level that only fans out; meshes multiply."""
    assert [(level.name, level.mesh.x, level.mesh.y, level.is_dummy) for level in eyeriss.storage] == [
        ("DRAM", 1, 1, False), ("shared_glb", 1, 1, False), ("PE_column", 14, 1, True),
        ("spike_spad", 14, 12, False), ("weight_spad", 14, 12, False), ("state_spad", 14, 12, False)]
    assert (eyeriss.name, eyeriss.compute.name, eyeriss.compute.mesh) == ("a", "adder", Mesh(x=14, y=12))


def test_classes_decide_what_a_component_is(eyeriss: Architecture) -> None:
    """DRAM is one, a neuron unit is a part with a role."""
    assert [level.is_dram for level in eyeriss.storage] == [True, False, False, False, False, False]
    assert [(part.name, part.class_name, part.role, part.mesh) for part in eyeriss.parts] == [("neuron", "neuron_unit", "neuron", Mesh(x=14,
        y=12))]


def test_expressions_are_computed(eyeriss: Architecture) -> None:
    """Over variables and over attributes of the same component, also those further down."""
    assert (eyeriss.level("shared_glb").depth_words, eyeriss.level("shared_glb").word_bits) == (12800, 16)
    assert eyeriss.level("weight_spad").width_bits == 8


def test_words_may_differ_by_tensor(eyeriss: Architecture) -> None:
    """A mapping of bits; the widest counts where no tensor is asked for."""
    dram = eyeriss.level("DRAM")
    assert [dram.bits_of(tensor) for tensor in ("Weights", "Inputs", "Outputs", "Other")] == [8, 1, 16, 16]


def test_attributes_are_inherited_from_containers(eyeriss: Architecture) -> None:
    """From those before, the nearest wins; the model's and the estimators' alike."""
    assert eyeriss.level("shared_glb").network == Network(wire_energy_pJ_per_bit_mm=0.05, tile_width_um=40.0)
    assert eyeriss.level("PE_column").network.tile_width_um == 40.0
    assert eyeriss.level("spike_spad").network.tile_width_um == 20.0
    assert "voltage" not in eyeriss.level("DRAM").attributes
    assert [eyeriss.level(name).attributes["voltage"] for name in ("shared_glb", "state_spad")] == [0.9, 0.9]
    assert eyeriss.parts[0].attributes == {"datawidth": 16, "wire_energy": 0.05, "tile_width": 20, "voltage": 0.9, "technology": "28nm",
                                           "global_cycle_seconds": 5e-9}


def test_variables_give_technology_and_clock(eyeriss: Architecture) -> None:
    """As timeloopfe takes them from there."""
    assert (eyeriss.technology_nm, eyeriss.cycle_seconds) == (28.0, 5e-9)
    assert eyeriss.variables["rows"] == 12


@pytest.mark.parametrize(("written", "nanometres"), [('"45nm"', 45.0), ("22", 22.0), ("28e-9", 28.0), ("16nm", 16.0), ("-1", 28.0)])
def test_technologies(tmp_path: Path, written: str, nanometres: float) -> None:
    """In nm or in m, with or without a unit; -1 names none."""
    assert read(tmp_path, f"variables: {{technology: {written}}}\n{ONE_LEVEL}{MAC}").technology_nm == pytest.approx(nanometres)


def test_a_container_says_the_technology_too(tmp_path: Path) -> None:
    """It wins over nothing; a word that is no expression needs no quotes there."""
    text = ONE_LEVEL.replace("  nodes:\n", "  nodes:\n  - !Container {name: system, attributes: {technology: 45nm, global_cycle_seconds: "
                                           "2e-9}}\n")
    made = read(tmp_path, text + MAC)
    assert (made.technology_nm, made.cycle_seconds, made.level("DRAM").attributes["technology"]) == (45.0, 2e-9, "45nm")


def test_a_spatial_constraint_lands_at_the_level_around_it(eyeriss: Architecture) -> None:
    """That of PE_column at the buffer from which it fans out, that of PE at PE_column."""
    spatial = [loop for loop in eyeriss.constraints.loops if loop.kind == "spatial"]
    assert spatial == [
        LoopConstraint(level="shared_glb", kind="spatial", split=7, innermost=("C", "P", "R", "S", "Q", "M"), factors=(
            FactorBound(dimension="C", relation="=", value=1), FactorBound(dimension="R", relation="=", value=1))),
        LoopConstraint(level="PE_column", kind="spatial", split=0, factors=(
            FactorBound(dimension="P", relation="=", value=1), FactorBound(dimension="Q", relation="=", value=1),
            FactorBound(dimension="M", relation="<=", value=12))),
    ]


def test_temporal_constraints(eyeriss: Architecture) -> None:
    """factors_only closes all other dimensions, -1 leaves one free, 0 takes all; a permutation may be a string."""
    temporal = {loop.level: loop for loop in eyeriss.constraints.loops if loop.kind == "temporal"}
    assert temporal["weight_spad"] == LoopConstraint(level="weight_spad", kind="temporal", innermost=("R", "C"), only_listed=True, factors=(
        FactorBound(dimension="C", relation=">=", value=1), FactorBound(dimension="R", relation="=", value=0)))
    assert temporal["state_spad"].no_reuse == ("Inputs",)
    assert temporal["shared_glb"].innermost == ("T", "P", "M")


def test_in_a_parallel_each_tensor_goes_one_way(eyeriss: Architecture) -> None:
    """What a branch keeps passes the others by."""
    storage = {part.level: part for part in eyeriss.constraints.storage}
    assert storage["spike_spad"] == StorageConstraint(level="spike_spad", keep=frozenset({"Inputs"}), bypass=frozenset({"Weights",
        "Outputs"}))
    assert storage["state_spad"] == StorageConstraint(level="state_spad", keep=frozenset({"Outputs"}), bypass=frozenset({"Weights",
        "Inputs"}))
    assert "DRAM" not in storage


def test_sparse_optimizations(eyeriss: Architecture) -> None:
    """A variable may stand for a format."""
    assert eyeriss.sparse.formats == (RepresentationFormat(level="spike_spad", tensor="Inputs", ranks=(
        FormatRank(format="RLE", flattened=(("T", "C", "R", "S"),), metadata_word_bits=4),)),)
    assert eyeriss.sparse.actions == (ActionOptimization(level="weight_spad", kind="skipping", target="Weights", condition_on=("Inputs",)),)
    assert eyeriss.sparse.compute == {"gating"}
    assert eyeriss.level("spike_spad").metadata == MetadataStore(width_bits=16, depth_words=12, word_bits=4)
    assert eyeriss.level("DRAM").metadata == MetadataStore(width_bits=64, depth_words=None, word_bits=4)


def test_a_value_for_a_variable_wins(tmp_path: Path) -> None:
    """As --set gives it, text or number; what depends on it follows."""
    made = read(tmp_path, EYERISS, weight_bits="2", columns=4, spike_format="UB")
    assert (made.level("weight_spad").word_bits, made.level("PE_column").mesh.x, made.compute.mesh.x) == (2, 4, 4)
    assert made.sparse.formats[0].ranks[0].format == "UB"
    assert made.variables["weight_bits"] == 2


def test_values_for_variables_that_a_later_one_uses_win_together(tmp_path: Path) -> None:
    """One of them is an expression itself, which used to come too late."""
    assert load_architecture("tiny_snn", {"weight_bits": 2, "buffer_row_bits": 32}).variables["dram_row_bits"] == 32


def test_a_value_for_an_unknown_variable_is_an_error(tmp_path: Path) -> None:
    """With a near miss."""
    with pytest.raises(SpecError, match=r'seen a value for the variable weigth_bits, expected one of .*; did you mean "weight_bits"\?$'):
        read(tmp_path, EYERISS, weigth_bits=2)
    with pytest.raises(SpecError, match=r"seen a value for the variable x, expected no value: the file declares no variables$"):
        read(tmp_path, ONE_LEVEL + MAC, x=2)


def test_a_value_for_a_name_that_only_a_template_uses(tmp_path: Path) -> None:
    """It is declared by its use."""
    text = ONE_LEVEL.replace("width: 64", "width: {{ bus | default(64) }}") + MAC
    assert read(tmp_path, text).level("DRAM").width_bits == 64
    assert read(tmp_path, text, bus=32).level("DRAM").width_bits == 32


@pytest.mark.parametrize(("attributes", "width", "depth", "cluster"), [
    ("datawidth: 8, width: 32, depth: 4", 32, 4, 1), ("datawidth: 8, block_size: 4, depth: 4", 32, 4, 1),
    ("word_bits: 8, memory_width: 32, memory_depth: 4", 32, 4, 1), ("datawidth: 8, data_storage_width: 32, data_storage_depth: 4", 32, 4,
                                                                    1),
    ("datawidth: 8, block_size: 2, cluster_size: 4, depth: 4", 64, 4, 4), ("datawidth: 8, block_size: 2, width: 64, depth: 4", 64, 4, 4),
    ("datawidth: 8, width: 32, entries: 16", 32, 4, 1), ("datawidth: 8, width: 32, sizeKB: 1", 32, 256, 1),
    ("datawidth: 8, depth: inf", 8, None, 1), ("datawidth: 8, depth: .inf", 8, None, 1), ("datawidth: 8, depth: INF", 8, None, 1),
    ('datawidth: "4 * 2", depth: "2**4"', 8, 16, 1),
])
def test_sizes(tmp_path: Path, attributes: str, width: int, depth: int | None, cluster: int) -> None:
    """By rows, by words or by kilobytes, in Timeloop's spellings, in quotes or not."""
    level = with_level(tmp_path, attributes).level("glb")
    assert (level.width_bits, level.depth_words, level.cluster_size) == (width, depth, cluster)


def test_attributes_of_a_level(tmp_path: Path) -> None:
    """Bandwidths, buffering, wires, metadata."""
    level = with_level(tmp_path, "datawidth: 8, depth: 4, bandwidth: 6, write_bandwidth: 1, shared_bandwidth: inf, multiple_buffering: 2, "
                       "per_dataspace_bandwidth_consumption_scale: {Weights: 0.5}, reduction_supported: no, wire_energy: 0.1, "
                       "router_energy: 2, "
                       "tile_width: 30, network_fill_latency: 3, network_drain_latency: 4, metadata_datawidth: 4, metadata_storage_width: "
                       "16, "
                       "metadata_storage_depth: 32, my_own: 7, other: \"text\"").level("glb")
    assert (level.read_bandwidth, level.write_bandwidth, level.shared_bandwidth) == (3.0, 1.0, None)
    assert (level.multiple_buffering, level.bandwidth_scale, level.reduction_supported) == (2.0, {"Weights": 0.5}, False)
    assert level.network == Network(wire_energy_pJ_per_bit_mm=0.1, router_energy_pJ=2.0, tile_width_um=30.0, fill_latency_cycles=3,
                                    drain_latency_cycles=4)
    assert level.metadata == MetadataStore(width_bits=16, depth_words=32, word_bits=4)
    assert (level.attributes["my_own"], level.attributes["other"]) == (7, "text")


def test_partial_sums_can_be_added_anywhere_unless_said(tmp_path: Path) -> None:
    """timeloopfe's default."""
    assert [level.reduction_supported for level in with_level(tmp_path, "datawidth: 8, depth: 4").storage] == [True, True]


def test_a_dummy_storage_needs_no_depth(tmp_path: Path) -> None:
    """It holds nothing; with a depth it holds something."""
    dummy = "  - !Component {name: d, class: dummy_storage, attributes: {datawidth: 1, width: 1%s}}\n"
    assert [read(tmp_path, ONE_LEVEL + dummy % depth + MAC).level("d").is_dummy for depth in ("", ", depth: 0", ", depth: 4")] == [True,
        True, False]


def test_scales_and_subclasses_reach_the_estimators(tmp_path: Path) -> None:
    """As attributes."""
    level = with_level(tmp_path, "datawidth: 8, depth: 4", ", subclass: my_sram, energy_scale: 2 * 2, area_scale: 0.5, "
                       "required_actions: [read]").level("glb")
    assert (level.subclass, level.attributes["energy_scale"], level.attributes["area_scale"]) == ("my_sram", 4, 0.5)


def test_a_disabled_component_is_left_out(tmp_path: Path) -> None:
    """`enabled` may be an expression."""
    text = f"variables: {{big: 0}}\n{ONE_LEVEL}  - !Component {{name: glb, class: SRAM, enabled: big > 0, "
    text += f"attributes: {{datawidth: 8, depth: 4}}}}\n{MAC}"
    assert [level.name for level in read(tmp_path, text).storage] == ["DRAM"]
    assert [level.name for level in read(tmp_path, text, big=1).storage] == ["DRAM", "glb"]


def test_a_fan_out_straight_to_a_level_needs_no_dummy(tmp_path: Path) -> None:
    """Whether a container or the component has it."""
    container = f"{ONE_LEVEL}  - !Container {{name: PE, spatial: {{meshX: 4}}, constraints: {{spatial: {{factors: [C=4]}}}}}}\n{MAC}"
    component = f"{ONE_LEVEL}  - !Component {{name: mac, class: mac, spatial: {{meshX: 4}}, "
    component += "constraints: {spatial: {factors: [C=4]}}}\n"
    for text in (container, component):
        made = read(tmp_path, text)
        assert ([level.name for level in made.storage], made.compute.mesh) == (["DRAM"], Mesh(x=4))
        assert made.constraints.loops == (LoopConstraint(level="DRAM", kind="spatial", factors=(FactorBound(dimension="C", relation="=",
            value=4),)),)


def test_a_constraint_on_no_fan_out_that_asks_nothing_is_fine(tmp_path: Path) -> None:
    """An array of one column, say."""
    made = read(tmp_path, EYERISS, columns=1)
    assert [level.name for level in made.storage] == ["DRAM", "shared_glb", "spike_spad", "weight_spad", "state_spad"]
    assert [loop.level for loop in made.constraints.loops if loop.kind == "spatial"] == ["shared_glb"]


def test_hierarchical_and_nothing(tmp_path: Path) -> None:
    """A branch may be a hierarchy; !Nothing lets its tensors pass."""
    nodes = """\
  - !Parallel
    nodes:
    - !Hierarchical
      nodes:
      - !Component {name: a1, class: regfile, attributes: {datawidth: 8, depth: 4}, constraints: {dataspace: {keep: [A]}}}
      - !Component {name: a2, class: regfile, attributes: {datawidth: 8, depth: 2}}
    - !Component {name: z, class: regfile, attributes: {datawidth: 8, depth: 4}, constraints: {dataspace: {keep_only: [Z]}}}
    - !Nothing {constraints: {dataspace: {keep: [B]}}}
"""
    made = read(tmp_path, ONE_LEVEL + nodes + MAC)
    assert [level.name for level in made.storage] == ["DRAM", "a1", "a2", "z"]
    assert made.constraints.storage == (
        StorageConstraint(level="a1", keep=frozenset("A"), bypass=frozenset("BZ")),
        StorageConstraint(level="z", keep=frozenset("Z"), bypass=frozenset("AB"), others="bypass"),
        StorageConstraint(level="a2", bypass=frozenset("BZ")))


@pytest.mark.parametrize(("body", "expected"), [
    ("{keep: ['*']}", StorageConstraint(level="glb", others="keep")),
    ("{bypass: '*'}", StorageConstraint(level="glb", others="bypass")),
    ("{keep_only: [A]}", StorageConstraint(level="glb", keep=frozenset("A"), others="bypass")),
    ("{bypass_only: [A]}", StorageConstraint(level="glb", bypass=frozenset("A"), others="keep")),
    ("{keep: A}", StorageConstraint(level="glb", keep=frozenset("A"))),
])
def test_dataspace_macros(tmp_path: Path, body: str, expected: StorageConstraint) -> None:
    """timeloopfe's."""
    assert with_level(tmp_path, "datawidth: 8, depth: 4", f", constraints: {{dataspace: {body}}}").constraints.storage == (expected,)


def test_loop_macros(tmp_path: Path) -> None:
    """All that timeloopfe has for loops."""
    made = with_level(tmp_path, "datawidth: 8, depth: 4", ", constraints: {temporal: {no_iteration_over_dataspaces: [A], "
                      "must_iterate_over_dataspaces: [B], maximize_dims: [[C, M], [P]], maximize_dims_capacity: 2 * 8, "
                      "default_max_factor: 4, "
                      "default_min_factor: 2, no_temporal_reuse: ['*'], permutation: RS_T}}")
    assert made.constraints.loops == (LoopConstraint(
        level="glb", kind="temporal", no_iteration=("A",), must_iterate=("B",), maximize=(("C", "M"), ("P",)), maximize_capacity=16,
        max_factor=4, min_factor=2, no_reuse=("*",), innermost=("R", "S"), outermost=("T",)),)


def test_a_single_group_to_maximize_needs_no_second_list(tmp_path: Path) -> None:
    """As timeloopfe takes it."""
    made = read(tmp_path, f"{ONE_LEVEL}  - !Component {{name: mac, class: mac, spatial: {{meshX: 4}}, constraints: "
                f"{{spatial: {{maximize_dims: [C, M]}}}}}}\n")
    assert made.constraints.loops[0].maximize == (("C", "M"),)


def test_constraints_and_sparse_optimizations_may_stand_beside_the_architecture(tmp_path: Path) -> None:
    """In sections of their own, each with its target."""
    text = EYERISS + """
constraints:
  targets:
  - {type: spatial, target: PE, factors: [S=1]}
  - {type: temporal, target: DRAM, permutation: [T], factors: "M<=rows"}
  - {type: bypass, target: DRAM, keep: [Weights]}
mapspace_constraints:
  targets:
  - {type: utilization, target: state_spad, min: 0.5}
sparse_optimizations:
  targets:
  - target: state_spad
    action_optimization:
    - {type: gating, target: Outputs, condition_on: [Inputs, Weights]}
"""
    made = read(tmp_path, text)
    assert made.constraints.loops[-2:] == (
        LoopConstraint(level="PE_column", kind="spatial", factors=(FactorBound(dimension="S", relation="=", value=1),)),
        LoopConstraint(level="DRAM", kind="temporal", innermost=("T",), factors=(FactorBound(dimension="M", relation="<=", value=12),)))
    assert StorageConstraint(level="DRAM", keep=frozenset({"Weights"})) in made.constraints.storage
    assert made.constraints.min_utilization == 0.5
    assert made.sparse.actions[-1] == ActionOptimization(level="state_spad", kind="gating", target="Outputs", condition_on=("Inputs",
        "Weights"))


def test_branches_may_be_told_apart_beside_the_architecture(tmp_path: Path) -> None:
    """What a branch keeps can stand in the section of constraints."""
    text = EYERISS
    for tensor in ("Weights", "Outputs"):
        text = edited(f"        dataspace: {{keep: [{tensor}]}}\n", "", text)
    text += "constraints: {targets: [{type: dataspace, target: weight_spad, keep: [Weights]}, "
    text += "{type: dataspace, target: state_spad, keep: [Outputs]}]}\n"
    assert {part.level: part.bypass for part in read(tmp_path, text).constraints.storage}["weight_spad"] == {"Inputs", "Outputs"}


def test_power_gates(tmp_path: Path) -> None:
    """A level names its gate, or has_power_gating makes what follows share one."""
    text = f"""{ONE_LEVEL}  - !Component {{name: a, class: SRAM, attributes: {{datawidth: 8, depth: 4, power_gated_at: DRAM}}}}
  - !Container {{name: PE, attributes: {{has_power_gating: true}}, spatial: {{meshX: 2}}}}
  - !Component {{name: b, class: SRAM, attributes: {{datawidth: 8, depth: 4}}}}
  - !Component {{name: c, class: SRAM, attributes: {{datawidth: 8, depth: 4}}}}
{MAC}"""
    assert [level.power_gated_at for level in read(tmp_path, text).storage] == [None, "DRAM", "b", "b"]


def test_macros_under_ignored_keys(tmp_path: Path) -> None:
    """Anchors under a key with `ignore` in its name, merged in deeply."""
    text = """\
macros_ignore:
- &buffer
  class: SRAM
  attributes: {datawidth: 8, depth: 16}
architecture:
  nodes:
  - !Component {name: DRAM, class: DRAM, attributes: {datawidth: 8}}
  - !Component
    <<<: *buffer
    name: glb
    attributes: {depth: 32}
  - !Component {name: mac, class: mac}
"""
    level = read(tmp_path, text).level("glb")
    assert (level.class_name, level.depth_words, level.word_bits) == ("SRAM", 32, 8)


def test_compound_classes(tmp_path: Path) -> None:
    """What variables settle is computed; what depends on the component stays an expression."""
    text = f"""variables: {{base: 4}}
{ONE_LEVEL}  - !Component {{name: lif, class: my_neuron, attributes: {{bits: 16}}}}
{MAC}components:
  version: 0.4
  classes:
  - name: my_neuron
    attributes: {{bits: 8, shift: base * 2}}
    subcomponents:
    - {{name: add, class: intadder, attributes: {{width: bits + shift}}, area_scale: 2}}
    - {{name: cmp, class: comparator, subclass: my_cmp}}
    actions:
    - name: update
      arguments: {{n: 1}}
      subcomponents:
      - {{name: add, actions: [{{name: add, action_share: 3, energy_scale: 0.5}}]}}
      - {{name: cmp, actions: [{{name: compare, repeat: bits * n}}]}}
    - name: leak
      repeat: base / 2
      subcomponents: [{{name: add, actions: [{{name: leak}}]}}]
"""
    made = read(tmp_path, text)
    assert made.classes == (ComponentClass(name="my_neuron", attributes={"bits": 8, "shift": 8}, parts=(
        Component(name="add", class_name="intadder", attributes={"width": "bits + shift", "area_scale": 2}),
        Component(name="cmp", class_name="comparator", subclass="my_cmp")), actions=made.classes[0].actions),)
    assert [(action.name, action.uses) for action in made.classes[0].actions] == [
        ("update", (("add", "add", 1.5), ("cmp", "compare", "bits * n"))), ("leak", (("add", "leak", 2.0),))]
    assert made.classes[0].actions[0].arguments == {"n": "1"}
    assert made.parts[0].class_name == "my_neuron"


def test_classes_can_be_included(tmp_path: Path) -> None:
    """A list of lists, as include_all makes it, is one list."""
    for name in "ab":
        (tmp_path / f"c_{name}.yaml").write_text(f"classes:\n- {{name: class_{name}}}\n")
    text = f"{ONE_LEVEL}{MAC}components:\n  classes: {{{{ include_all('c_*.yaml', 'classes') }}}}\n"
    assert [one.name for one in read(tmp_path, text).classes] == ["class_a", "class_b"]


def test_the_flat_dialect_is_read_too(tmp_path: Path) -> None:
    """The one of the timeloop binaries."""
    text = """\
architecture:
  version: 0.4
  subtree:
  - name: system
    local:
    - {name: DRAM, class: DRAM, attributes: {width: 64, datawidth: 16}}
    - {name: "mac[0..3]", class: intmac, attributes: {datawidth: 16, meshX: 4}}
"""
    made = read(tmp_path, text)
    assert (made.name, made.storage[0].name, made.compute.mesh) == ("a", "DRAM", Mesh(x=4))


def test_an_architecture_without_a_version_is_of_this_one(tmp_path: Path) -> None:
    """As text or as a number it is 0.4."""
    for version in ("", "  version: '0.4'\n", "  version: 0.4\n"):
        assert read(tmp_path, ONE_LEVEL.replace("  version: 0.4\n", version) + MAC).compute.name == "mac"


@pytest.mark.parametrize("name", preset_files("arch"))
def test_every_preset_can_be_read(name: str) -> None:
    """By its name."""
    assert load_architecture(name).name == name
