"""The model of a mapping whose factors do not divide: its own count of the traffic, then the kernel's way from there on.

Traffic is counted from the visits of visits.py, tensor by tensor and level by level, and gives the same records as reuse.py. All that
follows is shared with other mappings. What differs (Timeloop's nest-analysis.cpp and arithmetic.cpp):
 * instances in use are a mean over the passes, cut to a whole number; the fan-outs remain those of full passes;
 * computes are the mean over the instances that compute at all, times the instances in use;
 * cycles of the compute are the product of the bounds of all temporal loops, whatever is skipped.

The number of steps grows with the loops and their states, not with 2^loops, so it needs no compiled code.
"""

from __future__ import annotations

import math

import numpy as np

from snnhw.model.boxes import Vector, plus
from snnhw.model.encoding import CompleteNest, Nest
from snnhw.model.kernel import Outcome, complete_outcome, fanouts_of, tile_sizes, transport_energy
from snnhw.model.multicast import groups
from snnhw.model.passes import Passes, used_instances
from snnhw.model.plan import Plan
from snnhw.model.rollup import FLOWS, NETWORK_ENERGY, NETWORK_FIGURES, network, partitions, roll_up
from snnhw.model.sharing import physical_mesh
from snnhw.model.sparse_plan import SparsePlan
from snnhw.model.visits import Delivery, Events, Served, Walk
from snnhw.spec.mapping import Mapping

Group = tuple[int, int]
"""Instances that want the same, and how many such groups there are at a time."""


def is_imperfect(mapping: Mapping) -> bool:
    """Whether some loop has a shorter last pass."""
    return any(loop.is_imperfect for level in mapping.levels for loop in (*level.temporal, *level.spatial_x, *level.spatial_y))


def run_imperfect(plan: Plan, sparse: SparsePlan, nest: Nest, complete: CompleteNest, passes: Passes, bounds: np.ndarray) -> Outcome:
    """What kernel.run says of other mappings. bounds: (dims,) of the problem, which no tile exceeds.

    Where the reference's faults are followed, its sparse analyses see tiles of full passes even where there is none.
    """
    whole = nest._replace(extents=np.minimum(nest.extents, bounds))
    fanouts, _ = fanouts_of(nest)
    replication, macs = used_instances(passes, nest)
    sizes, node_sizes = tile_sizes(plan, whole)
    levels, tensors = sizes.shape
    data = np.zeros((levels, tensors, 3), np.float64)
    figures = np.zeros((levels, tensors, NETWORK_FIGURES), np.float64)
    partition = np.empty(levels, np.int64)
    for k in range(tensors):
        traffic = [Traffic(plan, nest, passes, level, k) for level in range(levels)]
        partitions(sizes, node_sizes, k, partition)
        _add_up(plan, nest, k, traffic, partition, (fanouts, replication), data, figures)
    cycles = math.prod(bound for bound, spatial in zip(passes.bounds, passes.spatial, strict=True) if not spatial)
    return complete_outcome(plan, sparse, nest if sparse.follows_faults else whole, complete, data, figures, sizes, replication,
                            np.tile((_places(fanouts) / replication)[:, None], tensors), _operations(passes, nest, macs), macs, cycles)


def _add_up(plan: Plan, nest: Nest, k: int, traffic: list[Traffic], partition: np.ndarray, instances: tuple[np.ndarray, np.ndarray],
            counts: np.ndarray, figures: np.ndarray) -> None:
    """Fills column k of counts (levels, tensors, 3) and network figures (levels, tensors, NETWORK_FIGURES), as kernel.dense_counts does.

    instances: fan-outs and instances in use, (levels,) each.
    """
    records, used = _records(traffic)
    links = np.array([float(one.links) for one in traffic], np.float64)
    keep, read_write = nest.keep, plan.read_write[k]
    flows = np.empty((used.size, FLOWS))
    roll_up(records, used, links, keep, k, *instances, partition, read_write, True, flows, counts)
    for level in range(used.size):
        share = partition[level] if keep[level, k] else 0
        network(records, level, used[level], flows, read_write, plan.reduces[level], share, k, figures)
        energy = transport_energy(figures, level, k, plan.hop_energy_pJ[level, k], plan.router_energy_pJ[level])
        figures[level, k, NETWORK_ENERGY] = instances[1][level] * energy


def _places(fanouts: np.ndarray) -> np.ndarray:
    """Instances of each level in a full pass (levels,)."""
    outside = np.ones(fanouts.size, np.float64)
    outside[:-1] = np.cumprod(fanouts[:0:-1])[::-1]
    return outside


def _operations(passes: Passes, nest: Nest, macs: int) -> int:
    """Computes of all instances: those of one on average, times the instances in use, cut to a whole number."""
    walk = Walk(passes, Served((0, int(nest.temporal_from[0])), -1, holds=False), ())
    busy = [(math.prod(came.counts), count) for (came, _), count in walk.run().items() if came is not None]
    return int(sum(size * count for size, count in busy) / max(size for size, _ in busy) * macs)


def _records(traffic: list[Traffic]) -> tuple[np.ndarray, np.ndarray]:
    """Traffic records as rollup.py takes them: (levels, records, 4), and how many each level has (levels,).

    In the reference's order, since fills are cut to whole words and the last bit of a sum may decide.
    """
    used = np.array([len(one.words) for one in traffic], np.int64)
    records = np.zeros((used.size, max(1, used.max()), 4), np.float64)
    for level, one in enumerate(traffic):
        for i, (group, words) in enumerate(sorted(one.words.items())):
            records[level, i] = (*group, words, one.word_hops[group])
    return records, used


class Traffic:
    """What a level sends to the next inner one for one tensor. words, word_hops: by group; links: words that came over links."""

    def __init__(self, plan: Plan, nest: Nest, passes: Passes, level: int, k: int):
        self._mesh = physical_mesh(plan, nest, level)
        self._has_links = bool(plan.linked[level, k])
        self._array = int(nest.spatial_from[level]), int(nest.temporal_from[level])
        self._shifts = [(passes.steps[i], plan.coefficients[k, :, passes.dims[i]]) for i in range(*self._array)]
        self._known: dict[Vector, np.ndarray] = {}
        self.words: dict[Group, int] = {}
        self.word_hops: dict[Group, float] = {}
        self.links = 0
        first, end = self._array
        has_loop_above = nest.spatial_from[level + 1] > end
        served = Served(self._array, end if first == end and level > 0 and has_loop_above else -1, holds=level > 0)
        coefficients = tuple(map(tuple, plan.coefficients[k].tolist()))
        self._count(Walk(passes, served, coefficients).run())

    def _count(self, events: Events) -> None:
        for (came, before), count in events.items():
            if came is None or count == 0:
                continue
            words = came.piece.words * count
            if self._array[0] == self._array[1]:
                self._add((1, 1), words, 0.0)
            else:
                self._serve(came, before, words)

    def _serve(self, came: Delivery, before: Delivery | None, words: int) -> None:
        """A delivery to an array: over links where that saves accesses, else from the level alone."""
        shifts = self._shifts_of(came.counts)
        keys = np.ascontiguousarray(np.unique(shifts, axis=0, return_inverse=True)[1].reshape(-1), np.int64)
        plain = groups(keys, np.zeros(keys.size, np.bool_), *self._mesh, True)
        linked = self._linked(came, before)
        if linked.any():
            rest = groups(keys, linked, *self._mesh, True)
            if rest[1].sum() < plain[1].sum():
                plain = rest
                self.links += words * int(linked.sum())
        for size, count, hops in zip(*plain, strict=True):
            self._add((int(size), int(count)), words * int(count), float(hops))

    def _add(self, group: Group, words: int, hops: float) -> None:
        self.words[group] = self.words.get(group, 0) + words
        self.word_hops[group] = self.word_hops.get(group, 0.0) + hops * words

    def _shifts_of(self, counts: Vector) -> np.ndarray:
        """Where each instance's words lie, seen from the first one's: (instances, ranks)."""
        if counts not in self._known:
            shifts = np.zeros((1, self._shifts[0][1].size), np.int64)
            for count, (step, coefficients) in zip(counts, self._shifts, strict=True):
                further = np.arange(count)[:, None, None] * (step * coefficients)
                shifts = (further + shifts).reshape(-1, shifts.shape[1])
            self._known[counts] = shifts
        return self._known[counts]

    def _linked(self, came: Delivery, before: Delivery | None) -> np.ndarray:
        """Which instances find at a neighbour what they want, who was brought it at the visit before."""
        wanted = self._shifts_of(came.counts)
        result = np.zeros(wanted.shape[0], np.bool_)
        if not self._has_links or before is None or before.piece.shape != came.piece.shape:
            return result
        way = plus(came.piece.around.low, tuple([-at for at in before.piece.around.low]))
        wanted, had = wanted + np.array(way, np.int64), self._shifts_of(before.counts)
        columns, rows = self._mesh
        place = np.arange(result.size)
        for right, down in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            column, row = place % columns + right, place // columns + down
            other = row * columns + column
            there = (column >= 0) & (column < columns) & (row >= 0) & (row < rows) & (other < had.shape[0])
            result[there] |= (wanted[there] == had[other[there]]).all(axis=1)
        return result
