"""What the real Timeloop says of a mapping, as the record of the native engine: the levels that stand for one put together again.

Two things that a chain of levels cannot say are made good here, from Timeloop's own figures. Energy of wires goes with the width of a word,
and Timeloop has one width for all tensors of a network: each tensor's is brought to its own. And levels that stand for one share its
bandwidth: the words a cycle of all of them are held together against it, by the rule of BufferLevel::ComputePerformance.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from snnhw.engines.timeloop_form import Form
from snnhw.engines.timeloop_stats import Block, Stats
from snnhw.errors import CapacityError, EngineError
from snnhw.model.result import Evaluation, LevelResult, NetworkTransfers, TensorCounts, TransferCounts
from snnhw.spec.architecture import StorageLevel

_TOTALS = ("Energy (total)", "Temporal Reduction Energy (total)", "Address Generation Energy (total)")
_WIRES = ("Energy (total)", "Link transfer energy (total)")
_REDUCTION = "Spatial Reduction Energy (total)"
_KINDS = {"": "Actual", "gated_": "Gated", "skipped_": "Skipped"}
_ACTIONS = ("read", "fill", "update")


def evaluation_of(form: Form, stats: Stats) -> Evaluation:
    """The record of the user's architecture. Raises EngineError where a level or a figure is missing, CapacityError where tiles do not fit.

    Timeloop holds each level that stands for one against the whole capacity, so that tiles may be too large together.
    """
    blocks = {block.name: block for block in (*stats.levels, *stats.networks)}
    compute = stats.levels[0] if stats.levels else None
    if compute is None or compute.name != form.architecture.compute.name:
        raise EngineError(f"the results of timeloop begin with {compute.name if compute else 'nothing'}, not with the compute level")
    _check_parts(stats)
    check_capacities(form, stats)
    cycles, stretch = _cycles(form, stats, blocks)
    levels = [_compute_level(compute), *(_level(form, level, blocks, stretch) for level in reversed(form.architecture.storage))]
    networks = tuple(_network(form, index, blocks) for index in range(len(form.architecture.storage)))
    energy = math.fsum([*(level.energy_pJ + level.leakage_pJ for level in levels),
                        *(tensor.energy_pJ for network in networks for tensor in network.tensors.values())])
    busy = (levels[0].computes + levels[0].gated_computes) / form.architecture.compute.mesh.instances
    return Evaluation(cycles=cycles, energy_pJ=energy, utilization=busy / cycles if cycles else 0.0, levels=tuple(levels),
                      networks=networks)


def check_capacities(form: Form, stats: Stats) -> None:
    """Raises CapacityError where the tiles of levels that stand for one do not fit it together."""
    for level in form.architecture.storage:
        needed = needed_bits(form, stats, level)
        capacity = None if level.capacity_bits is None else math.floor(level.capacity_bits / level.multiple_buffering)
        if len(needed) > 1 and capacity is not None and sum(needed.values()) > capacity:
            raise CapacityError(f"level {level.name}: the tiles that timeloop put there need {sum(needed.values()):,} bits together, it "
                                f"has {capacity:,}; Timeloop cannot say that tensors share a level")


def needed_bits(form: Form, stats: Stats, level: StorageLevel) -> dict[str, int]:
    """Bits of the largest tile of data at each of the levels that stand for one."""
    widths = {one.name: one.word_bits for one in form.lowered.architecture.storage}
    blocks = {block.name: block for block in stats.levels}
    found = {}
    for name in form.lowered.levels[level.name]:
        block = blocks[name]
        words = sum(block.number(_first_of(block, tensor, ("Max utilized data storage capacity", "Utilized capacity")), tensor)
                    for tensor in block.tensors)
        found[name] = round(words) * widths[name]
    return found


def _check_parts(stats: Stats) -> None:
    """The parts that are read have to add up to the sum that is printed, in uJ with two decimals."""
    parts = math.fsum([*(block.number("Energy (total)", default=0.0) + block.number("Leakage energy (total)", default=0.0)
                         for block in stats.levels),
                       *(block.number(name, tensor) for block in stats.levels for tensor in block.tensors for name in _TOTALS),
                       *(block.number(name, tensor, 0.0) for block in stats.networks for tensor in block.tensors
                         for name in (*_WIRES, _REDUCTION))])
    if abs(parts - stats.energy_pJ) > 1e4 + 1e-6 * stats.energy_pJ:
        raise EngineError(f"the parts of the energy that timeloop prints add up to {parts:,.0f} pJ, its sum is {stats.energy_pJ:,.0f} pJ; "
                          "this version of it prints something that snnhw does not know")


def _compute_level(block: Block) -> LevelResult:
    sparse = "Actual Computes (total)" in block.figures
    return LevelResult(
        name=block.name, energy_pJ=block.number("Energy (total)"), cycles=int(block.number("Cycles")),
        computes=block.number("Actual Computes (total)" if sparse else "Computes (total)"),
        gated_computes=block.number("Gated Computes (total)", default=0.0),
        skipped_computes=block.number("Skipped Computes (total)", default=0.0))


def _level(form: Form, level: StorageLevel, blocks: dict[str, Block], stretch: float) -> LevelResult:
    parts = [blocks[name] for name in form.lowered.levels[level.name] if name in blocks]
    if len(parts) < len(form.lowered.levels[level.name]):
        raise EngineError(f"level {level.name} is missing in the results of timeloop")
    tensors = {tensor: _counts(part, tensor) for part in parts for tensor in part.tensors}
    ordered = {tensor.name: tensors[tensor.name] for tensor in form.problem.tensors if tensor.name in tensors}
    return LevelResult(name=level.name, energy_pJ=math.fsum(counts.energy_pJ for counts in ordered.values()),
                       leakage_pJ=math.fsum(part.number("Leakage energy (total)") for part in parts) * stretch,
                       cycles=max(*(int(part.number("Cycles")) for part in parts), _together(form, level, parts, blocks)),
                       tensors=ordered)


def _counts(block: Block, tensor: str) -> TensorCounts:
    energy = math.fsum(block.number(name, tensor) for name in _TOTALS)
    if "Scalar reads (per-instance)" in block.tensors[tensor]:
        return TensorCounts(tile_size=int(block.number("Utilized capacity", tensor)), energy_pJ=energy,
                            instances=block.number("Utilized instances (max)", tensor),
                            **{f"{action}s": block.number(f"Scalar {action}s (per-instance)", tensor) for action in _ACTIONS})
    formats = block.formats.get(tensor, {})
    words = {f"{prefix}{action}s": block.number(f"{word} scalar {action}s (per-instance)", tensor)
             for prefix, word in _KINDS.items() for action in _ACTIONS}
    metadata = {f"{prefix}metadata_{action}s": formats.get(f"{word} scalar format {action}s (per-instance)", 0.0)
                for prefix, word in _KINDS.items() for action in _ACTIONS}
    return TensorCounts(tile_size=int(block.number("Data tile shape", tensor)), energy_pJ=energy,
                        instances=block.number("Utilized instances (average)", tensor), **words, **metadata)


def _network(form: Form, index: int, blocks: dict[str, Block]) -> NetworkTransfers:
    """The network below a storage level: that from the innermost of the levels that stand for it to the outermost of the next."""
    level = form.architecture.storage[index]
    below = form.architecture.storage[index + 1].name if index + 1 < len(form.architecture.storage) else form.architecture.compute.name
    outer = form.lowered.levels[level.name][-1]
    block = blocks.get(f"{outer} <==> {form.lowered.levels.get(below, (below,))[0]}")
    name = f"{level.name} <==> {below}"
    if block is None:
        raise EngineError(f"network {name} is missing in the results of timeloop")
    width = next(one.word_bits for one in form.lowered.architecture.storage if one.name == outer)
    return NetworkTransfers(name=name, tensors={
        tensor.name: _transfers(block, tensor.name, level.bits_of(tensor.name) / width)
        for tensor in form.problem.tensors if block.number("Ingresses", tensor.name, 0.0)})


def _transfers(block: Block, tensor: str, width: float) -> TransferCounts:
    """width: bits of a word of the tensor for one of those that Timeloop took; only energy of wires goes with it, not that of routers."""
    ingresses, hops = block.number("Ingresses", tensor), block.number("Average number of hops", tensor)
    links = block.number("Link transfers", tensor, 0.0)
    whole = math.fsum(block.number(name, tensor, 0.0) for name in _WIRES)
    router = block.number("Router energy", default=0.0)
    wires = whole if router == 0 else min(whole, (hops * ingresses + links) * block.number("Energy (per-hop)", tensor) / 1000)
    return TransferCounts(ingresses=ingresses, hops=hops, link_transfers=links,
                          spatial_reductions=block.number("Spatial reductions", tensor, 0.0),
                          energy_pJ=wires * width + (whole - wires) + block.number(_REDUCTION, tensor, 0.0))


def _cycles(form: Form, stats: Stats, blocks: dict[str, Block]) -> tuple[int, float]:
    """Cycles of the whole, and by how much they are more than Timeloop's because levels share a bandwidth (leakage goes with it)."""
    slowest = max((_together(form, level, [blocks[name] for name in form.lowered.levels[level.name] if name in blocks], blocks)
                   for level in form.architecture.storage), default=0)
    latencies = stats.cycles - max(int(block.number("Cycles")) for block in stats.levels)
    alone = stats.cycles - latencies
    cycles = max(alone, slowest)
    return cycles + latencies, cycles / alone if alone else 1.0


def _together(form: Form, level: StorageLevel, parts: Sequence[Block], blocks: dict[str, Block]) -> int:
    """Cycles of a level whose bandwidth several levels share; 0 where there is nothing to share."""
    if len(parts) < 2:
        return 0
    compute_cycles = int(blocks[form.architecture.compute.name].number("Cycles"))
    reads, writes = (math.fsum(_wanted(form, level, parts, kind)) for kind in ("Read", "Write"))
    slowdown = min([1.0, *(limit / wanted for wanted, limit in
                           ((reads, level.read_bandwidth), (writes, level.write_bandwidth), (reads + writes, level.shared_bandwidth))
                           if limit is not None and wanted > limit)])
    return 0 if slowdown == 1.0 else math.ceil(compute_cycles / slowdown)


def _wanted(form: Form, level: StorageLevel, parts: Sequence[Block], kind: str) -> Iterator[float]:
    """Words a cycle that each tensor would take if nothing slowed it, in words of the level as the user has it."""
    widths = {one.name: one.word_bits for one in form.lowered.architecture.storage}
    for part in parts:
        throttling = part.number("Bandwidth throttling")
        for tensor in part.tensors:
            name = _first_of(part, tensor, (f"Average {kind} Bandwidth (per-instance)", f"{kind} Bandwidth (per-instance)"))
            yield part.number(name, tensor) / throttling * widths[part.name] / level.word_bits


def _first_of(block: Block, tensor: str, names: Sequence[str]) -> str:
    return next((name for name in names if name in block.tensors[tensor]), names[-1])
