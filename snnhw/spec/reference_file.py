"""Reading and writing files with reference tables: ERT.yaml and ART.yaml, as Accelergy writes and Timeloop reads them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from snnhw.errors import Finding, SpecError
from snnhw.spec.architecture import Architecture, Component, Compute, StorageLevel
from snnhw.spec.document import Document, read_document
from snnhw.spec.flat_reference import flat_reference
from snnhw.spec.flat_section import Report, Section
from snnhw.spec.reference import ComponentCost, ReferenceTable
from snnhw.spec.writing_architecture import range_name

VERSION = "0.4"


def read_reference(paths: Sequence[str | Path]) -> ReferenceTable:
    """The tables of some files, each with an ERT, an ART, or both (versions 0.2 to 0.4); other keys of a Timeloop input are passed over.

    Every entry names its file as its source. Raises SpecError for a file that cannot be read or holds neither, for what is wrong with a
    table, and for a component that stands in two ERTs or two ARTs.
    """
    costs: dict[str, ComponentCost] = {}
    findings: list[Finding] = []
    for path in paths:
        for cost in _costs(path):
            before = costs.get(cost.name)
            if before is not None and ((before.actions and cost.actions) or None not in (before.area_um2, cost.area_um2)):
                findings.append(Finding(file=str(path), key=cost.name, seen="a second table for it", expected="one"))
            costs[cost.name] = cost if before is None else replace(
                before, actions=before.actions or cost.actions, area_um2=before.area_um2 if cost.area_um2 is None else cost.area_um2)
    if findings:
        raise SpecError(findings)
    return ReferenceTable(components=costs)


def _costs(path: str | Path) -> Iterator[ComponentCost]:
    document = read_document(path, None)
    data = document.data
    if not isinstance(data, dict) or not {"ERT", "ART"} & data.keys():
        seen = f"the keys {', '.join(map(str, data))}" if isinstance(data, dict) else "no mapping"
        raise SpecError(Finding(file=document.file, seen=seen, expected="a file with ERT or ART",
                                fix="both are what `snnhw energy -o` and Accelergy write"))
    report = Report(lambda place: (document.place(place).file, document.line(place)))
    energies = _section(document, "ERT", report) or Section({"version": VERSION, "tables": []}, ("ERT",), report)
    table = flat_reference(energies, _section(document, "ART", report))
    report.finish()
    for cost in () if table is None else table.components.values():
        actions = {name: replace(one, source=f"{Path(path).name}, table {cost.name}") for name, one in cost.actions.items()}
        yield replace(cost, actions=actions)


def _section(document: Document, key: str, report: Report) -> Section | None:
    return Section(document.data[key], (key,), report) if document.data.get(key) is not None else None


def ert_text(architecture: Architecture, reference: ReferenceTable) -> str:
    """The text of ERT.yaml: pJ per action of each level, of the compute and of the parts, leakage in pJ per cycle.

    Who says so stands in comments. Networks have no table there: Timeloop takes wires from the attributes of the architecture.
    """
    lines = [f"# Energies in pJ per action of {architecture.name}; `leak` per cycle and instance.",
             "# Networks have no table: their energies are attributes of the architecture.", "ERT:", f'  version: "{VERSION}"', "  tables:"]
    for item, cost in _listed(architecture, reference):
        lines += [f"  - name: {json.dumps(_full_name(architecture, item))}", "    actions:"]
        for name, energy in cost.actions.items():
            said = " ".join(f"{energy.estimator}: {energy.source}".split())
            lines.append(f"    - {{name: {name}, arguments: {{}}, energy: {_number(energy.energy_pJ)}}}  # {said}")
    return "\n".join(lines) + "\n"


def art_text(architecture: Architecture, reference: ReferenceTable) -> str:
    """The text of ART.yaml: um2 of one instance of each component; one whose area nobody knows (a DRAM's) has no table."""
    lines = [f"# Areas in um2 of one instance of each component of {architecture.name}.", "ART:", f'  version: "{VERSION}"']
    tables = [f"  - {{name: {json.dumps(_full_name(architecture, item))}, area: {_number(cost.area_um2)}}}"
              for item, cost in _listed(architecture, reference) if cost.area_um2 is not None]
    return "\n".join([*lines, "  tables:" if tables else "  tables: []", *tables]) + "\n"


def _listed(architecture: Architecture, reference: ReferenceTable) -> Iterator[tuple[Any, ComponentCost]]:
    items: Iterable[StorageLevel | Compute | Component] = (*architecture.storage, architecture.compute, *architecture.parts)
    return ((item, reference.components[item.name]) for item in items if item.name in reference.components)


def _full_name(architecture: Architecture, item: StorageLevel | Compute | Component) -> str:
    """`system.PE[1..168]`; what stands before the dot names the whole and is of no consequence, so it is kept simple."""
    return f"system.{range_name(item.name, item.mesh.instances)}"


def _number(value: float) -> str:
    """A number that YAML 1.1 reads as one, and that comes back as it was: 1e-05 would be text there."""
    text = repr(float(value))
    mantissa, sign, exponent = text.partition("e")
    return f"{mantissa if '.' in mantissa else mantissa + '.0'}e{exponent}" if sign else text
