"""Inputs on which the reference (timeloop 4cf6d4c) prints garbage or stops, and the right figures, with the arithmetic.

`follow_faults=True` gives the reference's figures where they are plausible.
"""

from __future__ import annotations

import math

import pytest
from model.cases import architecture, at, fmt, level, level_of, loops, mapping, matmul, nonzero, problem, run, saf, sparse, tensor

from snnhw.spec.sparse import SparseOptimizations

DRAM = level("DRAM", dram=True)
ALL = "MNK"
WORD_BY_WORD = mapping(loops("DRAM", "K4", keep="ABZ"), loops("Mid", keep="ABZ"), loops("Buf", keep="ABZ"))
"""A[1,4] and B[4,1] go word by word through two buffers."""
LINE = matmul("M1 N1 K4", a=0.25, model="hypergeometric")


def behind_each_other():
    """B skipped on A, one non-zero of four, at DRAM by words (p = 3/4) and behind it at rows of four words (q = 0, as one is not zero)."""
    found = sparse(saf("DRAM", "skipping", "B", "A"), saf("Mid", "skipping", "B", "A"))
    return architecture(DRAM, level("Mid", width=32), level("Buf"), sparse=found)


@pytest.mark.parametrize("follow_faults", [False, True])
def test_an_inner_level_that_would_skip_less_skips_nothing(follow_faults):
    """q' = 1 - (1 - 0)/(1 - 3/4) = -3: the reference books floor(1 * -3) skipped reads in an unsigned number, 2^64 - 3.

    Right: DRAM leaves one of four words, and the inner level has nothing more to skip.
    """
    evaluation = run(behind_each_other(), LINE, WORD_BY_WORD, follow_faults=follow_faults)
    assert nonzero(at(evaluation, "DRAM", "B")) == {"reads": 1, "skipped_reads": 3}
    assert nonzero(at(evaluation, "Mid", "B")) == {"reads": 1, "fills": 1}


def test_levels_inside_get_no_more_than_the_outer_level_leaves():
    """The buffer behind both is filled with what the level before it reads, one word, and one operation is left: 4 (1 - max(p, q))."""
    evaluation = run(behind_each_other(), LINE, WORD_BY_WORD)
    assert nonzero(at(evaluation, "Buf", "B")) == {"reads": 1, "fills": 1}
    assert evaluation.levels[0].computes == 1


def test_the_reference_goes_on_inside_with_the_inner_share():
    """What `snnhw model` says as long as it is plausible: inside, the inner share q = 0 alone counts, so nothing is saved there."""
    evaluation = run(behind_each_other(), LINE, WORD_BY_WORD, follow_faults=True)
    assert nonzero(at(evaluation, "Buf", "B")) == {"reads": 4, "fills": 4}
    assert evaluation.levels[0].computes == 4


@pytest.mark.parametrize("inner", ["gating", "skipping"])
def test_an_outer_level_that_skips_everything_leaves_nothing_to_divide_by(inner):
    """p = 1 outside: q' = 1 - (1 - q)/0. Right: 0 words, none of them stopped inside."""
    found = sparse(saf("DRAM", "skipping", "B", "A"), saf("Buf", inner, "B", "A"))
    nest = mapping(loops("DRAM", "M2 N2 K2", keep="ABZ"), loops("Buf", "M2 N2 K2", keep="ABZ"))
    evaluation = run(architecture(DRAM, level("Buf"), sparse=found), matmul(a=0.0), nest)
    assert nonzero(at(evaluation, "DRAM", "B")) == {"skipped_reads": 32}
    assert nonzero(at(evaluation, "Buf", "B")) == {}
    assert evaluation.levels[0].computes == 0


def test_metadata_reads_of_an_inner_level_behind_an_outer_one():
    """A as a bitmap, skipped on B at DRAM in tiles of two (q = 1/6) and at the buffer in words (q = 1/2). A has no zeros.

    DRAM sends 8 tiles of two words and as many bits: floor(16/6) = 2 are skipped, so 14 are read. The buffer reads 16 words, of which
    DRAM's skipping takes 2, and of the 14 left the share q' = 1 - (1/2)/(5/6) = 0.4 is skipped, floor(5.6) = 5: 9 words and 9 bits are
    read. The reference sets the bits to those of updates, of which an operand has none: 0, and books none as skipped.
    """
    ranks = [fmt(where, "A", "UB", ALL) for where in ("DRAM", "Buf")]
    arch = architecture(DRAM, level("Buf"), sparse=sparse(*ranks, saf("DRAM", "skipping", "A", "B"), saf("Buf", "skipping", "A", "B")))
    prob = matmul("M4 N1 K4", b=0.5, model="hypergeometric")
    nest = mapping(loops("DRAM", "M4 K2", keep="ABZ"), loops("Buf", "K2", keep="ABZ"))
    right, followed = (at(run(arch, prob, nest, follow_faults=faults), "Buf", "A") for faults in (False, True))
    data = {"reads": 9, "skipped_reads": 5, "fills": 14}
    assert nonzero(right) == {**data, "metadata_reads": 9, "skipped_metadata_reads": 5, "metadata_fills": 14}
    assert nonzero(followed) == {**data, "metadata_fills": 14}


def tiles_of(bounds: str, outer: str, inner: str, density: float, model: str, follow_faults: bool):
    """Counts of compressed A in the buffer, whose tiles come from a level with a format."""
    arch = architecture(DRAM, level("Buf"), sparse=sparse(fmt("DRAM", "A", "CP CP", ALL), fmt("Buf", "A", "CP", ALL)))
    nest = mapping(loops("DRAM", outer, keep="ABZ"), loops("Buf", inner, keep="ABZ"))
    return at(run(arch, matmul(bounds, a=density, model=model), nest, follow_faults=follow_faults), "Buf", "A")


def test_a_tile_that_always_holds_something_is_always_sent():
    """Three of four words are not zero, in tiles of two: 1 or 2 non-zeros, each with 1/2, so 1.5 on average in both tiles: 3 reads.

    The reference computes the least occupancy of a tile, n - N + r = 1, in unsigned arithmetic as 0 (N - r < n < N), and takes the first
    occupancy that it finds, 1, for the empty one: half of the tiles are then not sent, and the others hold 2.
    """
    right, followed = (tiles_of("M1 N1 K4", "K2", "K2", 0.75, "hypergeometric", faults) for faults in (False, True))
    assert (right.reads, right.instances) == (3, 1)
    assert (followed.reads, followed.instances) == (4, 0.5)


def test_a_structured_tile_of_49_words_is_always_sent():
    """1.5 non-zeros on average: 1 or 2. In the reference floor((1/49) * 49) = 0, as (1/49) * 49 < 1 in doubles; then as above."""
    assert math.floor(1 / 49 * 49) == 0
    right, followed = (tiles_of("M1 N1 K98", "K2", "K49", 1.5 / 49, "fixed_structured", faults) for faults in (False, True))
    assert (right.reads, right.instances) == (3, 1)
    assert (followed.reads, followed.instances) == (4, 0.5)


@pytest.mark.parametrize("follow_faults", [False, True])
@pytest.mark.parametrize("model", ["fixed_structured", "hypergeometric"])
def test_density_zero_is_no_division_by_zero(model, follow_faults):
    """Rows of four words: the reference divides the expected rows, 0, by the expected non-zeros, 0. Right: no row, no energy."""
    formats = fmt("DRAM", "A", "CP CP", ALL), fmt("Buf", "A", "CP", ALL)
    arch = architecture(level("DRAM", dram=True, width=32), level("Buf", width=32),
                        sparse=sparse(*formats, saf("DRAM", "skipping", "B", "A"), compute=["skipping"]))
    nest = mapping(loops("DRAM", "M2 N2 K2", keep="ABZ"), loops("Buf", "M2 N2 K2", keep="ABZ"))
    evaluation = run(arch, matmul(a=0.0, model=model), nest, follow_faults=follow_faults)
    assert [at(evaluation, where, "A").energy_pJ for where in ("DRAM", "Buf")] == [0, 0]
    assert nonzero(at(evaluation, "Buf", "A")) == {}
    assert evaluation.levels[0].computes == 0


@pytest.mark.parametrize("rows", [3, 5, 7, 24, 64])
def test_rows_that_the_references_table_lacks(rows):
    """It stops at rows of other than 1, 2, 4, 8, 16 or 32 words of a compressed tile: a missing key, an assertion where odd.

    Right: the 32 non-zeros of 64 words at density 1/2 take ceil(32 / rows) rows. The reference's formula goes on to multiply these by the
    rows that a tile takes over those that its non-zeros would fill, ceil(32 / rows) / (32 / rows), so that a part of a row counts twice.
    """
    arch = architecture(level("DRAM", dram=True, width=8 * rows), sparse=sparse(fmt("DRAM", "A", "CP", ALL)))
    prob, nest = matmul("M1 N1 K64", a=0.5), mapping(loops("DRAM", "K64", keep="ABZ"))
    right, followed = (at(run(arch, prob, nest, follow_faults=faults), "DRAM", "A") for faults in (False, True))
    taken = math.ceil(32 / rows)
    assert right.energy_pJ == pytest.approx(taken)
    assert followed.energy_pJ == pytest.approx(taken * taken / (32 / rows))


def test_a_share_of_operands_above_one():
    """Density 1.5e-6: of 2^20 operations floor(2^20 (1 - 1.5e-6)) are skipped with B's reads, which leaves 2.

    Of what is left A is not zero with x / (1 - p). Rounded to six digits that is 2e-6 / 1e-6 = 2, and the reference stops at a share of
    1 - 2 zeros. Right: all of them are not zero, and no operation is gated.
    """
    arch = architecture(DRAM, sparse=sparse(saf("DRAM", "skipping", "B", "A"), compute=["gating"]))
    nest = mapping(loops("DRAM", "M1024 K1024", keep="ABZ"))
    compute = run(arch, matmul("M1024 N1 K1024", a=1.5e-6), nest).levels[0]
    assert (compute.computes, compute.gated_computes) == (2, 0)


@pytest.mark.parametrize("follow_faults", [False, True])
def test_a_compressed_level_inside_an_uncompressed_one(follow_faults):
    """The reference stops. Right: the outer level reads all 16 words, the inner one gets the 4 that are not zero and reads them."""
    arch = architecture(DRAM, level("Buf"), sparse=sparse(fmt("Buf", "A", "CP", ALL)))
    nest = mapping(loops("DRAM", "M4", keep="ABZ"), loops("Buf", "K4", keep="ABZ"))
    evaluation = run(arch, matmul("M4 N1 K4", a=0.25), nest, follow_faults=follow_faults)
    assert nonzero(at(evaluation, "DRAM", "A")) == {"reads": 16}
    assert nonzero(at(evaluation, "Buf", "A")) == {"reads": 4, "fills": 4, "metadata_reads": 4, "metadata_fills": 4}


def test_three_operands():
    """The reference asserts two. Right: an operation happens where all three are not zero, 1/8 of 64."""
    operands = [tensor(name, dim, density=0.5) for name, dim in zip("ABC", "MNK", strict=True)]
    prob = problem("M4 N4 K4", *operands, tensor("Z", "M", output=True))
    evaluation = run(architecture(DRAM, sparse=sparse(compute=["gating"])), prob, mapping(loops("DRAM", "M4 N4 K4", keep="ABCZ")))
    assert (evaluation.levels[0].computes, evaluation.levels[0].gated_computes) == (8, 56)


def in_words(density: float, follow_faults: bool, words: int = 3):
    """Counts of a compressed tensor of some words that go to a buffer one by one and are each read 8 times there."""
    arch = architecture(DRAM, level("Buf"), sparse=sparse(fmt("DRAM", "A", "CP", ALL), fmt("Buf", "A", "CP", ALL)))
    nest = mapping(loops("DRAM", f"K{words}", keep="ABZ"), loops("Buf", "N8", keep="ABZ"))
    return run(arch, matmul(f"M1 N8 K{words}", a=density), nest, follow_faults=follow_faults)


def test_one_word_more_than_dense():
    """One of three words is not zero; a word that is sent holds (1/3) / (1 - (1 - 1/3)) = 1 + 2e-16 non-zeros in doubles.

    24 - floor(24 (1 - (1 + 2e-16))) = 24 - (-1) = 25 in the reference. Right: 24.
    """
    assert (1 / 3) / (1 - (1 - 1 / 3)) > 1
    right, followed = (at(in_words(1 / 3, faults), "Buf", "A") for faults in (False, True))
    assert (right.reads, right.fills) == (24, 3)
    assert (followed.reads, followed.fills) == (25, 4)


def test_one_word_of_metadata_more_than_dense():
    """As above: a coordinate for each of the 24 words, and not ceil(24.000000000000004)."""
    assert at(in_words(1 / 3, False), "Buf", "A").metadata_reads == 24


def test_one_coordinate_for_one_non_zero():
    """One of nine words is not zero; the fibre has one coordinate, and not ceil(9 (1 - (1 - 1/9))) = 2."""
    assert 9 * (1 - (1 - 1 / 9)) > 1
    assert at(in_words(1 / 9, False, 9), "DRAM", "A").metadata_reads == 1


def test_one_word_of_ten_that_is_zero_is_not_read():
    """10 (1 - 0.9) is 1 - 2e-16 in doubles, and the reference reads all ten words. Right: nine."""
    assert math.floor(10 * (1 - 0.9)) == 0
    arch = architecture(DRAM, sparse=sparse(fmt("DRAM", "A", "CP", ALL)))
    prob, nest = matmul("M1 N1 K10", a=0.9), mapping(loops("DRAM", "K10", keep="ABZ"))
    right, followed = (at(run(arch, prob, nest, follow_faults=faults), "DRAM", "A") for faults in (False, True))
    assert (right.reads, followed.reads) == (9, 10)


def test_operands_too_rare_for_six_digits_still_meet():
    """A of density 4e-7 has 4 non-zeros in 10^7 words. The reference rounds 4e-7 to 0 and does no operation at all. Right: 4."""
    arch = architecture(DRAM, sparse=sparse(compute=["gating"]))
    prob, nest = matmul("M10000 N1 K1000", a=4e-7), mapping(loops("DRAM", "M10000 K1000", keep="ABZ"))
    right, followed = (run(arch, prob, nest, follow_faults=faults).levels[0] for faults in (False, True))
    assert (right.computes, right.gated_computes) == (4, 9_999_996)
    assert (followed.computes, followed.gated_computes) == (0, 10_000_000)


def test_an_architecture_without_optimisations_is_dense_whatever_the_densities():
    """Densities alone save nothing."""
    nest = mapping(loops("DRAM", "M4 N4 K4", keep="ABZ"))
    evaluation = run(architecture(DRAM, sparse=SparseOptimizations()), matmul(a=0.1, b=0.1), nest)
    assert level_of(evaluation, "mac").computes == 64
    assert nonzero(at(evaluation, "DRAM", "A")) == {"reads": 64}
