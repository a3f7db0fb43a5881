"""What the parts beside the loop nest cost: updates of neurons, as often as a layer needs them, and leakage."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as MappingType

from snn_workload import NeuronWork
from snnhw.errors import Finding, SpecError
from snnhw.model.result import LEAK, PartEnergy
from snnhw.spec.architecture import Architecture, Component
from snnhw.spec.reference import ReferenceTable

NEURON_ACTIONS = {"leak_shift": "leaks", "add": "adds", "compare": "compares", "reset": "resets"}
"""Actions of a neuron unit, and the count of NeuronWork that each goes by. u - (u >> k) is a shift and an add."""

THRESHOLD_ACTIONS = {"read": "compares"}
"""The threshold is read for each comparison."""

ENCODER_ACTIONS = {"scan": "updates", "encode": "spikes"}
"""Each neuron passes the encoder once in each time step, and is written down where it spikes."""

ROLES: MappingType[str, MappingType[str, str]] = {
    "neuron": NEURON_ACTIONS, "threshold": THRESHOLD_ACTIONS, "encoder": ENCODER_ACTIONS,
    "accumulator": {"add": "adds"}, "leak": {"leak_shift": "leaks"}, "compare": {"compare": "compares"}, "reset": {"reset": "resets"},
}
"""What each role's actions count by. A neuron unit may stand as a whole or as its parts."""


def part_energies(architecture: Architecture, reference: ReferenceTable, work: NeuronWork, cycles: int) -> tuple[PartEnergy, ...]:
    """Energy of the parts over a layer: each action of neuron units and thresholds, and the leakage of every part.

    Leakage counts all instances over all cycles of the layer. Raises SpecError where the table lacks an action of a neuron unit.
    """
    updates = (energy for part in architecture.parts if work.neurons for energy in _updates(part, reference, work))
    return (*updates, *_leakages(architecture, reference, cycles))


def neuron_notes(architecture: Architecture, work: NeuronWork) -> Iterator[str]:
    """What a reader must know where an architecture has nothing that updates neurons."""
    roles = {part.role for part in architecture.parts}
    missing = {"accumulator": "additions", "leak": "leaks", "compare": "comparisons", "reset": "resets"}
    if work.neurons and "neuron" not in roles:
        if roles.isdisjoint(missing):
            yield f"{architecture.name} has no neuron unit, so neuron updates cost nothing here"
        else:
            yield from (f"{architecture.name} has no part with the role {role}, so {what} of neurons cost nothing here"
                        for role, what in missing.items() if role not in roles)
    for part in architecture.parts:
        if not part.role:
            yield f"{part.name} ({part.class_name}) holds no loop, so only its leakage and area count, not its actions"


def _updates(part: Component, reference: ReferenceTable, work: NeuronWork) -> Iterator[PartEnergy]:
    for action, count_name in ROLES.get(part.role, {}).items():
        cost = reference.components.get(part.name)
        if cost is None or action not in cost.actions:
            seen = "no entry" if cost is None else f"actions {', '.join(cost.actions)}"
            raise SpecError(Finding(file="energy reference table", key=f"{part.name}.{action}", seen=seen,
                                    expected=f"an energy for {action}",
                                    fix=f"the component has the role {part.role}, so add the action {action} to its table"))
        count = float(getattr(work, count_name))
        yield PartEnergy(component=part.name, action=action, count=count, energy_pJ=count * cost.actions[action].energy_pJ)


def _leakages(architecture: Architecture, reference: ReferenceTable, cycles: int) -> Iterator[PartEnergy]:
    for part in architecture.parts:
        cost = reference.components.get(part.name)
        if cost is not None and "leak" in cost.actions:
            count = float(cycles * part.mesh.instances)
            yield PartEnergy(component=part.name, action=LEAK, count=count, energy_pJ=count * cost.actions["leak"].energy_pJ)
