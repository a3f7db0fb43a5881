"""Rows that Timeloop can count: the same capacity, bandwidth and energy of a word."""

from dataclasses import replace

import pytest
from spec.test_lowering import REFERENCE, TENSORS, machine

from snnhw.spec.lowering import lower_word_bits
from snnhw.spec.lowering_rows import lower_rows
from snnhw.spec.sparse import FormatRank, RepresentationFormat, SparseOptimizations


def cut(format_name="RLE", width=64):
    sparse = SparseOptimizations(formats=(RepresentationFormat(level="buffer", tensor="Inputs", ranks=(FormatRank(format=format_name),)),))
    architecture = replace(machine(), sparse=sparse)
    storage = tuple(replace(level, width_bits=width) if level.name == "buffer" else level for level in architecture.storage)
    whole = lower_word_bits(replace(architecture, storage=storage), TENSORS, REFERENCE)
    return whole, lower_rows(whole)


def level(lowered, name):
    return next(one for one in lowered.architecture.storage if one.name == name)


@pytest.mark.parametrize(("width", "pieces"), [(64, 2), (32, 1), (24, 3), (7, 7), (48, 3), (16, 1)])
def test_rows_of_one_bit_words_become_the_longest_that_can_be_counted(width, pieces):
    whole, done = cut(width=width)
    before, after = level(whole, "buffer_Inputs"), level(done, "buffer_Inputs")
    assert after.width_bits * pieces == before.width_bits
    assert after.width_bits in (1, 2, 4, 8, 16, 32)
    assert after.capacity_bits == before.capacity_bits
    costs = [lowered.reference.components["buffer_Inputs"].actions for lowered in (whole, done)]
    for action in ("read", "write", "gated_read"):
        assert costs[1][action].energy_pJ == pytest.approx(costs[0][action].energy_pJ / pieces)
    for action in ("leak", "metadata_read", "metadata_write"):
        assert costs[1][action] == costs[0][action]


def test_levels_without_compressed_tensors_stay_as_they_are():
    whole, done = cut()
    assert level(done, "buffer_Weights") == level(whole, "buffer_Weights")
    assert level(done, "DRAM_Inputs") == level(whole, "DRAM_Inputs")
    for format_name in ("UB", "UOP"):
        whole, done = cut(format_name)
        assert done == whole


def test_it_is_said_that_rows_were_cut():
    assert cut()[1].lost[-1] == "buffer_Inputs: Timeloop cannot count compressed tiles in its rows, which stand as 2 shorter ones"
