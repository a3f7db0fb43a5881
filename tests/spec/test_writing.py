"""Mappings and inputs written in Timeloop's format."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from spec.flat_inputs import ARCHITECTURE, GOLDEN, MAPPER, PROBLEM, SUITES, WHOLE, read_flat

from snnhw.errors import EngineError
from snnhw.spec.architecture import Architecture, Component, Compute, Mesh, StorageLevel
from snnhw.spec.constraints import Constraints, FactorBound, LoopConstraint, StorageConstraint
from snnhw.spec.mapper import MapperConfig, Product
from snnhw.spec.mapping import LevelMapping, Loop, Mapping
from snnhw.spec.problem import Density
from snnhw.spec.reference import ActionEnergy, ComponentCost, ReferenceTable
from snnhw.spec.sparse import ActionOptimization, SparseOptimizations
from snnhw.spec.timeloop_input import TimeloopInput, read_timeloop_input
from snnhw.spec.timeloop_mapper import TimeloopMapperOptions
from snnhw.spec.writing import mapper_data, write_mapping, write_timeloop_input


def written(read: TimeloopInput) -> str:
    """An input as it is written."""
    return write_timeloop_input(read.architecture, read.problem, read.mapping, read.reference, read.timeloop_mapper)


def again(tmp_path: Path, read: TimeloopInput) -> TimeloopInput:
    """An input after writing and reading it."""
    return replace(read_flat(tmp_path, written(read), "model" if read.mapper is None else "mapper"), file=read.file, notes=read.notes)


def with_architecture(read: TimeloopInput, **changes: object) -> TimeloopInput:
    """An input with changes to its architecture."""
    return replace(read, architecture=replace(read.architecture, **changes))  # type: ignore[arg-type]


def with_level(read: TimeloopInput, name: str, **changes: object) -> TimeloopInput:
    """An input with changes to one storage level."""
    storage = tuple(replace(level, **changes) if level.name == name else level for level in read.architecture.storage)  # type: ignore[arg-type]
    return with_architecture(read, storage=storage)


@pytest.mark.parametrize("step", [20, pytest.param(1, marks=pytest.mark.slow)])
@pytest.mark.parametrize("suite", SUITES)
def test_golden_inputs_survive_writing_and_reading(suite: str, step: int, tmp_path: Path) -> None:
    """All nouns are the same afterwards, in every file of every suite; a quick run takes every twentieth."""
    paths = sorted((GOLDEN / suite).glob("*.yaml"))[::step]
    assert paths
    for path in paths:
        read = read_timeloop_input([path], "mapper" if suite == "mapper" else "model")
        assert again(tmp_path, read) == read, path.name


def test_a_mapping_in_full(tmp_path: Path) -> None:
    """Bypass entries first; permutations from inner to outer with all dimensions; a spatial entry only above a fan-out."""
    read = read_flat(tmp_path)
    loops = {
        name: tuple(Loop(dimension=d, bound=int(n)) for d, n in pairs)
        for name, pairs in {"DRAM": ("C2", "P8", "M2"), "pad": ("R3",), "x": ("M3",), "y": ("C2",)}.items()
    }
    mapping = Mapping(
        levels=(
            LevelMapping(level="DRAM", temporal=loops["DRAM"], keep=frozenset({"Weights", "Inputs", "Outputs"})),
            LevelMapping(level="GLB", spatial_x=loops["x"], spatial_y=loops["y"], keep=frozenset({"Inputs"})),
            LevelMapping(level="pad", temporal=loops["pad"]),
        )
    )
    assert (
        write_mapping(mapping, read.architecture, read.problem)
        == """\
mapping:
- target: DRAM
  type: bypass
  keep: [Weights, Inputs, Outputs]
  bypass: []
- target: GLB
  type: bypass
  keep: [Inputs]
  bypass: [Weights, Outputs]
- target: pad
  type: bypass
  keep: []
  bypass: [Weights, Inputs, Outputs]
- {target: DRAM, type: temporal, factors: C=2 M=2 P=8 R=1, permutation: MPCR}
- {target: GLB, type: temporal, factors: C=1 M=1 P=1 R=1, permutation: CMPR}
- {target: GLB, type: spatial, factors: C=2 M=3 P=1 R=1, permutation: MCPR, split: 1}
- {target: pad, type: temporal, factors: C=1 M=1 P=1 R=3, permutation: RCMP}
"""
    )


def test_an_imperfect_factor_is_written_with_its_last_pass(tmp_path: Path) -> None:
    """A last pass that is full is not written."""
    read = read_flat(tmp_path)
    loops = (Loop(dimension="P", bound=5, residual=3), Loop(dimension="C", bound=4, residual=4))
    mapping = Mapping(levels=tuple(LevelMapping(level=level.name, temporal=loops) for level in read.architecture.storage))
    entries = yaml.safe_load(write_mapping(mapping, read.architecture, read.problem))["mapping"]
    assert entries[3]["factors"] == "C=4 M=1 P=5,3 R=1"


def test_a_mapping_is_read_back(tmp_path: Path) -> None:
    """As part of an input, loops of one iteration included."""
    read = read_flat(tmp_path)
    assert read.mapping is not None
    text = ARCHITECTURE + PROBLEM + write_mapping(read.mapping, read.architecture, read.problem)
    assert read_flat(tmp_path, text).mapping == read.mapping


def test_what_neighbours_do_not_hand_on_is_written_and_read_back(tmp_path: Path) -> None:
    """In mappings and in constraints."""
    read = read_flat(tmp_path, WHOLE.replace("split: 1", "split: 1, no_link_transfer: [Inputs, Outputs]"))
    assert read.mapping is not None
    assert read.mapping.unlinked()["GLB"] == {"Inputs", "Outputs"}
    assert again(tmp_path, read).mapping == read.mapping
    loops = (LoopConstraint(level="GLB", kind="spatial", no_link_transfer=("Inputs", "Outputs")),)
    read = with_architecture(read_flat(tmp_path, ARCHITECTURE + PROBLEM + MAPPER, "mapper"), constraints=Constraints(loops=loops))
    assert again(tmp_path, read).architecture.constraints == read.architecture.constraints


def test_the_small_input_in_full(tmp_path: Path) -> None:
    """All sections, with names and ranges as Timeloop and Accelergy expect them."""
    reference = ReferenceTable(
        components={
            "GLB": ComponentCost(name="GLB", actions={"read": ActionEnergy(energy_pJ=2.5)}, area_um2=7.0),
            "mac": ComponentCost(name="mac", actions={"compute": ActionEnergy(energy_pJ=0.5)}),
        }
    )
    data = yaml.safe_load(written(replace(read_flat(tmp_path), reference=reference)))
    assert list(data) == ["architecture", "problem", "mapping", "ERT", "ART"]
    tree = data["architecture"]["subtree"][0]
    assert (data["architecture"]["version"], tree["name"]) == ("0.4", "system")
    assert tree["attributes"] == {"technology": "45nm", "global_cycle_seconds": 2e-9}
    assert tree["local"] == [
        {"name": "DRAM[1..1]", "class": "DRAM", "attributes": {"width": 64, "datawidth": 16, "meshX": 1, "meshY": 1}},
        {
            "name": "GLB[1..1]",
            "class": "SRAM",
            "attributes": {
                "width": 32,
                "datawidth": 16,
                "meshX": 1,
                "meshY": 1,
                "depth": 1024,
                "metadata_storage_width": 16,
                "metadata_datawidth": 4,
                "metadata_storage_depth": 64,
            },
        },
        {"name": "pad[1..6]", "class": "regfile", "attributes": {"width": 16, "datawidth": 16, "meshX": 3, "meshY": 2, "depth": 12}},
        {"name": "mac[1..6]", "class": "intmac", "attributes": {"datawidth": 16, "meshX": 3, "meshY": 2}},
    ]
    assert data["problem"] == {
        "version": "0.4",
        "instance": {"C": 4, "M": 6, "P": 8, "R": 3},
        "shape": {
            "name": "conv1d",
            "dimensions": ["C", "M", "P", "R"],
            "coefficients": [{"name": "times2", "default": 2}],
            "data_spaces": [
                {"name": "Weights", "projection": [[["C"]], [["M"]], [["R"]]]},
                {"name": "Inputs", "projection": [[["C"]], [["P", "times2"], ["R"]]]},
                {"name": "Outputs", "projection": [[["M"]], [["P"]]], "read_write": True},
            ],
        },
    }
    assert data["ERT"] == {
        "version": "0.4",
        "tables": [
            {"name": "system.GLB[1..1]", "actions": [{"name": "read", "arguments": {}, "energy": 2.5}]},
            {"name": "system.mac[1..6]", "actions": [{"name": "compute", "arguments": {}, "energy": 0.5}]},
        ],
    }
    assert data["ART"] == {"version": "0.4", "tables": [{"name": "system.GLB[1..1]", "area": 7.0}]}


@pytest.mark.parametrize(
    "attributes",
    [
        "multiple_buffering: 2, read_bandwidth: 1.5, write_bandwidth: 2, shared_bandwidth: 3, power_gated_at: DRAM, "
        "reduction_supported: false",
        "wire_energy: 0.1, router_energy: 0.2, tile_width: 30, network_fill_latency: 4, network_drain_latency: 5, n_banks: "
        "4, technology: 7nm",
        "cluster_size: 2, per_dataspace_bandwidth_consumption_scale: {Inputs: 0.5}, decompression_supported: true",
    ],
)
def test_all_attributes_survive(tmp_path: Path, attributes: str) -> None:
    """Those of the model and those for estimators."""
    read = read_flat(tmp_path, WHOLE.replace("depth: 1024,", f"depth: 1024, {attributes},"))
    assert again(tmp_path, read) == read


def test_densities_survive(tmp_path: Path) -> None:
    """All three models; a dense tensor is not mentioned."""
    read = read_flat(tmp_path)
    weights, inputs, outputs = read.problem.tensors
    for density in (Density(value=0.25), Density(value=0.25, model="hypergeometric"), Density(value=1.0, model="hypergeometric")):
        changed = replace(read, problem=replace(read.problem, tensors=(weights, replace(inputs, density=density), outputs)))
        assert again(tmp_path, changed) == changed
    square = replace(read_flat(tmp_path, WHOLE.replace("P: 8", "P: 6").replace("P=8", "P=6")))
    banded = Density(value=16 / 36, model="banded", band_width=1)
    changed = replace(square, problem=replace(square.problem, tensors=(weights, inputs, replace(outputs, density=banded))))
    assert again(tmp_path, changed) == changed


def test_constraints_survive_in_an_input_for_the_mapper(tmp_path: Path) -> None:
    """Factors, both ends of permutations, splits, bypass and utilisation."""
    constraints = Constraints(
        min_utilization=0.5,
        storage=(StorageConstraint(level="pad", keep=frozenset({"Inputs"}), bypass=frozenset({"Weights"})),),
        loops=(
            LoopConstraint(level="GLB", kind="spatial", factors=(FactorBound(dimension="C", relation="<=", value=2),), split=1),
            LoopConstraint(
                level="pad",
                kind="temporal",
                factors=(FactorBound(dimension="R", relation="=", value=0),),
                innermost=("R",),
                outermost=("C", "M"),
            ),
        ),
    )
    read = with_architecture(read_flat(tmp_path, ARCHITECTURE + PROBLEM + MAPPER, "mapper"), constraints=constraints)
    assert again(tmp_path, read) == read


def test_a_mapping_is_written_without_constraints(tmp_path: Path) -> None:
    """It has to satisfy nothing else, and the real timeloop-model stumbles over some."""
    read = with_architecture(read_flat(tmp_path), constraints=Constraints(min_utilization=0.5))
    assert "constraints" not in written(read)


def test_spatial_constraints_without_a_fanout_are_left_out(tmp_path: Path) -> None:
    """Timeloop refuses them: between pad and mac nothing fans out."""
    loops = (LoopConstraint(level="pad", kind="spatial", split=1),)
    read = with_architecture(read_flat(tmp_path, ARCHITECTURE + PROBLEM + MAPPER, "mapper"), constraints=Constraints(loops=loops))
    assert "constraints" not in written(read)


def test_no_reuse_in_time_becomes_factors(tmp_path: Path) -> None:
    """Inputs do not depend on M, so a loop over M would reuse them."""
    loops = (
        LoopConstraint(level="pad", kind="temporal", factors=(FactorBound(dimension="R", relation="=", value=1),), no_reuse=("Inputs",)),
    )
    read = with_architecture(read_flat(tmp_path, ARCHITECTURE + PROBLEM + MAPPER, "mapper"), constraints=Constraints(loops=loops))
    assert yaml.safe_load(written(read))["architecture_constraints"]["targets"] == [
        {"target": "pad", "type": "temporal", "factors": "R=1 M=1"}
    ]


def test_alternatives_stay_alternatives(tmp_path: Path) -> None:
    """Actions of one group are options of one entry."""
    actions = (
        ActionOptimization(level="pad", kind="gating", target="Outputs", condition_on=("Inputs",)),
        ActionOptimization(level="pad", kind="skipping", target="Weights", condition_on=("Inputs",), option_group=2),
        ActionOptimization(level="pad", kind="skipping", target="Inputs", condition_on=("Weights",), option_group=2),
        ActionOptimization(level="pad", kind="skipping_spatial", target="Outputs", condition_on=("Inputs",)),
    )
    read = with_architecture(read_flat(tmp_path), sparse=SparseOptimizations(actions=actions, compute=frozenset({"gating", "skipping"})))
    assert again(tmp_path, read) == read
    assert [
        len(entry["options"]) for entry in yaml.safe_load(written(read))["sparse_optimizations"]["targets"][0]["action_optimization"]
    ] == [1, 2, 1]


def test_classes_of_the_user_stand_in_as_subclasses(tmp_path: Path) -> None:
    """Timeloop knows a class by parts of its name only; parts that it would take for levels are left out."""
    architecture = Architecture(
        name="chip",
        compute=Compute(name="adder", class_name="intadder", word_bits=8),
        storage=(
            StorageLevel(name="memory", class_name="lpddr4", is_dram=True),
            StorageLevel(name="buffer", class_name="my_buffer", depth_words=8),
        ),
        parts=(Component(name="neuron", class_name="neuron_unit", mesh=Mesh(x=4)), Component(name="threshold", class_name="regfile")),
    )
    local = yaml.safe_load(written(replace(read_flat(tmp_path), architecture=architecture, mapping=None)))["architecture"]["subtree"][0][
        "local"
    ]
    assert [(part["name"], part["class"], part.get("subclass")) for part in local] == [
        ("memory[1..1]", "DRAM", "lpddr4"),
        ("buffer[1..1]", "storage", "my_buffer"),
        ("adder[1..1]", "compute", "intadder"),
        ("neuron[1..4]", "neuron_unit", None),
    ]


def test_a_dummy_level_gets_no_rows(tmp_path: Path) -> None:
    """It holds nothing, and stays a dummy when it is read."""
    read = with_level(read_flat(tmp_path), "GLB", class_name="dummy_storage", is_dummy=True, depth_words=None)
    assert again(tmp_path, read) == read


def test_a_search_of_ours_is_written_for_the_mapper(tmp_path: Path) -> None:
    """Metrics and budget, with delay for cycles."""
    read = read_flat(tmp_path)
    text = write_timeloop_input(read.architecture, read.problem, None, None, MapperConfig(metrics=("cycles", "energy"), max_evaluations=70))
    options = read_flat(tmp_path, text, "mapper").timeloop_mapper
    assert options == TimeloopMapperOptions(
        algorithm="random_pruned", optimization_metrics=("delay", "energy"), search_size=70, victory_condition=0
    )


def test_limits_of_a_search_of_ours_are_written_for_the_mapper(tmp_path: Path) -> None:
    """Those that it has."""
    assert mapper_data(MapperConfig(victory_condition=7, timeout=9)) == {
        "version": "0.4", "algorithm": "random_pruned", "optimization_metrics": ["edp"], "search_size": 100_000, "victory_condition": 7,
        "timeout": 9}


def test_a_metric_that_timeloop_has_no_word_for_is_refused() -> None:
    """It has no products but EDP."""
    with pytest.raises(EngineError) as caught:
        mapper_data(MapperConfig(metrics=("edp", Product(energy=1, cycles=2))))
    assert str(caught.value) == "metric energy^1 * cycles^2: Timeloop knows edp, energy, delay and no other product"


@pytest.mark.parametrize(
    ("level", "changes", "message"),
    [
        (
            "GLB",
            {"tensor_word_bits": {"Inputs": 1}},
            "level GLB: Inputs has words of 1 bits beside words of 16 bits; Timeloop has one width a level, so give the tensor "
            "a level of its own",
        ),
        ("GLB", {"depth_words": None}, "level GLB: Timeloop knows no unbounded level but a DRAM; give it a depth"),
        ("GLB", {"width_bits": 40}, "level GLB: a row of 40 bits does not hold whole words of 16 bits, as Timeloop wants it"),
    ],
)
def test_levels_that_timeloop_cannot_have_are_refused(tmp_path: Path, level: str, changes: dict[str, object], message: str) -> None:
    """The error names the level and what stands in the way."""
    with pytest.raises(EngineError) as caught:
        written(with_level(read_flat(tmp_path), level, **changes))
    assert str(caught.value) == message


def test_equal_widths_for_tensors_are_no_obstacle(tmp_path: Path) -> None:
    """They say what the level says."""
    assert "GLB" in written(with_level(read_flat(tmp_path), "GLB", tensor_word_bits={"Inputs": 16}))


@pytest.mark.parametrize(
    ("constraint", "message"),
    [
        (
            LoopConstraint(level="GLB", kind="temporal", maximize=(("C",),)),
            "level GLB: Timeloop has no words for the temporal constraint maximize",
        ),
        (
            LoopConstraint(level="GLB", kind="spatial", no_reuse=("Inputs",)),
            "level GLB: Timeloop has no words for the spatial constraint no_reuse",
        ),
        (LoopConstraint(level="GLB", kind="spatial", only_x=("C",)), "level GLB: Timeloop has no words for the spatial constraint only_x"),
        (
            LoopConstraint(level="GLB", kind="spatial", max_fanout_y=2),
            "level GLB: Timeloop has no words for the spatial constraint max_fanout_y",
        ),
        (
            LoopConstraint(level="GLB", kind="temporal", factors=(FactorBound(dimension="P", relation="=", value=3, residual=2),)),
            "level GLB: Timeloop has no words for the constraint P=3,2",
        ),
    ],
)
def test_constraints_that_timeloop_cannot_have_are_refused(tmp_path: Path, constraint: LoopConstraint, message: str) -> None:
    """Never dropped in silence."""
    read = with_architecture(read_flat(tmp_path, ARCHITECTURE + PROBLEM + MAPPER, "mapper"), constraints=Constraints(loops=(constraint,)))
    with pytest.raises(EngineError) as caught:
        written(read)
    assert str(caught.value) == message


def test_two_loops_of_a_dimension_in_one_entry_are_refused(tmp_path: Path) -> None:
    """Timeloop has one factor of a dimension in an entry, in space along X or along Y."""
    read = read_flat(tmp_path)
    loop = Loop(dimension="C", bound=2)
    for level, kind in (
        (LevelMapping(level="DRAM", temporal=(loop, loop)), "temporal"),
        (LevelMapping(level="DRAM", spatial_x=(loop,), spatial_y=(loop,)), "spatial"),
    ):
        with pytest.raises(EngineError) as caught:
            write_mapping(Mapping(levels=(level,)), read.architecture, read.problem)
        assert str(caught.value) == f"level DRAM: two {kind} loops over C; Timeloop has one loop of a dimension in an entry"


def test_dimensions_of_several_letters_are_refused(tmp_path: Path) -> None:
    """Permutations are strings of letters."""
    read = read_flat(tmp_path)
    problem = replace(read.problem, dimensions=("C", "M", "P", "RR"))
    with pytest.raises(EngineError) as caught:
        write_timeloop_input(read.architecture, problem, None, None)
    assert str(caught.value) == "dimension RR of conv1d: Timeloop names dimensions by one letter"
