"""Who shares what in a fan-out. Instances stand row by row on the mesh; hops start in the middle of its left edge."""

from __future__ import annotations

import numpy as np
import pytest

from snnhw.model.multicast import fold, groups, instance_keys, linked

P, R, K = 0, 1, 2
WINDOW = np.array([[1, 1, 0]], np.int64)
"""Coefficients of a tensor of one rank, P + R."""
ONE = np.array([1], np.int64)


def keys(dims: list[int], bounds: list[int], coefficients: np.ndarray = WINDOW, steps: list[int] | None = None) -> list[int]:
    weights = np.array([1000**i for i in range(len(coefficients))], np.int64)
    arrays = (np.array(values, np.int64) for values in (dims, bounds, steps or [1] * len(dims)))
    return instance_keys(*arrays, coefficients, weights).tolist()


def shared(found: list[int], columns: int, rows: int, without: list[int] | None = None) -> dict[int, tuple[int, float]]:
    """Group size -> (how many groups, mean hops)."""
    left_out = np.zeros(len(found), np.bool_)
    left_out[without or []] = True
    sizes, counts, hops = groups(np.array(found, np.int64), left_out, columns, rows, True)
    return {int(size): (int(count), float(hop)) for size, count, hop in zip(sizes, counts, hops, strict=True)}


def test_a_shift_is_one_number():
    """Weights keep ranks apart."""
    assert fold(np.array([2, -3, 1]), np.array([1, 100, 10000])) == 2 - 300 + 10000


def test_keys_of_a_row_of_windows():
    """Three columns of P, two rows of R: instance (c, r) wants the words from c + r on."""
    assert keys([P, R], [3, 2]) == [0, 1, 2, 1, 2, 3]


def test_keys_follow_steps_and_irrelevant_loops():
    """P in steps of 4 along X, K, which the tensor does not depend on, along Y."""
    assert keys([P, K], [3, 2], steps=[4, 1]) == [0, 4, 8, 0, 4, 8]


def test_keys_of_several_ranks():
    """One rank P, one rank R."""
    assert keys([P, R], [2, 2], np.array([[1, 0, 0], [0, 1, 0]], np.int64)) == [0, 1, 1000, 1001]


def test_rows_that_share():
    """Two rows of three: to the end of the row, and half a step up or down at each of its columns."""
    assert shared([0, 0, 0, 5, 5, 5], 3, 2) == {3: (2, 2 + 3 * 0.5)}


def test_columns_that_share():
    """Three columns of two: to the column, then half a step each way."""
    assert shared([0, 1, 2, 0, 1, 2], 3, 2) == {2: (3, ((0 + 1) + (1 + 1) + (2 + 1)) / 3)}


def test_diagonals_that_share():
    """P + R on a 3 x 2 mesh: the corners alone (0.5 and 2.5 hops), the two diagonals in pairs (1 + 2 * 0.5 and 2 + 2 * 0.5)."""
    assert shared([0, 1, 2, 1, 2, 3], 3, 2) == {1: (2, (0.5 + 2.5) / 2), 2: (2, (2.0 + 3.0) / 2)}


def test_all_that_share():
    """One group over a 2 x 3 mesh: to the last column, and one step up and one down in each."""
    assert shared([7] * 6, 2, 3) == {6: (1, 1 + 2 * 2.0)}


def test_nobody_shares():
    """Four groups of one in a row: 0, 1, 2 and 3 hops."""
    assert shared([3, 1, 4, 2], 4, 1) == {1: (4, (0 + 1 + 2 + 3) / 4)}


def test_a_partly_used_mesh_is_numbered_over_its_physical_columns():
    """Three instances in a physical row of two: the third stands in the second row."""
    assert shared([0, 0, 0], 2, 2) == {3: (1, 1 + (0.5 + 0.5) + 0.5)}


def test_instances_that_are_served_otherwise_stand_aside():
    """Without the middle one a group of three is one of two."""
    assert shared([0, 0, 0], 3, 1, without=[1]) == {2: (1, 2.0)}
    assert shared([0, 0, 0], 3, 1, without=[0, 1, 2]) == {}


@pytest.mark.parametrize(("found", "move", "columns", "rows", "from_neighbour"), [
    ([0, 1, 2], 1, 3, 1, [True, True, False]),
    ([0, 1, 2], -1, 3, 1, [False, True, True]),
    ([0, 1, 2], 2, 3, 1, [False, False, False]),
    ([0, 1, 2], 0, 3, 1, [False, False, False]),
    ([5, 5, 5], 0, 3, 1, [True, True, True]),
    ([0, 1, 2, 3], 2, 2, 2, [True, True, False, False]),
    ([0, 1, 2, 3], 1, 2, 2, [True, False, True, False]),
    ([0, 1, 2, 3], -2, 2, 2, [False, False, True, True]),
])
def test_words_that_a_neighbour_held(found, move, columns, rows, from_neighbour):
    """The neighbour left, right, above or below got these very words at the visit before; no link goes round the edge."""
    assert linked(np.array(found, np.int64), move, columns, rows).tolist() == from_neighbour
