"""Nests that share words alike are told from others, and a table of parts may be as small as it likes."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from search.small_cases import everything, small_case

from snnhw.model.sharing import empty_sharing, kinds_of_groups, share_out
from snnhw.search import branching
from snnhw.search.candidates import nest_of
from snnhw.search.parts import empty_memo, space_key


def key_of_levels(*levels: list[tuple[int, int, int]]) -> int:
    """The key of loops in space along Y: (dimension, bound, step) of each, by level."""
    counts = np.array([len(loops) for loops in levels])
    ends = np.cumsum(counts)
    dims, bounds, steps = (np.array([loop[i] for loops in levels for loop in loops], np.int64) for i in range(3))
    return int(space_key(dims, bounds, steps, np.concatenate((ends - counts, ends[-1:])), ends, np.zeros(len(levels), np.int64)))


def test_a_loop_of_one_level_is_not_taken_for_the_same_loop_of_another() -> None:
    """The numbers of a loop over dimension 1 (2, 2, 2) are those of a level with such a loop, and of others."""
    for loop in ((0, 2, 1), (1, 2, 2), (1, 1, 1), (0, 1, 2), (2, 4, 4)):
        places = [[[loop] if level == at else [] for level in range(4)] for at in range(4)]
        assert len({key_of_levels(*levels) for levels in places}) == 4
    assert key_of_levels([(1, 2, 2)], [(1, 2, 2)], []) != key_of_levels([(1, 2, 2)], [], [(1, 2, 2)])


@pytest.mark.parametrize("sparse", [False, True])
def test_nests_with_one_key_share_their_words_alike(sparse: bool) -> None:
    for seed in range(30):
        case = small_case(seed, sparse=sparse)
        listed, plan = everything(case, 300), case.plan
        found: dict[int, tuple[object, ...]] = {}
        for i in range(0 if listed is None else len(listed.costs)):
            nest = nest_of(listed.factors[i], listed.orders[i], listed.keep[i])
            key = int(space_key(nest.dims, nest.bounds, nest.steps, nest.spatial_from, nest.temporal_from, nest.x_loops))
            sharing = empty_sharing(*nest.keep.shape, kinds_of_groups(plan.columns * plan.rows))
            sharing.plain[:] = 0
            share_out(plan, nest, True, sharing)
            loops = [(level, *nest.dims[a:b], *nest.bounds[a:b], *nest.steps[a:b], nest.x_loops[level])
                     for level, (a, b) in enumerate(zip(nest.spatial_from, nest.temporal_from, strict=False)) if a < b]
            mine = (str(loops), sharing.plain_count.tobytes(), sharing.plain.tobytes())
            assert found.setdefault(key, mine) == mine, seed


def test_a_table_with_one_row_finds_the_same_best_mapping(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts that it has no place for are worked out again."""
    for seed in (4, 50, 356):
        case = small_case(seed, sparse=True)
        found = []
        for rows in (1, 1000):
            monkeypatch.setattr(branching, "empty_memo", partial(empty_memo, rows=rows))
            task = case.task()
            branching.branch(task, case.problem)
            assert task.best is not None
            found.append((task.best.values, task.best.factors.tobytes(), task.best.orders.tobytes(), task.evaluated))
        assert found[0] == found[1]
        assert np.isfinite(found[0][0][0])
