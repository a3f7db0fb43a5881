"""Boxes without other boxes, held against sets of coordinates."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from snnhw.model.boxes import Box, Piece, shared, step_between, without

RANKS = 2
vectors = st.tuples(*[st.integers(-2, 2)] * RANKS)
boxes = st.builds(Box, low=vectors, sides=st.tuples(*[st.integers(1, 4)] * RANKS))


def inside(box: Box) -> set[tuple[int, ...]]:
    return set(product(*(range(low, low + side) for low, side in zip(box.low, box.sides, strict=True))))


def held(piece: Piece | None) -> set[tuple[int, ...]]:
    if piece is None:
        return set()
    return inside(piece.around) - (set() if piece.hole is None else inside(piece.hole))


@given(a=boxes, b=boxes)
def test_what_is_left_of_a_box(a, b):
    """Its coordinates without those of the other one."""
    left = without(a, b)
    assert held(left) == inside(a) - inside(b)
    assert (0 if left is None else left.words) == len(held(left))


@given(a=boxes, b=boxes)
def test_what_boxes_share(a, b):
    found = shared(a, b)
    assert (set() if found is None else inside(found)) == inside(a) & inside(b)


@settings(max_examples=300)
@given(a=boxes, b=boxes, c=boxes, d=boxes)
def test_equal_coordinates_have_equal_descriptions(a, b, c, d):
    """Whatever boxes they are left of; the description has no freedom, so equal pieces can be found by comparing them."""
    one, other = without(a, b), without(c, d)
    assert (one == other) == (held(one) == held(other))
    around = None if one is None else one.around
    assert around is None or without(around, around) is None
    assert one is None or without(one.around, one.hole or Box((9, 9), (1, 1))) == one


def test_pieces_of_one_shape_at_different_places():
    """[0, 3) without [0, 1) looks like [5, 7)."""
    left = without(Box((0,), (3,)), Box((0,), (1,)))
    assert left is not None
    assert left.shape == Piece(Box((5,), (2,))).shape


def test_a_step_is_that_of_the_centre():
    """Halves are rounded away from 0: a box of three words that becomes one of two at its start has moved by -1, at its end by 1."""
    assert step_between(Box((0, 0), (3, 3)), Box((4, 0), (3, 3))) == (4, 0)
    assert step_between(Box((0,), (3,)), Box((0,), (2,))) == (-1,)
    assert step_between(Box((0,), (3,)), Box((1,), (2,))) == (1,)
