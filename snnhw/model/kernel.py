"""One mapping in, counts, energy and cycles out; the same compiled code for one mapping and for a million."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from snnhw.jit import compiled, compiled_inline
from snnhw.model.charges import level_cycles, storage_energy
from snnhw.model.costs import COUNTS
from snnhw.model.fit import Fit, fits_words
from snnhw.model.reuse import all_traffic, tile_size
from snnhw.model.rollup import LINKS, NETWORK_ENERGY, NETWORK_FIGURES, ROUTERS, WIRE_HOPS, network, partitions, roll_up
from snnhw.model.room import empty_room
from snnhw.model.sharing import empty_sharing, kinds_of_groups, share_out
from snnhw.model.sparse_counts import sparse_counts


class Outcome(NamedTuple):
    """What the kernel says of a mapping; arrays over levels (l) and tensors (k).

    counts (l, k, COUNTS): words per instance, columns as in costs.ACTIONS; figures (l, k, NETWORK_FIGURES); sizes (l, k): of the tiles.
    energy_pJ (l, k): all instances; cycles (l,): of each level alone; leakage_pJ (l,); replication (l,): instances in use;
    exists (l, k): share of them that a tensor uses; performed (3,): computes that happen, are gated, are skipped. macs: instances of the
    compute in use; operations: dense; compute_cycles: of the compute alone.
    """

    fit: Fit
    counts: np.ndarray
    figures: np.ndarray
    sizes: np.ndarray
    energy_pJ: np.ndarray
    cycles: np.ndarray
    leakage_pJ: np.ndarray
    replication: np.ndarray
    exists: np.ndarray
    performed: np.ndarray
    macs: int
    operations: int
    compute_cycles: int


@compiled
def fanouts_of(nest):
    """Instances of the next inner level that each level uses, and how many instances of itself there are: two (levels,) arrays."""
    levels = nest.temporal_from.size
    fanouts = np.empty(levels, np.int64)
    replication = np.empty(levels, np.int64)
    fill_fanouts(nest, fanouts, replication)
    return fanouts, replication


@compiled_inline
def fill_fanouts(nest, fanouts, replication):
    """Fills what fanouts_of returns."""
    levels = nest.temporal_from.size
    for level in range(levels):
        fanouts[level] = 1
        for i in range(nest.spatial_from[level], nest.temporal_from[level]):
            fanouts[level] *= nest.bounds[i]
    replication[levels - 1] = 1
    for level in range(levels - 2, -1, -1):
        replication[level] = replication[level + 1] * fanouts[level + 1]


@compiled
def tile_sizes(plan, nest):
    """Words of each tensor's tile at each level (levels, tensors), and of the box of each fan-out, 0 without one."""
    levels, tensors = nest.keep.shape
    sizes = np.empty((levels, tensors), np.int64)
    node_sizes = np.empty((levels, tensors), np.int64)
    fill_tile_sizes(plan, nest, sizes, node_sizes)
    return sizes, node_sizes


@compiled_inline
def fill_tile_sizes(plan, nest, sizes, node_sizes):
    """Fills what tile_sizes returns."""
    for level in range(sizes.shape[0]):
        first, middle, stop = nest.spatial_from[level], nest.temporal_from[level], nest.spatial_from[level + 1]
        for k in range(sizes.shape[1]):
            sizes[level, k] = tile_size(plan.coefficients[k], nest.extents[stop])
            node_sizes[level, k] = tile_size(plan.coefficients[k], nest.extents[middle]) if first < middle else 0


@compiled
def dense_counts(plan, nest, sizes, node_sizes, fanouts, replication, want_hops):
    """Reads, fills and updates (levels, tensors, 3) and network figures (levels, tensors, NETWORK_FIGURES) without sparsity."""
    levels, tensors = nest.keep.shape
    counts = np.zeros((levels, tensors, 3), np.float64)
    figures = np.zeros((levels, tensors, NETWORK_FIGURES), np.float64)
    sharing = empty_sharing(levels, tensors, kinds_of_groups(fanouts))
    share_out(plan, nest, want_hops, sharing)
    room = empty_room(levels, tensors, plan.coefficients.shape[1], nest.time_dims.size, fanouts)
    for k in range(tensors):
        partitions(sizes, node_sizes, k, room.partition[k])
        tensor_traffic(plan, nest, k, fanouts, replication, want_hops, sharing, levels, room, counts)
        for level in range(levels):
            level_network(plan, nest, level, k, replication, room, figures)
    return counts, figures


@compiled_inline
def tensor_traffic(plan, nest, k, fanouts, replication, want_hops, sharing, stale, room, counts):
    """Fills column k of counts (levels, tensors, 3), and the room's traffic of the tensor in the inner `stale` levels.

    fanouts, replication (levels,); sharing, room: see sharing.py, room.py, whose partition[k] is filled in.
    """
    all_traffic(plan, nest, k, want_hops, sharing, stale, room)
    roll_up(room.records[k], room.used[k], room.links[k], nest.keep, k, fanouts, replication, room.partition[k], plan.read_write[k], True,
            room.flows, counts)


@compiled_inline
def level_network(plan, nest, level, k, replication, room, figures):
    """Fills figures[level, k] (levels, tensors, NETWORK_FIGURES) from the room's traffic records; returns the energy in pJ."""
    network(room.records[k], level, room.used[k, level], room.flows, plan.read_write[k], plan.reduces[level],
            room.partition[k, level] if nest.keep[level, k] else 0, k, figures)
    energy = replication[level] * transport_energy(figures, level, k, plan.hop_energy_pJ[level, k], plan.router_energy_pJ[level])
    figures[level, k, NETWORK_ENERGY] = energy
    return energy


@compiled_inline
def transport_energy(figures, level, k, hop_pJ, router_pJ):
    """Energy in pJ of one network per instance of its outer level. figures: (levels, tensors, NETWORK_FIGURES)."""
    return (figures[level, k, WIRE_HOPS] * hop_pJ + figures[level, k, ROUTERS] * router_pJ
            + figures[level, k, LINKS] * (hop_pJ + 2 * router_pJ))


@compiled
def run(plan, sparse, nest, complete, want_hops):
    """Everything about one mapping whose loops fit the meshes. `fits` of the result says whether its tiles fit too (see Fit)."""
    fanouts, replication = fanouts_of(nest)
    sizes, node_sizes = tile_sizes(plan, nest)
    data, figures = dense_counts(plan, nest, sizes, node_sizes, fanouts, replication, want_hops)
    return complete_outcome(plan, sparse, nest, complete, data, figures, sizes, replication, np.ones(sizes.shape),
                            nest.bounds.prod(), replication[0] * fanouts[0], 0)


@compiled_inline
def complete_outcome(plan, sparse, nest, complete, data, figures, sizes, replication, in_full_pass, operations, macs, given_cycles):
    """The outcome from what is known without sparsity. data, figures: see dense_counts.

    replication (levels,): instances in use; in_full_pass (levels, tensors): how many times as many are there in a full pass; operations,
    macs: of the compute; given_cycles: that it takes, 0 where they follow from the operations that are left.
    """
    levels, tensors = nest.keep.shape
    counts = np.zeros((levels, tensors, COUNTS), np.float64)
    bits = np.zeros((levels, tensors, COUNTS // 2), np.float64)
    exists = np.ones((levels, tensors), np.float64)
    ratios = np.ones((levels, tensors), np.float64)
    performed = np.array((float(operations), 0.0, 0.0))
    if sparse.active:
        fit = sparse_counts(plan, sparse, nest, complete, sizes, operations, data, counts, bits, exists, ratios, performed)
    else:
        counts[:, :, :3] = data
        fit = fits_words(plan, nest, sizes)
    busy_macs = float(macs)
    if sparse.spatial.active:
        busy_macs *= sparse.spatial.ratio[0].max()
        if sparse.follows_faults and busy_macs >= 1.0:
            busy_macs = np.floor(busy_macs)
        in_full_pass = instances_there(sparse.spatial, replication)
    compute_cycles = np.int64(given_cycles)
    if given_cycles == 0 and busy_macs > 0.0:
        compute_cycles = np.int64(math.ceil((performed[0] + performed[1]) / busy_macs))
        if sparse.spatial.active and not sparse.follows_faults:
            compute_cycles = min(compute_cycles, np.int64(math.ceil(operations / macs)))
    cycles = level_cycles(plan, counts, bits, exists, in_full_pass, compute_cycles)
    energy = storage_energy(plan, sparse, counts, bits, ratios, exists, replication)
    leakage = plan.leak_pJ * cycles.max() * np.maximum(1.0, replication * _largest(exists))
    return Outcome(fit, counts, figures, sizes, energy, cycles, leakage, replication, exists, performed, macs, operations, compute_cycles)


@compiled
def instances_there(spatial, replication):
    """Instances that are there for each tensor over those that the mapping uses (levels, tensors)."""
    levels, tensors = spatial.skips.shape
    result = np.ones((levels, tensors), np.float64)
    for level in range(levels):
        for k in range(tensors):
            if spatial.most[1 + level, k].min() > 0:
                result[level, k] = spatial.most[1 + level, k].prod() / replication[level]
    return result


@compiled
def _largest(exists):
    """Largest share of a level's instances that any tensor uses (levels,)."""
    result = np.empty(exists.shape[0], np.float64)
    for level in range(exists.shape[0]):
        result[level] = exists[level].max()
    return result
