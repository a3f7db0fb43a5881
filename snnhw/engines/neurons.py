"""What updating neurons costs: the actions of the architecture's neuron unit, times how often a layer needs them."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as MappingType

from snn_workload import NeuronWork
from snnhw.errors import Finding, SpecError
from snnhw.model.result import PartEnergy
from snnhw.spec.architecture import Architecture, Component
from snnhw.spec.reference import ReferenceTable

NEURON_ACTIONS = {"decay": "leaks", "add": "adds", "compare": "compares", "reset": "resets"}
"""Actions of a neuron unit, and the count of NeuronWork that each is needed for. `decay` is the leak of the membrane, since `leak` is leakage."""

THRESHOLD_ACTIONS = {"read": "compares"}
"""The threshold is read for each comparison."""

ROLES: MappingType[str, MappingType[str, str]] = {"neuron": NEURON_ACTIONS, "threshold": THRESHOLD_ACTIONS}


def neuron_energies(architecture: Architecture, reference: ReferenceTable, work: NeuronWork) -> tuple[PartEnergy, ...]:
    """Energy of each action of the neuron units and thresholds over a layer; empty for a layer without neurons.

    Raises SpecError where the reference table lacks such an action.
    """
    if work.neurons == 0:
        return ()
    return tuple(energy for part in architecture.parts for energy in _part(part, reference, work))


def neuron_notes(architecture: Architecture, work: NeuronWork) -> Iterator[str]:
    """What a reader must know where an architecture has nothing that updates neurons."""
    if work.neurons and not any(part.role == "neuron" for part in architecture.parts):
        yield f"{architecture.name} has no neuron unit, so neuron updates cost nothing here"


def _part(part: Component, reference: ReferenceTable, work: NeuronWork) -> Iterator[PartEnergy]:
    for action, count_name in ROLES.get(part.role, {}).items():
        cost = reference.components.get(part.name)
        if cost is None or action not in cost.actions:
            seen = "no entry" if cost is None else f"actions {', '.join(cost.actions)}"
            raise SpecError(Finding(file="energy reference table", key=f"{part.name}.{action}", seen=seen, expected=f"an energy for {action}",
                                    fix=f"the component has the role {part.role}, so add the action {action} to its table"))
        count = float(getattr(work, count_name))
        yield PartEnergy(component=part.name, action=action, count=count, energy_pJ=count * cost.actions[action].energy_pJ)
