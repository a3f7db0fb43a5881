"""What every engine does: find the best mapping of a problem, and evaluate one mapping."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from snnhw.errors import Finding, SpecError
from snnhw.model.result import Evaluation
from snnhw.spec.architecture import Architecture
from snnhw.spec.constraints import Constraints
from snnhw.spec.mapper import MapperConfig
from snnhw.spec.mapping import Mapping
from snnhw.spec.problem import Problem
from snnhw.spec.reference import ReferenceTable

if TYPE_CHECKING:
    from snnhw.search import SearchOutcome, SearchProgress

ENGINES = ("native", "timeloop", "hybrid")


class Engine(Protocol):
    """An engine. `version` goes into the provenance of its results."""

    @property
    def name(self) -> str:
        """How `--engine` calls it."""

    @property
    def version(self) -> str:
        """Its version."""

    def search(self, architecture: Architecture, problem: Problem, constraints: Constraints, reference: ReferenceTable,
               config: MapperConfig, progress: Callable[[SearchProgress], None] | None = None) -> SearchOutcome:
        """The best mapping that it finds. On Ctrl-C the best so far, ended_by "interrupted", if there is one.

        Raises SearchError where nothing fits, SpecError where the inputs do not go together.
        """

    def evaluate(self, architecture: Architecture, problem: Problem, mapping: Mapping, reference: ReferenceTable) -> Evaluation:
        """Counts, energy and cycles of one mapping. Raises MappingError or CapacityError where it does not fit."""


def engine_named(name: str) -> Engine:
    """The engine of a name. SpecError for a name that no engine has, EngineError where the real Timeloop is wanted and not here."""
    if name not in ENGINES:
        raise SpecError(Finding(file="engine", seen=f'"{name}"', expected=f"one of {', '.join(ENGINES)}"))
    if name == "native":
        from snnhw.engines.native import NativeEngine

        return NativeEngine()
    from snnhw.engines.timeloop import timeloop_engine

    if name == "timeloop":
        return timeloop_engine()
    from snnhw.engines.hybrid import HybridEngine

    return HybridEngine(judge=timeloop_engine())
