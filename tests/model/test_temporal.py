"""How much of a tile is new at each visit, worked by hand. A visit of the same shape as the one before may come from a neighbour."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from snnhw.model.reuse import tile_moves, tile_side
from snnhw.model.temporal import ROOM_COLUMNS, delivered, first_move, overlap_volume, whole_tiles


def counted(extents: list[int], *loops: tuple[list[int], int]) -> tuple[int, list[int]]:
    """(words that no neighbour can help with, words of each loop's visits that one may have). loops: (move, bound), innermost first."""
    moves = np.array([move for move, _ in loops], np.int64).reshape(len(loops), len(extents))
    passed_on = np.full(len(loops), -1, np.int64)
    bounds = np.array([bound for _, bound in loops], np.int64)
    alone = delivered(np.array(extents, np.int64), moves, bounds, 0, passed_on, np.empty((len(loops) + 3, ROOM_COLUMNS), np.int64))
    return alone, passed_on.tolist()


def words(extents: list[int], *loops: tuple[list[int], int]) -> int:
    """All words that one instance receives."""
    alone, passed_on = counted(extents, *loops)
    return alone + sum(passed_on)


@pytest.mark.parametrize(("extents", "move", "shared"), [
    ([3], [0], 3), ([3], [1], 2), ([3], [-2], 1), ([3], [3], 0), ([3], [-7], 0), ([3, 4], [1, 1], 6), ([3, 4], [0, 4], 0),
    ([3, 4], [-1, 0], 8)])
def test_overlap(extents, move, shared):
    """Side by side the extent less the move, multiplied."""
    assert overlap_volume(np.array(extents), np.array([move]), 0) == shared


def test_without_loops_the_tile_comes_once():
    assert counted([3, 4]) == (12, [])


def test_a_stationary_tile_comes_once():
    """Loops over other dimensions bring nothing, however many."""
    assert counted([3], ([0], 5)) == (3, [0])
    assert counted([3], ([0], 5), ([0], 7)) == (3, [0, 0])


def test_a_streamed_tile_comes_anew_at_every_step():
    """Four tiles of three words; the last three have the shape of the one before them."""
    assert counted([3], ([3], 4)) == (3, [9])


def test_a_sliding_window_brings_what_it_has_not_held():
    """A window of three over one dimension, moved by one: 3 words, then one each. The first of these follows a whole tile."""
    assert words([3], ([1], 4)) == 3 + 3 * 1
    assert counted([3], ([1], 4)) == (6, [0])


def test_a_strided_window_with_gaps():
    """Moved by five, three words wide: each tile is new."""
    assert words([3], ([5], 4)) == 4 * 3


def test_a_window_in_two_ranks():
    """A 3 x 4 tile moved by one along its second rank: 12 words, then one column of 3."""
    assert words([3, 4], ([0, 1], 6)) == 12 + 5 * 3


def test_two_loops_that_go_on_in_the_same_direction():
    """Positions 0 1 | 2 3: the outer move of 2, less the inner loop's way back of 1, is again 1; so 3 + 1 + 1 + 1 words."""
    assert words([3], ([1], 2), ([1], 2)) == 6
    assert counted([3], ([1], 2), ([1], 2)) == (4, [1, 1])


def test_an_irrelevant_outer_loop_goes_back_to_the_start():
    """Window of two, P=3 inside K=2: 2 + 1 + 1; going back is another stride, so all 2 words are new; then 1 + 1 again."""
    assert words([2], ([1], 3), ([-1], 2)) == 8


def test_every_further_pass_costs_what_the_second_does():
    """K=5: 4 words for the first pass and 4 for each of four more."""
    assert words([2], ([1], 3), ([-1], 5)) == 4 + 4 * 4


def test_going_back_to_where_the_tile_is_brings_nothing():
    """P=3 inside R=2, tile of one word: iteration 1 stands for the last too, so the outer step meets the tile at its place (1 - 1 = 0)."""
    assert words([1], ([1], 3), ([0], 2)) == 3 + 0 + 2


def test_a_stationary_inner_loop_changes_nothing():
    """M=6 inside P=4: as P alone."""
    assert words([3], ([0], 6), ([1], 4)) == words([3], ([1], 4))


def test_after_a_different_stride_the_next_one_is_free_again():
    """P=2, then K=2 back, then P=2: the store is empty after the whole tile, so the step that follows is an overlap again."""
    assert words([4], ([1], 2), ([-1], 2)) == (4 + 1) + (4 + 1)


def test_the_stride_rule_sees_other_strides_too():
    """Q=2 over another rank outside P=2: moves (0,1), (1,-1), (0,1). The second is no stored stride: a whole tile of 9."""
    assert words([3, 3], ([0, 1], 2), ([1, -1], 2)) == (9 + 3) + (9 + 3)


@pytest.mark.parametrize("bounds", [(2, 2, 2), (3, 2, 4), (5, 1, 2)])
def test_streams_of_several_loops_multiply(bounds):
    """Loops over three ranks, tiles that never overlap: every combination is a tile of its own."""
    loops = [([2, 0, 0], bounds[0]), ([-2, 2, 0], bounds[1]), ([-2, -2, 2], bounds[2])]
    assert words([2, 2, 2], *loops) == 8 * np.prod(bounds)


@given(own=st.sampled_from([-2, -1, 1, 2]), others=st.lists(st.lists(st.integers(-2, 2), min_size=3, max_size=3), max_size=2),
       tile=st.lists(st.integers(1, 4), min_size=4, max_size=4), space=st.lists(st.integers(1, 3), min_size=4, max_size=4),
       inside=st.lists(st.integers(2, 4), max_size=2), first=st.integers(2, 4),
       outside=st.lists(st.tuples(st.integers(0, 3), st.integers(2, 4)), max_size=4))
def test_where_the_first_move_has_a_rank_of_its_own_all_visits_bring_whole_tiles(own, others, tile, space, inside, first, outside):
    """And each move is longer than instances are apart.

    Dimension 0 moves rank 0 alone, dimension 3 nothing. tile, space: extents of a tile and of the instances side by side, by dimension;
    inside: loops over dimension 3, then one over dimension 0, then those outside.
    """
    ranks = np.array([[own, 0, 0, 0], *([*row, 0] for row in others)], np.int64)
    loops = [*((3, n) for n in inside), (0, first), *outside]
    dims, bounds = np.array([d for d, _ in loops], np.int64), np.array([n for _, n in loops], np.int64)
    reach, steps = np.array(tile) * space, []
    apart = np.abs(ranks) @ (reach - tile)
    for d, n in loops:
        steps.append(reach[d])
        reach[d] *= n
    at = int(first_move(dims, 0, (ranks != 0).any(axis=0)))
    assert at == len(inside)
    moves, sides = np.zeros((len(loops), len(ranks)), np.int64), np.array([tile_side(ranks, np.array(tile), r) for r in range(len(ranks))])
    tile_moves(dims, np.array(steps, np.int64), 0, ranks, moves)
    passed_on = np.zeros(len(loops), np.int64)
    alone = delivered(sides, moves, bounds, 0, passed_on, np.empty((len(loops) + 3, ROOM_COLUMNS), np.int64))
    assert alone + passed_on.sum() == whole_tiles(sides.prod(), bounds, at)
    assert (np.abs(moves[at:]) > apart).any(axis=1).all()
