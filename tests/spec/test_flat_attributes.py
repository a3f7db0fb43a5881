"""Attributes of components of the flat dialects."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from spec.flat_inputs import WHOLE, changed, fault_of, notes_of, read_flat

from snnhw.spec.architecture import Architecture, Mesh, MetadataStore, Network, StorageLevel

INHERITED = {"technology": "45nm", "global_cycle_seconds": 2e-9}
HERE = "in.yaml:12: architecture.subtree[0].local[1].attributes"


def architecture_of(tmp_path: Path, *changes: tuple[str, str]) -> Architecture:
    """The architecture of the small input with changes."""
    return read_flat(tmp_path, changed(WHOLE, *changes)).architecture


def buffer_with(tmp_path: Path, attributes: str) -> StorageLevel:
    """The level GLB with these attributes alone."""
    old = "{width: 32, datawidth: 16, depth: 1024, metadata_storage_width: 16, metadata_datawidth: 4, metadata_storage_depth: 64}"
    return architecture_of(tmp_path, (old, attributes)).level("GLB")


def buffer_fault(tmp_path: Path, attributes: str) -> str:
    """The error that these attributes of GLB give."""
    old = "{width: 32, datawidth: 16, depth: 1024, metadata_storage_width: 16, metadata_datawidth: 4, metadata_storage_depth: 64}"
    return fault_of(tmp_path, changed(WHOLE, (old, attributes)))


@pytest.mark.parametrize(
    "attributes",
    [
        "{word-bits: 16, block-size: 2, depth: 1024}",
        "{word_width: 16, n_words: 2, memory_depth: 1024}",
        "{datawidth: 16, memory_width: 32, data_storage_depth: 1024}",
        "{datawidth: 16, data_storage_width: 32, entries: 2048}",
        "{word_bits: 16, width: 32, sizeKB: 4}",
        "{width: 32, depth: 1024}",
        "{datawidth: 16, width: 32, block_size: 2, cluster-size: 1, depth: 1024}",
    ],
)
def test_all_spellings_of_a_size_are_one(tmp_path: Path, attributes: str) -> None:
    """4096 bytes in rows of 32 bits and words of 16, the default width of a word."""
    expected = replace(architecture_of(tmp_path).level("GLB"), metadata=None)
    assert buffer_with(tmp_path, attributes) == expected


def test_a_cluster_shares_a_row(tmp_path: Path) -> None:
    """A width of block times cluster words is one row of all instances of a cluster."""
    level = buffer_with(tmp_path, "{datawidth: 16, width: 128, cluster_size: 4, depth: 8}")
    assert (level.width_bits, level.cluster_size, level.depth_words) == (128, 4, 8)
    level = buffer_with(tmp_path, "{datawidth: 16, width: 128, block_size: 2, depth: 8}")
    assert (level.width_bits, level.cluster_size, level.depth_words) == (128, 4, 8)


def test_all_else_of_a_level(tmp_path: Path) -> None:
    """Bandwidths, buffering, wires, latencies and gates reach the level; what estimators read stays in the attributes."""
    level = buffer_with(
        tmp_path,
        "{width: 32, datawidth: 16, depth: 4, multiple-buffering: 2, read_bandwidth: 1.5, write_bandwidth: 2, "
        "shared_bandwidth: 3, per_dataspace_bandwidth_consumption_scale: {Inputs: 0.5}, reduction_supported: false, "
        "wire-energy: 0.1, router_energy: 0.2, tile-width: 30, network_fill_latency: 4, network_drain_latency: 5, "
        "power_gated_at: DRAM, n_banks: 4, decompression_supported: true}",
    )
    assert level == StorageLevel(
        name="GLB",
        class_name="SRAM",
        width_bits=32,
        word_bits=16,
        depth_words=4,
        multiple_buffering=2.0,
        read_bandwidth=1.5,
        write_bandwidth=2.0,
        shared_bandwidth=3.0,
        bandwidth_scale={"Inputs": 0.5},
        reduction_supported=False,
        power_gated_at="DRAM",
        network=Network(
            wire_energy_pJ_per_bit_mm=0.1, router_energy_pJ=0.2, tile_width_um=30.0, fill_latency_cycles=4, drain_latency_cycles=5
        ),
        attributes={**INHERITED, "n_banks": 4, "decompression_supported": True},
    )


def test_the_old_bandwidth_is_halved(tmp_path: Path) -> None:
    """`bandwidth` is half for reading and half for writing, unless one of them is given."""
    level = buffer_with(tmp_path, "{depth: 4, bandwidth: 10, write_bandwidth: 7}")
    assert (level.read_bandwidth, level.write_bandwidth, level.shared_bandwidth) == (5.0, 7.0, None)


def test_metadata_without_words(tmp_path: Path) -> None:
    """Keys that are absent are 0 bits and, on chip, 0 rows; all of them 0 is no store."""
    assert buffer_with(tmp_path, "{depth: 4, metadata_width: 8}").metadata == MetadataStore(width_bits=8, depth_words=0, word_bits=0)
    assert buffer_with(tmp_path, "{depth: 4, metadata_width: 0, metadata_depth: 0, metadata_word_bits: 0}").metadata is None
    dram = architecture_of(tmp_path, ("{width: 64, datawidth: 16}", "{width: 64, datawidth: 16, metadata_storage_width: 8}")).level("DRAM")
    assert dram.metadata == MetadataStore(width_bits=8, depth_words=None, word_bits=0)


def test_a_technology_of_dram_makes_a_dram(tmp_path: Path) -> None:
    """As in the oldest dialect, where levels have no class."""
    level = buffer_with(tmp_path, "{width: 32, datawidth: 16, technology: DRAM}")
    assert (level.is_dram, level.depth_words, level.reduction_supported) == (True, None, False)


def test_a_dummy_without_rows_only_fans_out(tmp_path: Path) -> None:
    """A dummy_storage with rows is a level like any other, as Timeloop has it."""
    dummy = architecture_of(tmp_path, ("class: SRAM", "class: dummy_storage"), ("depth: 1024", "depth: 0")).level("GLB")
    assert (dummy.is_dummy, dummy.depth_words) == (True, None)
    assert not architecture_of(tmp_path, ("class: SRAM", "class: dummy_storage")).level("GLB").is_dummy


@pytest.mark.parametrize(
    ("attributes", "mesh"),
    [
        ("meshX: 3", Mesh(x=3, y=2)),
        ("meshY: 3", Mesh(x=2, y=3)),
        ("meshX: 2, meshY: 3", Mesh(x=2, y=3)),
        ("latency: 1", Mesh(x=6, y=1)),
        ("instances: 12, meshX: 4", Mesh(x=4, y=3)),
    ],
)
def test_a_mesh_is_completed(tmp_path: Path, attributes: str, mesh: Mesh) -> None:
    """The missing side follows from the instances; without any side all instances lie along X."""
    text = changed(
        WHOLE, ("depth: 12, meshX: 3", f"depth: 12, {attributes}"), ("{datawidth: 16, meshX: 3}", f"{{datawidth: 16, {attributes}}}")
    )
    architecture = read_flat(tmp_path, text).architecture
    assert (architecture.level("pad").mesh, architecture.compute.mesh) == (mesh, mesh)


@pytest.mark.parametrize(
    ("attributes", "fault"),
    [
        ("{width: 32, datawidth: 16, depht: 4, depth: 8}", f'{HERE}.depht: seen an unknown key; did you mean "depth"?'),
        ("{width: 32, datawidth: 16}", f'{HERE}: seen no "depth", expected the rows that the level holds; only a DRAM may be without'),
        ("{width: 32, datawidth: 12, depth: 4}", f"{HERE}.width: seen 32, expected a multiple of 12 (word bits)"),
        (
            "{width: 32, datawidth: 8, block_size: 3, depth: 4}",
            f"{HERE}.width: seen 32, expected a multiple of 8 (word bits) * 3 (block size)",
        ),
        (
            "{width: 32, datawidth: 8, block_size: 2, cluster_size: 4, depth: 4}",
            f"{HERE}.width: seen 32, expected 8 (word bits) * 2 (block size) * 4 (cluster size)",
        ),
        ("{width: abc, depth: 4}", f'{HERE}.width: seen "abc", expected an integer >= 1'),
        ("{width: 32.5, depth: 4}", f"{HERE}.width: seen 32.5, expected an integer >= 1"),
        ("{width: 32, depth: -4}", f"{HERE}.depth: seen -4, expected an integer >= 0"),
        ("{width: 32, depth: true}", f"{HERE}.depth: seen true, expected an integer >= 0"),
        ("{depth: 4, read_bandwidth: 0}", f"{HERE}.read_bandwidth: seen 0, expected a number > 0"),
        ("{depth: 4, wire_energy: -1}", f"{HERE}.wire_energy: seen -1, expected a number >= 0"),
        ("{depth: 4, wire_energy: [1]}", f"{HERE}.wire_energy: seen a list, expected a number >= 0"),
        ("{depth: 4, reduction_supported: maybe}", f'{HERE}.reduction_supported: seen "maybe", expected true or false'),
        ("{depth: 4, sizeKB: 4}", f"{HERE}.sizeKB: seen sizeKB beside depth, expected one size"),
        ("{entries: 5, n_words: 2}", f"{HERE}.entries: seen 5 words in rows of 2, expected a whole number of rows"),
        ("{depth: 4, instances: 0}", f"{HERE}.instances: seen 0, expected an integer >= 1"),
        (
            "{depth: 4, meshX: 2}",
            f"{HERE}.meshX: seen 2, expected a divisor of 1, the instances of GLB\n"
            "in.yaml:13: architecture.subtree[0].local[2]: seen meshX 3 of pad inside meshX 2 of GLB, expected a multiple of 2",
        ),
        (
            "{depth: 4, meshX: 2, meshY: 2}",
            f"{HERE}.meshX: seen meshX * meshY = 2 * 2, expected 1, the instances of GLB\n"
            "in.yaml:13: architecture.subtree[0].local[2]: seen meshX 3 of pad inside meshX 2 of GLB, expected a multiple of 2",
        ),
        (
            "{depth: 4, per_dataspace_bandwidth_consumption_scale: {Input: 2}}",
            f'{HERE}.per_dataspace_bandwidth_consumption_scale.Input: seen an unknown key; did you mean "Inputs"?',
        ),
        (
            "{depth: 4, metadata_width: 10, metadata_datawidth: 4}",
            f"{HERE}.metadata_width: seen 10, expected a multiple of 4, the metadata words of a row",
        ),
        ("{depth: 4, power_gated_at: DRM}", f'{HERE}.power_gated_at: seen "DRM", expected a storage level: DRAM, GLB, pad'),
        ("{depth: 4, technology: [1]}", f"{HERE}.technology: seen a list, expected a number, a string, true or false"),
        ("{depth: 4, word-bits: 8, word_bits: 8}", f'{HERE}.word_bits: seen "word_bits" beside "word-bits", expected one of the two'),
        ("[1]", f"{HERE}: seen a list, expected a mapping"),
    ],
)
def test_a_wrong_attribute_says_what_is_right(tmp_path: Path, attributes: str, fault: str) -> None:
    """File, line, key, what is seen and what would be right."""
    assert buffer_fault(tmp_path, attributes) == fault


@pytest.mark.parametrize(
    ("attribute", "why"),
    [
        ("network_read: noc", " (a network that the user declares); remove it"),
        ("network_type: 'M:N'", ' (distributed multicast); remove it or set it to "1:N"'),
        ("energy_per_hop: 1", " (wires are given by wire_energy and tile_width); remove it"),
        ("energy-per-ingress: 1", "; remove it or set it to 0"),
        ("network_word_bits: 8", " (wires of another width than the words); remove it or set it to 16"),
        ("min_utilization: 0.5", "; remove it or set it to 0"),
        ("allow_overbooking: true", "; remove it or set it to false"),
        ("tile_partition_supported: true", "; remove it or set it to false"),
    ],
)
def test_what_timeloop_knows_and_snnhw_does_not_is_an_error(tmp_path: Path, attribute: str, why: str) -> None:
    """Never silence; the value at which the key does nothing is named."""
    key = attribute.split(":")[0]
    assert buffer_fault(tmp_path, f"{{depth: 4, {attribute}}}") == f"{HERE}.{key}: seen a key of Timeloop that snnhw does not support{why}"


@pytest.mark.parametrize(
    "attribute",
    ["network_type: '1:N'", "energy-per-ingress: 0", "network_word_bits: 16", "min_utilization: 0.0", "allow_overbooking: false"],
)
def test_such_a_key_may_have_the_value_at_which_it_does_nothing(tmp_path: Path, attribute: str) -> None:
    """As published inputs often say it."""
    assert buffer_with(tmp_path, f"{{depth: 4, {attribute}}}") == buffer_with(tmp_path, "{depth: 4}")


def test_a_traversal_that_timeloop_never_looks_at_gets_a_note(tmp_path: Path) -> None:
    """Timeloop 4cf6d4c reads `concordant_compressed_tile_traversal` into its specs, and nothing uses it from there."""
    attributes = "{width: 16, datawidth: 16, depth: 12, meshX: 3"
    notes = notes_of(tmp_path, changed(WHOLE, (attributes, f"{attributes}, concordant_compressed_tile_traversal: true")))
    assert notes == ["in.yaml:15: architecture.subtree[0].local[2].attributes.concordant_compressed_tile_traversal: "
                     "Timeloop reads it and does not use it"]
    assert notes_of(tmp_path, changed(WHOLE, (attributes, f"{attributes}, concordant_compressed_tile_traversal: false"))) == []
