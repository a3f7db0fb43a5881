"""The costs of every component of an architecture."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import TypeAlias

from snnhw.energy.actions import COMPUTE_ACTIONS, NEURON_ACTIONS
from snnhw.energy.compound import compound_cost
from snnhw.energy.estimators import ORDER, Estimator, Given, asked, estimators_named
from snnhw.energy.figure import Figure
from snnhw.energy.request import Request, action_energy
from snnhw.energy.storage import dummy_cost
from snnhw.energy.wires import needs_wire_energy, wire_energy
from snnhw.errors import Finding, SpecError
from snnhw.spec.architecture import Architecture, Component, ComponentClass, Compute, StorageLevel
from snnhw.spec.reference import ActionEnergy, ComponentCost, ReferenceTable

Ask: TypeAlias = Callable[[], ComponentCost]

_STORAGE_NEEDS = ("read", "fill", "update")
_ROLE_NEEDS = {"neuron": NEURON_ACTIONS, "threshold": ("read",), "accumulator": ("add",), "leak": ("leak_shift",), "compare": ("compare",),
               "reset": ("reset",), "encoder": ("scan", "encode")}
"""What the counts of a role (engines/neurons.py) ask of a part."""

_ATTRIBUTES = "attributes of the architecture"


def estimate(architecture: Architecture, reference: ReferenceTable | None = None, estimators: Sequence[str] = ORDER) -> ReferenceTable:
    """Energies and areas of every storage level, the compute, every part and every network ("outer <==> inner") of an architecture.

    Energies are in pJ per action, leakage in pJ per cycle and instance, areas in um2 per instance. One `read` of a storage level is one
    access of a row of width_bits (Timeloop's vector access). Each entry names its estimator, its source and its relative uncertainty.
    reference: costs that the user gives; estimators: who is asked, the first that knows an action says it (names of estimators.KNOWN).
    Raises SpecError that names every component and action whose cost nobody knows.
    """
    order = estimators_named(estimators, reference)
    given = {} if reference is None else dict(reference.components)
    costs: dict[str, ComponentCost] = {}
    findings: list[Finding] = []
    for name, ask in _asks(architecture, order):
        if name in costs:
            continue
        try:
            costs[name] = ask()
        except SpecError as error:
            findings += error.findings
    if findings:
        raise SpecError(findings)
    return ReferenceTable(components={**costs, **{name: cost for name, cost in given.items() if name not in costs}})


def _asks(architecture: Architecture, order: Sequence[Estimator]) -> Iterable[tuple[str, Ask]]:
    items: tuple[StorageLevel | Compute | Component, ...] = (*architecture.storage, architecture.compute, *architecture.parts)
    ask = partial(_ask, architecture, order, ())
    components = ((item.name, partial(ask, _request(architecture, item))) for item in items)
    return chain(components, _networks(architecture))


def _request(architecture: Architecture, item: StorageLevel | Compute | Component) -> Request:
    request = Request(name=item.name, class_name=item.class_name, subclass=item.subclass, attributes=item.attributes,
                      node_nm=architecture.technology_nm, cycle_ns=architecture.cycle_seconds * 1e9)
    if isinstance(item, StorageLevel):
        return replace(request, role="storage", level=item, needs=_STORAGE_NEEDS)
    if isinstance(item, Compute):
        return replace(request, role="compute", word_bits=item.word_bits, needs=COMPUTE_ACTIONS[:1])
    return replace(request, needs=_ROLE_NEEDS.get(item.role, ()))


def _class_of(architecture: Architecture, request: Request) -> ComponentClass | None:
    """The user's class of a component, which goes before the built-in one of its name."""
    return next((kind for kind in architecture.classes if kind.name in (request.subclass, request.class_name)), None)


def _ask(architecture: Architecture, order: Sequence[Estimator], within: tuple[str, ...], request: Request) -> ComponentCost:
    """Costs of a component or a part of one, which may be of a user's class. within: the classes that it is a part of."""
    if request.level is not None and (request.level.is_dummy or "dummy" in request.class_name.lower()):
        return dummy_cost(request.name)
    kind = _class_of(architecture, request)
    if kind is None:
        return asked(request, order)
    if kind.name in within:
        chain_text = " > ".join((*within, kind.name))
        raise SpecError(Finding(file="energy estimate", key=request.name, seen=f"a class that is a part of itself: {chain_text}",
                                expected="parts of other classes", fix="take it out of its own parts"))
    inner = partial(_ask, architecture, order, (*within, kind.name))
    compound = _Compound(cost_of=partial(compound_cost, kind, ask=inner))
    return asked(request, (*(one for one in order if isinstance(one, Given)), compound))


class _Compound:
    """A user's class as an estimator; only an ERT goes before it."""

    name = "components: classes"
    absent = ""

    def __init__(self, cost_of: Callable[[Request], ComponentCost]):
        self.cost_of = cost_of

    def cost(self, request: Request) -> ComponentCost:
        """What its parts say."""
        return self.cost_of(request)


def _networks(architecture: Architecture) -> Iterable[tuple[str, Ask]]:
    inner = [*(level.name for level in architecture.storage[1:]), architecture.compute.name]
    for level, below in zip(architecture.storage, inner, strict=True):
        name = f"{level.name} <==> {below}"
        yield name, partial(_network_cost, architecture, level, name)


def _network_cost(architecture: Architecture, level: StorageLevel, name: str) -> ComponentCost:
    """Wires: pJ per bit and mm; router: pJ a word that passes one. Area unknown."""
    network = level.network
    given = Figure(value=network.wire_energy_pJ_per_bit_mm, source=f"wire_energy of {level.name}", uncertainty=0.0,
                   estimator=_ATTRIBUTES, family="wire")
    router = replace(given, value=network.router_energy_pJ, source=f"router_energy of {level.name}", family="router")
    wires = wire_energy(architecture.technology_nm) if needs_wire_energy(level) else _from_table(given, architecture.technology_nm)
    return ComponentCost(name=name, actions={"wire_per_bit_mm": _unsure(action_energy(wires)), "router": _unsure(action_energy(router))})


def _from_table(given: Figure, technology_nm: float) -> Figure:
    """The table's figure where the architecture says the same, so that its source and uncertainty are known; else what is given."""
    try:
        table = wire_energy(technology_nm)
    except SpecError:  # a node that the table does not reach, which needs no table then
        return given
    return table if math.isclose(table.value, given.value, rel_tol=1e-6) else given


def _unsure(energy: ActionEnergy) -> ActionEnergy:
    """A figure of the architecture's file has no uncertainty that anybody states."""
    return replace(energy, uncertainty=None) if energy.energy_pJ > 0 and energy.estimator == _ATTRIBUTES else energy
