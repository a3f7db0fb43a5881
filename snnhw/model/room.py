"""Arrays that the kernel writes on its way to a result: made once and used for many mappings, since making them takes longer."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from snnhw.jit import compiled
from snnhw.model.costs import COUNTS
from snnhw.model.rollup import FLOWS, NETWORK_FIGURES
from snnhw.model.sharing import kinds_of_groups
from snnhw.model.temporal import ROOM_COLUMNS


class Room(NamedTuple):
    """records (tensors, levels, n, 4), used, links (tensors, levels): traffic, see reuse.py; partition (tensors, levels): see rollup.py.

    data (levels, tensors, 3): without sparsity; network (levels, tensors, NETWORK_FIGURES); counts (levels, tensors, COUNTS), bits
    (levels, tensors, COUNTS / 2): with sparsity. Overwritten by each tensor: moves (loops, ranks), passed_on (loops,), states
    (loops + 3, ROOM_COLUMNS), sides (ranks,), see temporal.py; apart (ranks,), see reuse.py; flows (levels, FLOWS), see rollup.py.
    """

    records: np.ndarray
    used: np.ndarray
    links: np.ndarray
    partition: np.ndarray
    moves: np.ndarray
    passed_on: np.ndarray
    states: np.ndarray
    sides: np.ndarray
    apart: np.ndarray
    flows: np.ndarray
    data: np.ndarray
    network: np.ndarray
    counts: np.ndarray
    bits: np.ndarray


@compiled
def empty_room(levels, tensors, ranks, loops, fanouts):
    """Room for mappings with so many loops in time and such fan-outs (levels,).

    Of traffic there are at most as many records as kinds of groups for each loop's visits.
    """
    return Room(np.empty((tensors, levels, kinds_of_groups(fanouts) * (loops + 1), 4), np.float64), np.empty((tensors, levels), np.int64),
                np.empty((tensors, levels), np.float64), np.empty((tensors, levels), np.int64),
                np.empty((loops, ranks), np.int64), np.empty(loops, np.int64), np.empty((loops + 3, ROOM_COLUMNS), np.int64),
                np.empty(ranks, np.int64), np.empty(ranks, np.int64), np.empty((levels, FLOWS), np.float64),
                np.zeros((levels, tensors, 3), np.float64),
                np.zeros((levels, tensors, NETWORK_FIGURES), np.float64), np.zeros((levels, tensors, COUNTS), np.float64),
                np.zeros((levels, tensors, COUNTS // 2), np.float64))
