"""What a search gives back, and what it tells on the way."""

from __future__ import annotations

from dataclasses import dataclass

from snnhw.model.result import Evaluation, SearchReport
from snnhw.spec.mapping import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchProgress:
    """How far a search is. budget: evaluations that it may do, None for any number; the best so far is None until something fits."""

    evaluated: int
    budget: int | None
    seconds: float
    best_energy_pJ: float | None = None
    best_cycles: int | None = None
    lower_bound: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchOutcome:
    """The best mapping that was found, what the model says of it, and what the search did."""

    mapping: Mapping
    evaluation: Evaluation
    report: SearchReport
