"""Architectures of the flat dialects."""

from __future__ import annotations

from pathlib import Path

import pytest
from spec.flat_inputs import ARCHITECTURE, MAPPING, PROBLEM, WHOLE, changed, fault_of, notes_of, read_flat

from snnhw.spec.architecture import Architecture, Compute, Mesh, MetadataStore, StorageLevel
from snnhw.spec.flat_architecture import class_kind, technology_nm

INHERITED = {"technology": "45nm", "global_cycle_seconds": 2e-9}
BUFFER = "attributes: {width: 32, datawidth: 16, depth: 1024,"
HERE = "in.yaml:12: architecture.subtree[0].local[1].attributes"


def architecture_of(tmp_path: Path, *changes: tuple[str, str]) -> Architecture:
    """The architecture of the small input with changes."""
    return read_flat(tmp_path, changed(WHOLE, *changes)).architecture


def test_levels_stand_from_the_outside_in(tmp_path: Path) -> None:
    """Names lose their ranges, ranges become meshes, classes decide what a component is."""
    dram = StorageLevel(name="DRAM", class_name="DRAM", width_bits=64, word_bits=16, is_dram=True, attributes=INHERITED)
    glb = StorageLevel(
        name="GLB",
        class_name="SRAM",
        width_bits=32,
        word_bits=16,
        depth_words=1024,
        reduction_supported=True,
        metadata=MetadataStore(width_bits=16, depth_words=64, word_bits=4),
        attributes=INHERITED,
    )
    pad = StorageLevel(
        name="pad",
        class_name="regfile",
        mesh=Mesh(x=3, y=2),
        width_bits=16,
        word_bits=16,
        depth_words=12,
        reduction_supported=True,
        attributes=INHERITED,
    )
    mac = Compute(name="mac", class_name="intmac", mesh=Mesh(x=3, y=2), word_bits=16, attributes=INHERITED)
    assert architecture_of(tmp_path) == Architecture(
        name="system", storage=(dram, glb, pad), compute=mac, technology_nm=45.0, cycle_seconds=2e-9
    )


@pytest.mark.parametrize("version", ["'0.2'", "0.2", "'0.3'", "0.3", "0.4"])
def test_three_versions_are_one(tmp_path: Path, version: str) -> None:
    """A version is a string or a number, and none changes what is read."""
    assert architecture_of(tmp_path, ("version: '0.4'", f"version: {version}")) == architecture_of(tmp_path)


def test_ranges_of_subtrees_multiply(tmp_path: Path) -> None:
    """A component inside `PE[0..5]` has six instances for each of its own."""
    text = changed(
        ARCHITECTURE,
        ("    - name: pad[0..5]", "    subtree:\n    - name: PE[0..5]\n      local:\n      - name: pad"),
        ("      class: regfile\n      attributes: {width: 16", "        class: regfile\n        attributes: {width: 16"),
        ("    - name: mac[0..5]\n      class: intmac\n      attributes", "      - name: mac\n        class: intmac\n        attributes"),
    )
    assert read_flat(tmp_path, text + PROBLEM + MAPPING).architecture == architecture_of(tmp_path)


def test_inner_containers_win_when_attributes_are_inherited(tmp_path: Path) -> None:
    """A component's own attribute counts before its container's, which counts before the outer container's."""
    text = changed(
        ARCHITECTURE,
        (
            "    - name: pad[0..5]",
            "    subtree:\n    - name: PE\n      attributes: {technology: 40nm, latency: 5}\n      local:\n      - name: pad[0..5]",
        ),
        ("      class: regfile\n      attributes: {width: 16", "        class: regfile\n        attributes: {latency: 3, width: 16"),
        (
            "    - name: mac[0..5]\n      class: intmac\n      attributes",
            "      - name: mac[0..5]\n        class: intmac\n        attributes",
        ),
    )
    architecture = read_flat(tmp_path, text + PROBLEM + MAPPING).architecture
    assert architecture.level("pad").attributes == {**INHERITED, "technology": "40nm", "latency": 3}
    assert architecture.compute.attributes == {**INHERITED, "technology": "40nm", "latency": 5}
    assert architecture.level("GLB").attributes == INHERITED


def test_other_classes_are_parts(tmp_path: Path) -> None:
    """A component that Timeloop passes over is a part with all its attributes, and a note says so."""
    text = changed(
        WHOLE,
        ("    - name: mac", "    - name: adders[0..1]\n      class: intadder\n      attributes: {width: 8, anything: x}\n    - name: mac"),
    )
    part = read_flat(tmp_path, text).architecture.parts[0]
    assert (part.name, part.class_name, part.mesh) == ("adders", "intadder", Mesh(x=2))
    assert part.attributes == {**INHERITED, "width": 8, "anything": "x"}
    assert notes_of(tmp_path, text) == [
        'in.yaml:16: architecture.subtree[0].local[3]: adders holds no loop: class "intadder" is neither storage nor compute'
    ]


def test_the_oldest_dialect_lists_levels_from_the_inside_out(tmp_path: Path) -> None:
    """`arithmetic` and `storage`, with instances and a technology in place of ranges and classes."""
    text = """\
arch:
  arithmetic: {name: mac, instances: 6, meshX: 3, word-bits: 16}
  storage:
  - {name: pad, entries: 12, instances: 6, meshX: 3, word-bits: 16}
  - {name: GLB, sizeKB: 4, instances: 1, word-bits: 16, block-size: 2}
  - {name: DRAM, technology: DRAM, instances: 1, word-bits: 16, block-size: 4}
"""
    architecture = read_flat(tmp_path, text + PROBLEM + MAPPING).architecture
    assert [(level.name, level.depth_words, level.width_bits, level.mesh) for level in architecture.storage] == [
        ("DRAM", None, 64, Mesh()),
        ("GLB", 1024, 32, Mesh()),
        ("pad", 12, 16, Mesh(x=3, y=2)),
    ]
    assert (architecture.compute.name, architecture.compute.mesh, architecture.storage[0].is_dram) == ("mac", Mesh(x=3, y=2), True)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ((("version: '0.4'", "version: 0.5"),), "in.yaml:2: architecture.version: seen 0.5, expected one of 0.2, 0.3, 0.4"),
        ((("  version: '0.4'\n", ""),), 'in.yaml:1: architecture: seen no "version", expected one of 0.2, 0.3, 0.4'),
        (
            (("class: intmac", "class: adder"),),
            "in.yaml:1: architecture: seen no compute level, expected a component whose class contains mac or compute",
        ),
        (
            (("    - name: GLB", "    - name: mac2\n      class: compute\n    - name: GLB"),),
            "in.yaml:18: architecture.subtree[0].local[4]: seen a second compute level, mac, expected one compute level",
        ),
        (
            (("name: pad[0..5]", "name: GLB"), ("meshX: 3", "meshX: 1")),
            'in.yaml:13: architecture.subtree[0].local[2].name: seen a second component "GLB", expected a name of its own for each',
        ),
        (
            (("name: pad[0..5]", "name: pad[5..0]"),),
            'in.yaml:13: architecture.subtree[0].local[2].name: seen "pad[5..0]", expected a range that runs upwards, as in PE[0..13]\n'
            "in.yaml:15: architecture.subtree[0].local[2].attributes.meshX: seen 3, expected a divisor of 1, the instances of pad[5..0]",
        ),
        (
            (("depth: 12, meshX: 3", "depth: 12, meshX: 2"),),
            "in.yaml:16: architecture.subtree[0].local[3]: seen meshX 3 of mac inside meshX 2 of pad, expected a multiple of 2\n"
            "in.yaml:16: architecture.subtree[0].local[3]: seen meshY 2 of mac inside meshY 3 of pad, expected a multiple of 3",
        ),
        (
            (("      class: SRAM\n", ""),),
            'in.yaml:10: architecture.subtree[0].local[1]: seen no "class", expected the class of the component: DRAM, SRAM, '
            'regfile, intmac, ...',
        ),
        (
            (("      class: SRAM", "      clas: SRAM\n      class: SRAM"),),
            'in.yaml:11: architecture.subtree[0].local[1].clas: seen an unknown key; did you mean "class"?',
        ),
        (
            (("      class: SRAM", "      energy_scale: 2\n      class: SRAM"),),
            "in.yaml:11: architecture.subtree[0].local[1].energy_scale: seen a key of Timeloop that snnhw does not support; "
            "remove it or set it to 1",
        ),
        (
            (("  - name: system", "  - name: a\n  - name: system"),),
            "in.yaml:3: architecture.subtree: seen 2 subtrees, expected one; put what stands side by side into its `local`\n"
            "in.yaml:1: architecture: seen no storage level, expected a component whose class contains DRAM, SRAM, regfile, "
            "smartbuffer or storage\n"
            "in.yaml:1: architecture: seen no compute level, expected a component whose class contains mac or compute",
        ),
    ],
)
def test_a_wrong_tree_says_what_is_right(tmp_path: Path, changes: tuple[tuple[str, str], ...], fault: str) -> None:
    """Versions, classes, names, meshes and keys of the tree."""
    assert fault_of(tmp_path, changed(ARCHITECTURE, *changes) + PROBLEM + "mapping: []\n") == fault


def test_all_faults_of_an_architecture_come_together(tmp_path: Path) -> None:
    """Three faults in three components are three lines of one error."""
    text = changed(
        WHOLE,
        ("{width: 64, datawidth: 16}", "{width: 64, datawidth: 24}"),
        (BUFFER, "attributes: {width: 32, datawidth: 16, deph: 1024,"),
        ("depth: 12, meshX: 3", "depth: x, meshX: 3"),
    )
    assert fault_of(tmp_path, text).splitlines() == [
        "in.yaml:9: architecture.subtree[0].local[0].attributes.width: seen 64, expected a multiple of 24 (word bits)",
        f'{HERE}: seen no "depth", expected the rows that the level holds; only a DRAM may be without',
        f'{HERE}.deph: seen an unknown key; did you mean "depth"?',
        'in.yaml:15: architecture.subtree[0].local[2].attributes.depth: seen "x", expected an integer >= 0',
    ]


@pytest.mark.parametrize(
    ("value", "expected"),
    [("28nm", 28.0), ("7 nm", 7.0), (65, 65.0), ("45", 45.0), (-1, None), ("DRAM", None), (None, None), ("0.5nm", 0.5),
     (28e-9, pytest.approx(28.0)), ("28e-9", pytest.approx(28.0))],
)
def test_technology_is_read_in_nanometres(value: object, expected: float | None) -> None:
    """With or without the unit, or in m; -1 and words name no node."""
    assert technology_nm(value) == expected


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("LPDDR4_DRAM", "storage"),
        ("SRAM_metadata", "storage"),
        ("smartbuffer_RF", "storage"),
        ("dummy_storage", "storage"),
        ("intmac", "compute"),
        ("fpmac", "compute"),
        ("compute", "compute"),
        ("XY_NoC", "network"),
        ("intadder", "part"),
        ("sram", "part"),
        ("Imac_storage", "storage"),
    ],
)
def test_a_class_is_known_by_a_part_of_its_name(name: str, kind: str) -> None:
    """Letter case counts; storage counts before compute."""
    assert class_kind(name) == kind
