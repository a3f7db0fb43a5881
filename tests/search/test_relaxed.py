"""No mapping costs less than its bounds say."""

from __future__ import annotations

import numpy as np
import pytest
from search.bounds import Bounds
from search.small_cases import SmallCase, everything, small_case

from snnhw.model.reuse import tile_size
from snnhw.search.arrivals import _first_words, _more_words, new_words, words_to_box

PLAIN, WINDOW, STRIDED = np.array([[1, 0, 0], [0, 1, 0]]), np.array([[1, 1, 0]]), np.array([[2, 1, 0]])


def wrong(case: SmallCase, limit: int) -> list[object]:
    """Bounds above what their mapping costs."""
    listed = everything(case, limit)
    if listed is None:
        return []
    bounds = Bounds(case)
    latency = bounds.plan.latency_cycles
    return [bound for i in np.flatnonzero(np.isfinite(listed.costs[:, 0])) for bound in bounds.of(listed, i)
            if bound.energy_pJ > listed.costs[i, 0] * (1 + 1e-9) or bound.cycles + latency > listed.costs[i, 1] * (1 + 1e-9)]


@pytest.mark.parametrize("sparse", [False, True])
def test_every_bound_is_below_the_cost_of_every_mapping(sparse: bool) -> None:
    for seed in range(40):
        assert wrong(small_case(seed, sparse=sparse), 300) == [], seed


def touched(coefficients: np.ndarray, extents: tuple[int, ...], start: tuple[int, ...] = (0, 0, 0)) -> set[tuple[int, ...]]:
    return {tuple((coefficients @ (np.array(start) + at)).tolist()) for at in np.ndindex(*extents)}


@pytest.mark.parametrize("coefficients", [
    PLAIN, WINDOW, STRIDED, np.array([[2, 3, 0]]), np.array([[3, 1, 0], [0, 0, 2]]), np.array([[4, 2, 1]])])
@pytest.mark.parametrize("extents", [(1, 1, 1), (3, 1, 2), (2, 3, 2), (4, 2, 1), (3, 4, 3)])
def test_words_that_loops_touch_are_never_overrated(coefficients: np.ndarray, extents: tuple[int, ...]) -> None:
    here = touched(coefficients, extents)
    assert _first_words(coefficients, np.array(extents)) <= len(here) <= tile_size(coefficients, np.array(extents))
    for d in range(3):
        step = [0, 0, 0]
        step[d] = extents[d]
        new = touched(coefficients, extents, tuple(step)) - here
        assert _more_words(coefficients, np.array(extents), d) <= len(new)


def test_words_of_windows_without_gaps_are_exact() -> None:
    assert _first_words(STRIDED, np.array([3, 2, 1])) == tile_size(STRIDED, np.array([3, 2, 1])) == 6
    assert _first_words(STRIDED, np.array([3, 1, 1])) == 3 < tile_size(STRIDED, np.array([3, 1, 1]))
    assert _more_words(STRIDED, np.array([3, 3, 1]), 0) == new_words(STRIDED, np.array([3, 3, 1]), 0) == 6


def box(coefficients: np.ndarray, extents: tuple[int, ...], bounds: tuple[int, ...], order: tuple[int, ...], *, is_open: bool) -> float:
    moved = coefficients != 0
    partner = (moved[:, :, None] & moved[:, None, :]).any(axis=0)
    np.fill_diagonal(partner, False)
    return float(words_to_box(coefficients, moved.any(axis=0), partner, np.array(extents), np.array(bounds), np.array(order), is_open))


def test_loops_that_a_tensor_lacks_cost_nothing_inside_its_first_and_whole_tiles_outside() -> None:
    assert box(PLAIN, (2, 3, 1), (4, 1, 5), (2, 0, 1), is_open=False) == 4 * 6
    assert box(PLAIN, (2, 3, 1), (4, 1, 5), (0, 2, 1), is_open=False) == 4 * 6 * 5


def test_a_window_that_moves_on_brings_its_new_part() -> None:
    assert box(WINDOW, (4, 3, 1), (2, 1, 1), (0, 1, 2), is_open=False) == 6 + 4
    assert box(WINDOW, (4, 3, 1), (2, 1, 5), (0, 2, 1), is_open=False) == 5 * (6 + 4)


def test_neighbours_may_hand_on_what_a_window_left() -> None:
    assert box(WINDOW, (4, 3, 1), (2, 1, 5), (0, 2, 1), is_open=True) == 6 + 5 * 4
