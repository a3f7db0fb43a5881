"""Energy and area reference tables (ERT, ART) as Accelergy writes them, in the forms of versions 0.2 to 0.4."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from snnhw.spec.architecture import Architecture
from snnhw.spec.flat_section import Path, Report, Section, as_number, shown
from snnhw.spec.reference import ActionEnergy, ComponentCost, ReferenceTable

ESTIMATOR = "ERT of the input"
_WIRES = ("wire", "Wire")
_WIRE_ACTION = "transfer_random"


def flat_reference(ert: Section | None, art: Section | None) -> ReferenceTable | None:
    """Costs by component: the last part of `system.GLB[0..1]` without its range. None without an ERT, as Timeloop then ignores the ART.

    Several energies of one action (for several arguments): the largest counts, as in Timeloop. Problems go to the sections' report.
    """
    areas = {} if art is None else _areas(art)
    if ert is None:
        return None
    energies = _energies(ert)
    components = {name: ComponentCost(name=name, actions=energies.get(name, {}), area_um2=areas.get(name)) for name in (*energies, *areas)}
    return ReferenceTable(components=components)


def component_name(text: str) -> str:
    """`GLB` of `system.GLB[0..1]`."""
    return re.sub(r"\[[^\[\]]*\]$", "", text.strip()).rpartition(".")[2]


def with_wire_energy(architecture: Architecture, reference: ReferenceTable | None) -> Architecture:
    """The architecture with the energy of the ERT's component `wire` (pJ a bit and mm) in all its networks, as Timeloop does."""
    for name in _WIRES:
        cost = None if reference is None else reference.components.get(name)
        action = None if cost is None else cost.actions.get(_WIRE_ACTION)
        if action is not None and action.energy_pJ > 0:
            energy_pJ = action.energy_pJ
            return replace(architecture, storage=tuple(
                replace(level, network=replace(level.network, wire_energy_pJ_per_bit_mm=energy_pJ)) for level in architecture.storage))
    return architecture


def with_fixed_costs(reference: ReferenceTable | None, costs: Mapping[str, ComponentCost],
                     architecture: Architecture) -> ReferenceTable | None:
    """The table with the costs that attributes of the architecture fix.

    A storage level's vector_access_energy replaces its entry of the ERT; the energy of the compute level counts only where the ERT has
    none. An area of the ART counts before one of the attributes (Timeloop's UpdateOpEnergyViaERT and UpdateAreaViaART).
    """
    if not costs:
        return reference
    components = dict(reference.components) if reference is not None else {}
    for name, cost in costs.items():
        listed = components.get(name)
        if listed is None:
            components[name] = cost
            continue
        attribute_first = name != architecture.compute.name and cost.actions
        components[name] = replace(listed, actions=cost.actions if attribute_first or not listed.actions else listed.actions,
                                   area_um2=cost.area_um2 if listed.area_um2 is None else listed.area_um2)
    return ReferenceTable(components=components)


def _version(section: Section) -> None:
    taken = section.take("version")
    if taken is not None and str(taken[0]) not in ("0.2", "0.3", "0.4"):
        section.report.add(taken[1], seen=shown(taken[0]), expected="0.2, 0.3 or 0.4")


def _energies(ert: Section) -> dict[str, dict[str, ActionEnergy]]:
    _version(ert)
    ert.require(["tables"], "a list of components with their actions")
    taken = ert.take("tables")
    ert.close()
    if taken is None:
        return {}
    value, path = taken
    tables = _old_tables(value, path, ert.report) if isinstance(value, Mapping) else _tables(value, path, ert.report)
    energies: dict[str, dict[str, ActionEnergy]] = {}
    first: dict[str, str] = {}
    for full_name, actions, place in tables:
        name = component_name(full_name)
        if first.setdefault(name, full_name) != full_name:
            ert.report.add(place, seen=f'a second table for "{name}", "{full_name}" after "{first[name]}"', expected="one")
        known = energies.setdefault(name, {})
        for action, energy in actions:
            best = max(energy, known[action].energy_pJ) if action in known else energy
            known[action] = ActionEnergy(energy_pJ=best, estimator=ESTIMATOR)
    return energies


def _tables(value: Any, path: Path, report: Report) -> Iterable[tuple[str, list[tuple[str, float]], Path]]:
    """Versions 0.3 and 0.4: a list of {name, actions: [{name, arguments, energy}]}."""
    if not isinstance(value, list):
        report.add(path, seen=shown(value), expected="a list of components with their actions")
        return
    for i, table in enumerate(value):
        section = Section(table, (*path, i), report)
        section.require(["name"], "the name of the component")
        section.require(["actions"], "a list of actions")
        name = section.text("name", default="")
        value_of, place = section.take("actions") or ([], section.path)
        actions = list(_actions(value_of, place, report))
        section.ignore("primitive_estimation(s)", "primitive_estimations", "primitive_estimation", "area")
        section.close()
        yield name, actions, section.path


def _actions(value: Any, path: Path, report: Report) -> Iterable[tuple[str, float]]:
    if not isinstance(value, list):
        report.add(path, seen=shown(value), expected="a list of actions")
        return
    for i, action in enumerate(value):
        place = (*path, i)
        if not isinstance(action, Mapping) or not isinstance(action.get("name"), str):
            report.add(place, seen=shown(action), expected="an action with its name and energy")
            continue
        for key in action.keys() - {"name", "arguments", "energy"}:
            report.add((*place, key), seen="an unknown key", fix="known here: arguments, energy, name")
        yield action["name"], _energy(action, place, report)


def _energy(action: Mapping[str, Any], path: Path, report: Report) -> float:
    energy = as_number(action.get("energy"))
    if energy is None or energy < 0:
        report.add((*path, "energy") if "energy" in action else path, seen=shown(action["energy"]) if "energy" in action else 'no "energy"',
                   expected="an energy in pJ, a number >= 0")
        return 0.0
    return energy


def _old_tables(value: Mapping[str, Any], path: Path, report: Report) -> Iterable[tuple[str, list[tuple[str, float]], Path]]:
    """Version 0.2: {component: {action: {energy} or [{arguments, energy}]}}."""
    for name, actions in value.items():
        place = (*path, name)
        if not isinstance(actions, Mapping):
            report.add(place, seen=shown(actions), expected="a mapping of actions")
            continue
        energies: list[tuple[str, float]] = []
        for action, entry in actions.items():
            for i, item in enumerate(entry if isinstance(entry, list) else [entry]):
                spot = (*place, action, i) if isinstance(entry, list) else (*place, action)
                energies.append((action, _energy(item if isinstance(item, Mapping) else {}, spot, report)))
        yield name, energies, place


def _areas(art: Section) -> dict[str, float]:
    """A list of {name, area}, areas in um2."""
    _version(art)
    art.require(["tables"], "a list of components with their areas")
    areas: dict[str, float] = {}
    for section in art.children("tables"):
        section.require(["name"], "the name of the component")
        section.require(["area"], "its area in um2, a number >= 0")
        name = component_name(section.text("name", default=""))
        areas[name] = section.number("area", default=0.0)
        section.ignore("primitive_estimation(s)", "primitive_estimations", "primitive_estimation")
        section.close()
    art.close()
    return areas
