"""Process nodes that a plan sets and no energies are known for: they would fail at every point, one by one."""

from __future__ import annotations

from collections.abc import Iterator

from snnhw.energy.technology import operating_point
from snnhw.engines.energy import energy_sources
from snnhw.errors import Finding, SpecError
from snnhw.spec.blame import ENERGIES
from snnhw.spec.document import Document
from snnhw.spec.flat_architecture import technology_nm
from snnhw.sweep.keys import Sources
from snnhw.sweep.plan import Plan
from snnhw.sweep.uses import Use, occurs, uses

NAME = "technology"


def refused_technologies(document: Document, plan: Plan, sources: Sources) -> Iterator[Finding]:
    """A finding for each value of the variable `technology` that none of the machines which it comes with has energies at.

    A value that one of them takes, or that a filter leaves out everywhere, is none.
    """
    for use in uses(document, plan, (NAME,)):
        if not _is_in_tables(use.value):
            faults = [_fault(use, machine, sources) for machine in use.archs]
            if faults and faults[0] is not None and None not in faults and occurs(plan, use):
                yield document.finding(use.path, seen=faults[0].seen, expected=faults[0].expected)


def _is_in_tables(value: object) -> bool:
    """Whether it is a node that the built-in energies reach, so that nobody has to be asked."""
    node = technology_nm(value)
    if node is None:
        return False
    try:
        operating_point(node)
    except SpecError:
        return False
    return True


def _fault(use: Use, machine: str, sources: Sources) -> Finding | None:
    """What the machine, or the estimators of its energies, say against the node; None where it is another thing that they lack."""
    try:
        made_of = energy_sources()
        made_of.costs(made_of.wired(sources.architecture(machine, use.variables)))
    except SpecError as error:
        return next((one for one in error.findings if one.file == ENERGIES or one.key == f"variables.{NAME}"), None)
    return None
