"""Arrays that the kernel writes on its way to a result: made once and used for many mappings, since making them takes longer."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from snnhw.jit import compiled
from snnhw.model.costs import COUNTS
from snnhw.model.rollup import NETWORK_FIGURES
from snnhw.model.sharing import kinds_of_groups
from snnhw.model.temporal import ROOM_COLUMNS


class Room(NamedTuple):
    """Overwritten by each tensor.

    records (levels, n, 4), used, links (levels,): traffic, see reuse.py. moves (loops, ranks), passed_on (loops,), states
    (loops + 3, ROOM_COLUMNS), sides (ranks,): see temporal.py. flows (levels, 2), partition (levels,): see rollup.py. data (levels,
    tensors, 3): without sparsity; network (levels, tensors, NETWORK_FIGURES); counts (levels, tensors, COUNTS), bits (levels, tensors,
    COUNTS / 2), ratios (levels,): with sparsity.
    """

    records: np.ndarray
    used: np.ndarray
    links: np.ndarray
    moves: np.ndarray
    passed_on: np.ndarray
    states: np.ndarray
    sides: np.ndarray
    flows: np.ndarray
    partition: np.ndarray
    data: np.ndarray
    network: np.ndarray
    counts: np.ndarray
    bits: np.ndarray
    ratios: np.ndarray


@compiled
def empty_room(levels, tensors, ranks, loops, fanouts):
    """Room for mappings with so many loops in time and such fan-outs (levels,).

    Of traffic there are at most as many records as kinds of groups for each loop's visits.
    """
    return Room(np.empty((levels, kinds_of_groups(fanouts) * (loops + 1), 4), np.float64), np.empty(levels, np.int64),
                np.empty(levels, np.float64), np.empty((loops, ranks), np.int64), np.empty(loops, np.int64),
                np.empty((loops + 3, ROOM_COLUMNS), np.int64), np.empty(ranks, np.int64), np.empty((levels, 2), np.float64),
                np.empty(levels, np.int64), np.zeros((levels, tensors, 3), np.float64),
                np.zeros((levels, tensors, NETWORK_FIGURES), np.float64), np.zeros((levels, tensors, COUNTS), np.float64),
                np.zeros((levels, tensors, COUNTS // 2), np.float64), np.ones(levels, np.float64))
