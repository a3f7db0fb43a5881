"""How to search: objective, budget, algorithm, seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Name: TypeAlias = Literal["energy", "cycles", "edp"]
Causality: TypeAlias = Literal["strict", "layer", "free"]
Algorithm: TypeAlias = Literal["best", "random"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """The metric energy ** energy * cycles ** cycles, energy in pJ. Both powers are at least 0, one of them is more."""

    energy: float
    cycles: float

    def __str__(self) -> str:
        factors = (f"{name}^{power:g}" for name, power in (("energy", self.energy), ("cycles", self.cycles)) if power)
        return " * ".join(factors)


Metric: TypeAlias = Name | Product

_POWERS: dict[str, tuple[float, float]] = {"energy": (1.0, 0.0), "cycles": (0.0, 1.0), "edp": (1.0, 1.0)}


def powers(metric: Metric) -> tuple[float, float]:
    """The powers of energy and of cycles whose product a metric is."""
    return (metric.energy, metric.cycles) if isinstance(metric, Product) else _POWERS[metric]


@dataclass(frozen=True, slots=True, kw_only=True)
class MapperConfig:
    """How a search runs.

    metrics: lexicographic, the first decides. max_evaluations, max_seconds: budget of one layer, None is unlimited.
    algorithm: "best" is snnhw's own; "random" draws as timeloop-mapper does, for comparisons, and then max_evaluations counts mappings
    that fit, as Timeloop's search_size does. Of "random" alone: victory_condition, mappings that fit, in a row and no better than the best
    before, that end the search; timeout, candidates in a row that don't fit. None of the first never ends it.
    imperfect: whether factors may leave a shorter last pass (Timeloop's ruby mapspace).
    causality: what time steps may do (see snn_workload.causality). seed: of the random choices.
    """

    name: str = "default"
    metrics: tuple[Metric, ...] = ("edp",)
    max_evaluations: int | None = 100_000
    max_seconds: float | None = None
    causality: Causality = "strict"
    seed: int = 0
    victory_condition: int | None = None
    timeout: int | None = None
    algorithm: Algorithm = "best"
    imperfect: bool = False
