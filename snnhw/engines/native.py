"""snnhw's own engine: its model and its search, imported when they are needed, since that takes longer than finding a result again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from snnhw.model.result import Evaluation
from snnhw.spec.architecture import Architecture
from snnhw.spec.constraints import Constraints
from snnhw.spec.mapper import MapperConfig
from snnhw.spec.mapping import Mapping
from snnhw.spec.problem import Problem
from snnhw.spec.reference import ReferenceTable
from snnhw.version import __version__

if TYPE_CHECKING:
    from snnhw.search import SearchOutcome, SearchProgress


@dataclass(frozen=True, slots=True, kw_only=True)
class NativeEngine:
    """The engine that needs nothing installed beside snnhw."""

    name: str = "native"
    version: str = __version__

    def search(self, architecture: Architecture, problem: Problem, constraints: Constraints, reference: ReferenceTable,
               config: MapperConfig, progress: Callable[[SearchProgress], None] | None = None) -> SearchOutcome:
        """See snnhw.search.search."""
        from snnhw.search import search

        return search(architecture, problem, constraints, reference, config, progress)

    def evaluate(self, architecture: Architecture, problem: Problem, mapping: Mapping, reference: ReferenceTable) -> Evaluation:
        """See snnhw.model.evaluate."""
        from snnhw.model import evaluate

        return evaluate(architecture, problem, mapping, reference)
