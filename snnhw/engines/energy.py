"""The energies and areas of an architecture's components."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Mapping as MappingType
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from snnhw.energy import ORDER, estimate, estimators_named, standing, with_wires
from snnhw.energy.actions import COMPUTE_ACTIONS, LEAK, STORAGE_ACTIONS, names_for
from snnhw.spec.architecture import Architecture
from snnhw.spec.flat_reference import with_wire_energy
from snnhw.spec.load import load_architecture
from snnhw.spec.reference import ReferenceTable
from snnhw.spec.reference_file import read_reference

Tables: TypeAlias = ReferenceTable | Sequence[str | Path] | None
"""An ERT and ART of the user: files, what was read from them, or None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergySources:
    """Who says what components cost: the user's table, and the estimators in the order in which they are asked."""

    table: ReferenceTable | None = None
    order: tuple[str, ...] = ORDER

    def wired(self, architecture: Architecture) -> Architecture:
        """The architecture with the energy of its wires: that of the ERT's component `wire`, else that of the built-in table."""
        return with_wires(with_wire_energy(architecture, self.table))

    def costs(self, architecture: Architecture) -> ReferenceTable:
        """See snnhw.energy.estimate."""
        return estimate(architecture, self.table, self.order)

    def unused(self, architecture: Architecture) -> tuple[str, ...]:
        """A sentence for each table and action of the user's ERT that nothing of the architecture asks for."""
        return () if self.table is None else tuple(_unused(self.table, architecture))

    def standing(self) -> tuple[str, ...]:
        """A sentence for each estimator, in the order in which they are asked."""
        return standing(estimators_named(self.order, self.table))


def _unused(table: ReferenceTable, architecture: Architecture) -> Iterator[str]:
    asked = {level.name: (*STORAGE_ACTIONS, LEAK) for level in architecture.storage} | {architecture.compute.name: (*COMPUTE_ACTIONS, LEAK)}
    names = {*asked, *(part.name for part in architecture.parts), "wire"}
    for name, cost in table.components.items():
        if name not in names:
            yield f"the ERT's table {name} is of no component of {architecture.name}{_near(name, names)}"
        elif name in asked:
            known = {one for action in asked[name] for one in names_for(action)}
            yield from (f"the ERT's action {name}.{action} is none that is counted{_near(action, known)}"
                        for action in cost.actions if action not in known)


def _near(name: str, names: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, sorted(names), 1)
    return f'; did you mean "{near[0]}"?' if near else ""


def energy_sources(ert: Tables = None, estimators: Sequence[str] | None = None) -> EnergySources:
    """Who is asked. ert: files with ERT or ART, or a table; estimators: names in order, None for the usual ones.

    Raises SpecError for a file that is wrong, and a name that there is not.
    """
    table = ert if isinstance(ert, ReferenceTable) or ert is None else (read_reference(ert) if ert else None)
    order = tuple(ORDER if estimators is None else estimators)
    estimators_named(order, table)
    return EnergySources(table=table, order=order)


def estimate_energy(arch: str | Path | Architecture, variables: MappingType[str, Any] | None = None, *, ert: Tables = None,
                    estimators: Sequence[str] | None = None) -> ReferenceTable:
    """What each action of each component costs, with estimator and source. arch: a file, a preset's name, or an architecture.

    variables: values of the file's variables; ert: the user's ERT and ART, as files or read; estimators: who is asked, in order (ert,
    accelergy, cacti, builtin; and placeholder, which answers for everything). Raises SpecError where the file is wrong or nobody knows.
    """
    return architecture_costs(arch, variables, energy_sources(ert, estimators))[1]


def architecture_costs(arch: str | Path | Architecture, variables: MappingType[str, Any] | None,
                       sources: EnergySources) -> tuple[Architecture, ReferenceTable]:
    """The architecture with its wires, and its costs."""
    loaded = arch if isinstance(arch, Architecture) else load_architecture(arch, variables)
    architecture = sources.wired(loaded)
    return architecture, sources.costs(architecture)
