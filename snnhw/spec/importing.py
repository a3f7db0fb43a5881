"""An accelerator of Timeloop's files, of whatever version and however many, as one file of ours."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from snnhw.errors import SpecError
from snnhw.spec.architecture import Architecture, Component
from snnhw.spec.component_classes import PART_CLASSES
from snnhw.spec.compound_files import attributes_of, compound_classes, variables_used, with_classes, without_classes
from snnhw.spec.document import document_of_text, merge_documents, read_each, read_text
from snnhw.spec.flat_architecture import flat_architecture
from snnhw.spec.flat_constraints import flat_constraints
from snnhw.spec.flat_reference import flat_reference, with_fixed_costs, with_wire_energy
from snnhw.spec.flat_section import Report, Section
from snnhw.spec.flat_sparse import flat_sparse
from snnhw.spec.forms_nodes import MemoryAttributes
from snnhw.spec.nodes import architecture_of
from snnhw.spec.reference import ReferenceTable
from snnhw.spec.renaming import renamed
from snnhw.spec.timeloop_input import CONSTRAINTS, architecture_section, table_section, with_variables
from snnhw.spec.timeloop_names import stand_in_problem
from snnhw.spec.writing import reference_data
from snnhw.spec.writing_nodes import parts_without_place, unused_spatial, write_nodes

HEAD = "# An accelerator in Timeloop's v0.4 dialect with nodes, written by snnhw import arch.\n"
_NODES = re.compile(r"^\s*nodes\s*:", re.MULTILINE)
_NO_PART_OF_IT = {
    "mapping": "no part of an architecture; snnhw model reads it", "mapper": "no part of an architecture; snnhw map reads it",
    "model": "no part of an architecture", "layout": "no part of an architecture",
    **dict.fromkeys(("problem", "ERT_summary", "ART_summary", "energy_estimation"), ""),
}
"""Other sections of an input, and the note that each is worth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """architecture: as it will be read back; text: its file; reference_text: a file with the ERT and ART of the input, None without an
    ERT; notes: what the input says that has no effect here, one sentence each with its file and line."""

    architecture: Architecture
    text: str
    reference_text: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    architecture: Architecture
    reference: ReferenceTable | None = None
    classes: tuple[Mapping[str, Any], ...] = ()
    notes: tuple[str, ...] = ()


def import_architecture(paths: Sequence[str | Path], names: Mapping[str, str] | None = None) -> Imported:
    """The architecture of Timeloop's files, which are parts of one input: architecture, components, sparse optimisations, constraints,
    variables, ERT and ART, in any mixture; versions 0.2 to 0.4, flat or with nodes. A problem, mapping or mapper may stand beside.

    names: new names of dimensions and tensors, such as {"K": "M"}; "" leaves one out. Raises SpecError with everything that is wrong, in
    the files or with what they would become here.
    """
    is_nodes = any(_NODES.search(read_text(path)) for path in paths if Path(path).is_file())
    read = _nodes(paths) if is_nodes else _flat(paths)
    architecture = renamed(read.architecture, names or {})
    lost = parts_without_place(architecture)
    notes = [*read.notes, *(f"{part.name}: left out, its {part.mesh.instances} instances are those of no level" for part in lost)]
    notes += [f"{loop.level}: a spatial constraint without effect, as nothing fans out there" for loop in unused_spatial(architecture)]
    architecture = replace(architecture, parts=tuple(part for part in architecture.parts if part not in lost))
    text = HEAD + write_nodes(architecture, read.classes, variables_used(read.classes, architecture.variables))
    system = replace(architecture, name="system")
    tables = None if read.reference is None else _dump(reference_data(read.reference, system))
    return Imported(architecture=_read_back(text, architecture.name), text=text, reference_text=tables, notes=tuple(dict.fromkeys(notes)))


def _read_back(text: str, name: str) -> Architecture:
    """What our own reader makes of the text. Raises SpecError where it refuses it, each line said with what stands in it."""
    lines = text.splitlines()
    try:
        return architecture_of(document_of_text(text, f"{name} (as imported)"), name)
    except SpecError as error:
        raise SpecError(replace(one, seen=f"{one.seen} in `{lines[one.line - 1].strip()}`") if one.line else one
                        for one in error.findings) from None


def _dump(data: Mapping[str, Any]) -> str:
    return str(yaml.safe_dump(data, sort_keys=False, default_flow_style=None, width=140, allow_unicode=True))


def _nodes(paths: Sequence[str | Path]) -> _Read:
    """Files with nodes, whose templates are filled and whose variables are settled."""
    documents = read_each(paths)
    document = merge_documents([without_classes(one) for one in documents])
    report = Report(lambda path: (document.place(path).file, document.line(path)))
    reference = _reference(Section({key: document.data[key] for key in ("ERT", "ART") if key in document.data}, (), report))
    for key, why in _NO_PART_OF_IT.items():
        if why and key in document.data:
            report.note((key,), why)
    report.finish()
    data = {key: value for key, value in document.data.items() if key not in {"ERT", "ART", *_NO_PART_OF_IT}}
    named = data.get("variables")
    classes = compound_classes(documents, frozenset(named) if isinstance(named, dict) else frozenset())
    architecture = architecture_of(with_classes(replace(document, data=data), classes), _name(paths))
    return _Read(architecture=architecture, reference=reference, classes=classes, notes=tuple(report.notes))


def _flat(paths: Sequence[str | Path]) -> _Read:
    """Files in the dialect of the timeloop binaries."""
    documents = read_each(paths, template=False)
    document = merge_documents([without_classes(one) for one in documents])
    classes = compound_classes(documents, frozenset())
    data = with_variables(document.data)
    report = Report(lambda path: (document.place(path).file, document.line(path)))
    root, problem = Section(data, (), report), stand_in_problem(data)
    for key, why in _NO_PART_OF_IT.items():
        root.ignore(key, why=why)
    section = architecture_section(root)
    entries = [taken for taken in (section.take("constraints"), *map(root.take, CONSTRAINTS)) if taken is not None]
    flat = flat_architecture(section, tuple(tensor.name for tensor in problem.tensors), attributes_of(classes))
    reference = _reference(root)
    sparse = root.take("sparse_optimizations")
    root.close(("variables",))
    architecture = with_wire_energy(flat.architecture, reference)
    architecture = replace(architecture, name=_name(paths), constraints=flat_constraints(entries, report, architecture, problem))
    if sparse is not None:
        architecture = replace(architecture, sparse=flat_sparse(*sparse, report, architecture, problem))
    architecture = _without_unknown_parts(architecture, frozenset(str(entry.get("name")) for entry in classes), report)
    report.finish()
    reference = with_fixed_costs(reference, flat.costs, architecture)
    return _Read(architecture=architecture, reference=reference, classes=classes,
                 notes=(*report.notes, *_dropped_attributes(architecture, report.notes)))


def _reference(root: Section) -> ReferenceTable | None:
    return flat_reference(table_section(root, "ERT"), table_section(root, "ART"))


def _name(paths: Sequence[str | Path]) -> str:
    return Path(paths[0]).name.rpartition(".")[0] or Path(paths[0]).name


def _without_unknown_parts(architecture: Architecture, classes: frozenset[str], report: Report) -> Architecture:
    """Parts of classes that nobody here could price; Timeloop passes them over."""
    known = frozenset(PART_CLASSES) | classes

    def is_known(part: Component) -> bool:
        return part.class_name in known or part.subclass in known

    report.notes += [f"{part.name}: left out, no estimator here knows the class {part.class_name}"
                     for part in architecture.parts if not is_known(part)]
    return replace(architecture, parts=tuple(part for part in architecture.parts if is_known(part)))


def _dropped_attributes(architecture: Architecture, notes: Sequence[str]) -> Iterator[str]:
    """Attributes that only the flat dialect has, and which the model does not look at in either."""
    for level in architecture.storage:
        for key in level.attributes:
            name = MemoryAttributes.field_of(key)
            if name in MemoryAttributes.unsupported and not any(f".{key}: " in note for note in notes):
                yield f"{level.name}: the attribute {key} is left out ({MemoryAttributes.unsupported[name]})"
