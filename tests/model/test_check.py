"""Mappings that do not fit, and what is said of them."""

from __future__ import annotations

import pytest
from model.cases import architecture, fmt, level, loops, mapping, matmul, problem, run, saf, sparse, tensor

from snnhw.errors import CapacityError, MappingError
from snnhw.spec.architecture import Architecture
from snnhw.spec.mapping import Mapping
from snnhw.spec.problem import Problem

TWO = (level("DRAM", dram=True), level("Buf"))
FITS = mapping(loops("DRAM", "M2 N2 K2", keep="ABZ"), loops("Buf", "M2 N2 K2", keep="ABZ"))
ALL = "MNK"


def refused(arch: Architecture, prob: Problem, nest: Mapping, kind: type[MappingError] = MappingError) -> str:
    with pytest.raises(kind) as caught:
        run(arch, prob, nest)
    assert type(caught.value) is kind
    return str(caught.value)


def test_factors_have_to_make_up_the_bound():
    nest = mapping(loops("DRAM", "M2 N2 K2", keep="ABZ"), loops("Buf", "M2 N3 K2", keep="ABZ"))
    assert refused(architecture(*TWO), matmul(), nest) == "factors of dimension N multiply to 6, its bound is 4"


def test_spatial_factors_count_too():
    nest = mapping(loops("DRAM", "M4 N4", x="K2", y="K2", keep="ABZ"), loops("Buf", "K2", keep="ABZ"))
    assert refused(architecture(*TWO), matmul(), nest) == "factors of dimension K multiply to 8, its bound is 4"


def test_the_levels_are_those_of_the_architecture():
    nest = mapping(loops("DRAM", "M4 N4 K4", keep="ABZ"))
    assert refused(architecture(*TWO), matmul(), nest) == "the mapping has the levels DRAM; the architecture has DRAM, Buf"
    nest = mapping(*FITS.levels[::-1])
    assert refused(architecture(*TWO), matmul(), nest) == "the mapping has the levels Buf, DRAM; the architecture has DRAM, Buf"


def test_some_level_has_to_keep_a_tensor():
    nest = mapping(loops("DRAM", "M2 N2 K2", keep="AZ"), loops("Buf", "M2 N2 K2", keep="A"))
    assert refused(architecture(*TWO), matmul(), nest) == "no level keeps B"


@pytest.mark.parametrize(("axis", "message"), [
    ("x", "mac: 4 instances mapped along X, 2 there; unroll less above it"),
    ("y", "mac: 4 instances mapped along Y, 3 there; unroll less above it")])
def test_more_computes_than_there_are(axis, message):
    nest = mapping(loops("DRAM", "M4 N4", keep="ABZ"), loops("Buf", keep="ABZ", **{axis: "K4"}))
    assert refused(architecture(*TWO, macs=(2, 3)), matmul(), nest, CapacityError) == message


def test_more_buffers_than_there_are():
    """Four along X where two are, though four computes are there."""
    arch = architecture(level("DRAM", dram=True), level("Buf", mesh=(2, 1)), macs=(4, 1))
    nest = mapping(loops("DRAM", "M4 N4", x="K4", keep="ABZ"), loops("Buf", keep="ABZ"))
    assert refused(arch, matmul(), nest, CapacityError) == "Buf: 4 instances mapped along X, 2 there; unroll less above it"


def test_a_tile_larger_than_its_buffer():
    """2 x 2 words of each tensor in 11 words."""
    assert refused(architecture(level("DRAM", dram=True), level("Buf", depth=11)), matmul(), FITS, CapacityError) == (
        "Buf: tile of 12 words exceeds the 11 words it holds; cut a factor inside it")
    run(architecture(level("DRAM", dram=True), level("Buf", depth=12)), matmul(), FITS)


def test_a_tile_larger_than_its_half_of_a_double_buffer():
    arch = architecture(level("DRAM", dram=True), level("Buf", depth=23, multiple_buffering=2.0))
    assert refused(arch, matmul(), FITS, CapacityError) == (
        "Buf: tile of 12 words exceeds the 11 words it holds; cut a factor inside it")


def test_a_compressed_tile_fits_by_its_worst_non_zeros():
    """A of density 1/4: fixed, one of four words; uniform, all four non-zeros may fall into one tile."""
    parts = sparse(fmt("DRAM", "A", "CP CP", ALL), fmt("Buf", "A", "CP", ALL))
    arch = architecture(level("DRAM", dram=True), level("Buf", depth=9), sparse=parts)
    run(arch, matmul(a=0.25), FITS)
    assert refused(arch, matmul(a=0.25, model="hypergeometric"), FITS, CapacityError) == (
        "Buf: tile of 12 words exceeds the 9 words it holds; cut a factor inside it")


def test_metadata_larger_than_its_store():
    """A bit for each of 4 words, and as many for B's, in a store of 7."""
    parts = sparse(*(fmt(where, name, "UB", ALL) for where in ("DRAM", "Buf") for name in "AB"))
    arch = architecture(level("DRAM", dram=True), level("Buf", depth=100, metadata=(1, 7, 1)), sparse=parts)
    assert refused(arch, matmul(), FITS, CapacityError) == (
        "Buf: metadata of 8 bits exceeds what its metadata store holds; raise metadata_storage_depth or cut a factor inside it")


def test_too_few_ranks():
    arch = architecture(*TWO, sparse=sparse(fmt("DRAM", "A", "CP", ALL), fmt("Buf", "A", "CP", ALL)))
    assert refused(arch, matmul(), FITS) == (
        "DRAM: the format of A has too few ranks for the loops it has to describe; "
        "give it one rank more than the next inner level, or a flattening rule with all dimensions")


@pytest.mark.parametrize(("outer", "inner"), [("RLE CP", "RLE"), ("CP B", "CP"), ("CP", "CP CP")])
def test_inner_ranks_differ(outer, inner):
    """The outer level hands on tiles in the inner one's format, so it needs the same ranks inside."""
    arch = architecture(*TWO, sparse=sparse(fmt("DRAM", "A", outer, ALL), fmt("Buf", "A", inner, ALL)))
    assert refused(arch, matmul(), FITS) == (
        "DRAM: the inner ranks of A are not those of the next inner level that keeps it; use the same formats there")


def test_a_compressed_tensor_goes_to_a_level_that_keeps_it_uncompressed():
    parts = sparse(fmt("DRAM", "A", "CP CP", ALL))
    assert refused(architecture(*TWO, sparse=parts), matmul(), FITS) == (
        "Buf: A comes compressed and is kept uncompressed here; set decompression_supported or give it a format")
    run(architecture(TWO[0], level("Buf", attributes={"decompression_supported": True}), sparse=parts), matmul(), FITS)


def test_nowhere_to_gate():
    """B is gated at DRAM or outside it, and only the buffer keeps it."""
    arch = architecture(*TWO, sparse=sparse(saf("DRAM", "gating", "B", "A")))
    nest = mapping(loops("DRAM", "M2 N2 K2", keep="AZ"), loops("Buf", "M2 N2 K2", keep="ABZ"))
    assert refused(arch, matmul(), nest) == "a gated or skipped tensor is kept at no level from the optimisation outwards"


def test_a_level_that_passes_the_tensor_by_gates_at_the_next_outer_one():
    """B at the buffer is DRAM's then: 3/4 of 64 reads."""
    arch = architecture(*TWO, sparse=sparse(saf("Buf", "gating", "B", "A")))
    nest = mapping(loops("DRAM", "M4 N4 K4", keep="ABZ"), loops("Buf", keep="AZ"))
    dram = next(found for found in run(arch, matmul(a=0.25), nest).levels if found.name == "DRAM")
    assert (dram.tensors["B"].reads, dram.tensors["B"].gated_reads) == (16, 48)


def test_a_banded_tensor_is_a_square_matrix():
    prob = problem("M4 N2 K2", tensor("A", "M", "K", model="banded", band_width=1), tensor("B", "K", "N"),
                   tensor("Z", "M", "N", output=True))
    nest = mapping(loops("DRAM", "M4 N2 K2", keep="ABZ"))
    arch = architecture(level("DRAM", dram=True), sparse=sparse(saf("DRAM", "gating", "B", "A")))
    assert refused(arch, prob, nest) == "A is 4 x 2; a banded density needs a square matrix"


def last_passes(outer: str, inner: str, **space: str) -> str:
    nest = mapping(loops("DRAM", outer, keep="AZ", **space), loops("Buf", inner, keep="AZ"))
    return refused(architecture(level("DRAM", dram=True), level("Buf", mesh=(8, 8)), macs=(8, 8)), COPY, nest)


COPY = problem("P8 M4", tensor("A", "P"), tensor("Z", "M", output=True))


def test_passes_have_to_make_up_the_bound():
    """Two full passes of 3 and one of 1 are 7."""
    assert last_passes("P3 M4", "P3,1") == (
        "factors of dimension P (P=3 P=3,1, outermost first) cover 7 iterations, its bound is 8; "
        "they cover 1 + the sum of (last pass - 1) * bounds inside")


def test_a_last_pass_is_a_part_of_its_loop():
    assert last_passes("P3 M4", "P3,4") == "the last pass of P=3,4 has 4 iterations; give it 1 to 3"


def test_in_space_the_last_pass_is_not_the_only_one():
    """Timeloop stops there, too: the mean over the passes would be that of one."""
    assert last_passes("M4", "P4", x="P3,2") == (
        "DRAM: P=3,2 in space has no loop over P outside, so that its last pass is its only one; write P=2")


def test_shorter_passes_go_along_one_axis():
    assert last_passes("P2 M4", "", x="P3,2", y="P2,1") == (
        "DRAM: P is unrolled along X and Y, and a loop over it has a shorter last pass; unroll it along one of them")
