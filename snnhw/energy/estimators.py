"""Who is asked what a component costs, and in which order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from snnhw.energy import accelergy, cacti
from snnhw.energy.actions import COMPUTE_ACTIONS, LEAK, NEURON_ACTIONS, STORAGE_ACTIONS, is_answered
from snnhw.energy.figure import BUILTIN
from snnhw.energy.kinds import kind_of
from snnhw.energy.parts import compute_cost, part_cost
from snnhw.energy.request import NoEstimate, Request
from snnhw.energy.storage import builtin_memory, storage_cost
from snnhw.errors import Finding, SpecError
from snnhw.spec.reference import ActionEnergy, ComponentCost, ReferenceTable

ORDER = ("ert", "accelergy", "cacti", "builtin")
"""The order in which estimators are asked where nobody says otherwise. `placeholder` is asked only where it is named."""

KNOWN = (*ORDER, "placeholder")


class Estimator(Protocol):
    """One that knows costs."""

    @property
    def name(self) -> str:
        """How `--estimators` calls it, one of KNOWN."""

    @property
    def absent(self) -> str:
        """Why it cannot be asked; "" where it can."""

    def cost(self, request: Request) -> ComponentCost:
        """What it knows of a component. Raises NoEstimate where it knows nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The user's own ERT and ART."""

    table: ReferenceTable | None
    name: str = "ert"

    @property
    def absent(self) -> str:
        """Where none is given."""
        return "" if self.table is not None else "no ERT is given"

    def cost(self, request: Request) -> ComponentCost:
        """The table of the component's name; of a part of a compound there is none."""
        found = None if self.table is None else self.table.components.get(request.name)
        if found is None:
            raise NoEstimate(f"the ERT has no table {request.name}")
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Builtin:
    """The built-in 28 nm model."""

    name: str = "builtin"
    absent: str = ""

    def cost(self, request: Request) -> ComponentCost:
        """By closed forms and tables (docs/energy.md)."""
        kind = kind_of(request.class_name, request.subclass)
        if request.role == "storage" or (request.role == "part" and kind in ("dram", "sram", "regfile")):
            return storage_cost(request, builtin_memory)
        return compute_cost(request) if request.role == "compute" else part_cost(request)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placeholder:
    """1 pJ for each action that is needed, for a first run of an architecture that nobody can price yet."""

    name: str = "placeholder"
    absent: str = ""

    def cost(self, request: Request) -> ComponentCost:
        """Every action that the model may charge; leakage 0, area unknown."""
        one = ActionEnergy(energy_pJ=1.0, estimator="placeholder", source="asked for; stands for no circuit", uncertainty=1.0,
                           family="placeholder")
        names = [*wanted(request), *request.needs, *request.uses]
        return ComponentCost(name=request.name, actions={name: replace(one, energy_pJ=0.0) if name == LEAK or "skipped" in name else one
                                                         for name in dict.fromkeys(names)})


def wanted(request: Request) -> tuple[str, ...]:
    """The actions that the model may charge a component for."""
    if request.role == "storage":
        return (*STORAGE_ACTIONS, LEAK)
    if request.role == "compute":
        return (*COMPUTE_ACTIONS, LEAK)
    return (*NEURON_ACTIONS, LEAK) if kind_of(request.class_name, request.subclass) == "neuron" else (LEAK,)


def estimators_named(names: Sequence[str] = ORDER, table: ReferenceTable | None = None) -> tuple[Estimator, ...]:
    """The estimators of these names, in their order. Raises SpecError for a name that there is not, twice the same, or an ERT unused."""
    for name in names:
        if name not in KNOWN:
            raise SpecError(Finding(file="estimators", seen=f'"{name}"', expected=f"one of {', '.join(KNOWN)}"))
    if len(set(names)) != len(names) or not names:
        raise SpecError(Finding(file="estimators", seen=", ".join(names) or "none", expected="some of them, each once"))
    if table is not None and "ert" not in names:
        raise SpecError(Finding(file="estimators", seen=", ".join(names), expected="ert among them, since an ERT is given"))
    made: Mapping[str, Estimator] = {"ert": Given(table=table), "accelergy": accelergy.Accelergy(), "cacti": cacti.Cacti(),
                                     "builtin": Builtin(), "placeholder": Placeholder()}
    return tuple(made[name] for name in names)


def asked(request: Request, estimators: Sequence[Estimator]) -> ComponentCost:
    """What the first estimator that knows says of each action, of leakage and of area. An action under another of its names counts.

    Raises SpecError where nobody knows the component, or an action that it needs: with its attributes, and why each could not answer; where
    an attribute is wrong, that instead.
    """
    actions: dict[str, ActionEnergy] = {}
    area: float | None = None
    refusals: list[tuple[str, NoEstimate]] = []
    faults: list[Finding] = []
    wants = (*wanted(request), *request.needs, *request.uses)
    for estimator in estimators:
        if actions and area is not None and all(is_answered(action, actions) for action in wants):
            break
        try:
            found = _ask(estimator, request)
        except NoEstimate as refusal:
            refusals.append((estimator.name, refusal))
            continue
        except SpecError as error:
            faults += error.findings
            continue
        known = set(actions)
        actions |= {name: energy for name, energy in found.actions.items() if not is_answered(name, known)}
        area = found.area_um2 if area is None else area
    missing = [action for action in request.needs if not is_answered(action, actions)]
    if missing or not actions:
        raise SpecError(faults or [_finding(request, action, actions, refusals) for action in missing or [""]])
    return ComponentCost(name=request.name, actions={**actions, **_leakage(actions)}, area_um2=area)


def _ask(estimator: Estimator, request: Request) -> ComponentCost:
    if estimator.absent:
        raise NoEstimate(estimator.absent)
    return estimator.cost(request)


def _leakage(actions: Mapping[str, ActionEnergy]) -> Mapping[str, ActionEnergy]:
    """A table that gives energies and no leakage, for a component that nobody else knows, stands for none, and that is said."""
    if LEAK in actions:
        return {}
    who = next(iter(actions.values())).estimator
    return {LEAK: ActionEnergy(energy_pJ=0.0, estimator="nobody", uncertainty=0.0,
                               source=f"{who} gives no leak, and no other estimator knows the component")}


def _finding(request: Request, action: str, actions: Mapping[str, ActionEnergy], refusals: Sequence[tuple[str, NoEstimate]]) -> Finding:
    """The finding for a cost that nobody knows: component, action, attributes, and what would answer. The built-in model's word first."""
    telling = next((refusal for name, refusal in refusals if name == "builtin"), None) or (refusals[-1][1] if refusals else None)
    said = "; ".join(f"{name}: {refusal.why}" for name, refusal in refusals if refusal is not telling)
    what = telling.why if telling is not None else f"actions {', '.join(actions)}"
    told = action or (telling.action if telling is not None else "")
    fixes = [telling.fix] if telling is not None and telling.fix else []
    fixes.append("or give its energies in an ERT, or its class under components: classes, or add placeholder to the estimators")
    return Finding(file="energy estimate", key=f"{request.name}.{told}" if told else request.name, seen=f"{what} ({request.described()})",
                   expected="an estimate" + (f" ({said})" if said else ""), fix="; ".join(fixes))


def standing(estimators: Sequence[Estimator]) -> tuple[str, ...]:
    """One sentence for each estimator, in the order in which they are asked: whether it is there."""
    return tuple(f"{one.name}: {one.absent or _present(one)}" for one in estimators)


def _present(estimator: Estimator) -> str:
    return {"builtin": BUILTIN, "ert": "given", "placeholder": "asked for"}.get(estimator.name, "here")
