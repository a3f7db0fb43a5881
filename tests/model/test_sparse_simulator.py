"""The Monte Carlo simulator does what it says, on cases small enough to follow by eye."""

from __future__ import annotations

import numpy as np
import pytest
from model.cases import architecture, fmt, level, loops, mapping, matmul, saf, sparse
from sparse_simulator import simulate
from sparse_simulator.draws import structured, uniform
from sparse_simulator.packing import packed
from sparse_simulator.walk import Walk

RNG = np.random.default_rng


def test_uniform_draws_hold_the_next_whole_number_and_lie_anywhere():
    drawn = uniform(RNG(1), 4000, 10, 0.25)
    assert (drawn.sum(axis=1) == 3).all()
    assert drawn.mean(axis=0) == pytest.approx(0.3, abs=0.04)


@pytest.mark.parametrize("density", [0.0, 0.1, 0.3, 0.5, 0.8, 1.0])
def test_structured_draws_hold_their_share_in_every_tile(density):
    """Of 24 words cut 2, 3 and 4 ways: each tile of 12, 4 and 1 words holds floor or ceil of its share, which is its mean."""
    drawn = structured(RNG(2), 4000, (2, 3, 4), density)
    for words in (24, 12, 4, 1):
        counts = drawn.reshape(4000, -1, words).sum(axis=2)
        share = words * density
        assert set(np.unique(counts)) <= {int(np.floor(share + 1e-9)), int(np.ceil(share - 1e-9))}
        assert counts.mean() == pytest.approx(share, abs=0.05 * words)


TILE = np.array([[1, 0, 0, 1, 0, 0, 0, 0, 0, 1, 1, 1]], bool)
"""1 0 0 1 | 0 0 0 0 | 0 1 1 1: three fibres of four words, six non-zeros."""


@pytest.mark.parametrize(("formats", "words"), [
    (("UB", "UB"), [(3, 3), (12, 0)]), (("B", "B"), [(3, 2), (8, 0)]), (("CP", "CP"), [(2, 2), (5, 0)]), (("RLE", "RLE"), [(2, 2), (5, 0)]),
    (("UOP", "CP"), [(0, 4), (5, 0)]), (("UB", "CP"), [(3, 3), (5, 0)])])
def test_packing_two_ranks(formats, words):
    """Two fibres exist, with two and three non-zeros."""
    assert [(int(m[0]), int(p[0])) for m, p in packed(TILE, formats, (3, 4))] == words


@pytest.mark.parametrize(("name", "words"), [("UB", 12), ("B", 12), ("CP", 5), ("RLE", 5), ("UOP", 13)])
def test_packing_one_rank(name, words):
    """UOP needs an offset for each word and the end."""
    (metadata, payload), = packed(TILE, (name,), (12,))
    assert metadata[0] + payload[0] == words


def test_packing_nothing():
    """Only a bitmap and offsets of an uncompressed rank need words for a tile of zeros."""
    nothing = np.zeros((1, 12), bool)
    assert {name: sum(int(part[0]) for part in packed(nothing, (name,), (12,))[0]) for name in ("UB", "B", "CP", "RLE", "UOP")} == {
        "UB": 12, "B": 0, "CP": 0, "RLE": 0, "UOP": 0}


def test_packing_needs_fibres_that_make_up_the_tile():
    with pytest.raises(ValueError, match=r"fibres of \(3, 5\) do not make up a tile of 12 words"):
        packed(TILE, ("CP", "CP"), (3, 5))


PROBLEM = matmul("M4 N2 K4")
NEST = mapping(loops("DRAM", "M2 N2", x="M2", keep="ABZ"), loops("Buf", "K4", keep="AB"))


def walk() -> Walk:
    return Walk(PROBLEM, NEST)


def test_a_walk_runs_every_operation_once():
    """Sixteen steps of two computes; each pair of words meets once."""
    found = walk()
    assert (found.steps, found.computes) == (16, 2)
    assert len(set(zip(*(found.flat_words[name].tolist() for name in "ABZ"), strict=True))) == 32


def test_tiles_move_when_they_change():
    """A's two rows for M2 times N2: stays over N2. B is one column for both buffers. Z goes from the computes to DRAM each time."""
    moves = {name: list(walk().moves(PROBLEM.tensor(name), 0)) for name in "ABZ"}
    assert [(move.step, move.words, move.receivers) for move in moves["A"]] == [
        (0, (0, 1, 2, 3), 1), (0, (4, 5, 6, 7), 1), (8, (8, 9, 10, 11), 1), (8, (12, 13, 14, 15), 1)]
    assert [(move.step, len(move.words), move.receivers) for move in moves["B"]] == [(0, 4, 2), (4, 4, 2), (8, 4, 2), (12, 4, 2)]
    assert len(moves["Z"]) == 32
    assert [move.operations.size for move in moves["A"]] == [8] * 4


def test_dense_counts():
    """Without sparsity every move counts: A twice 2 x 4 words, B 4 x 4 words to two buffers each, 32 operations."""
    arch = architecture(level("DRAM", dram=True), level("Buf", mesh=(2, 1)), macs=(2, 1))
    found = simulate(arch, PROBLEM, NEST, draws=2)
    assert found["DRAM", "A", "reads"].mean == 16
    assert (found["DRAM", "B", "reads"].mean, found["Buf", "B", "fills"].mean, found["Buf", "B", "reads"].mean) == (16, 32, 32)
    assert found["", "", "computes"].mean == 32
    assert found["DRAM", "Z", "updates"].mean == 32


def test_all_zero_and_all_there():
    """With B skipped on A and A compressed: nothing, or all of it."""
    arch = architecture(level("DRAM", dram=True), level("Buf", mesh=(2, 1)), macs=(2, 1),
                        sparse=sparse(fmt("DRAM", "A", "CP CP", "MNK"), fmt("Buf", "A", "CP", "MNK"), saf("DRAM", "skipping", "B", "A")))
    for density, factor in ((0.0, 0), (1.0, 1)):
        found = simulate(arch, matmul("M4 N2 K4", a=density), NEST, draws=2)
        assert found["Buf", "A", "fills"].mean == found["Buf", "A", "metadata_fills"].mean == 16 * factor
        assert (found["DRAM", "B", "reads"].mean, found["DRAM", "B", "skipped_reads"].mean) == (16 * factor, 16 * (1 - factor))
        assert found["", "", "computes"].mean == 32 * factor
