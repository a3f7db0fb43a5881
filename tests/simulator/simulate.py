"""Run a mapping and put what was counted into words."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import ceil, floor, prod

from simulator.counts import SimulatedCounts, SimulatedLevel, SimulatedNetwork, SimulatedTensor, SimulatedTransfers
from simulator.machine import Iterations, Machine
from simulator.nest import Nest, nest_of
from simulator.rollup import Row, roll_up, rows_of, stored, transferred
from snnhw.spec.architecture import Architecture, StorageLevel
from snnhw.spec.mapping import Mapping
from snnhw.spec.problem import Problem, Tensor


def simulate(architecture: Architecture, problem: Problem, mapping: Mapping, *, iterations: Iterations = "all",
             link_transfers: bool = True) -> SimulatedCounts:
    """Execute the loop nest of a mapping and count.

    iterations: "all" runs each of them, "two" runs what Timeloop runs (see the package); link_transfers: whether instances may take words
    from their neighbours. The time it takes grows with the operations of the problem; see `steps_of`.
    """
    nest = nest_of(architecture, problem, mapping)
    machine = Machine(nest, problem, iterations, link_transfers)
    machine.run()
    if iterations == "all":
        instances, compute_instances = [len(ledgers) for ledgers in machine.ledgers], len(machine.computes)
    else:
        instances, compute_instances = utilized_instances(nest)
    operations = Fraction(sum(machine.computes.values()), len(machine.computes))
    keeps = {t.name: [t.name in mapping.level(level.name).keep for level in architecture.storage] for t in problem.tensors}
    rows = {t.name: _rows(nest, machine, t, instances, keeps[t.name]) for t in problem.tensors}
    compute_cycles = _temporal_bound(nest) if nest.is_imperfect else ceil(operations)
    levels = tuple(_level(level, i, problem, rows, machine, compute_cycles, prod(outer.fanout for outer in nest.levels[:i]))
                   for i, level in enumerate(architecture.storage))
    latency = sum(level.network.fill_latency_cycles + level.network.drain_latency_cycles for level in architecture.storage)
    return SimulatedCounts(computes=floor(operations * compute_instances), compute_instances=compute_instances, levels=levels,
                           cycles=max(compute_cycles, *(level.cycles for level in levels)) + latency,
                           networks=tuple(_network(architecture, i, problem, rows) for i in range(len(levels))))


def steps_of(architecture: Architecture, problem: Problem, mapping: Mapping, *, iterations: Iterations = "all") -> int:
    """About how many times `simulate` hands out words: iterations of all temporal loops that it runs, times the instances that it runs."""
    nest = nest_of(architecture, problem, mapping)
    loops = [loop for level in nest.levels for loop in level.temporal]
    arrays = prod(level.fanout for level in nest.levels)
    if iterations == "all":
        return prod(loop.bound for loop in loops) * arrays
    return prod(4 if loop.imperfect_inside else 2 for loop in loops) * max(level.fanout for level in nest.levels)


def utilized_instances(nest: Nest) -> tuple[list[int], int]:
    """Instances of each level and of the compute that work, on average over the passes, cut to a whole number."""
    used = Fraction(1)
    passes: dict[str, Fraction] = {}
    result = []
    for level in nest.levels:
        result.append(floor(used))
        for loop in level.temporal:
            passes[loop.dimension] = loop.last_bound + loop.bound * (passes.get(loop.dimension, Fraction(1)) - 1)
        above = used
        for loop in level.spatial:
            outside = passes.get(loop.dimension, Fraction(1))
            used *= (loop.last_bound + loop.bound * (outside - 1)) / outside if loop.last_bound != loop.bound else loop.bound
            passes[loop.dimension] = loop.last_bound + loop.bound * (outside - 1)
    return result, floor(above * nest.levels[-1].fanout)


def _temporal_bound(nest: Nest) -> int:
    return prod(loop.bound for level in nest.levels for loop in level.temporal)


def _rows(nest: Nest, machine: Machine, tensor: Tensor, instances: list[int], keeps: list[bool]) -> list[Row]:
    rows = rows_of(nest, machine, tensor.name, instances)
    boxes = [machine.array_sizes[i][tensor.name] if nest.levels[i].spatial else rows[i + 1].tile_size for i in range(len(rows) - 1)]
    roll_up(rows, keeps, boxes)
    return rows


def _level(level: StorageLevel, i: int, problem: Problem, rows: dict[str, list[Row]], machine: Machine, cycles: int,
           places: int) -> SimulatedLevel:
    tensors: dict[str, SimulatedTensor] = {}
    for tensor in problem.tensors:
        column = rows[tensor.name]
        if not column[i].gone:
            is_outermost = all(row.gone for row in column[:i])
            tensors[tensor.name] = stored(column[i], tensor.read_write, is_outermost, _distinct(machine, i, tensor.name))
    return SimulatedLevel(name=level.name, tensors=tensors, cycles=_level_cycles(level, tensors, cycles, places))


def _distinct(machine: Machine, i: int, tensor: str) -> Fraction:
    holdings = machine.holdings[i].values()
    return Fraction(sum(holding[tensor].seen.bit_count() for holding in holdings), len(holdings))


def _level_cycles(level: StorageLevel, tensors: dict[str, SimulatedTensor], cycles: int, places: int) -> int:
    """Cycles that the accesses of a level take where its bandwidths do not suffice (Timeloop: BufferLevel::ComputePerformance).

    places: instances that the mapping uses at most; where fewer work on average, the accesses of one are spread over more.
    """
    scale = level.bandwidth_scale
    read = _added(ceil(c.reads * c.instances / places) / cycles * scale.get(name, 1.0) for name, c in tensors.items())
    write = _added(ceil((c.fills + c.updates) * c.instances / places) / cycles * scale.get(name, 1.0) for name, c in tensors.items())
    pairs = [(level.read_bandwidth, read), (level.write_bandwidth, write), (level.shared_bandwidth, write + read)]
    slowdown = min([1.0, *(have / asked for have, asked in pairs if have is not None and have < asked)])
    return ceil(cycles / slowdown)


def _network(architecture: Architecture, i: int, problem: Problem, rows: dict[str, list[Row]]) -> SimulatedNetwork:
    names = [level.name for level in architecture.storage] + [architecture.compute.name]
    outer = architecture.storage[i]
    reduces = outer.reduction_supported or not outer.is_dram
    tensors: dict[str, SimulatedTransfers] = {
        tensor.name: transferred(rows[tensor.name][i], tensor.read_write, reduces) for tensor in problem.tensors}
    return SimulatedNetwork(name=f"{names[i]} <==> {names[i + 1]}", tensors=tensors)


def _added(numbers: Iterable[float]) -> float:
    """One after another in doubles, as the reference adds: since Python 3.12 `sum` carries the rounding errors along."""
    total = 0.0
    for number in numbers:
        total += number
    return total
