"""The energies and areas of an architecture's components."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from pathlib import Path
from typing import Any

from snnhw.energy import estimate
from snnhw.spec.architecture import Architecture
from snnhw.spec.load import load_architecture
from snnhw.spec.reference import ReferenceTable


def estimate_energy(arch: str | Path | Architecture, variables: MappingType[str, Any] | None = None) -> ReferenceTable:
    """What each action of each component costs, with estimator and source. arch: a file, a preset's name, or an architecture.

    variables: values of the file's variables. Raises SpecError where the file is wrong or no estimator knows a component.
    """
    return estimate(arch if isinstance(arch, Architecture) else load_architecture(arch, variables), None)
