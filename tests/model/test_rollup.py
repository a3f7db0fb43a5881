"""From traffic to reads, fills and updates. Levels are listed from the innermost."""

from __future__ import annotations

import numpy as np
import pytest

from snnhw.model.rollup import CONTENT, FLOWS, LINKED, SCALE, bypass, network, partitions, roll_up, round_half_away


def records(*levels: list[tuple[float, float]]) -> tuple[np.ndarray, np.ndarray]:
    """Traffic records from (multicast, accesses) of each level, and how many each has."""
    made = np.zeros((len(levels), max(map(len, levels)), 4))
    for level, found in enumerate(levels):
        for i, (multicast, accesses) in enumerate(found):
            made[level, i] = multicast, 1, accesses, accesses
    return made, np.array([len(found) for found in levels], np.int64)


def rolled(*levels: list[tuple[float, float]], keep: str | None = None, fanouts: list[int] | None = None, links: list[float] | None = None,
           partition: list[int] | None = None, output: bool = False) -> list[list[float]]:
    """[reads, fills, updates] of each level."""
    made, used = records(*levels)
    n = len(levels)
    fan = np.array(fanouts or [1] * n, np.int64)
    replication = np.array([np.prod(fan[level + 1:], dtype=np.int64) for level in range(n)], np.int64)
    counts = np.full((n, 1, 3), -1.0)
    roll_up(made, used, np.array(links or [0.0] * n), np.array([[c == "k"] for c in keep or "k" * n]), 0, fan, replication,
            np.array(partition or [0] * n, np.int64), output, True, np.full((n, FLOWS), -1.0), counts)
    return counts[:, 0].tolist()


def shares(sizes: list[int], node_sizes: list[int]) -> list[int]:
    """Words that each instance is responsible for."""
    result = np.full(len(sizes), -1, np.int64)
    partitions(np.array([sizes]).T, np.array([node_sizes]).T, 0, result)
    return result.tolist()


@pytest.mark.parametrize(("x", "rounded"), [(0.0, 0), (0.49, 0), (0.5, 1), (1.5, 2), (2.5, 3), (-0.5, -1), (-1.4, -1), (-2.5, -3)])
def test_halves_are_rounded_away_from_zero(x, rounded):
    assert round_half_away(x) == rounded


def test_partitions():
    """The outermost level is responsible for its tile; inner ones for their share of the box that a fan-out holds together."""
    assert shares([4, 16], [0, 0]) == [16, 16]
    assert shares([4, 16], [0, 8]) == [8, 16]
    assert shares([2, 6, 12], [0, 4, 0]) == [6, 12, 12]
    assert shares([3, 8], [0, 7]) == [8 * 3 // 7, 8]


def test_an_operand_is_read_where_it_leaves_and_filled_where_it_arrives():
    """Ten words leave the outer level, twenty the inner one; nothing fills the outermost."""
    assert rolled([(1, 20)], [(1, 10)]) == [[20, 10, 0], [10, 0, 0]]


def test_a_multicast_fills_several():
    """Ten words, each to two of four children: five words a child on average."""
    assert rolled([(1, 20)], [(2, 10)], fanouts=[1, 4]) == [[20, 5, 0], [10, 0, 0]]


def test_records_of_different_groups_add_up():
    """Six words to two each and four to one: (12 + 4) / 4 a child."""
    assert rolled([(1, 20)], [(2, 6), (1, 4)], fanouts=[1, 4]) == [[20, 4, 0], [10, 0, 0]]


def test_partial_sums_are_not_read_the_first_time():
    """Outputs: every word that arrives updates; reads are less the words that the level is responsible for, and so are fills inside."""
    assert rolled([(1, 20)], [(1, 10)], output=True, partition=[6, 8]) == [[14, 4, 20], [2, 0, 10]]


def test_more_first_reads_than_reads_are_no_negative_count():
    """A partition that rounds to more than there is leaves 0."""
    assert rolled([(1, 3)], [(1, 2)], output=True, partition=[6, 8]) == [[0, 0, 3], [0, 0, 2]]


def test_a_bypassed_inner_level_asks_the_next_outer_one():
    """Two children, each of which would have asked twenty times: all of it leaves the outer level."""
    assert rolled([(1, 20)], [(1, 10)], keep="-k", fanouts=[1, 2]) == [[0, 0, 0], [20 * 2, 0, 0]]


def test_a_multicast_is_kept_through_a_bypass():
    """Each of ten words went to both children, so forty operations need twenty reads."""
    assert rolled([(1, 20)], [(2, 10)], keep="-k", fanouts=[1, 2]) == [[0, 0, 0], [20, 0, 0]]


def test_a_bypassed_level_in_the_middle():
    """Nine words leave the outer level for the middle one, which would have sent eighteen on to the inner one."""
    assert rolled([(1, 20)], [(1, 18)], [(1, 9)], keep="k-k") == [[20, 18, 0], [0, 0, 0], [18, 0, 0]]


def test_a_bypassed_outermost_level_fills_nothing():
    """The outermost keeper is where the data is from the start."""
    assert rolled([(1, 20)], [(1, 10)], keep="k-") == [[20, 0, 0], [0, 0, 0]]


def test_words_from_a_neighbour_are_read_there_and_filled_here():
    """Six words over links between two children: three reads and fills more at each."""
    assert rolled([(1, 20)], [(1, 10)], fanouts=[1, 2], links=[0, 6]) == [[23, 5 + 3, 0], [10, 0, 0]]


def test_links_end_at_a_bypassed_level():
    """Its parent serves all of it."""
    assert rolled([(1, 20)], [(1, 10)], keep="-k", fanouts=[1, 2], links=[0, 6])[1] == [40, 0, 0]


def test_counts_are_rounded():
    """Reads to the nearest word, fills down (operands)."""
    assert rolled([(1, 20.5)], [(2, 3.4)], fanouts=[1, 4]) == [[21, 1, 0], [3, 0, 0]]


def test_bypass_leaves_levels_above_the_outermost_keeper_empty():
    made, used = records([(1, 20)], [(1, 10)], [(1, 5)])
    flows = np.zeros((3, FLOWS))
    flows[:, CONTENT], flows[:, LINKED] = (20, 10, 5), (0, 2, 3)
    bypass(made, used, np.array([[True], [False], [False]]), 0, np.ones(3, np.int64), flows)
    assert flows[:, SCALE].tolist() == [1, 0, 0]
    assert flows[:, LINKED].tolist() == [0, 0, 0]


def over_network(found: list[tuple[float, float]], links: float = 0.0, *, output: bool = False, reduces: bool = True,
                 partition: int = 0) -> list[float]:
    """[ingresses, hops per ingress, links, reductions, hops, routers]; each word makes one hop."""
    made, used = records(found)
    figures = np.full((1, 1, 6), -1.0)
    flows = np.zeros((1, FLOWS))
    flows[0, LINKED], flows[0, SCALE] = links, 1.0
    network(made, 0, used[0], flows, output, reduces, partition, 0, figures)
    return figures[0, 0].tolist()


def test_an_operand_on_a_network():
    """Ten words in groups of two: a router more than hops."""
    assert over_network([(2, 10)], 3.0) == [10, 1, 3, 0, 10, 20]


def test_outputs_are_reduced_on_the_way():
    """Groups of two and of three: one and two additions a word."""
    assert over_network([(2, 10), (3, 4)], output=True) == [14, 1, 0, 10 * 1 + 4 * 2, 14, 28]


def test_outputs_of_a_level_that_cannot_add_go_out_and_come_back():
    """Twice the words, less those that are there for the first time."""
    assert over_network([(1, 10)], output=True, reduces=False, partition=4)[0] == 16


def test_the_partition_is_taken_off_each_record():
    """Also where that leaves less than nothing: such a record counts as ingresses and reductions, but makes no hops (the reference)."""
    assert over_network([(1, 10), (2, 4)], output=True, reduces=False, partition=9) == [
        (20 - 9) + (8 - 9), 10 / 10, 0, 8 - 9, 10, (1 + 10 // 11) * 11]


def test_an_unused_network_carries_nothing():
    assert over_network([(1, 0)]) == [0] * 6
