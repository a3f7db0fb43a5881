"""One mapping in, counts, energy and cycles out; the same compiled code for one mapping and for a million."""

from __future__ import annotations

import numpy as np
from numba import njit

from snnhw.model.reuse import level_traffic, tile_size
from snnhw.model.rollup import HOPS_PER_INGRESS, INGRESSES, LINKS, ROUTERS, WIRE_HOPS, network, partitions, roll_up

COUNTS = 18
NETWORK_FIGURES = 7
NETWORK_ENERGY = 6
"""Column of the network figures that holds the energy in pJ, behind those of rollup.py."""


@njit(cache=True)
def fanouts_of(nest):
    """Instances of the next inner level that each level uses, and how many instances of itself there are: two (levels,) arrays."""
    levels = nest.temporal_from.size
    fanouts = np.ones(levels, np.int64)
    replication = np.ones(levels, np.int64)
    for level in range(levels):
        for i in range(nest.spatial_from[level], nest.temporal_from[level]):
            fanouts[level] *= nest.bounds[i]
    for level in range(levels - 2, -1, -1):
        replication[level] = replication[level + 1] * fanouts[level + 1]
    return fanouts, replication


@njit(cache=True)
def tile_sizes(plan, nest):
    """Words of each tensor's tile at each level (levels, tensors), and of the box of each fan-out, 0 without one."""
    levels, tensors = nest.keep.shape
    sizes = np.empty((levels, tensors), np.int64)
    node_sizes = np.zeros((levels, tensors), np.int64)
    for level in range(levels):
        for k in range(tensors):
            sizes[level, k] = tile_size(plan.coefficients[k], nest.extents[nest.spatial_from[level + 1]])
            if nest.spatial_from[level] < nest.temporal_from[level]:
                node_sizes[level, k] = tile_size(plan.coefficients[k], nest.extents[nest.temporal_from[level]])
    return sizes, node_sizes


@njit(cache=True)
def record_space(nest, fanouts):
    """Most traffic records that one tensor can have at one level: group sizes that can occur together, for each loop's visits."""
    widest = 1
    for level in range(fanouts.size):
        widest = max(widest, fanouts[level])
    return (int(np.sqrt(2.0 * widest)) + 2) * (nest.dims.size + 1)


@njit(cache=True)
def dense_counts(plan, nest, sizes, node_sizes, fanouts, replication, want_hops):
    """Counts (levels, tensors, COUNTS) and network figures (levels, tensors, NETWORK_FIGURES) without sparsity."""
    levels, tensors = nest.keep.shape
    counts = np.zeros((levels, tensors, COUNTS), np.float64)
    figures = np.zeros((levels, tensors, NETWORK_FIGURES), np.float64)
    records = np.empty((levels, record_space(nest, fanouts), 4), np.float64)
    used = np.empty(levels, np.int64)
    links = np.empty(levels, np.float64)
    for k in range(tensors):
        for level in range(levels):
            columns, rows = _physical_mesh(plan, nest, level)
            used[level], links[level] = level_traffic(records[level], nest, level, plan.coefficients[k], plan.fold_weights[k],
                                                      columns, rows, want_hops)
        partition = partitions(sizes[:, k], node_sizes[:, k])
        roll_up(records, used, links, nest.keep[:, k], fanouts, replication, partition, plan.read_write[k], True, counts[:, k])
        for level in range(levels):
            row = figures[level, k]
            network(records[level], used[level], links[level], plan.read_write[k], plan.reduces[level],
                    0 if not nest.keep[level, k] else partition[level], row)
            row[NETWORK_ENERGY] = replication[level] * (
                row[WIRE_HOPS] * plan.hop_energy_pJ[level, k] + row[ROUTERS] * plan.router_energy_pJ[level]
                + row[LINKS] * (plan.hop_energy_pJ[level, k] + 2 * plan.router_energy_pJ[level]))
    return counts, figures


@njit(cache=True)
def _physical_mesh(plan, nest, level):
    """Columns and rows over which instance numbers run: the physical fan-out, or the mapping's where that is larger."""
    x, y = mapped_mesh(nest, level)
    return max(x, plan.columns[level]), max(y, plan.rows[level])


@njit(cache=True)
def mapped_mesh(nest, level):
    """Instances that a level's spatial loops take along X and along Y."""
    x, y = 1, 1
    for i in range(nest.spatial_from[level], nest.temporal_from[level]):
        if i < nest.spatial_from[level] + nest.x_loops[level]:
            x *= nest.bounds[i]
        else:
            y *= nest.bounds[i]
    return x, y


@njit(cache=True)
def storage_energy(plan, counts, replication):
    """Energy in pJ (levels, tensors) over all instances: whole rows, each at the energy of one row access."""
    levels, tensors, actions = counts.shape
    energy = np.zeros((levels, tensors), np.float64)
    for level in range(levels):
        for k in range(tensors):
            for action in range(actions):
                rows = np.ceil(counts[level, k, action] / plan.block[level, k])
                energy[level, k] += rows * plan.action_energy_pJ[level, action]
            energy[level, k] *= replication[level]
    return energy


@njit(cache=True)
def level_cycles(plan, counts, compute_cycles):
    """Cycles that each level would take alone (levels,): the compute's, stretched where a bandwidth is too small."""
    levels, tensors, _ = counts.shape
    result = np.empty(levels, np.int64)
    for level in range(levels):
        reads, writes = 0.0, 0.0
        for k in range(tensors):
            scale = plan.bandwidth_scale[level, k]
            reads += np.ceil(counts[level, k, 0]) / compute_cycles * scale
            writes += np.ceil(counts[level, k, 1] + counts[level, k, 2]) / compute_cycles * scale
        slowdown = 1.0
        for demand, limit in ((reads, plan.bandwidth[level, 0]), (writes, plan.bandwidth[level, 1]), (reads + writes, plan.bandwidth[level, 2])):
            if demand > limit:
                slowdown = min(slowdown, limit / demand)
        result[level] = np.int64(np.ceil(compute_cycles / slowdown))
    return result


@njit(cache=True)
def run(plan, nest, want_hops):
    """Everything about one mapping that fits.

    Returns (counts, figures, sizes, energy_pJ (levels, tensors), cycles (levels,), leakage_pJ (levels,), replication, macs, operations).
    """
    fanouts, replication = fanouts_of(nest)
    sizes, node_sizes = tile_sizes(plan, nest)
    counts, figures = dense_counts(plan, nest, sizes, node_sizes, fanouts, replication, want_hops)
    operations = 1
    for i in range(nest.bounds.size):
        operations *= nest.bounds[i]
    macs = replication[0] * fanouts[0]
    cycles = level_cycles(plan, counts, np.int64(np.ceil(operations / macs)))
    energy = storage_energy(plan, counts, replication)
    total = cycles.max() if cycles.size else 1
    leakage = plan.leak_pJ * total * np.maximum(1, replication)
    return counts, figures, sizes, energy, cycles, leakage, replication, macs, operations
