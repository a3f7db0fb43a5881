"""Spatial skipping: instances that would get nothing but zeros are not there.

Z[M,N] = A[M,K] B[K,N] on an array of columns; A's format is known above it, and the level above the array skips B and Z where A is zero.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from model.cases import architecture, at, fmt, level, level_of, loops, mapping, matmul, problem, run, saf, sparse, tensor

from snnhw.errors import CapacityError, MappingError, SearchError
from snnhw.model.density import MODELS, most_non_empty
from snnhw.model.result import Evaluation
from snnhw.search import search
from snnhw.spec.architecture import Architecture
from snnhw.spec.constraints import Constraints
from snnhw.spec.mapper import MapperConfig
from snnhw.spec.mapping import Mapping
from snnhw.spec.problem import Problem
from snnhw.spec.reference import ReferenceTable
from snnhw.spec.sparse import ActionOptimization, FormatRank, RepresentationFormat

SKIPS = (saf("DRAM", "skipping_spatial", "B", "A"), saf("DRAM", "skipping_spatial", "Z", "A"))
FORMAT = fmt("DRAM", "A", "UB", "MNK")


def chip(columns: int, *parts: ActionOptimization, formats: bool = True) -> Architecture:
    """DRAM over columns of multipliers."""
    formed = (FORMAT,) if formats else ()
    return architecture(level("DRAM", dram=True), macs=(columns, 1), sparse=sparse(*formed, *parts))


def wide(bound: int = 8) -> Mapping:
    """K over the columns."""
    return mapping(loops("DRAM", "M4 N4", x=f"K{bound}", keep="ABZ"))


def test_a_mapping_may_be_twice_as_wide_as_the_array_where_half_is_skipped() -> None:
    found = run(chip(4, *SKIPS), matmul("M4 N4 K8", a=0.5), wide())
    assert level_of(found, "mac").computes == 4 * 4 * 8 / 2
    assert found.cycles == 4 * 4
    assert found.utilization == 1.0


def test_half_the_array_works_if_the_array_is_as_wide_as_the_mapping() -> None:
    """The steps take their time all the same."""
    found = run(chip(8, *SKIPS), matmul("M4 N4 K8", a=0.5), wide())
    assert (found.cycles, found.utilization) == (16, 0.5)


def test_what_the_level_itself_reads_stays() -> None:
    """Its accesses serve whoever is there; only what lies further inside is less."""
    arch = architecture(level("DRAM", dram=True), level("Buf", mesh=(4, 1)), macs=(4, 1), sparse=sparse(FORMAT, *SKIPS))
    nest = mapping(loops("DRAM", "M4 N4", x="K8", keep="ABZ"), loops("Buf", keep="BZ"))
    with_skipping = run(arch, matmul("M4 N4 K8", a=0.5), nest)
    without = run(replace(arch, sparse=sparse(FORMAT), storage=(arch.storage[0], level("Buf", mesh=(8, 1))),
                          compute=chip(8).compute), matmul("M4 N4 K8", a=0.5), nest)
    assert at(with_skipping, "DRAM", "B") == at(without, "DRAM", "B")
    assert at(with_skipping, "Buf", "B").reads == at(without, "Buf", "B").reads / 2
    assert at(with_skipping, "Buf", "B").instances == at(without, "Buf", "B").instances / 2 == 4


def test_too_many_instances_left_are_refused() -> None:
    with pytest.raises(CapacityError, match=r"^mac: 4 instances needed along X after spatial skipping, 3 there; unroll less above it$"):
        run(chip(3, *SKIPS), matmul("M4 N4 K8", a=0.5), wide())


@pytest.mark.parametrize("left_out", [0, 1])
def test_a_tensor_that_is_not_skipped_needs_all_instances(left_out: int) -> None:
    with pytest.raises(CapacityError, match=r"^mac: 8 instances needed along X after spatial skipping, 4 there"):
        run(chip(4, SKIPS[left_out]), matmul("M4 N4 K8", a=0.5), wide())


def test_nothing_is_skipped_where_no_format_says_what_is_empty() -> None:
    with pytest.raises(CapacityError, match=r"^mac: 8 instances needed"):
        run(chip(4, *SKIPS, formats=False), matmul("M4 N4 K8", a=0.5), wide())


def test_random_zeros_need_all_instances_at_their_worst() -> None:
    """A row of the array may be full."""
    with pytest.raises(CapacityError, match=r"^mac: 8 instances needed"):
        run(chip(4, *SKIPS), matmul("M4 N4 K8", a=0.5, model="hypergeometric"), wide())
    found = run(chip(8, *SKIPS), matmul("M4 N4 K8", a=0.5, model="hypergeometric"), wide())
    assert (level_of(found, "mac").computes, found.cycles) == (64, 16)


def test_without_zeros_spatial_skipping_is_as_if_it_were_not_there() -> None:
    prob = matmul("M4 N4 K8", b=0.5)
    assert run(chip(8, *SKIPS), prob, wide()) == run(chip(8), prob, wide())


@pytest.mark.parametrize("follow_faults", [False, True])
def test_a_tensor_of_zeros_leaves_nothing(follow_faults: bool) -> None:
    found = run(chip(1, *SKIPS), matmul("M4 N4 K8", a=0.0), wide(), follow_faults=follow_faults)
    assert level_of(found, "mac").computes == 0
    assert np.isfinite(found.energy_pJ)


def test_a_part_is_empty_only_if_it_is_empty_all_the_time_that_the_target_stays() -> None:
    """B in the buffer stays over M, so a column goes only where A is zero for both rows: P = 1/4 of four zeros in eight words."""
    arch = architecture(level("DRAM", dram=True), level("Buf", mesh=(4, 1)), macs=(4, 1), sparse=sparse(FORMAT, SKIPS[0]))
    nest = mapping(loops("DRAM", "N2 M2", x="K4", keep="ABZ"), loops("Buf", keep="B"))
    shares = {}
    for order in ("N2 M2", "M2 N2"):
        found = run(arch, matmul("M2 N2 K4", a=0.5, model="hypergeometric"), replace(nest, levels=(
            loops("DRAM", order, x="K4", keep="ABZ"), nest.levels[1])))
        shares[order] = at(found, "Buf", "B").instances / 4
    assert shares == {"N2 M2": pytest.approx(1 - 4 * 3 / (8 * 7)), "M2 N2": 0.5}


def test_conditions_multiply() -> None:
    both = sparse(FORMAT, fmt("DRAM", "B", "UB", "MNK"), saf("DRAM", "skipping_spatial", "Z", "AB"))
    arch = architecture(level("DRAM", dram=True), level("Buf", mesh=(8, 1)), macs=(8, 1), sparse=both)
    nest = mapping(loops("DRAM", "M4 N4", x="K8", keep="ABZ"), loops("Buf", keep="Z"))
    assert at(run(arch, matmul("M4 N4 K8", a=0.5, b=0.5), nest), "Buf", "Z").instances == 8 / 4


def test_no_mapping_takes_more_steps_than_without_zeros() -> None:
    """In the reference the products of which one factor is zero, 96 of 128, take turns on the 4 of 8 columns that A and B need each."""
    arch = architecture(level("DRAM", dram=True), macs=(8, 1), sparse=sparse(
        FORMAT, fmt("DRAM", "B", "UB", "MNK"), saf("DRAM", "skipping_spatial", "Z", "AB")))
    prob = matmul("M4 N4 K8", a=0.5, b=0.5)
    assert (run(arch, prob, wide()).cycles, run(arch, prob, wide(), follow_faults=True).cycles) == (16, 24)


def two_arrays(prob: Problem, **options: bool) -> Evaluation:
    """Rows of four buffers, over which B and Z are skipped, with a multiplier each."""
    arch = architecture(level("DRAM", dram=True), level("Buf", mesh=(4, 1)), macs=(8, 1), sparse=sparse(FORMAT, *SKIPS))
    return run(arch, prob, mapping(loops("DRAM", "N4 K2", x="K4", keep="ABZ"), loops("Buf", x="N2", keep="BZ")), **options)  # type: ignore[arg-type]


def test_what_is_left_out_outside_is_left_out_inside() -> None:
    found = two_arrays(matmul("M1 N8 K8", a=0.5))
    assert (level_of(found, "mac").computes, found.cycles) == (32, 8)


def test_averages_pass_inwards_though_the_worst_case_needs_all() -> None:
    """The reference passes them on only with the worst case, so that half the products take half the steps of a full array."""
    prob = matmul("M1 N8 K8", a=0.5, model="hypergeometric")
    assert (level_of(two_arrays(prob), "mac").computes, two_arrays(prob).cycles) == (32, 8)
    assert two_arrays(prob, follow_faults=True).cycles == 4


def test_a_tensor_skipped_in_space_and_in_time_at_one_level_is_refused() -> None:
    with pytest.raises(MappingError, match=r"^DRAM: B is skipped in space and gated or skipped in time; take one of them out$"):
        run(chip(8, *SKIPS, saf("DRAM", "gating", "B", "A")), matmul("M4 N4 K8", a=0.5), wide())


def test_skipping_in_time_inside_saves_what_skipping_in_space_has_left() -> None:
    """Both on the same words of A: nothing is left to skip inside."""
    arch = architecture(level("DRAM", dram=True), level("Buf", mesh=(8, 1)), macs=(8, 1),
                        sparse=sparse(FORMAT, *SKIPS, saf("Buf", "skipping", "B", "A")))
    found = run(arch, matmul("M4 N4 K8", a=0.5), mapping(loops("DRAM", "M4 N4", x="K8", keep="ABZ"), loops("Buf", keep="B")))
    assert (at(found, "Buf", "B").reads, at(found, "Buf", "B").skipped_reads) == (8, 0)
    assert level_of(found, "mac").computes == 64


@pytest.mark.parametrize(("band", "bound"), [(0, 2), (1, 2), (1, 4), (2, 4)])
def test_the_most_tiles_of_a_banded_fibre_that_hold_something(band: int, bound: int) -> None:
    matrix = np.abs(np.subtract.outer(np.arange(16), np.arange(16))) <= band
    rows, columns = 2, 2
    tiles = matrix.reshape(16 // rows, rows, 16 // columns, columns).any(axis=(1, 3))
    most = tiles.reshape(tiles.shape[0], -1, bound).sum(axis=2).max()
    law = np.array([MODELS["banded"], matrix.mean(), 256, 16, band])
    assert most_non_empty(law, 4, rows, 4 * bound, rows, bound, False) == most


def test_overlapping_tiles_are_no_more_than_there_are() -> None:
    """Four words two apart lie in a box of seven: at most four instances are needed, where the reference finds seven."""
    prob = problem("P4 M2", tensor("W", "M"), tensor("I", "2P", density=1.0), tensor("O", "M", "P", output=True))
    arch = architecture(level("DRAM", dram=True), macs=(4, 1),
                        sparse=sparse(fmt("DRAM", "I", "UB", "PM"), saf("DRAM", "skipping_spatial", "W", "I")))
    nest = mapping(loops("DRAM", "M2", x="P4", keep="WIO"))
    assert run(arch, prob, nest).cycles == 2
    with pytest.raises(CapacityError, match=r"^mac: 7 instances needed"):
        run(arch, prob, nest, follow_faults=True)


def test_the_search_says_that_it_does_not_skip_in_space() -> None:
    with pytest.raises(SearchError, match=r"^skipping_spatial: snnhw models it in a given mapping"):
        search(chip(4, *SKIPS), matmul(), Constraints(), ReferenceTable(components={}), MapperConfig())


def tensor_core(k_over_columns: int, k_steps: int, density: float, bits: int) -> Evaluation:
    """The sparse tensor core of the MICRO 2022 artifact (figure 15), without its energies: 16 columns by 64 rows of multipliers."""
    def ranked(where: str, offsets: int) -> RepresentationFormat:
        ranks = (*[FormatRank(format="UOP", payload_word_bits=0)] * offsets, FormatRank(format="CP", metadata_word_bits=bits))
        return RepresentationFormat(level=where, tensor="A", ranks=ranks, outer_to_inner=offsets == 0)
    arch = architecture(
        level("DRAM", dram=True, width=64, metadata=(64, None, 8), read_bandwidth=32, write_bandwidth=32),
        level("SMEM", depth=4096 * 64, width=512, metadata=(64, 8192, 8), read_bandwidth=42, write_bandwidth=42),
        level("RF", depth=2048, mesh=(1, 4)), level("LRF", depth=1, mesh=(16, 64), metadata=(8, 1, 8)), macs=(16, 64),
        sparse=sparse(ranked("DRAM", 6), ranked("SMEM", 4), ranked("LRF", 0),
                      saf("RF", "skipping_spatial", "B", "A"), saf("RF", "skipping_spatial", "Z", "A")))
    prob = problem("M128 N1024 K1152", tensor("A", "M", "K", density=density), tensor("B", "N", "K"), tensor("Z", "M", "N", output=True))
    nest = mapping(loops("DRAM", "N8", keep="ABZ"), loops("SMEM", "M2", y="M4", keep="AB"),
                   loops("RF", f"K{k_steps}", x=f"K{k_over_columns}", y="M16", keep="Z"), loops("LRF", "N128", keep="A"))
    return run(arch, prob, nest, follow_faults=True)


@pytest.mark.parametrize(("k_over_columns", "k_steps", "density", "bits", "computes", "cycles"), [
    (32, 36, 0.5, 2, 75497472, 73728), (64, 18, 0.25, 3, 37748736, 66707)])
def test_published_figures_of_sparse_tensor_cores(k_over_columns: int, k_steps: int, density: float, bits: int, computes: int,
                                                  cycles: int) -> None:
    """STC and STC_flexible, M128-K1152-N1024, two and one of four weights: operations, cycles and instances as printed in 2022."""
    found = tensor_core(k_over_columns, k_steps, density, bits)
    assert (level_of(found, "mac").computes, found.cycles) == (computes, cycles)
    assert at(found, "LRF", "A").instances == 1024
