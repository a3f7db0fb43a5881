"""What leaves an instance: multicast, hops, and words from neighbours."""

from __future__ import annotations

import pytest
from simulator.ledger import Ledger, hops, multicast, neighbours


def test_the_neighbours_are_above_below_left_and_right_and_never_around_the_edge() -> None:
    assert sorted(neighbours(4, (3, 3))) == [1, 3, 5, 7]
    assert sorted(neighbours(2, (3, 2))) == [1, 5]
    assert neighbours(0, (1, 1)) == []


@pytest.mark.parametrize(("places", "mesh", "expected"), [
    ([0], (1, 1), 0.0),
    ([2], (4, 1), 2.0),
    ([0, 1, 2, 3], (4, 1), 3.0),
    ([0], (2, 2), 0.5),
    ([0, 2], (2, 2), 1.0),
    ([0, 1, 2, 3], (2, 2), 3.0),
    ([6, 8], (3, 3), 4.0),
])
def test_a_word_goes_along_the_middle_row_and_up_and_down_the_columns(places: list[int], mesh: tuple[int, int], expected: float) -> None:
    assert hops(places, mesh) == expected


def test_those_that_lack_the_same_are_served_by_one_read() -> None:
    served = multicast({0: 0b11, 1: 0b11, 2: 0b1100, 3: 0b11}, (4, 1))
    assert {group: (d.words, d.word_hops) for group, d in served.items()} == {(3, 1): (2, 6.0), (1, 1): (2, 4.0)}


def test_those_that_lack_nothing_are_in_no_group() -> None:
    assert multicast({0: 0, 1: 0}, (2, 1)) == {}


def test_the_hops_of_groups_of_one_size_are_averaged() -> None:
    served = multicast({0: 0b1, 1: 0b10, 2: 0b11100}, (3, 1))
    assert {group: (d.words, d.word_hops) for group, d in served.items()} == {(1, 3): (5, 5.0)}


def served(steps: list[dict[int, int]], *, link_transfers: bool = True) -> Ledger:
    ledger = Ledger()
    for lacks in steps:
        ledger.deliver(lacks, (3, 1), 1, link_transfers)
    return ledger


def test_a_word_that_a_neighbour_fetched_the_time_before_comes_over_the_link() -> None:
    ledger = served([{0: 0b001, 1: 0b010, 2: 0b100}, {0: 0b010, 1: 0b100, 2: 0b1000}])
    assert ledger.links == 2
    assert sum(words for words, _ in ledger.records.values()) == 3 + 1


def test_without_links_each_word_comes_from_the_parent() -> None:
    ledger = served([{0: 0b001, 1: 0b010, 2: 0b100}, {0: 0b010, 1: 0b100, 2: 0b1000}], link_transfers=False)
    assert (ledger.links, sum(words for words, _ in ledger.records.values())) == (0, 6)


def test_links_are_not_used_where_the_parent_is_read_as_often_with_them() -> None:
    ledger = served([{0: 0b1, 1: 0b10}, {0: 0b10, 1: 0b100, 2: 0b10}])
    assert ledger.links == 2
    ledger = served([{0: 0b1, 2: 0b10}, {0: 0b100, 1: 0b1, 2: 0b1000}])
    assert ledger.links == 1
    ledger = served([{0: 0b1}, {1: 0b1, 2: 0b1}])
    assert (ledger.links, ledger.records) == (0, {(1, 1): (1, 0.0), (2, 1): (1, 2.0)})


def test_what_counts_is_the_neighbours_last_fetch_not_what_it_holds() -> None:
    ledger = served([{0: 0b1, 1: 0b10}, {0: 0, 1: 0b100}, {0: 0, 1: 0b1}])
    assert ledger.links == 0
