"""Costs of storage levels, over whoever knows the memory behind them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TypeAlias

from snnhw.energy import logic
from snnhw.energy.actions import ACCESSES, LEAK, STORAGE_ACTIONS
from snnhw.energy.dram import dram, dram_types
from snnhw.energy.figure import Figure, total
from snnhw.energy.kinds import MEMORIES, is_smart, kind_of
from snnhw.energy.memory import Memory
from snnhw.energy.regfile import regfile
from snnhw.energy.request import NoEstimate, Request
from snnhw.energy.sram import sram
from snnhw.spec.architecture import StorageLevel
from snnhw.spec.reference import ActionEnergy, ComponentCost

MemoryOf: TypeAlias = Callable[[str, Request, float, int], Memory]
"""Who knows a memory: its kind, the request, capacity in bits (0 for a DRAM, whose capacity does not matter), bits of a row."""

_DEPTHS = ("depth", "memory_depth", "data_storage_depth", "n_entries")
_BY_DEFINITION = Figure(value=0.0, source="an access that is skipped is never issued", uncertainty=0.0, estimator="definition")


def storage_cost(request: Request, memory_of: MemoryOf) -> ComponentCost:
    """Costs of one storage level or of a part that is a memory, of one row access each; NoEstimate where nobody knows.

    A gated access costs the clock gate, which is a register bit (docs/energy.md); a skipped one nothing.
    """
    level = request.level or memory_part(request)
    data = _memory(request, level.capacity_bits, level.width_bits, memory_of)
    store = level.metadata
    metadata = data
    if store is not None and store.width_bits:
        capacity = level.capacity_bits if not store.depth_words else store.depth_words * store.width_bits
        metadata = _memory(request, capacity, store.width_bits, memory_of)
    gate = logic.energy_pJ("register", 1, request.at)
    separate = (metadata,) if metadata is not data and store is not None and store.depth_words else ()
    return request.cost(_actions(data, metadata, gate), total(m.leak_mW for m in (data, *separate)), _area((data, *separate)))


def dummy_cost(name: str) -> ComponentCost:
    """A level that only fans out holds nothing and costs nothing, by definition."""
    free = ActionEnergy(energy_pJ=0.0, estimator="definition", source="a dummy level holds nothing", uncertainty=0.0)
    return ComponentCost(name=name, actions=dict.fromkeys((*STORAGE_ACTIONS, LEAK), free), area_um2=0.0)


def memory_part(request: Request) -> StorageLevel:
    """A part that is a memory, as a level: `width` (or datawidth) bits in `depth` rows."""
    width = round(request.bits(("width", "memory_width", "data_storage_width", "datawidth")))
    depth = next((request.number(key) for key in _DEPTHS if key in request.attributes), None)
    return StorageLevel(name=request.name, class_name=request.class_name, subclass=request.subclass, width_bits=width, word_bits=width,
                        depth_words=None if depth is None else round(depth))


def builtin_memory(kind: str, request: Request, capacity_bits: float, width_bits: int) -> Memory:
    """The memory by the built-in model."""
    if kind == "dram":
        given = request.attributes.get("type")
        made = dram(width_bits, None if given is None else str(given))
        if made is None:
            raise NoEstimate(f"a DRAM of type {given}", action="read", fix=f"known types are {', '.join(dram_types())}")
        return made
    if kind == "sram":
        return sram(capacity_bits, width_bits, request.at.node_nm, voltage_V=request.voltage_V, ports=request.ports)
    return regfile(capacity_bits, width_bits, request.at, ports=request.ports)


def _actions(data: Memory, metadata: Memory, gate: Figure) -> Mapping[str, Figure]:
    made: dict[str, Figure] = {}
    for prefix, memory in (("", data), ("metadata_", metadata)):
        for action in ACCESSES:
            made[f"{prefix}{action}"] = memory.read_pJ if action == "read" else memory.write_pJ
            made[f"gated_{prefix}{action}"] = gate
            made[f"skipped_{prefix}{action}"] = _BY_DEFINITION
    return made


def _area(memories: tuple[Memory, ...]) -> Figure | None:
    areas = [memory.area_um2 for memory in memories if memory.area_um2 is not None]
    return total(areas) if len(areas) == len(memories) else None


def _memory(request: Request, capacity_bits: int | None, width_bits: int, memory_of: MemoryOf) -> Memory:
    """The memory behind a level, with its address generators where its class has them."""
    kind = kind_of(request.class_name, request.subclass)
    if kind not in MEMORIES:
        raise NoEstimate("a memory of an unknown kind", action="read",
                         fix="name its kind in `subclass`: DRAM, SRAM, smartbuffer_SRAM, regfile, smartbuffer_RF")
    if kind == "dram":
        return memory_of(kind, request, 0, width_bits)
    if not capacity_bits:
        raise NoEstimate("no capacity", action="read", fix="give depth")
    made = memory_of(kind, request, capacity_bits, width_bits)
    if not is_smart(request.class_name, request.subclass):
        return made
    address_bits = max(1, math.ceil(math.log2(capacity_bits / width_bits)))
    circuit = logic.energy_pJ("adder", address_bits, request.at), logic.leak_mW("adder", address_bits, request.at)
    return made.with_each_access(*circuit, logic.area_um2("adder", address_bits, request.at))
