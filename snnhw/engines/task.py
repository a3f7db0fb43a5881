"""One search that is to be done."""

from __future__ import annotations

from dataclasses import dataclass, replace

from snnhw.spec.architecture import Architecture
from snnhw.spec.constraints import Constraints
from snnhw.spec.mapper import MapperConfig
from snnhw.spec.problem import Problem
from snnhw.spec.reference import ReferenceTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One layer's search. label: how errors and progress name the layer."""

    label: str
    problem: Problem
    architecture: Architecture
    constraints: Constraints
    reference: ReferenceTable
    config: MapperConfig

    def asks_the_same(self, other: Task) -> bool:
        """Whether the search would be the same: everything equal but the names of layer and problem."""
        return replace(self, label="", problem=replace(self.problem, name="")) == \
            replace(other, label="", problem=replace(other.problem, name=""))
