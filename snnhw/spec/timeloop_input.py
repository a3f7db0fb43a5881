"""All that one input of timeloop-model or timeloop-mapper says."""

from __future__ import annotations

from dataclasses import dataclass

from snnhw.spec.architecture import Architecture
from snnhw.spec.mapper import MapperConfig
from snnhw.spec.mapping import Mapping
from snnhw.spec.problem import Problem
from snnhw.spec.reference import ReferenceTable


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeloopInput:
    """Architecture (with constraints and sparse optimisations), problem, and either a mapping or a mapper's settings.

    reference: the ERT and ART of the input, None where it has none.
    """

    file: str
    architecture: Architecture
    problem: Problem
    mapping: Mapping | None = None
    mapper: MapperConfig | None = None
    reference: ReferenceTable | None = None
