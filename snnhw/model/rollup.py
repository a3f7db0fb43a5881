"""From traffic records to reads, fills and updates of each level (Timeloop's tiling.cpp), and to what the networks carry.

All of it is for one tensor, per instance of a level, in words. Order matters and is the reference's: partitions, each level's share
of its parent's traffic, bypassing, links between peers, then reads, fills and updates with the first read of an output elided.
"""

from __future__ import annotations

import numpy as np

from snnhw.jit import compiled, compiled_inline
from snnhw.model.reuse import ACCESSES, HOPS, MULTICAST

READS, FILLS, UPDATES = 0, 1, 2
"""Columns of the counts."""
CONTENT, SHARE, LINKED, SCALE = 0, 1, 2, 3
"""Columns of the flows of a level: accesses that it sends, words that each of its instances is sent, words that its inner instances hand
to each other, and what the accesses of its records are multiplied by where it sends for an inner level that doesn't keep the tensor."""
FLOWS = 4
INGRESSES, HOPS_PER_INGRESS, LINKS, REDUCTIONS, WIRE_HOPS, ROUTERS, NETWORK_ENERGY = 0, 1, 2, 3, 4, 5, 6
"""Columns of the network figures; WIRE_HOPS and ROUTERS are totals over all ingresses; the energy is in pJ."""
NETWORK_FIGURES = 7


@compiled
def round_half_away(x):
    """Nearest integer, halves away from 0 (C's round)."""
    return np.floor(x + 0.5) if x >= 0 else -np.floor(-x + 0.5)


@compiled
def partitions(sizes, node_sizes, k, result):
    """Fills result (levels,), the words of tensor k that each instance is responsible for.

    sizes (levels, tensors): of tiles; node_sizes (levels, tensors): of the box of a level's fan-out, 0 without one.
    """
    levels = sizes.shape[0]
    result[levels - 1] = sizes[levels - 1, k]
    for level in range(levels - 2, -1, -1):
        result[level] = result[level + 1]
        if node_sizes[level + 1, k] > 0:
            result[level] = result[level + 1] * sizes[level, k] // node_sizes[level + 1, k]


@compiled_inline
def bypass(records, used, keep, k, fanouts, flows):
    """Moves the traffic of tensor k past the levels that don't keep it, outwards: fills flows[:, SCALE], changes CONTENT and LINKS.

    records (levels, n, 4), used (levels,): see reuse.py; keep (levels, tensors); flows (levels, FLOWS).
    """
    levels = keep.shape[0]
    for level in range(levels):
        flows[level, SCALE] = 1.0
    for level in range(levels - 1):
        if keep[level, k]:
            continue
        outer = level + 1
        delivered = 0.0
        for i in range(used[outer]):
            delivered += records[outer, i, ACCESSES] * records[outer, i, MULTICAST]
        factor = flows[level, CONTENT] * fanouts[outer]
        if delivered != 1.0:  # a division by 1 takes as long as any
            factor /= delivered
        flows[outer, CONTENT] = 0.0
        for i in range(used[outer]):
            flows[outer, CONTENT] += records[outer, i, ACCESSES] * factor
        flows[outer, SCALE] = factor
        flows[outer, LINKED] = 0.0
    for level in range(levels - 1, -1, -1):
        if keep[level, k]:
            break
        flows[level, SCALE] = flows[level, LINKED] = 0.0


@compiled_inline
def roll_up(records, used, links, keep, k, fanouts, replication, partition, read_write, elide_first_read, flows, counts):
    """Fills counts[:, k] (levels, tensors, 3) of tensor k from its traffic records (levels, n, 4), and flows (levels, FLOWS)."""
    levels = keep.shape[0]
    flows[levels - 1, SHARE] = 0.0
    for level in range(levels):
        flows[level, CONTENT] = 0.0
        flows[level, LINKED] = links[level]
        share = 0.0
        for i in range(used[level]):
            flows[level, CONTENT] += records[level, i, ACCESSES]
            words = records[level, i, ACCESSES] * records[level, i, MULTICAST]
            share += words / fanouts[level] if fanouts[level] > 1 else words
        if level > 0:
            flows[level - 1, SHARE] = share
    bypass(records, used, keep, k, fanouts, flows)
    outermost = levels - 1
    while outermost >= 0 and not keep[outermost, k]:
        outermost -= 1
    for level in range(levels):
        counts[level, k, READS] = counts[level, k, FILLS] = counts[level, k, UPDATES] = 0.0
        if not keep[level, k]:
            continue
        content = flows[level, CONTENT]
        peers = 0.0
        if level + 1 < levels and flows[level + 1, LINKED] > 0.0:
            peers = flows[level + 1, LINKED] / replication[level]
        filled = (0.0 if level == outermost else flows[level, SHARE]) + peers
        if not read_write:
            counts[level, k, READS] = round_half_away(content + peers)
            counts[level, k, FILLS] = np.floor(filled)
            continue
        elided = partition[level] if elide_first_read else 0
        counts[level, k, UPDATES] = round_half_away(content)
        counts[level, k, READS] = max(0.0, round_half_away(content + peers - elided))
        counts[level, k, FILLS] = max(0.0, round_half_away(filled - (0 if level == outermost else elided)))


@compiled
def network(records, level, used, flows, read_write, reduces_at_level, partition, k, figures):
    """Fills figures[level, k] (levels, tensors, NETWORK_FIGURES) of the network below one level, but for its energy.

    records (levels, n, 4), of which the level has `used`; flows: see roll_up; partition: of the tensor at the level, 0 where it isn't kept.
    Without reduction at the level (DRAM) outputs go out and come back.
    The first time they only come back: the reference takes the whole partition off each record, and of what that leaves below 0 it takes
    the ingresses along but not the hops. So where groups differ from visit to visit there can be fewer ingresses than there are, or less
    than none.
    """
    all_ingresses, reductions, wire_hops, routers = 0.0, 0.0, 0.0, 0.0
    for i in range(used):
        ingresses = records[level, i, ACCESSES] * flows[level, SCALE]
        if read_write and not reduces_at_level:
            ingresses = 2 * ingresses - partition
        all_ingresses += ingresses
        if read_write:
            reductions += (records[level, i, MULTICAST] - 1) * ingresses
        if ingresses <= 0:
            continue
        wire_hops += records[level, i, HOPS]
        routers += (1 + np.floor(records[level, i, HOPS] / ingresses)) * ingresses
    figures[level, k, INGRESSES], figures[level, k, REDUCTIONS] = all_ingresses, reductions
    figures[level, k, WIRE_HOPS], figures[level, k, ROUTERS], figures[level, k, LINKS] = wire_hops, routers, flows[level, LINKED]
    figures[level, k, HOPS_PER_INGRESS] = wire_hops / all_ingresses if all_ingresses > 0 else 0.0
