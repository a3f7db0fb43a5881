"""How to search: objective, budget, seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Name: TypeAlias = Literal["energy", "cycles", "edp"]
Causality: TypeAlias = Literal["strict", "layer", "free"]



@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """The metric energy ** energy * cycles ** cycles, energy in pJ. Both powers are at least 0, one of them is more."""

    energy: float
    cycles: float


Metric: TypeAlias = Name | Product

_POWERS: dict[str, tuple[float, float]] = {"energy": (1.0, 0.0), "cycles": (0.0, 1.0), "edp": (1.0, 1.0)}


def powers(metric: Metric) -> tuple[float, float]:
    """The powers of energy and of cycles whose product a metric is."""
    return (metric.energy, metric.cycles) if isinstance(metric, Product) else _POWERS[metric]


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
