"""Our search, and the real timeloop-model as the judge of what it found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from snnhw.engines.native import NativeEngine
from snnhw.engines.timeloop import TimeloopEngine
from snnhw.engines.timeloop_find import MODEL, fingerprint, program
from snnhw.model.result import Evaluation
from snnhw.search.outcome import SearchOutcome
from snnhw.spec.architecture import Architecture
from snnhw.spec.constraints import Constraints
from snnhw.spec.mapper import MapperConfig
from snnhw.spec.mapping import Mapping
from snnhw.spec.problem import Problem
from snnhw.spec.reference import ReferenceTable

if TYPE_CHECKING:
    from snnhw.search import SearchProgress


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedOutcome(SearchOutcome):
    """What a search found, with the judge's evaluation; own: what the one that searched says of the mapping. The report is its own too."""

    own: Evaluation

    def verdict(self) -> str:
        """How far the two are apart, as a sentence."""
        energy, cycles = (_apart(judged, own) for judged, own in ((self.evaluation.energy_pJ, self.own.energy_pJ),
                                                                 (self.evaluation.cycles, self.own.cycles)))
        return f"timeloop-model against snnhw: energy {energy}, cycles {cycles}"


@dataclass(frozen=True, slots=True, kw_only=True)
class HybridEngine:
    """Searches as the native engine does; evaluates as the real timeloop-model does."""

    judge: TimeloopEngine
    name: str = "hybrid"

    @property
    def version(self) -> str:
        """The native engine's, and the build of timeloop-model."""
        return f"{NativeEngine().version}, {MODEL} sha256:{fingerprint(program(MODEL))}"

    def search(self, architecture: Architecture, problem: Problem, constraints: Constraints, reference: ReferenceTable,
               config: MapperConfig, progress: Callable[[SearchProgress], None] | None = None) -> SearchOutcome:
        """The best mapping by our model, with the figures of timeloop-model."""
        found = NativeEngine().search(architecture, problem, constraints, reference, config, progress)
        judged = self.judge.evaluate(architecture, problem, found.mapping, reference)
        return JudgedOutcome(mapping=found.mapping, evaluation=judged, report=found.report, own=found.evaluation)

    def evaluate(self, architecture: Architecture, problem: Problem, mapping: Mapping, reference: ReferenceTable) -> Evaluation:
        """What timeloop-model says of a mapping."""
        return self.judge.evaluate(architecture, problem, mapping, reference)


def _apart(one: float, other: float) -> str:
    """The difference as a share of the other, signed, in percent; `equal` where there is none."""
    if one == other:
        return "equal"
    return f"{100 * (one - other) / other:+.3g} %" if other else f"{one:g} for 0"
