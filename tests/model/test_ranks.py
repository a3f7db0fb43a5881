"""Which loops each rank of a format takes."""

from __future__ import annotations

import numpy as np
import pytest
from model.cases import architecture, level, loops, mapping, matmul, problem, tensor
from model.kernels import inputs

from snnhw.model.ranks import level_ranks, relevant_loops, words_and_rows
from snnhw.spec.mapping import LevelMapping
from snnhw.spec.problem import Problem

NO_RULE, NO_GROUP = -2, -1


def ranks_of(prob: Problem, name: str, *nest: LevelMapping, at: int, child: int, groups: list[list[int]], child_ranks: int = 0,
             child_fibre: tuple[int, ...] = (), outer_to_inner: bool = True) -> tuple[list[int], list[int]] | None:
    """(sub-tiles in a fibre, words of the tile) of each rank, innermost first; None where loops are left without a rank.

    groups: of each rank, innermost first, the list of its flattening rule that holds M, N, K. child_ranks: those that are the child's.
    """
    names = [part.level for part in nest]
    made = inputs(architecture(*(level(n, mesh=(1, 1)) for n in names)), prob, mapping(*nest))
    k = [t.name for t in prob.tensors].index(name)
    fibre, tiles = np.full(len(groups), -1, np.int64), np.full((len(groups) + 1, 2), -1, np.int64)
    fibre[:child_ranks] = child_fibre
    tiles[:child_ranks + 1, 0] = np.cumprod([1, *child_fibre])
    fits = level_ranks(made.complete, made.nest, at, child, made.plan.coefficients[k], made.sparse.relevant[k], np.array(groups, np.int64),
                       child_ranks > 0, child_ranks, outer_to_inner, fibre, tiles)
    return (fibre.tolist(), tiles[:, 0].tolist()) if fits else None


NEST = (loops("DRAM", "M2 N3 K2", keep="ABZ"), loops("Buf", "K4 M5 N2", keep="ABZ"))
PROBLEM = matmul("M10 N6 K8")
ALL = [0, 0, 0]


def test_only_loops_over_the_tensor_matter():
    """Of the six loops of the outer level, and none inside its child: M and K for A, without N."""
    made = inputs(architecture(level("DRAM"), level("Buf")), PROBLEM, mapping(*NEST))
    found = relevant_loops(made.complete, 1, 1, made.sparse.relevant[0])
    assert [("MNK"[made.complete.dims[i]], int(made.complete.bounds[i])) for i in found] == [("K", 2), ("M", 2)]


def test_words_and_rows_of_a_tile():
    """Rows run along the first rank of the tensor."""
    assert words_and_rows(np.array([[1, 0, 0], [0, 1, 1]], np.int64), np.array([3, 4, 2], np.int64)) == (3 * 5, 3)


def test_a_rank_that_may_flatten_all_takes_all():
    """The innermost keeper of A holds 5 x 4 words: one fibre of them."""
    assert ranks_of(PROBLEM, "A", *NEST, at=0, child=-1, groups=[ALL]) == ([20], [1, 20])


def test_a_rank_without_a_rule_takes_one_loop():
    """K4 outside M5: the outer rank has four fibres' heads, the inner one five words in each."""
    assert ranks_of(PROBLEM, "A", *NEST, at=0, child=-1, groups=[[NO_RULE] * 3] * 2) == ([5, 4], [1, 5, 20])


def test_too_few_ranks():
    """Two loops, one rank that may take one."""
    assert ranks_of(PROBLEM, "A", *NEST, at=0, child=-1, groups=[[NO_RULE] * 3]) is None


def test_a_rule_without_the_dimension_leaves_the_rank_empty():
    """The outer rank may flatten N and M only and meets K4 first, so the two inner ranks have to take both loops."""
    without_k = [0, 0, NO_GROUP]
    assert ranks_of(PROBLEM, "A", *NEST, at=0, child=-1, groups=[ALL, without_k]) == ([20, 1], [1, 20, 5])


def test_a_rule_of_two_lists_takes_one_list():
    """K in one list, M and N in another: the outer rank takes K4, then M5 belongs to the other list."""
    lists = [1, 1, 0]
    assert ranks_of(PROBLEM, "A", *NEST, at=0, child=-1, groups=[lists, lists]) == ([5, 4], [1, 5, 20])


def test_a_rank_too_many_inside():
    """It takes no loop, and its sub-tile is that of the innermost loop, 5 words, and no scalar: Timeloop's convention."""
    assert ranks_of(PROBLEM, "A", *NEST, at=0, child=-1, groups=[[NO_RULE] * 3] * 3) == ([1, 5, 4], [1, 5, 5, 20])


def test_a_level_that_hands_on_tiles_takes_its_childs_ranks():
    """Above the child's tile of 20 words the outer level has M2 and K2: a fibre of four tiles."""
    assert ranks_of(PROBLEM, "A", *NEST, at=1, child=0, groups=[ALL, ALL], child_ranks=1, child_fibre=(20,)) == ([20, 4], [1, 20, 80])


def test_a_level_that_hands_on_tiles_needs_a_rank_of_its_own():
    """All its ranks are the child's, and M2 and K2 are left."""
    assert ranks_of(PROBLEM, "A", *NEST, at=1, child=0, groups=[ALL], child_ranks=1, child_fibre=(20,)) is None


def test_without_tiles_the_outer_loops_take_in_the_inner_ones():
    """An uncompressed tensor: K2 and M2 of the outer level stand for all 8 and 10 iterations."""
    assert ranks_of(PROBLEM, "A", *NEST, at=1, child=0, groups=[ALL]) == ([80], [1, 80])
    assert ranks_of(PROBLEM, "A", *NEST, at=1, child=0, groups=[[NO_RULE] * 3] * 2) == ([8, 10], [1, 40, 80])


def test_from_the_inside_ranks_too_many_are_outside():
    """M5, then K4; the third rank takes no loop."""
    assert ranks_of(PROBLEM, "A", *NEST, at=0, child=-1, groups=[[NO_RULE] * 3] * 3, outer_to_inner=False) == ([5, 4, 1], [1, 5, 20, 20])


def test_from_the_inside_a_rank_of_several_loops_holds_them_all():
    """M5 and K4, in one rank, whose tile has 20 words; 5 by the reference."""
    assert ranks_of(PROBLEM, "A", *NEST, at=0, child=-1, groups=[ALL], outer_to_inner=False) == ([20], [1, 20])


def test_from_the_inside_a_rule_without_the_dimension_leaves_the_rank_empty():
    """The inner rank may flatten N and K and meets M5 first."""
    groups = [[NO_GROUP, 0, 0], ALL]
    assert ranks_of(PROBLEM, "A", *NEST, at=0, child=-1, groups=groups, outer_to_inner=False) == ([1, 20], [1, 1, 20])


def test_from_the_inside_too_few_ranks():
    assert ranks_of(PROBLEM, "A", *NEST, at=0, child=-1, groups=[[NO_RULE] * 3], outer_to_inner=False) is None


def test_bypassed_levels_belong_to_the_level_above():
    """A goes straight from DRAM to the computes: all four loops are DRAM's."""
    nest = (loops("DRAM", "M2 N3 K2", keep="ABZ"), loops("Buf", "K4 M5 N2", keep="BZ"))
    assert ranks_of(PROBLEM, "A", *nest, at=1, child=-1, groups=[[NO_RULE] * 3] * 4) == ([5, 4, 2, 2], [1, 5, 20, 40, 80])


def test_a_window_counts_its_words_once():
    """In[P + R], P4 outside R3: a fibre of four windows; together they hold 4 + 3 - 1 words."""
    prob = problem("P4 R3", tensor("In", "P+R"), tensor("W", "R"), tensor("O", "P", output=True))
    nest = (loops("DRAM", "P4 R3", keep=("In", "W", "O")),)
    assert ranks_of(prob, "In", *nest, at=0, child=-1, groups=[[NO_RULE] * 2] * 2) == ([3, 4], [1, 3, 6])


@pytest.mark.parametrize(("name", "words"), [("A", 80), ("B", 48), ("Z", 60)])
def test_the_whole_tensor(name, words):
    """All loops of both levels in one fibre."""
    assert ranks_of(PROBLEM, name, *NEST, at=1, child=0, groups=[ALL]) == ([words], [1, words])
