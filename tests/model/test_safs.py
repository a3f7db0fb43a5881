"""The probability that an access is ineffectual, read off the loops."""

from __future__ import annotations

import math

import numpy as np
import pytest
from model.cases import architecture, level, loops, mapping, matmul, problem, tensor
from model.kernels import Inputs, inputs

from snnhw.model.safs import Walk, empty_walk, ineffectual, target_loop
from snnhw.spec.mapping import LevelMapping


def empty(words: int, r: int = 6, size: int = 24) -> float:
    """Probability that so many words of a tensor of `size` with r non-zeros are all zero."""
    return math.comb(size - words, r) / math.comb(size, r) if words <= size - r else 0.0


def walk_of(made: Inputs) -> Walk:
    """Room for the kernel."""
    return empty_walk(made.complete.dims.size, made.nest.extents.shape[1])


def share(target: str, conditions: str, *nest: LevelMapping, at: str, rows: int = 1, a: float = 0.25,
          macs: tuple[int, int] = (1, 1)) -> float:
    """Share of the accesses of `target` at a level that the zeros of `conditions` make ineffectual. rows: words of a row there."""
    names = [part.level for part in nest]
    storage = [level(n, width=8 * rows) for n in names]
    made = inputs(architecture(*storage, macs=macs), matmul("M4 N6 K6", a=a, b=0.25, model="hypergeometric"), mapping(*nest))
    inner_first = names[::-1]
    place = inner_first.index(at)
    k = "ABZ".index(target)
    child = max([i for i in range(place) if made.nest.keep[i, k]], default=-1)
    mask = np.array([name in conditions for name in "ABZ"])
    return ineffectual(made.plan, made.sparse, made.complete, made.nest.extents, place, child, k, mask, walk_of(made))


WORDS = (loops("DRAM", "M4 N6 K6", keep="ABZ"),)
TILES = (loops("DRAM", "M2 N3 K2", keep="ABZ"), loops("Buf", "M2 N2 K3", keep="ABZ"))


@pytest.mark.parametrize(("target", "conditions"), [("B", "A"), ("Z", "A")])
def test_next_to_the_compute_a_word_waits_for_a_word(target, conditions):
    """A[4, 6] holds 6 non-zeros among 24 words: 3/4 of its words are zero."""
    assert share(target, conditions, *WORDS, at="DRAM") == pytest.approx(0.75)


def test_two_conditions_are_independent():
    """An access is needed where both are there: 1 - (6/24)(9/36)."""
    assert share("Z", "AB", *WORDS, at="DRAM") == pytest.approx(1 - 0.25 * 0.25)


def test_without_a_condition_nothing_is_ineffectual():
    assert share("Z", "", *WORDS, at="DRAM") == 0.0


@pytest.mark.parametrize(("density", "found"), [(0.0, 1.0), (1.0, 0.0)])
def test_all_or_nothing(density, found):
    """All zero, none zero."""
    assert share("B", "A", *WORDS, at="DRAM", a=density) == found


def test_a_tile_waits_for_the_tile_that_it_meets():
    """Between two tiles of B stands one tile of A, 2 x 3 words (K2 is B's innermost loop at DRAM)."""
    assert share("B", "A", *TILES, at="DRAM") == pytest.approx(empty(6))


def test_loops_that_the_target_does_not_see_widen_the_condition():
    """M2 innermost at DRAM: a tile of B stays while both tiles of A's rows come, 4 x 3 words."""
    nest = (loops("DRAM", "N3 K2 M2", keep="ABZ"), TILES[1])
    assert share("B", "A", *nest, at="DRAM") == pytest.approx(empty(12))


def test_loops_that_both_see_do_not_widen_it():
    """K2 innermost at DRAM is B's and A's: one iteration of it counts; as innermost or as next after N."""
    for order in ("M2 N3 K2", "M2 K2 N3"):
        nest = (loops("DRAM", order, keep="ABZ"), TILES[1])
        assert share("B", "A", *nest, at="DRAM") == pytest.approx(empty(6))


def test_outputs_wait_for_all_that_they_sum():
    """Z's tile stays over K2, so that two rows of all six words of A come by."""
    assert share("Z", "A", *TILES, at="DRAM") == pytest.approx(empty(12))


def test_a_bypassed_level_lies_below_the_tile():
    """B goes from DRAM to the compute: word for word."""
    nest = (TILES[0], loops("Buf", "M2 N2 K3", keep="AZ"))
    assert share("B", "A", *nest, at="DRAM") == pytest.approx(0.75)


def test_a_multicast_waits_for_all_who_take_part():
    """B to two columns of M2 at once: both their words of A must be zero."""
    nest = (loops("DRAM", "M2 N6 K6", x="M2", keep="ABZ"),)
    assert share("B", "A", *nest, at="DRAM", macs=(2, 1)) == pytest.approx(empty(2))


def test_columns_that_want_their_own_word_do_not_wait_for_each_other():
    """B to six columns of K6, each with a row of A of its own: word for word."""
    nest = (loops("DRAM", "M4 N6", x="K6", keep="ABZ"),)
    assert share("B", "A", *nest, at="DRAM", macs=(6, 1)) == pytest.approx(0.75)


def test_a_row_of_several_words_waits_for_all_of_them():
    """Rows of three words, K6 innermost: a row of B meets three words of A."""
    assert share("B", "A", *WORDS, at="DRAM", rows=3) == pytest.approx(empty(3))


def test_a_tile_as_long_as_its_row_waits_for_its_own_words_only():
    """B's tile of 2 x 3 words fills two rows of three."""
    assert share("B", "A", *TILES, at="DRAM", rows=3) == pytest.approx(empty(6))


def test_a_tile_shorter_than_its_row_waits_for_its_neighbours():
    """Rows of twelve words hold two tiles of six, along K2: 2 x 6 words of A."""
    assert share("B", "A", *TILES, at="DRAM", rows=12) == pytest.approx(empty(12))


def test_behind_a_fanout_over_a_shared_dimension_further_loops_undo_the_condition():
    """K2 along X is B's and A's; M2 outside it is A's: Timeloop saves nothing there. In the other order it does."""
    outer = (loops("DRAM", "N6 K3 M2", x="M2 K2", keep="ABZ"),)
    assert share("B", "A", *outer, at="DRAM", macs=(4, 1)) == 0.0
    inner = (loops("DRAM", "N6 K3 M2", x="K2 M2", keep="ABZ"),)
    assert share("B", "A", *inner, at="DRAM", macs=(4, 1)) == pytest.approx(empty(2))


@pytest.mark.parametrize(("order", "tile", "empty_places"), [
    ("M6 N2 K6", "", 20 / 36), ("M3 N2 K3", "M2 K2", 2 / 9), ("M2 N2 K3", "M3 K2", 2 / 6), ("M2 N2 K2", "M3 K3", 0.0)])
def test_a_banded_condition(order, tile, empty_places):
    """Three diagonals of a 6 x 6 matrix: 20 of its words are zero, and of its tiles those in the far corners."""
    prob = problem("M6 N2 K6", tensor("A", "M", "K", model="banded", band_width=1), tensor("B", "K", "N"),
                   tensor("Z", "M", "N", output=True))
    nest = mapping(loops("DRAM", order, keep="ABZ"), loops("Buf", tile, keep="ABZ"))
    made = inputs(architecture(level("DRAM"), level("Buf")), prob, nest)
    found = ineffectual(made.plan, made.sparse, made.complete, made.nest.extents, 1, 0, 1, np.array([True, False, False]), walk_of(made))
    assert found == pytest.approx(empty_places)


@pytest.mark.parametrize(("nest", "at", "child", "target", "dimension", "scalar"), [
    (WORDS, 0, -1, "B", "K", True),
    (TILES, 1, 0, "B", "K", False),
    (TILES, 1, 0, "Z", "N", False),
    ((loops("DRAM", "M4 N6", x="K6", keep="ABZ"),), 0, -1, "B", "K", False),
    ((loops("DRAM", "M4 N6 K6", keep="ABZ"), loops("Buf", keep="ABZ")), 1, 0, "B", "K", False),
    ((loops("DRAM", "M4 N6 K6", keep="ABZ"), loops("Mid", keep="ABZ"), loops("Buf", keep="ABZ")), 1, 0, "B", "K", False),
])
def test_target_loops(nest, at, child, target, dimension, scalar):
    """The innermost loop over the target above its next keeper; at the innermost keeper the innermost loop there is, for one word."""
    columns = math.prod(loop.bound for part in nest for loop in part.spatial_x)
    made = inputs(architecture(*(level(part.level) for part in nest), macs=(columns, 1)), matmul("M4 N6 K6"), mapping(*nest))
    place, is_scalar = target_loop(made.complete, at, child, made.sparse.relevant["ABZ".index(target)])
    assert ("MNK"[made.complete.dims[place]], is_scalar) == (dimension, scalar)
