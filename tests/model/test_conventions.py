"""Where Timeloop's convention is not the expectation of random tensors: the model's value and the true one, on the smallest case.

docs/fidelity_sparse_notes.md tells the same cases in words. The model follows the convention; the true value is what is measured.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from model.cases import architecture, at, fmt, level, loops, mapping, matmul, nonzero, run, saf, sparse
from sparse_simulator import Measured, simulate
from sparse_simulator.draws import uniform

from snnhw.model.result import Evaluation
from snnhw.spec.architecture import Architecture, StorageLevel
from snnhw.spec.mapping import Mapping
from snnhw.spec.problem import Problem

DRAM = level("DRAM", dram=True)
ALL = "MNK"


def storage(*inner: str) -> tuple[StorageLevel, ...]:
    return (DRAM, *(level(name) for name in inner))


def both(arch: Architecture, prob: Problem, nest: Mapping, where: str, name: str, action: str) -> tuple[float, Measured]:
    """A count of the model, over all instances, and the same one measured."""
    counts = at(run(arch, prob, nest), where, name)
    return getattr(counts, action) * counts.instances, simulate(arch, prob, nest, draws=8000)[where, name, action]


def is_measured(measured: Measured, value: float) -> bool:
    return abs(measured.mean - value) <= 4 * measured.error + 1e-9


def test_metadata_of_an_inner_rank_falls_with_the_fibres_that_are_empty_twice():
    """UB, RLE over 16 fibres of 4 words, 4 non-zeros: 4 run lengths are needed; the model says 4 e, e = P(a fibre holds any) = 0.23."""
    arch = architecture(*storage("Buf"), sparse=sparse(fmt("DRAM", "A", "UB RLE", ALL), fmt("Buf", "A", "RLE", ALL)))
    prob = matmul("M16 N1 K4", a=0.0625, model="hypergeometric")
    nest = mapping(loops("DRAM", "M16", keep="ABZ"), loops("Buf", "K4", keep="ABZ"))
    e = 1 - math.comb(60, 4) / math.comb(64, 4)
    model, measured = both(arch, prob, nest, "DRAM", "A", "metadata_reads")
    assert model == 2 * 16 + math.ceil(4 * e) == 33
    assert is_measured(measured, 2 * 16 + 4)


def test_coordinates_are_rounded_up_in_each_fibre():
    """UB, CP over 4 fibres of 4 words, 6 non-zeros: 4 ceil(4 * 6/16) = 8 coordinates inside for 6."""
    arch = architecture(*storage("Buf"), sparse=sparse(fmt("DRAM", "A", "UB CP", ALL), fmt("Buf", "A", "CP", ALL)))
    prob = matmul("M4 N1 K4", a=0.375)
    nest = mapping(loops("DRAM", "M4", keep="ABZ"), loops("Buf", "K4", keep="ABZ"))
    model, measured = both(arch, prob, nest, "DRAM", "A", "metadata_reads")
    assert model == 2 * 4 + 8
    assert is_measured(measured, 2 * 4 + 6)


def test_a_single_rank_of_offsets_is_free():
    """UOP alone: its payload, f + 1 offsets, counts as the data. Below another rank, or above one, it does not."""
    arch = architecture(DRAM, sparse=sparse(fmt("DRAM", "A", "UOP", ALL)))
    prob, nest = matmul("M4 N1 K4", a=0.5), mapping(loops("DRAM", "M4 K4", keep="ABZ"))
    model, measured = both(arch, prob, nest, "DRAM", "A", "metadata_reads")
    assert model == 0
    assert is_measured(measured, 17)


def test_a_rank_too_many_widens_the_sub_tile_of_the_rank_above():
    """RLE, RLE at the innermost keeper, one fibre of M4 K4 flattened, 1 non-zero: P(4 words of the innermost loop hold it) 16 = 4 for 1."""
    prob, nest = matmul("M4 N1 K4", a=0.0625), mapping(loops("DRAM", "M4 K4", keep="ABZ"))
    one, two = (run(architecture(DRAM, sparse=sparse(fmt("DRAM", "A", ranks, ALL))), prob, nest) for ranks in ("RLE", "RLE RLE"))
    assert (at(one, "DRAM", "A").metadata_reads, at(two, "DRAM", "A").metadata_reads) == (1, 4)


def test_metadata_inside_a_level_of_several_ranks_is_not_saved():
    """A of density 1/2 skipped on B of density 1/4, word by word: 2 of 8 non-zeros come, with the metadata of all 8."""
    formats = fmt("DRAM", "A", "RLE RLE", ALL), fmt("Buf", "A", "RLE", ALL)
    arch = architecture(*storage("Buf"), sparse=sparse(*formats, saf("DRAM", "skipping", "A", "B")))
    prob = matmul("M4 N1 K4", a=0.5, b=0.25)
    nest = mapping(loops("DRAM", "M4 K4", keep="ABZ"), loops("Buf", keep="ABZ"))
    assert nonzero(at(run(arch, prob, nest), "Buf", "A")) == {"reads": 4, "fills": 4, "metadata_reads": 16, "metadata_fills": 16}
    model, measured = both(arch, prob, nest, "Buf", "A", "metadata_fills")
    assert model == 8
    assert is_measured(measured, 2)


def test_conditions_of_two_levels_are_taken_for_nested():
    """Z on A outside, on B inside, each word zero with 1/2: inside 1 - (1/2)/(1 - p) of what is left is taken for zero, and not 1/2."""
    arch = architecture(*storage("Buf"), sparse=sparse(saf("DRAM", "skipping", "Z", "A"), saf("Buf", "skipping", "Z", "B")))
    prob = matmul("M8 N8 K1", a=0.5, b=0.5)
    nest = mapping(loops("DRAM", "M8 N8", keep="ABZ"), loops("Buf", keep="ABZ"))
    model, measured = both(arch, prob, nest, "Buf", "Z", "updates")
    assert model == 32
    assert is_measured(measured, 16)


def test_partial_sums_save_the_first_read_that_there_is():
    """Z over K2 on A, half of it zero: both products are there in a quarter of the 64 sums; the model halves the 64 second reads."""
    arch = architecture(DRAM, sparse=sparse(saf("DRAM", "skipping", "Z", "A")))
    prob, nest = matmul("M64 N1 K2", a=0.5, model="hypergeometric"), mapping(loops("DRAM", "M64 K2", keep="ABZ"))
    counts = at(run(arch, prob, nest), "DRAM", "Z")
    assert (counts.reads, counts.skipped_reads, counts.updates) == (32, 32, 64)
    second_reads = uniform(np.random.default_rng(0), 8000, 128, 0.5).reshape(8000, 64, 2).all(axis=2).sum(axis=1).mean()
    assert second_reads == pytest.approx(64 * (64 / 128) * (63 / 127), abs=0.2)


def test_a_level_without_loops_forgets_that_its_tile_stays():
    """Z on A at a level without loops: its tile stays over DRAM's K2, and one word of A is looked at for both."""
    arch = architecture(*storage("Mid", "Buf"), sparse=sparse(saf("Mid", "skipping", "Z", "A")))
    prob = matmul("M16 N1 K2", a=0.5, model="hypergeometric")
    nest = mapping(loops("DRAM", "M16 K2", keep="ABZ"), loops("Mid", keep="ABZ"), loops("Buf", keep="ABZ"))
    model, measured = both(arch, prob, nest, "Mid", "Z", "updates")
    assert model == 8
    assert is_measured(measured, 16 * (1 - math.comb(30, 16) / math.comb(32, 16)))


def test_behind_a_shared_dimension_in_space_a_condition_is_dropped():
    """B on A over X: K2, with M2 outside it. Each word of B goes to two computes; none is skipped. In the other order a quarter is."""
    prob = matmul("M2 N16 K2", a=0.25, model="hypergeometric")
    arch = architecture(DRAM, macs=(4, 1), sparse=sparse(saf("DRAM", "skipping", "B", "A")))
    model, measured = both(arch, prob, mapping(loops("DRAM", "N16", x="M2 K2", keep="ABZ")), "DRAM", "B", "skipped_reads")
    assert (model, measured.mean) == (0, 16)
    assert both(arch, prob, mapping(loops("DRAM", "N16", x="K2 M2", keep="ABZ")), "DRAM", "B", "skipped_reads")[0] == 16


def test_above_a_fanout_to_levels_that_pass_by_a_word_waits_for_all_columns():
    """A to columns of K2 through a buffer that passes it by: each column has its own word of B, but both must be zero."""
    prob = matmul("M1 N16 K2", b=0.5, model="hypergeometric")
    arch = architecture(DRAM, level("Buf", mesh=(2, 1)), macs=(2, 1), sparse=sparse(saf("DRAM", "skipping", "A", "B")))
    nest = mapping(loops("DRAM", x="K2", keep="ABZ"), loops("Buf", "N16", keep="Z"))
    model, measured = both(arch, prob, nest, "DRAM", "A", "skipped_reads")
    assert model == math.floor(32 * math.comb(30, 16) / math.comb(32, 16)) == 7
    assert measured.mean == 16


def test_spatial_loops_above_the_target_count_against_the_row():
    """Z over X: N2 inside M3, on A. Three words over a target of two: part of the row seems to be left, so two words of A must be zero."""
    prob = matmul("M3 N2 K16", a=0.5, model="hypergeometric")
    arch = architecture(DRAM, macs=(6, 1), sparse=sparse(saf("DRAM", "skipping", "Z", "A")))
    model, measured = both(arch, prob, mapping(loops("DRAM", "K16", x="M3 N2", keep="ABZ")), "DRAM", "Z", "skipped_updates")
    assert model == math.floor(96 * math.comb(46, 24) / math.comb(48, 24)) == 23
    assert measured.mean == 48


def rows_of_four(order: str) -> Evaluation:
    """B skipped on A of density 1/4 at rows of four words."""
    arch = architecture(level("DRAM", dram=True, width=32), sparse=sparse(saf("DRAM", "skipping", "B", "A")))
    return run(arch, matmul("M4 N4 K4", a=0.25, model="hypergeometric"), mapping(loops("DRAM", order, keep="ABZ")))


@pytest.mark.parametrize(("order", "words"), [("M4 N4 K4", 4), ("M4 K4 N4", 1), ("N4 K4 M4", 4)])
def test_a_row_spans_the_innermost_loop_whatever_it_is(order, words):
    """Rows of four words: four iterations of the innermost loop must find A zero. Also over M, in which all four use the same word of B."""
    empty = math.comb(16 - words, 4) / math.comb(16, 4)
    assert at(rows_of_four(order), "DRAM", "B").skipped_reads == math.floor(64 * empty)


def test_savings_are_rounded_down_and_traffic_up():
    """Two of three words saved with 1/2 each: floor(1.5), so two words stay."""
    arch = architecture(DRAM, sparse=sparse(saf("DRAM", "skipping", "B", "A")))
    counts = at(run(arch, matmul("M3 N1 K1", a=0.5), mapping(loops("DRAM", "M3", keep="ABZ"))), "DRAM", "B")
    assert (counts.reads, counts.skipped_reads) == (2, 1)


def test_gated_operands_take_their_operations_with_them():
    """Gating B saves the cycles of its operations too, as skipping does; only the read itself takes its time."""
    nest = mapping(loops("DRAM", "M4 N4 K4", keep="ABZ"))
    gated, skipped = (run(architecture(DRAM, sparse=sparse(saf("DRAM", kind, "B", "A"))), matmul(a=0.25), nest)
                      for kind in ("gating", "skipping"))
    assert gated.levels[0].computes == skipped.levels[0].computes == 16
    assert gated.cycles == skipped.cycles == 16


def test_compute_skipping_needs_a_format():
    """A zero without a format is only seen when it is there: 48 of 64 operations are gated, none skipped."""
    nest = mapping(loops("DRAM", "M4 N4 K4", keep="ABZ"))
    plain = run(architecture(DRAM, sparse=sparse(compute=["skipping"])), matmul(a=0.25), nest).levels[0]
    formed = run(architecture(DRAM, sparse=sparse(fmt("DRAM", "A", "UB", ALL), compute=["skipping"])), matmul(a=0.25), nest).levels[0]
    assert (plain.computes, plain.skipped_computes) == (64, 0)
    assert (formed.computes, formed.skipped_computes) == (16, 48)
