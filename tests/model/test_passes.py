"""Loops whose last pass is shorter: which iterations are looked at, and how many instances they keep busy."""

from __future__ import annotations

import pytest
from model.cases import loops, mapping, problem, tensor

from snnhw.model.encoding import encode
from snnhw.model.passes import Passes, Visit, passes_of, used_instances
from snnhw.spec.mapping import Mapping

ALL = 0b11


def passes(nest: Mapping) -> Passes:
    return passes_of(nest, encode(problem("P8 M4", tensor("A", "P"), tensor("Z", "M", output=True)), nest))


def visits(*level_loops: str, iteration_of: int = 0, last: int = ALL) -> tuple[tuple[int, ...], ...]:
    """Visits of one loop over P of a level that holds loops of these factors."""
    found = passes(mapping(loops("DRAM", " ".join(f"P{factor}" for factor in level_loops), keep="AZ")))
    return tuple(tuple(visit) for visit in found.visits(iteration_of, last))


def test_in_a_full_pass_the_second_iteration_stands_for_all_others():
    assert visits("3", "4") == (tuple(Visit(0)), (1, 3, 3))


def test_a_single_iteration_is_looked_at():
    assert visits("3", "4,1") == ((0, 1, 1),)


@pytest.mark.parametrize(("outer", "expected"), [
    ("2", ((0, 1, 1), (1, 1, 1))),
    ("3", ((0, 1, 1), (1, 1, 2), (2, 1, 0))),
    ("5", ((0, 1, 1), (1, 3, 4), (4, 1, 0)))])
def test_where_loops_inside_end_earlier_the_last_iteration_is_looked_at(outer, expected):
    """What it brings an only child is not counted, as the second iteration stands for it already."""
    assert visits(outer, "3,2", iteration_of=1) == expected


@pytest.mark.parametrize(("middle", "expected"), [
    ("5,2", ((0, 1, 1), (1, 1, 1))),
    ("5,3", ((0, 1, 1), (1, 1, 1), (2, 1, 1))),
    ("6,5", ((0, 1, 1), (1, 2, 3), (3, 1, 0), (4, 1, 1)))])
def test_a_loop_that_is_cut_too_is_also_looked_at_one_earlier(middle, expected):
    assert visits("2", middle, "3,2", iteration_of=1) == expected


def test_before_the_last_pass_all_iterations_run_and_nothing_ends_early():
    assert visits("2", "5,2", "3,2", iteration_of=1, last=0) == ((0, 1, 1), (1, 4, 4))


def test_dimensions_whose_loops_inside_are_full_are_forgotten():
    """Nothing inside depends on whether they are in their last pass."""
    found = passes(mapping(loops("DRAM", "P3 P2,1 P2", keep="AZ")))
    assert [found.inside(i, 1, found.iterations(i, 1) - 1) for i in (2, 1, 0)] == [1, 0, 0]
    assert found.inside(2, 1, 0) == 0


def test_tiles_reach_less_far_in_the_last_pass():
    """3 times 3 in a full pass, 2 * 3 + 2 in the last."""
    found = passes(mapping(loops("DRAM", "P2 P3 P3,2 M2", keep="AZ")))
    assert (found.reach(3, 0), found.reach(3, ALL)) == ((9, 2), (8, 2))


def used(outer: str, **space: str) -> tuple[list[int], int]:
    nest = mapping(loops("DRAM", outer, keep="AZ", **space), loops("Buf", x="M2", keep="AZ"))
    encoded = encode(problem("P8 M4", tensor("A", "P"), tensor("Z", "M", output=True)), nest)
    replication, macs = used_instances(passes_of(nest, encoded), encoded)
    return replication.tolist(), macs


def test_instances_are_a_mean_over_the_passes():
    """Of three passes two use three instances and one uses one: 7/3, cut to 2 for the buffer; 14/3, cut to 4 for the computes."""
    assert used("P3", x="P3,1") == ([2, 1], 4)
    assert used("P3", x="P3") == ([3, 1], 6)


def test_passes_of_loops_that_are_cut_themselves_count():
    """2 and 4,3 outside make 7 passes; the last of them uses 1 of 2."""
    assert used("P2 P4,3", x="P2,1") == ([int(13 / 7), 1], int(2 * 13 / 7))
