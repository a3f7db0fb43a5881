"""Mappings as arrays."""

from __future__ import annotations

import numpy as np
from model.cases import loops, mapping, matmul

from snnhw.model.encoding import encode, encode_complete

PROBLEM = matmul("M12 N2 K6")
NEST = mapping(loops("DRAM", "M2 N1 K3", x="M3", keep="ABZ"), loops("Buf", "N2", x="K2", y="M2", keep="AZ"))


def test_loops_run_from_the_innermost():
    """Of each level X, then Y, then time; loops of one iteration are left out."""
    nest = encode(PROBLEM, NEST)
    assert [f"{'MNK'[d]}{b}" for d, b in zip(nest.dims, nest.bounds, strict=True)] == ["K2", "M2", "N2", "M3", "K3", "M2"]
    assert (nest.spatial_from.tolist(), nest.temporal_from.tolist(), nest.x_loops.tolist()) == ([0, 3, 6], [2, 4], [1, 1])
    assert nest.keep.tolist() == [[True, False, True], [True, True, True]]


def test_steps_and_extents():
    """M: 2 inside, then 3 in steps of 2, then 2 in steps of 6."""
    nest = encode(PROBLEM, NEST)
    assert nest.steps.tolist() == [1, 1, 1, 2, 2, 6]
    assert nest.extents[0].tolist() == [1, 1, 1]
    assert nest.extents[3].tolist() == [2, 2, 2]
    assert nest.extents[-1].tolist() == [12, 2, 6]


def test_complete_nests_have_a_loop_of_every_dimension():
    """In space where there is a fan-out, and in time; those that are not listed stand outside the others in the order of the problem."""
    complete = encode_complete(PROBLEM, NEST, np.array([True, True]))
    shown = [f"{'MNK'[d]}{b}{'x' if s else ''}" for d, b, s in zip(complete.dims, complete.bounds, complete.spatial, strict=True)]
    assert shown == ["K2x", "M2x", "N1x", "N2", "M1", "K1", "M3x", "N1x", "K1x", "K3", "N1", "M2"]
    assert complete.level_from.tolist() == [0, 6, 12]
    assert complete.after.tolist() == [1, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 6]


def test_without_a_fanout_there_is_no_loop_in_space():
    """Also where the architecture has one that the mapping does not use: then its loops have one iteration."""
    nest = mapping(loops("DRAM", "M12 N2 K6", keep="ABZ"))
    assert encode_complete(PROBLEM, nest, np.array([False])).spatial.tolist() == [False] * 3
    assert encode_complete(PROBLEM, nest, np.array([True])).spatial.tolist() == [True] * 3 + [False] * 3
