"""All that one input of timeloop-model or timeloop-mapper says, and reading it."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from snnhw.errors import MappingError
from snnhw.spec.architecture import Architecture
from snnhw.spec.document import Document, KeyPath, read_documents
from snnhw.spec.flat_architecture import flat_architecture
from snnhw.spec.flat_constraints import flat_constraints
from snnhw.spec.flat_mapping import coverage_faults, flat_mapping
from snnhw.spec.flat_problem import flat_problem
from snnhw.spec.flat_reference import flat_reference, with_fixed_costs, with_wire_energy
from snnhw.spec.flat_section import Report, Section
from snnhw.spec.flat_sparse import flat_sparse
from snnhw.spec.mapper import MapperConfig
from snnhw.spec.mapping import Mapping
from snnhw.spec.problem import Problem
from snnhw.spec.reference import ReferenceTable
from snnhw.spec.timeloop_mapper import TimeloopMapperOptions, mapper_config, mapper_options, notes_of


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeloopInput:
    """Architecture (with constraints and sparse optimisations), problem, and either a mapping or a mapper's settings.

    reference: the ERT and ART of the input, None where it has none. timeloop_mapper: the mapper's options as Timeloop has them;
    `mapper` is what they mean here. notes: what the input says without any effect here, one sentence each with its file and line.
    """

    file: str
    architecture: Architecture
    problem: Problem
    mapping: Mapping | None = None
    mapper: MapperConfig | None = None
    reference: ReferenceTable | None = None
    timeloop_mapper: TimeloopMapperOptions | None = None
    notes: tuple[str, ...] = ()


def read_timeloop_input(paths: Sequence[Path], kind: Literal["model", "mapper"], *, needs_mapper: bool = True) -> TimeloopInput:
    """Read one input of timeloop-model (with a mapping) or timeloop-mapper, which may be spread over several files.

    needs_mapper: whether an input of timeloop-mapper has to say how to search.
    The flat dialects of versions 0.2 to 0.4 are read, and `arithmetic`/`storage` of before. Raises SpecError with everything that is wrong
    with the files, and MappingError where the factors of a well-formed mapping do not make up the problem.
    """
    return timeloop_input_of(read_documents(paths, template=False), kind, needs_mapper=needs_mapper)


def timeloop_input_of(document: Document, kind: Literal["model", "mapper"], *, needs_mapper: bool = True) -> TimeloopInput:
    """The input that a document holds; see `read_timeloop_input`."""
    data = with_variables(document.data)
    report = Report(lambda path: (document.place(path).file, document.line(path)))
    root = Section(data, (), report)
    _refuse_other_dialects(root)
    problem = _problem(root)
    section = architecture_section(root)
    constraints = [taken for taken in (section.take("constraints"), *map(root.take, CONSTRAINTS)) if taken is not None]
    flat = flat_architecture(section, tuple(tensor.name for tensor in problem.tensors), declared_attributes(document))
    reference = flat_reference(table_section(root, "ERT"), table_section(root, "ART"))
    architecture = with_wire_energy(flat.architecture, reference)
    options, config = _mapper(root, kind, needs_mapper)
    mapping_part, sparse_part = _mapping_part(root, kind), root.take("sparse_optimizations")
    _other_keys(root, reference is not None)
    root.close(_TOP_LEVEL)
    if _names_are_wrong(report):
        report.finish()
    if mapping_part is not None and constraints:
        report.note(constraints[0][1], "without effect beside a mapping, which is not held against them")
    architecture = replace(
        architecture, constraints=flat_constraints(constraints, report, architecture, problem),
        sparse=architecture.sparse if sparse_part is None else flat_sparse(*sparse_part, report, architecture, problem))
    mapping = None if mapping_part is None else flat_mapping(*mapping_part, report, architecture, problem)
    report.finish()
    if mapping is not None:
        _check_coverage(mapping, problem, document)
    return TimeloopInput(
        file=document.file, architecture=architecture, problem=problem, mapping=mapping,
        mapper=config, timeloop_mapper=options,
        reference=with_fixed_costs(reference, flat.costs, architecture),
        notes=(*report.notes, *(() if options is None else notes_of(options))))


CONSTRAINTS = ("arch_constraints", "architecture_constraints", "mapspace", "mapspace_constraints")
_TOP_LEVEL = ("architecture", "arch", "problem", "mapping", "mapper", "mapspace", "mapspace_constraints", "architecture_constraints",
              "arch_constraints", "sparse_optimizations", "ERT", "ART", "variables", "model")


def _names_are_wrong(report: Report) -> bool:
    """Whether names of dimensions, tensors or levels are wrong, so that what refers to them would be reported for nothing."""
    return any(finding.key.startswith("problem.shape.dimensions") or finding.key.endswith(".name")
               or finding.seen in ('no "problem"', 'no "architecture"') for finding in report.findings)


def with_variables(data: Any) -> Any:
    """The data with each scalar that is the name of an entry of `variables` replaced by its value (Timeloop's compound-config)."""
    variables = data.get("variables") if isinstance(data, dict) else None
    if not isinstance(variables, dict) or not variables:
        return data
    return {key: value if key == "variables" else _replaced(value, variables) for key, value in data.items()}


def _replaced(value: Any, variables: MappingType[str, Any]) -> Any:
    if isinstance(value, dict):
        return {key: _replaced(item, variables) for key, item in value.items()}
    if isinstance(value, list):
        return [_replaced(item, variables) for item in value]
    return variables[value] if isinstance(value, str) and value in variables else value


def _refuse_other_dialects(root: Section) -> None:
    architecture = root.peek("architecture")
    if isinstance(architecture, dict) and "nodes" in architecture:
        root.report.add(("architecture", "nodes"), seen="an architecture of nodes",
                        expected="the flat dialect that the timeloop binaries read: subtree and local")
        root.report.finish()


def _problem(root: Section) -> Problem:
    root.require(["problem"], "a problem: shape and instance")
    section = root.child("problem")
    return Problem(name="", dimensions=(), bounds={}, tensors=()) if section is None else flat_problem(section)


def architecture_section(root: Section) -> Section:
    """The architecture under either of its names. Raises SpecError where there is none."""
    if root.has("mapspace") and root.has("mapspace_constraints"):
        root.report.add(("mapspace_constraints",), seen="mapspace_constraints beside mapspace", expected="one of the two")
    section = root.child("arch", "architecture")
    if section is None:
        root.report.add((), seen='no "architecture"', expected="an architecture")
        root.report.finish()
    return section or Section({}, ("architecture",), root.report)


def declared_attributes(document: Document) -> frozenset[str]:
    """Names of the attributes of all compound components of the input."""
    classes = document.get(("compound_components", "classes"), [])
    entries = [entry.get("attributes") for entry in classes if isinstance(entry, dict)] if isinstance(classes, list) else []
    return frozenset(name.replace("-", "_") for attributes in entries if isinstance(attributes, dict) for name in attributes)


def table_section(root: Section, name: str) -> Section | None:
    """An ERT or an ART; None where there is none, or an empty one."""
    return root.child(name) if root.peek(name) is not None else None


def _mapping_part(root: Section, kind: str) -> tuple[Any, KeyPath] | None:
    if kind == "model":
        root.require(["mapping"], "a mapping: a list of temporal, spatial and bypass entries")
    return root.take("mapping")


def _mapper(root: Section, kind: str, is_needed: bool) -> tuple[TimeloopMapperOptions, MapperConfig] | tuple[None, None]:
    if kind == "mapper" and is_needed:
        root.require(["mapper"], "a mapper: algorithm, optimization_metrics, search_size, ...")
    section = root.child("mapper")
    if section is None:
        return None, None
    options = mapper_options(section)
    return options, mapper_config(options)


def _other_keys(root: Section, has_ert: bool) -> None:
    root.take("variables")
    root.refuse("layout", why="bank conflicts of a data layout")
    root.ignore("ERT_summary", "ART_summary", "energy_estimation")
    if has_ert:
        root.ignore("compound_components", "components", why="without effect, the ERT says what they cost")
    for key in ("compound_components", "components"):
        root.refuse(key, why="compound components need an ERT in this dialect")
    model = root.child("model") if root.peek("model") is not None else None
    root.take("model")
    if model is not None:
        model.refuse("auto_bypass_on_failure", neutral=(False,))
        model.ignore("version", "verbose", "out_prefix")
        model.close()


def _check_coverage(mapping: Mapping, problem: Problem, document: Document) -> None:
    faults = coverage_faults(mapping, problem)
    if faults:
        place = document.place(("mapping",))
        raise MappingError("\n".join(f"{place.file}:{place.line}: mapping: {fault}" for fault in faults))
