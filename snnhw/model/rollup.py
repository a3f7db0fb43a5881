"""From traffic records to reads, fills and updates of each level (Timeloop's tiling.cpp), and to what the networks carry.

All of it is for one tensor, per instance of a level, in words. Order matters and is the reference's: partitions, each level's share
of its parent's traffic, bypassing, links between peers, then reads, fills and updates with the first read of an output elided.
"""

from __future__ import annotations

import numpy as np

from snnhw.jit import compiled
from snnhw.model.reuse import ACCESSES, HOPS, MULTICAST

READS, FILLS, UPDATES = 0, 1, 2
"""Columns of the counts."""
INGRESSES, HOPS_PER_INGRESS, LINKS, REDUCTIONS, WIRE_HOPS, ROUTERS = 0, 1, 2, 3, 4, 5
"""Columns of the network figures; WIRE_HOPS and ROUTERS are totals over all ingresses."""


@compiled
def round_half_away(x):
    """Nearest integer, halves away from 0 (C's round)."""
    return np.floor(x + 0.5) if x >= 0 else -np.floor(-x + 0.5)


@compiled
def partitions(sizes, node_sizes):
    """Words that each instance is responsible for. node_sizes: (levels,) of the box of a level's fan-out, 0 without one."""
    levels = sizes.size
    result = np.empty(levels, np.int64)
    result[levels - 1] = sizes[levels - 1]
    for level in range(levels - 2, -1, -1):
        whole = node_sizes[level + 1] if node_sizes[level + 1] > 0 else sizes[level]
        result[level] = result[level + 1] * sizes[level] // whole
    return result


@compiled
def bypass(records, used, links, keep, fanouts, content):
    """Moves the traffic of bypassed levels to the next outer keeper. Changes records, links and content in place."""
    levels = keep.size
    present = np.ones(levels, np.bool_)
    for level in range(levels):
        if keep[level]:
            continue
        present[level] = False
        outer = level + 1
        while outer < levels and not present[outer]:
            outer += 1
        if outer == levels:
            break
        delivered = 0.0
        for i in range(used[outer]):
            delivered += records[outer, i, ACCESSES] * records[outer, i, MULTICAST]
        factor = content[level] * fanouts[outer] / delivered
        content[outer] = 0.0
        for i in range(used[outer]):
            records[outer, i, ACCESSES] *= factor
            content[outer] += records[outer, i, ACCESSES]
        links[outer] = 0.0
    for level in range(levels - 1, -1, -1):
        if keep[level]:
            break
        used[level] = 0
        links[level] = 0.0


@compiled
def roll_up(records, used, links, keep, fanouts, replication, partition, read_write, elide_first_read, counts):
    """Fills counts (levels, 3) from the traffic records (levels, n, 4); records and used change by bypassing."""
    levels = keep.size
    content = np.zeros(levels, np.float64)
    share = np.zeros(levels, np.float64)
    for level in range(levels):
        for i in range(used[level]):
            content[level] += records[level, i, ACCESSES]
            if level > 0:
                share[level - 1] += records[level, i, ACCESSES] * records[level, i, MULTICAST] / fanouts[level]
    bypass(records, used, links, keep, fanouts, content)
    outermost = levels - 1
    while outermost >= 0 and not keep[outermost]:
        outermost -= 1
    for level in range(levels):
        counts[level, :] = 0.0
        if not keep[level]:
            continue
        peers = links[level + 1] / replication[level] if level + 1 < levels else 0.0
        filled = (0.0 if level == outermost else share[level]) + peers
        accessed = content[level] + peers
        if not read_write:
            counts[level, READS] = round_half_away(accessed)
            counts[level, FILLS] = np.floor(filled)
            continue
        elided = partition[level] if elide_first_read else 0
        counts[level, UPDATES] = round_half_away(content[level])
        counts[level, READS] = max(0.0, round_half_away(accessed - elided))
        counts[level, FILLS] = max(0.0, round_half_away(filled - (0 if level == outermost else elided)))


@compiled
def network(records, used, links, read_write, reduces_at_level, partition, figures):
    """Fills figures (6,) of the network below one level. Without reduction at the level (DRAM) outputs go out and come back.

    The first time they only come back: the reference takes the whole partition off each record, and of what that leaves below 0 it takes
    the ingresses along but not the hops. So where groups differ from visit to visit there can be fewer ingresses than there are, or less
    than none.
    """
    figures[:] = 0.0
    for i in range(used):
        accesses = records[i, ACCESSES]
        ingresses = accesses
        if read_write and not reduces_at_level:
            ingresses = 2 * accesses - partition
        figures[INGRESSES] += ingresses
        if read_write:
            figures[REDUCTIONS] += (records[i, MULTICAST] - 1) * ingresses
        if ingresses <= 0:
            continue
        figures[WIRE_HOPS] += records[i, HOPS]
        figures[ROUTERS] += (1 + np.floor(records[i, HOPS] / ingresses)) * ingresses
    figures[LINKS] = links
    if figures[INGRESSES] > 0:
        figures[HOPS_PER_INGRESS] = figures[WIRE_HOPS] / figures[INGRESSES]
