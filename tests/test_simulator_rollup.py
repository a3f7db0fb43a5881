"""From counts to what Timeloop prints."""

from __future__ import annotations

from fractions import Fraction

import pytest
from simulator.rollup import Row, roll_up, rounded, stored, transferred


def row(words: dict[tuple[int, int], int], *, fanout: int = 1, instances: int = 1, tile: int = 1, links: int = 0) -> Row:
    return Row(words={group: Fraction(count) for group, count in words.items()}, word_hops={group: 2.0 * n for group, n in words.items()},
               links=Fraction(links), fanout=fanout, instances=instances, tile_size=tile)


@pytest.mark.parametrize(("value", "expected"), [("1/2", 1), ("3/2", 2), ("-1/2", -1), ("-3/2", -2), ("7/5", 1), ("8/5", 2), ("-7/5", -1)])
def test_halves_are_rounded_away_from_zero(value: str, expected: int) -> None:
    assert rounded(Fraction(value)) == expected


def test_a_child_receives_its_share_of_what_the_parent_delivers() -> None:
    rows = [row({(2, 1): 6, (1, 2): 4}, fanout=4, tile=8), row({(1, 1): 9}, instances=4, tile=2)]
    roll_up(rows, [True, True], [8])
    assert (rows[0].served, rows[1].share, rows[1].partition) == (10, Fraction(6 * 2 + 4, 4), 2)


def test_the_level_outside_serves_what_a_bypassed_level_would() -> None:
    rows = [row({(2, 2): 6}, fanout=4, links=3, tile=8), row({(1, 1): 9}, instances=4, tile=2)]
    roll_up(rows, [True, False], [8])
    assert (rows[0].served, rows[0].links, rows[0].words) == (Fraction(9 * 4, 2), 0, {(2, 2): Fraction(18)})
    assert (rows[1].gone, rows[1].served, rows[1].words) == (True, 0, {(1, 1): 9})


def test_nothing_is_left_of_levels_above_the_outermost_keeper() -> None:
    rows = [row({(1, 1): 5}, tile=8), row({(1, 1): 9}, tile=8)]
    roll_up(rows, [False, True], [8])
    assert (rows[0].words, rows[0].served, rows[1].share, rows[1].served) == ({}, 0, 0, 9)


def test_words_from_neighbours_are_read_and_filled_by_the_instances_that_pass_them() -> None:
    rows = [row({(1, 2): 4}, fanout=2, links=3, tile=4), row({(1, 1): 9}, instances=2, tile=2)]
    roll_up(rows, [True, True], [4])
    made = stored(rows[1], read_write=False, is_outermost=False, distinct=Fraction(2))
    assert (made.reads, made.fills, made.is_integral) == (rounded(Fraction(9) + Fraction(3, 2)), 3, False)


def test_the_first_read_of_a_sum_is_not_made() -> None:
    rows = [row({(1, 1): 6}, tile=2), row({(1, 1): 12}, tile=1)]
    roll_up(rows, [True, True], [1])
    outer, inner = (stored(r, read_write=True, is_outermost=i == 0, distinct=Fraction(2)) for i, r in enumerate(rows))
    assert (outer.reads, outer.fills, outer.updates) == (6 - 2, 0, 6)
    assert (inner.reads, inner.fills, inner.updates) == (12 - 2, 6 - 2, 12)


def test_groups_that_end_up_without_words_make_no_hops() -> None:
    made = row({(2, 2): 2, (2, 1): 1}, fanout=4, tile=2)
    made.partition = 2
    sums = transferred(made, read_write=True, reduces=False)
    assert sums.multicast == {(2, 2): 2 * 2 - 2, (2, 1): 2 * 1 - 2}
    assert (sums.ingresses, sums.hops, sums.spatial_reductions) == (2, 4.0 / 2, 2)


def test_inputs_travel_once() -> None:
    made = row({(2, 1): 3}, fanout=2, tile=2)
    sums = transferred(made, read_write=False, reduces=False)
    assert (sums.ingresses, sums.hops, sums.spatial_reductions) == (3, 2.0, 0)
