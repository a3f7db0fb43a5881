"""What counts cost: rows, energy, cycles."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from model.cases import architecture, at, fmt, level, level_of, loops, mapping, matmul, run, saf, sparse

from snnhw.model.charges import row_ratio
from snnhw.model.density import FIXED_STRUCTURED, HYPERGEOMETRIC

NEST = mapping(loops("DRAM", "M4 N4 K4", keep="ABZ"))
"""64 operations; each reads a word of A and of B and updates one of Z; Z is read 64 - 16 times."""


def law(model: int, density: float, words: int) -> np.ndarray:
    return np.array([model, density, words, 0, 0], np.float64)


def tile(words: int) -> np.ndarray:
    return np.array([words, words], np.int64)


@pytest.mark.parametrize("rows", [2, 3, 4, 7, 32, 64])
@pytest.mark.parametrize(("size", "r", "words"), [(12, 5, 8), (40, 9, 21)])
def test_rows_of_a_compressed_tile(rows, size, r, words):
    """Expected rows, each perhaps not full, over the rows that the expected non-zeros would fill; at any number of words a row."""
    chances = [Fraction(math.comb(r, k) * math.comb(size - r, words - k), math.comb(size, words)) for k in range(words + 1)]
    expected = sum(k * p for k, p in enumerate(chances))
    taken = sum(math.ceil(k / rows) * p for k, p in enumerate(chances))
    found = row_ratio(law(HYPERGEOMETRIC, r / size, size), tile(words), float(expected), float(rows))
    assert found == pytest.approx(float(taken / (expected / rows)))


@pytest.mark.parametrize(("non_zeros", "rows"), [(0.0, 4.0), (8.0, 4.0), (3.0, 1.0)])
def test_rows_are_full_where_it_cannot_matter(non_zeros, rows):
    """No non-zero, no zero, or one word a row."""
    assert row_ratio(law(FIXED_STRUCTURED, non_zeros / 8, 64), tile(8), non_zeros, rows) == 1.0


@pytest.mark.parametrize(("words", "matters"), [(2 * 251 - 2, True), (2 * 251, False)])
def test_a_tile_of_many_rows_is_taken_to_fill_them(words, matters):
    """Timeloop's table: at 2 words a row and a density of 0.05, from 251 rows on a half-filled last one is left out."""
    assert (row_ratio(law(FIXED_STRUCTURED, 0.05, 4096), tile(words), 0.05 * words, 2.0) != 1.0) == matters


def test_energy_is_that_of_whole_rows():
    """Rows of 5 words: 64 reads are 13 rows of 3 pJ, 64 updates 13 of 5 pJ, 48 reads of partial sums 10 of 3 pJ; 64 operations of 2 pJ."""
    evaluation = run(architecture(level("DRAM", dram=True, width=40)), matmul(), NEST, read=3.0, write=5.0, compute=2.0)
    assert at(evaluation, "DRAM", "A").energy_pJ == at(evaluation, "DRAM", "B").energy_pJ == 13 * 3.0
    assert at(evaluation, "DRAM", "Z").energy_pJ == 10 * 3.0 + 13 * 5.0
    assert evaluation.levels[0].energy_pJ == 64 * 2.0
    assert evaluation.energy_pJ == 2 * 13 * 3.0 + 10 * 3.0 + 13 * 5.0 + 64 * 2.0


def test_gated_and_skipped_accesses_have_energies_of_their_own():
    """B on A of density 1/4: 16 reads of 3 pJ and 48 of the other kind."""
    for kind, energy in (("gating", 0.5), ("skipping", 0.25)):
        arch = architecture(level("DRAM", dram=True), sparse=sparse(saf("DRAM", kind, "B", "A")))
        evaluation = run(arch, matmul(a=0.25), NEST, read=3.0, gated_read=0.5, skipped_read=0.25)
        assert at(evaluation, "DRAM", "B").energy_pJ == 16 * 3.0 + 48 * energy


def test_metadata_costs_rows_of_its_store():
    """A coordinate of 3 bits (4, to divide the row of 8) for each of 16 non-zeros of A, read 4 times: 64 * 4 bits in rows of 8."""
    arch = architecture(level("DRAM", dram=True, metadata=(8, None, 8)), sparse=sparse(fmt("DRAM", "A", "CP", "MNK", bits=3)))
    evaluation = run(arch, matmul("M8 N4 K8", a=0.25), mapping(loops("DRAM", "M8 N4 K8", keep="ABZ")), metadata_read=7.0)
    counts = at(evaluation, "DRAM", "A")
    assert (counts.reads, counts.metadata_reads) == (64, 64)
    assert counts.energy_pJ == 64 * 1.0 + (64 * 4 // 8) * 7.0


def test_leakage_lasts_as_long_as_the_run():
    """0.5 pJ per cycle and instance: 32 cycles, one DRAM and two buffers."""
    arch = architecture(level("DRAM", dram=True), level("Buf", mesh=(2, 1)), macs=(2, 1))
    evaluation = run(arch, matmul(), mapping(loops("DRAM", "N4", x="M2", keep="ABZ"), loops("Buf", "M2 K4", keep="ABZ")), leak=0.5)
    assert (evaluation.cycles, level_of(evaluation, "DRAM").leakage_pJ, level_of(evaluation, "Buf").leakage_pJ) == (32, 16.0, 32.0)


@pytest.mark.parametrize(("attributes", "cycles"), [
    ({}, 64), ({"read_bandwidth": 4.0}, 64), ({"read_bandwidth": 1.0}, 176), ({"write_bandwidth": 0.5}, 128),
    ({"shared_bandwidth": 1.0}, 240),
    ({"read_bandwidth": 2.0, "write_bandwidth": 0.25}, 256), ({"read_bandwidth": 1.0, "bandwidth_scale": {"A": 0.5}}, 144)])
def test_cycles_of_a_narrow_level(attributes, cycles):
    """64 + 64 + 48 words read and 64 written in 64 operations, at so many words a cycle."""
    assert run(architecture(level("DRAM", dram=True, **attributes)), matmul(), NEST).cycles == cycles


@pytest.mark.parametrize(("kind", "compute", "cycles"), [("gating", 16, 176), ("skipping", 16, 128)])
def test_gated_reads_take_their_time_and_skipped_ones_none(kind, compute, cycles):
    """B on A of density 1/4, one word read a cycle: 64 of A, 48 of Z, and of B 64 gated or not, or the 16 that are not skipped."""
    arch = architecture(level("DRAM", dram=True, read_bandwidth=1.0), sparse=sparse(saf("DRAM", kind, "B", "A")))
    evaluation = run(arch, matmul(a=0.25), NEST)
    assert (evaluation.levels[0].computes, evaluation.cycles) == (compute, cycles)


def test_metadata_takes_the_bandwidth_of_its_bits():
    """A as a bitmap: 16 words of data and 64 bits, which fill eight words of 8 bits; one word read a cycle."""
    arch = architecture(level("DRAM", dram=True, read_bandwidth=1.0, metadata=(8, None, 1)), sparse=sparse(fmt("DRAM", "A", "UB")))
    prob = matmul("M1 N1 K64", a=0.25)
    evaluation = run(arch, prob, mapping(loops("DRAM", "K64", keep="ABZ")))
    assert evaluation.cycles == 16 + 64 // 8 + 64 + 63


def test_nothing_left_to_do_takes_a_cycle():
    """All of A is zero, and computes are skipped."""
    arch = architecture(level("DRAM", dram=True),
                        sparse=sparse(fmt("DRAM", "A", "CP", "MNK"), saf("DRAM", "skipping", "B", "A"), compute=["skipping"]))
    evaluation = run(arch, matmul(a=0.0), NEST)
    assert (evaluation.levels[0].computes, evaluation.cycles, evaluation.utilization) == (0, 1, 0)
