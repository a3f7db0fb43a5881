"""Whole inputs of the timeloop binaries."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from spec.flat_inputs import ARCHITECTURE, GOLDEN, MAPPER, MAPPING, PROBLEM, SUITES, WHOLE, fault_of, notes_of, read_flat

from snnhw.errors import SpecError
from snnhw.spec.timeloop_input import read_timeloop_input

# What the folders hold (tests/golden/README.md): valid and refused inputs of each suite.
SIZES = {"dense": 175, "snn": 175, "sparse": 175, "imperfect": 60, "mapper": 8}


@pytest.mark.parametrize("suite", SUITES)
def test_all_golden_inputs_load(suite: str) -> None:
    """Every file gives an architecture, a problem, an ERT, and a mapping or a mapper; nothing is passed over."""
    paths = sorted((GOLDEN / suite).glob("*.yaml"))
    assert len(paths) == SIZES[suite]
    for path in paths:
        read = read_timeloop_input([path], "mapper" if suite == "mapper" else "model")
        assert (read.mapping is None) == (suite == "mapper")
        assert (read.timeloop_mapper is None) == (read.mapper is None) == (suite != "mapper")
        assert read.reference is not None
        assert {level.name for level in read.architecture.storage} | {read.architecture.compute.name} == set(read.reference.components)
        assert all("mapper." in note for note in read.notes)


def test_a_golden_input_in_detail() -> None:
    """One of the spiking suite, figure by figure."""
    read = read_timeloop_input([GOLDEN / "snn" / "003.yaml"], "model")
    assert [level.name for level in read.architecture.storage] == [
        "DRAM_v",
        "DRAM_w",
        "DRAM_s",
        "glb_v",
        "glb_s",
        "column",
        "spike_spad",
        "weight_spad",
        "state_spad",
    ]
    assert read.architecture.level("spike_spad").mesh.instances == read.architecture.compute.mesh.instances == 28
    assert (read.architecture.technology_nm, read.architecture.cycle_seconds) == (28.0, 1e-9)
    assert read.problem.bounds == {"T": 2, "C": 4, "M": 2, "R": 5, "S": 4, "P": 7, "Q": 4}
    assert [term.coefficient for rank in read.problem.tensor("Inputs").projection for term in rank] == [1, 1, 1, 1, 1, 2]
    assert {tensor.name: tensor.density.value for tensor in read.problem.tensors} == {"Weights": 0.1, "Inputs": 0.1, "Outputs": 1.0}
    assert read.mapping is not None
    glb = read.mapping.level("glb_s")
    assert [(loop.dimension, loop.bound) for loop in (*glb.spatial_x, *glb.spatial_y, *glb.temporal) if loop.bound > 1] == [
        ("S", 2),
        ("M", 2),
        ("C", 2),
    ]
    assert glb.keep == {"Inputs"}
    assert [(entry.level, len(entry.ranks)) for entry in read.architecture.sparse.formats] == [
        ("DRAM_w", 2),
        ("DRAM_s", 3),
        ("glb_s", 2),
        ("spike_spad", 1),
        ("weight_spad", 1),
    ]
    assert [(action.level, action.target) for action in read.architecture.sparse.actions] == [
        ("weight_spad", "Weights"),
        ("state_spad", "Outputs"),
    ]
    assert read.reference is not None
    assert read.reference.components["mac"].actions["compute"].energy_pJ == 0.56
    assert read.reference.components["mac"].area_um2 == 100.0


def test_an_input_may_be_spread_over_files(tmp_path: Path) -> None:
    """Sections in any number of files are one input, named by the first file."""
    paths = []
    for i, text in enumerate((ARCHITECTURE, PROBLEM, MAPPING)):
        paths.append(tmp_path / f"{i}.yaml")
        paths[-1].write_text(text, encoding="utf-8")
    assert read_timeloop_input(paths, "model") == replace(read_flat(tmp_path), file=str(paths[0]))


def test_a_fault_names_the_file_it_stands_in(tmp_path: Path) -> None:
    """Of several files, and with the line in that file."""
    arch, rest = tmp_path / "arch.yaml", tmp_path / "rest.yaml"
    arch.write_text(ARCHITECTURE, encoding="utf-8")
    rest.write_text(PROBLEM + MAPPING.replace("R=3", "R=x"), encoding="utf-8")
    with pytest.raises(SpecError) as caught:
        read_timeloop_input([arch, rest], "model")
    assert str(caught.value) == f'{rest}:21: mapping[3].factors: seen "R=x", expected factors such as P=2 Q=3 or P=3,2'


@pytest.mark.parametrize(
    ("text", "kind", "fault"),
    [
        (ARCHITECTURE + PROBLEM, "model", 'in.yaml: seen no "mapping", expected a mapping: a list of temporal, spatial and bypass entries'),
        (
            ARCHITECTURE + PROBLEM,
            "mapper",
            'in.yaml: seen no "mapper", expected a mapper: algorithm, optimization_metrics, search_size, ...',
        ),
        (PROBLEM + MAPPING, "model", 'in.yaml: seen no "architecture", expected an architecture'),
        (ARCHITECTURE + MAPPING, "model", 'in.yaml: seen no "problem", expected a problem: shape and instance'),
        (WHOLE + "maping: []\n", "model", 'in.yaml:40: maping: seen an unknown key; did you mean "mapping"?'),
        (
            WHOLE + "layout: []\n",
            "model",
            "in.yaml:40: layout: seen a key of Timeloop that snnhw does not support (bank conflicts of a data layout); remove it",
        ),
        (
            WHOLE + "compound_components: {classes: []}\n",
            "model",
            "in.yaml:40: compound_components: seen a key of Timeloop that snnhw does not support (compound components need an "
            "ERT in this dialect); remove it",
        ),
        (
            WHOLE + "model: {auto_bypass_on_failure: true}\n",
            "model",
            "in.yaml:40: model.auto_bypass_on_failure: seen a key of Timeloop that snnhw does not support; remove it or set it to false",
        ),
        (
            WHOLE.replace("  subtree:", "  nodes: []\n  subtree:"),
            "model",
            "in.yaml:3: architecture.nodes: seen an architecture of nodes, expected the flat dialect that the timeloop binaries "
            "read: subtree and local",
        ),
        ("", "model", "in.yaml: seen an empty file, expected a mapping (key: value)"),
        ("[]", "model", "in.yaml:1: seen a list at the top level, expected a mapping (key: value)"),
        (
            "problem: 3\narchitecture: 4\nmapping: 5\n",
            "model",
            "in.yaml:1: problem: seen 3, expected a mapping\nin.yaml:2: architecture: seen 4, expected a mapping\nin.yaml:3: "
            "mapping: seen 5, expected a list",
        ),
    ],
)
def test_a_wrong_input_says_what_is_right(tmp_path: Path, text: str, kind: str, fault: str) -> None:
    """What is missing, misspelt, not supported, or nothing at all."""
    assert fault_of(tmp_path, text, kind) == fault  # type: ignore[arg-type]


def test_faults_of_all_sections_come_together(tmp_path: Path) -> None:
    """One run finds what is wrong in the architecture, the problem, the mapping and the tables."""
    text = WHOLE.replace("depth: 12", "depth: x").replace("C: 4", "C: 0").replace("R=3", "R=").replace("type: bypass", "type: bypas")
    assert fault_of(tmp_path, text + "ERT: {version: 0.4, tables: 3}\nlayouts: []\n").splitlines() == [
        "in.yaml:34: problem.instance.C: seen 0, expected an integer >= 1",
        'in.yaml:15: architecture.subtree[0].local[2].attributes.depth: seen "x", expected an integer >= 0',
        "in.yaml:40: ERT.tables: seen 3, expected a list of components with their actions",
        'in.yaml:41: layouts: seen an unknown key; did you mean "layout"?',
        'in.yaml:36: mapping[0].type: seen "bypas", expected one of temporal, spatial, bypass, bypassing, datatype, '
        'dataspace; did you mean "bypass"?',
        'in.yaml:39: mapping[3].factors: seen "R=", expected factors such as P=2 Q=3 or P=3,2',
    ]


def test_wrong_names_are_reported_before_what_refers_to_them(tmp_path: Path) -> None:
    """A dimension that is misspelt where it is declared does not fault the mapping too."""
    assert fault_of(tmp_path, WHOLE.replace("[C, M, P, R]", "[C, M, P, RR]")).splitlines() == [
        'in.yaml:22: problem.shape.dimensions[3]: seen "RR", expected one letter',
        'in.yaml:28: problem.shape.data_spaces[0].projection[2][0]: seen "R", expected a dimension: C, M, P, RR',
        'in.yaml:30: problem.shape.data_spaces[1].projection[1][1]: seen "R", expected a dimension: C, M, P, RR',
        'in.yaml:34: problem.instance: seen no "RR", expected the bound of dimension RR, an integer >= 1',
        'in.yaml:34: problem.instance.R: seen an unknown key; did you mean "RR"?',
    ]


def test_attributes_of_compound_components_are_known(tmp_path: Path) -> None:
    """With an ERT the components themselves have no effect, and a note says so."""
    extra = "compound_components: {classes: [{name: MD, attributes: {physical_depth: 3}}]}\nERT: {version: 0.3, tables: []}\n"
    text = WHOLE.replace("depth: 12,", "depth: 12, physical_depth: 7,") + extra
    assert read_flat(tmp_path, text).architecture.level("pad").attributes["physical_depth"] == 7
    assert notes_of(tmp_path, text) == ["in.yaml:40: compound_components: without effect, the ERT says what they cost"]


def test_sections_that_change_nothing_are_fine(tmp_path: Path) -> None:
    """Summaries of Accelergy and settings of the program's output."""
    text = WHOLE + "model: {verbose: true, version: 0.4}\nERT_summary: {}\nART_summary: {}\n"
    assert read_flat(tmp_path, text).mapping == read_flat(tmp_path).mapping


def test_a_mapping_beside_a_mapper_is_read(tmp_path: Path) -> None:
    """One file may serve both programs."""
    read = read_flat(tmp_path, WHOLE + MAPPER, "mapper")
    assert read.mapping is not None
    assert read.mapper is not None
