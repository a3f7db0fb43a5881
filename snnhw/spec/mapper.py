"""How to search: objective, budget, seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Metric: TypeAlias = Literal["energy", "cycles", "edp"]
Causality: TypeAlias = Literal["strict", "layer", "free"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MapperConfig:
    """How a search runs.

    metrics: lexicographic, the first decides. max_evaluations, max_seconds: budget of one layer, None is unlimited.
    causality: what time steps may do (see snn_workload.causality). seed: of the random choices.
    """

    name: str = "default"
    metrics: tuple[Metric, ...] = ("edp",)
    max_evaluations: int | None = 100_000
    max_seconds: float | None = None
    causality: Causality = "strict"
    seed: int = 0
