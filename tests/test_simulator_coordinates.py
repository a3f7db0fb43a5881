"""Sets of coordinates, and what an instance lacks of its next tile."""

from __future__ import annotations

import pytest
from simulator.coordinates import CoordinateSpace, Holding
from simulator.strategies import ranks

from snnhw.spec.problem import Tensor, Term


def space(text: str, span: dict[str, int], **coefficients: int) -> CoordinateSpace:
    return CoordinateSpace(Tensor(name="A", projection=ranks(text, coefficients)), span)


def test_a_box_is_the_product_of_its_intervals() -> None:
    box = space("M K", {"M": 3, "K": 4}).box({"M": 1, "K": 2}, {"M": 2, "K": 2})
    assert box.bits == sum(1 << m * 4 + k for m in (1, 2) for k in (2, 3))


def test_a_window_covers_all_between_its_first_and_its_last_coordinate() -> None:
    box = space("P+R", {"P": 3, "R": 2}, P=3).box({"P": 0, "R": 0}, {"P": 2, "R": 1})
    assert box.bits == 0b1111


def test_a_negative_coefficient_reverses_an_axis() -> None:
    tensor = Tensor(name="A", projection=((Term(dimension="P"), Term(dimension="R", coefficient=-1)),))
    made = CoordinateSpace(tensor, {"P": 3, "R": 3})
    assert made.box({"P": 0, "R": 2}, {"P": 1, "R": 1}).bits == 0b00001
    assert made.box({"P": 2, "R": 0}, {"P": 1, "R": 1}).bits == 0b10000


@pytest.mark.parametrize("way", [{"M": 1, "K": 0}, {"M": 0, "K": 2}, {"M": 2, "K": 1}])
def test_a_moved_box_is_the_box_at_the_other_place(way: dict[str, int]) -> None:
    made = space("M K", {"M": 4, "K": 4})
    there = {"M": way["M"], "K": way["K"]}
    assert made.moved(made.box({"M": 0, "K": 0}, {"M": 2, "K": 2}).bits, way) == made.box(there, {"M": 2, "K": 2}).bits


def fetched(windows: list[tuple[int, int]]) -> list[int]:
    """Words that an instance fetches for windows (first word, words) of one axis, one after the other."""
    made, holding = space("P", {"P": 16}), Holding()
    return [holding.lacks(made.box({"P": first}, {"P": words})).bit_count() for first, words in windows]


def test_the_first_tile_is_fetched_whole_and_one_that_stays_is_not_fetched_again() -> None:
    assert fetched([(0, 4), (0, 4), (0, 4)]) == [4, 0, 0]


def test_a_sliding_window_fetches_what_it_did_not_hold() -> None:
    assert fetched([(0, 4), (1, 4), (2, 4)]) == [4, 1, 1]


def test_a_window_that_changes_its_step_is_fetched_whole_and_then_slides_again() -> None:
    assert fetched([(0, 4), (1, 4), (0, 4), (2, 4), (4, 4)]) == [4, 1, 4, 2, 2]


def test_standing_still_does_not_change_the_step() -> None:
    assert fetched([(0, 4), (1, 4), (1, 4), (2, 4), (4, 4)]) == [4, 1, 0, 1, 4]


def test_the_step_of_tiles_of_different_sizes_is_that_of_their_centres_rounded_away_from_zero() -> None:
    assert fetched([(0, 4), (1, 3), (2, 3)]) == [4, 0, 1]
    assert fetched([(0, 4), (2, 2), (3, 2)]) == [4, 0, 1]
    assert fetched([(0, 4), (2, 3), (4, 3)]) == [4, 1, 2]
    assert fetched([(0, 4), (2, 3), (3, 3)]) == [4, 1, 3]


def test_what_was_seen_is_the_union_of_all_tiles() -> None:
    made, holding = space("P", {"P": 16}), Holding()
    for first in (0, 3, 8):
        holding.lacks(made.box({"P": first}, {"P": 2}))
    assert (holding.seen, holding.fetched) == (0b1100011011, 6)
