"""The costs of every component of an architecture."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from itertools import chain
from typing import TypeAlias

from snnhw.energy.compound import compound_cost
from snnhw.energy.figure import Figure
from snnhw.energy.kinds import kind_of
from snnhw.energy.parts import compute_cost, part_cost
from snnhw.energy.request import Request, action_energy
from snnhw.energy.storage import dummy_cost, storage_cost
from snnhw.energy.wires import needs_wire_energy, wire_energy
from snnhw.errors import Finding, SpecError
from snnhw.spec.architecture import Architecture, Component, ComponentClass, Compute, StorageLevel
from snnhw.spec.reference import ComponentCost, ReferenceTable

Ask: TypeAlias = Callable[[], ComponentCost]

_DEPTHS = ("depth", "memory_depth", "data_storage_depth", "n_entries")


def estimate(architecture: Architecture, reference: ReferenceTable | None = None) -> ReferenceTable:
    """Energies and areas of every storage level, the compute, every part and every network ("outer <==> inner") of an architecture.

    Energies are in pJ per action, leakage in pJ per cycle and instance, areas in um2 per instance. One `read` of a storage level is one
    access of a row of width_bits (Timeloop's vector access). Each entry names its estimator, its source and its relative uncertainty.
    reference: costs that the user gives; a component in it is taken from there and nowhere else. Raises SpecError that names every
    component whose costs nobody knows.
    """
    given = {} if reference is None else dict(reference.components)
    costs: dict[str, ComponentCost] = {}
    findings: list[Finding] = []
    for name, ask in _asks(architecture):
        if name in given or name in costs:
            continue
        try:
            costs[name] = ask()
        except SpecError as error:
            findings += error.findings
    if findings:
        raise SpecError(findings)
    return ReferenceTable(components={**costs, **given})


def _asks(architecture: Architecture) -> Iterable[tuple[str, Ask]]:
    levels = ((level.name, partial(_level_cost, architecture, level)) for level in architecture.storage)
    compute = architecture.compute
    parts = ((part.name, partial(_part_cost, architecture, part)) for part in architecture.parts)
    return chain(levels, ((compute.name, partial(_compute_cost, architecture, compute)),), parts, _networks(architecture))


def _request(architecture: Architecture, item: StorageLevel | Compute | Component) -> Request:
    return Request(name=item.name, class_name=item.class_name, subclass=item.subclass, attributes=item.attributes,
                   node_nm=architecture.technology_nm, cycle_ns=architecture.cycle_seconds * 1e9)


def _class_of(architecture: Architecture, request: Request) -> ComponentClass | None:
    """The user's class of a component, which goes before the built-in one of its name."""
    return next((kind for kind in architecture.classes if kind.name in (request.subclass, request.class_name)), None)


def _level_cost(architecture: Architecture, level: StorageLevel) -> ComponentCost:
    request = _request(architecture, level)
    kind = _class_of(architecture, request)
    if level.is_dummy:
        return dummy_cost(level.name)
    return storage_cost(level, request) if kind is None else compound_cost(kind, request, partial(_ask, architecture, ()))


def _compute_cost(architecture: Architecture, compute: Compute) -> ComponentCost:
    request = _request(architecture, compute)
    kind = _class_of(architecture, request)
    return compute_cost(request, compute.word_bits) if kind is None else compound_cost(kind, request, partial(_ask, architecture, ()))


def _part_cost(architecture: Architecture, part: Component) -> ComponentCost:
    return _ask(architecture, (), _request(architecture, part))


def _ask(architecture: Architecture, within: tuple[str, ...], request: Request) -> ComponentCost:
    """Costs of a part, which may be of a user's class itself, or a memory. within: the classes that it is a part of."""
    kind = _class_of(architecture, request)
    if kind is not None and kind.name in within:
        chain_text = " > ".join((*within, kind.name))
        raise SpecError(request.unknown(f"a class that is a part of itself: {chain_text}", fix="take it out of its own parts"))
    if kind is not None:
        return compound_cost(kind, request, partial(_ask, architecture, (*within, kind.name)))
    if kind_of(request.class_name, request.subclass) in ("dram", "sram", "regfile"):
        return storage_cost(_memory_part(request), request)
    return part_cost(request)


def _memory_part(request: Request) -> StorageLevel:
    """A part that is a memory, as a level: `width` (or datawidth) bits in `depth` rows."""
    width = round(request.bits(("width", "memory_width", "data_storage_width", "datawidth")))
    depth = next((request.number(key) for key in _DEPTHS if key in request.attributes), None)
    return StorageLevel(name=request.name, class_name=request.class_name, subclass=request.subclass, width_bits=width, word_bits=width,
                        depth_words=None if depth is None else round(depth))


def _networks(architecture: Architecture) -> Iterable[tuple[str, Ask]]:
    inner = [*(level.name for level in architecture.storage[1:]), architecture.compute.name]
    for level, below in zip(architecture.storage, inner, strict=True):
        name = f"{level.name} <==> {below}"
        yield name, partial(_network_cost, architecture, level, name)


def _network_cost(architecture: Architecture, level: StorageLevel, name: str) -> ComponentCost:
    """Wires: pJ per bit and mm; router: pJ a word that passes one. Area unknown."""
    network = level.network
    given = "attributes of the architecture"
    router = Figure(value=network.router_energy_pJ, source=f"router_energy of {level.name}", uncertainty=0.0)
    if needs_wire_energy(level):
        wires = action_energy(wire_energy(architecture.technology_nm))
    else:
        figure = Figure(value=network.wire_energy_pJ_per_bit_mm, source=f"wire_energy of {level.name}", uncertainty=0.0)
        wires = action_energy(figure, given)
    return ComponentCost(name=name, actions={"wire_per_bit_mm": wires, "router": action_energy(router, given)})
