"""The nouns of snnhw (architecture, problem, mapping, constraints, sparse optimisations, reference tables), and reading and writing them.

Names are imported when they are first asked for, so that pydantic and Jinja2 load only where a file is read.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from snnhw.spec.architecture import Architecture, Component, ComponentClass, Compute, Mesh, MetadataStore, Network, StorageLevel
    from snnhw.spec.constraints import Constraints, FactorBound, LoopConstraint, StorageConstraint
    from snnhw.spec.document import Document, read_document, read_documents
    from snnhw.spec.load import load_architecture, load_mapper
    from snnhw.spec.mapper import MapperConfig
    from snnhw.spec.mapping import LevelMapping, Loop, Mapping
    from snnhw.spec.presets import located, preset_files
    from snnhw.spec.problem import Density, Problem, Tensor, Term
    from snnhw.spec.reference import ActionEnergy, ComponentCost, ReferenceTable
    from snnhw.spec.resolution import resolve
    from snnhw.spec.schema import write_schemas
    from snnhw.spec.sparse import ActionOptimization, FormatRank, RepresentationFormat, SparseOptimizations
    from snnhw.spec.timeloop_input import TimeloopInput, read_timeloop_input

_HOMES = {
    "architecture": ("Architecture", "Component", "ComponentClass", "Compute", "Mesh", "MetadataStore", "Network", "StorageLevel"),
    "constraints": ("Constraints", "FactorBound", "LoopConstraint", "StorageConstraint"),
    "document": ("Document", "read_document", "read_documents"),
    "load": ("load_architecture", "load_mapper"),
    "mapper": ("MapperConfig",),
    "mapping": ("LevelMapping", "Loop", "Mapping"),
    "presets": ("located", "preset_files"),
    "problem": ("Density", "Problem", "Tensor", "Term"),
    "reference": ("ActionEnergy", "ComponentCost", "ReferenceTable"),
    "resolution": ("resolve",),
    "schema": ("write_schemas",),
    "sparse": ("ActionOptimization", "FormatRank", "RepresentationFormat", "SparseOptimizations"),
    "timeloop_input": ("TimeloopInput", "read_timeloop_input"),
}
_MODULES = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "ActionEnergy", "ActionOptimization", "Architecture", "Component", "ComponentClass", "ComponentCost", "Compute", "Constraints",
    "Density",
    "Document", "FactorBound", "FormatRank", "LevelMapping", "Loop", "LoopConstraint", "MapperConfig", "Mapping", "Mesh", "MetadataStore",
    "Network", "Problem", "ReferenceTable", "RepresentationFormat", "SparseOptimizations", "StorageConstraint", "StorageLevel", "Tensor",
    "Term",
    "TimeloopInput", "load_architecture", "load_mapper", "located", "preset_files", "read_document", "read_documents",
    "read_timeloop_input",
    "resolve", "write_schemas",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
