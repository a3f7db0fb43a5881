"""What the kernel needs to know of an architecture, a problem and their energies, as arrays; made once, used for every mapping."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from snnhw.model import costs
from snnhw.spec.architecture import Architecture, StorageLevel
from snnhw.spec.problem import Problem
from snnhw.spec.reference import ReferenceTable


class Plan(NamedTuple):
    """Arrays over tensors (k), ranks (r), dimensions (d), and levels (l) from the innermost storage level, 0, outwards.

    coefficients (k, r, d); moves (k, d): the dimension moves the tensor; moves_alone (k, d): along a rank that no other dimension moves.
    fold_weights (k, r): see multicast.fold; read_write (k,).
    columns, rows (l,): physical fan-out to the next inner level; linked (l, k): its instances hand words to each other;
    mesh (l + 1, 2): instances along X and Y, of the compute, then of each level.
    word_bits (l, k); block (l, k): words of one row; capacity_bits (l,): inf if unbounded; cluster_size (l,).
    bandwidth (l, 3): words per cycle for reads, writes, both; is_limited (l,): any of them; bandwidth_scale (l, k).
    action_energy_pJ (l, actions): of one row access, see costs.ACTIONS; leak_pJ (l,): per cycle and instance; compute_energy_pJ (3,).
    hop_energy_pJ (l, k), router_energy_pJ (l,); reduces (l,): outputs are summed at the level; latency_cycles: of all networks.
    """

    coefficients: np.ndarray
    moves: np.ndarray
    moves_alone: np.ndarray
    fold_weights: np.ndarray
    read_write: np.ndarray
    columns: np.ndarray
    rows: np.ndarray
    linked: np.ndarray
    mesh: np.ndarray
    word_bits: np.ndarray
    block: np.ndarray
    capacity_bits: np.ndarray
    cluster_size: np.ndarray
    bandwidth: np.ndarray
    is_limited: np.ndarray
    bandwidth_scale: np.ndarray
    action_energy_pJ: np.ndarray
    leak_pJ: np.ndarray
    compute_energy_pJ: np.ndarray
    hop_energy_pJ: np.ndarray
    router_energy_pJ: np.ndarray
    reduces: np.ndarray
    latency_cycles: int


def make_plan(architecture: Architecture, problem: Problem, reference: ReferenceTable,
              unlinked: Mapping[str, frozenset[str]] | None = None) -> Plan:
    """Arrays for an architecture, a problem and its energies. unlinked: level -> tensors that neighbours in its fan-out don't exchange.

    Raises SpecError for a component that the reference lacks.
    """
    levels = architecture.storage[::-1]
    tensors = [tensor.name for tensor in problem.tensors]
    coefficients = _coefficients(problem)
    mesh = np.array([[m.x, m.y] for m in [architecture.compute.mesh, *(level.mesh for level in levels)]], np.int64)
    fanout = mesh[:-1] // mesh[1:]
    steps = coefficients != 0
    bandwidth = np.array([_bandwidths(level) for level in levels], np.float64)
    bits = np.array([[level.bits_of(name) for name in tensors] for level in levels], np.int64)
    widths = np.array([level.width_bits for level in levels], np.float64)
    clusters = np.array([level.cluster_size for level in levels], np.int64)
    return Plan(
        coefficients=coefficients, moves=steps.any(axis=1), moves_alone=(steps & (steps.sum(axis=2) == 1)[:, :, None]).any(axis=1),
        fold_weights=_fold_weights(problem, coefficients),
        read_write=np.array([tensor.read_write for tensor in problem.tensors], np.bool_),
        columns=fanout[:, 0].copy(), rows=fanout[:, 1].copy(), mesh=mesh, word_bits=bits,
        linked=np.array([[name not in (unlinked or {}).get(level.name, ()) for name in tensors] for level in levels], np.bool_),
        block=np.maximum(1.0, widths[:, None] // (bits * clusters[:, None])),
        capacity_bits=np.array([_capacity_bits(level) for level in levels], np.float64), cluster_size=clusters,
        bandwidth=bandwidth, is_limited=np.asarray(np.isfinite(bandwidth).any(axis=1)),
        bandwidth_scale=np.array([[_bandwidth_scale(level, name) for name in tensors] for level in levels], np.float64),
        action_energy_pJ=np.array([costs.storage_energies(level, reference) for level in levels], np.float64),
        leak_pJ=np.array([costs.leakage(level.name, reference) for level in levels], np.float64),
        compute_energy_pJ=np.array(costs.compute_energies(architecture.compute, reference), np.float64),
        hop_energy_pJ=np.array([[_hop_energy(level, name) for name in tensors] for level in levels], np.float64),
        router_energy_pJ=np.array([level.network.router_energy_pJ for level in levels], np.float64),
        reduces=np.array([level.reduction_supported or not level.is_dram for level in levels], np.bool_),
        latency_cycles=sum(level.network.fill_latency_cycles + level.network.drain_latency_cycles for level in levels),
    )


def _coefficients(problem: Problem) -> np.ndarray:
    """(tensors, ranks, dims); tensors with fewer ranks are padded with ranks of one element."""
    index = {dimension: d for d, dimension in enumerate(problem.dimensions)}
    ranks = max(len(tensor.projection) for tensor in problem.tensors)
    result = np.zeros((len(problem.tensors), max(ranks, 1), len(index)), np.int64)
    for k, tensor in enumerate(problem.tensors):
        for r, rank in enumerate(tensor.projection):
            for term in rank:
                result[k, r, index[term.dimension]] += term.coefficient
    return result


def _fold_weights(problem: Problem, coefficients: np.ndarray) -> np.ndarray:
    """Weights that keep apart all differences of shifts of a tensor's tiles."""
    bounds = np.array([problem.bounds[dimension] for dimension in problem.dimensions], np.int64)
    sides = 1 + (np.abs(coefficients) * bounds).sum(axis=2)
    weights = np.ones_like(sides)
    weights[:, 1:] = np.cumprod(4 * sides[:, :-1], axis=1)
    return weights


def _capacity_bits(level: StorageLevel) -> float:
    """Usable bits of a level: whole words only where all its tensors have one word width, as Timeloop counts them."""
    if level.capacity_bits is None or level.is_dummy:
        return math.inf
    if level.tensor_word_bits:
        return math.floor(level.capacity_bits / level.multiple_buffering)
    return math.floor(level.capacity_bits // level.word_bits / level.multiple_buffering) * level.word_bits


def _bandwidths(level: StorageLevel) -> tuple[float, float, float]:
    limits = (level.read_bandwidth, level.write_bandwidth, level.shared_bandwidth)
    return tuple(math.inf if limit is None else float(limit) for limit in limits)  # type: ignore[return-value]


def _bandwidth_scale(level: StorageLevel, tensor: str) -> float:
    """Share of a word of bandwidth that one word of the tensor takes."""
    return level.bandwidth_scale.get(tensor, 1.0) * level.bits_of(tensor) / level.word_bits


def _hop_energy(level: StorageLevel, tensor: str) -> float:
    """Energy in pJ of moving one word to the neighbouring instance."""
    network = level.network
    return level.bits_of(tensor) * network.tile_width_um / 1000 * network.wire_energy_pJ_per_bit_mm
