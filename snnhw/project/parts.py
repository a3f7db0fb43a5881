"""Parts of an input of the timeloop binaries, each read without the others.

What a part names but does not hold itself (levels, dimensions, tensors) counts as being there, under the names that the part uses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TypeAlias

from snnhw.spec.architecture import Architecture, Compute, MetadataStore, StorageLevel
from snnhw.spec.document import Document, read_document
from snnhw.spec.factors import FactorSyntaxError, parse_factors, parse_permutation
from snnhw.spec.flat_constraints import flat_constraints
from snnhw.spec.flat_problem import flat_problem
from snnhw.spec.flat_section import Report, Section
from snnhw.spec.flat_sparse import flat_sparse
from snnhw.spec.mapping_file import mapping_of
from snnhw.spec.problem import Problem, Tensor, Term
from snnhw.spec.reference_file import read_reference
from snnhw.spec.timeloop_mapper import ALGORITHMS, mapper_options

Part: TypeAlias = Literal["architecture", "problem", "mapping", "constraints", "mapper", "sparse_optimizations", "ERT", "ART", "variables"]

PARTS: dict[str, str] = {
    "architecture": "an architecture (flat)", "arch": "an architecture (flat)", "problem": "a problem", "mapping": "a mapping",
    **dict.fromkeys(("constraints", "architecture_constraints", "arch_constraints", "mapspace", "mapspace_constraints"), "constraints"),
    "mapper": "a mapper of Timeloop", "sparse_optimizations": "sparse optimisations", "ERT": "a reference table",
    "ART": "a reference table",
    "components": "component classes", "compound_components": "component classes", "variables": "variables"}
"""What a file with such a key is."""

TIMELOOP_PARTS = tuple(dict.fromkeys(PARTS.values()))
_CONSTRAINTS = tuple(key for key, name in PARTS.items() if name == "constraints")
_ONLY_TIMELOOP = ("search_size", "num_threads", "sync_interval", "log_interval", "live_status", "diagnostics", "log_stats",
                  "log_suboptimal", "max_permutations_per_if_visit", "filter_revisits")
_ENTRY_LISTS = ("targets", "constraints")
_TENSOR_LISTS = ("keep", "bypass", "no_link_transfer", "condition_on", "condition-on", "no_reuse", "no_temporal_reuse")


def is_timeloop_mapper(mapper: Any) -> bool:
    """Whether a `mapper` section is timeloop-mapper's, and not ours."""
    return isinstance(mapper, dict) and (("algorithm" in mapper and mapper["algorithm"] in set(ALGORITHMS) - {"random"})
                                         or bool(set(_ONLY_TIMELOOP) & {str(key).replace("-", "_") for key in mapper}))


def is_whole(held: Sequence[str]) -> Literal["model", "mapper"] | None:
    """Which binary's input some parts are together; None where they are none."""
    keys = [key for one in held for key in one.split("+")]
    names = {PARTS.get(key, key) for key in keys}
    if not {PARTS["architecture"], PARTS["problem"]} <= names or "components" in keys:
        return None
    return "model" if "mapping" in keys else "mapper" if "mapper" in keys else None


def read_part(path: Path, key: str) -> None:
    """Read the part of a file that stands under a key. Raises SpecError with everything that is wrong with it."""
    document = read_document(path, template=False)
    report = Report(lambda place: (document.place(place).file, document.line(place)))
    readers: dict[str, Callable[[], Any]] = {
        "problem": lambda: flat_problem(_section(document, key, report)),
        "mapping": lambda: mapping_of(document),
        "mapper": lambda: mapper_options(_section(document, key, report)),
        "sparse_optimizations": lambda: flat_sparse(document.data[key], (key,), report, *_named(document.data[key])),
        "ERT": lambda: read_reference([path]), "ART": lambda: read_reference([path]),
        "components": lambda: _classes(document), "compound_components": lambda: _classes(document),
        "arch": lambda: _architecture(document, key, report), "architecture": lambda: _architecture(document, key, report),
        **{one: lambda: flat_constraints([(document.data[key], (key,))], report, *_named(document.data[key])) for one in _CONSTRAINTS},
        "variables": lambda: _variables(document),
    }
    readers[key]()
    report.finish()


def _section(document: Document, key: str, report: Report) -> Section:
    return Section(document.data[key], (key,), report)


def _architecture(document: Document, key: str, report: Report) -> None:
    from snnhw.spec.flat_architecture import flat_architecture

    flat_architecture(_section(document, key, report), ("Weights", "Inputs", "Outputs"))


def _classes(document: Document) -> None:
    """Classes of compound components, under either name of the section."""
    from snnhw.spec.forms import Findings
    from snnhw.spec.forms_nodes import ComponentsForm
    from snnhw.spec.nodes_classes import component_classes

    findings = Findings()
    key = "components" if "components" in document.data else "compound_components"
    form = findings.check(ComponentsForm, document, (key,))
    if form is not None and key == "components":
        component_classes(form, document, {}, findings)
    findings.raise_if_any()


def _variables(document: Document) -> None:
    from snnhw.spec.forms import Findings
    from snnhw.spec.variables import resolve_variables

    findings = Findings()
    resolve_variables(document, findings)
    findings.raise_if_any()


def _named(part: Any) -> tuple[Architecture, Problem]:
    """An architecture and a problem with all the names that a part uses."""
    levels = list(dict.fromkeys(_levels(part))) or ["storage"]
    dimensions = list(dict.fromkeys(_dimensions(part))) or ["C"]
    tensors = list(dict.fromkeys(_tensors(part))) or ["Weights"]
    compute = next((str(entry.get("name", entry.get("target"))) for entry in _entries(part) if "compute_optimization" in entry), "")
    row = 2**20
    storage = tuple(StorageLevel(name=name, class_name="SRAM", metadata=MetadataStore(width_bits=row, depth_words=None, word_bits=8))
                    for name in levels)
    projection = tuple((Term(dimension=name),) for name in dimensions)
    return (Architecture(name="part", storage=storage, compute=Compute(name=compute, class_name="intmac")),
            Problem(name="part", dimensions=tuple(dimensions), bounds=dict.fromkeys(dimensions, 2**40),
                    tensors=tuple(Tensor(name=name, projection=projection, read_write=i == len(tensors) - 1)
                                  for i, name in enumerate(tensors))))


def _entries(part: Any) -> Iterator[Mapping[str, Any]]:
    """All mappings in a part, outer ones first."""
    if isinstance(part, dict):
        yield part
    for item in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from _entries(item)


def _levels(part: Any) -> Iterator[str]:
    lists = part if isinstance(part, list) else [item for key, value in part.items() if isinstance(value, list)
                                                 and (key in _ENTRY_LISTS or str(key).startswith("constraints_")) for item in value
                                                 ] if isinstance(part, dict) else []
    for entry in lists:
        if isinstance(entry, dict):
            name = entry.get("target", entry.get("name"))
            if isinstance(name, str):
                yield name


def _dimensions(part: Any) -> Iterator[str]:
    for entry in _entries(part):
        try:
            factors = entry.get("factors", "")
            yield from (one.dimension for one in parse_factors(" ".join(map(str, factors)) if isinstance(factors, list) else str(factors)))
            inner, outer = parse_permutation(entry.get("permutation", ""))
            yield from (*inner, *outer)
        except (FactorSyntaxError, TypeError):
            continue
        for rank in entry.get("flattened_rankIDs", ()) or ():
            yield from (str(name) for name in (rank if isinstance(rank, list) else [rank]))


def _tensors(part: Any) -> Iterator[str]:
    for entry in _entries(part):
        for key in _TENSOR_LISTS:
            names = entry.get(key)
            yield from (name for name in names if isinstance(name, str)) if isinstance(names, list) else ()
        if "ranks" in entry and isinstance(entry.get("name"), str):
            yield entry["name"]
        if {"condition_on", "condition-on"} & entry.keys() and isinstance(entry.get("target"), str):
            yield entry["target"]
