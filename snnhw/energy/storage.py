"""Costs of storage levels."""

from __future__ import annotations

import math
from collections.abc import Mapping

from snnhw.energy import logic
from snnhw.energy.dram import dram, dram_types
from snnhw.energy.figure import Figure, total
from snnhw.energy.kinds import is_smart, kind_of
from snnhw.energy.memory import Memory
from snnhw.energy.regfile import regfile
from snnhw.energy.request import Request
from snnhw.energy.sram import sram
from snnhw.errors import SpecError
from snnhw.spec.architecture import StorageLevel
from snnhw.spec.reference import ActionEnergy, ComponentCost

ACCESSES = ("read", "write", "fill", "update")
METADATA_ACCESSES = tuple(f"metadata_{action}" for action in ACCESSES)
STORAGE_ACTIONS = tuple(f"{how}{action}" for action in (*ACCESSES, *METADATA_ACCESSES) for how in ("", "gated_", "skipped_"))
"""Every action of a storage level that Timeloop counts, beside `leak`. An update is a write; its read is counted as a read."""

_BY_DEFINITION = Figure(value=0.0, source="an access that is skipped is never issued", uncertainty=0.0)
_ERT = "give its energies in an ERT"


def storage_cost(level: StorageLevel, request: Request) -> ComponentCost:
    """Costs of one storage level, of one row access each; SpecError where the class, the type or the capacity is not known.

    A gated access costs the clock gate, which is a register bit (docs/energy.md); a skipped one nothing.
    """
    if level.is_dummy:
        return dummy_cost(level.name)
    data = _memory(request, level.capacity_bits, level.width_bits)
    store = level.metadata
    metadata = data
    if store is not None and store.width_bits:
        capacity = level.capacity_bits if not store.depth_words else store.depth_words * store.width_bits
        metadata = _memory(request, capacity, store.width_bits)
    gate = logic.energy_pJ("register", 1, request.at)
    separate = (metadata,) if metadata is not data and store is not None and store.depth_words else ()
    return request.cost(_actions(data, metadata, gate), total(m.leak_mW for m in (data, *separate)), _area((data, *separate)))


def dummy_cost(name: str) -> ComponentCost:
    """A level that only fans out holds nothing and costs nothing, by definition."""
    free = ActionEnergy(energy_pJ=0.0, estimator="definition", source="a dummy level holds nothing", uncertainty=0.0)
    return ComponentCost(name=name, actions=dict.fromkeys((*STORAGE_ACTIONS, "leak"), free), area_um2=0.0)


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


def _memory(request: Request, capacity_bits: int | None, width_bits: int) -> Memory:
    """The memory behind a level, with its address generators where its class has them."""
    kind = kind_of(request.class_name, request.subclass)
    if kind == "dram":
        return _dram(request, width_bits)
    if kind not in ("sram", "regfile"):
        raise SpecError(request.unknown("a memory of an unknown kind", action="read",
                                        fix=f"name its kind in `subclass`: SRAM, smartbuffer_SRAM, regfile, smartbuffer_RF; or {_ERT}"))
    if not capacity_bits:
        raise SpecError(request.unknown("no capacity", action="read", fix=f"give depth, or {_ERT}"))
    if kind == "sram":
        made = sram(capacity_bits, width_bits, request.at.node_nm, voltage_V=request.voltage_V, ports=request.ports)
    else:
        made = regfile(capacity_bits, width_bits, request.at, ports=request.ports)
    if not is_smart(request.class_name, request.subclass):
        return made
    address_bits = max(1, math.ceil(math.log2(capacity_bits / width_bits)))
    circuit = logic.energy_pJ("adder", address_bits, request.at), logic.leak_mW("adder", address_bits, request.at)
    return made.with_each_access(*circuit, logic.area_um2("adder", address_bits, request.at))


def _dram(request: Request, width_bits: int) -> Memory:
    kind = request.attributes.get("type")
    made = dram(width_bits, None if kind is None else str(kind))
    if made is None:
        fix = f"known types are {', '.join(dram_types())}; or {_ERT}"
        raise SpecError(request.unknown(f"a DRAM of type {kind}", action="read", fix=fix))
    return made
