"""All that is needed to make a result again. No clock and no machine in it: the same inputs give the same provenance."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from collections.abc import Mapping as MappingType
from dataclasses import fields
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from snnhw.spec.architecture import Architecture
from snnhw.spec.mapper import MapperConfig
from snnhw.spec.reference import ReferenceTable
from snnhw.version import __version__

LIBRARIES = ("numba", "numpy")


def input_record(source: str, path: Path | None) -> dict[str, Any]:
    """An input file: as the user named it, its text and the sha256 of its bytes; only the name where no file was read."""
    if path is None:
        return {"source": source}
    raw = path.read_bytes()
    return {"source": source, "sha256": hashlib.sha256(raw).hexdigest(), "text": raw.decode("utf-8", "replace")}


def provenance(*, engine: str, inputs: MappingType[str, MappingType[str, Any]], architecture: Architecture, reference: ReferenceTable,
               config: MapperConfig, membrane: str, density: str = "mean", settings: MappingType[str, Any] | None = None) -> dict[str, Any]:
    """The record: versions, engine, seed and mapper, inputs with their texts, variables as resolved, and where each energy comes from.

    settings: the variables that the user set; the others follow from them and from the run.
    """
    return {
        "snnhw": __version__, "versions": dict(_versions()), "engine": engine, "seed": config.seed, "membrane": membrane,
        "density": density,
        "mapper": {field.name: getattr(config, field.name) for field in fields(config)},
        "inputs": dict(inputs), "settings": dict(settings or {}), "variables": dict(architecture.variables),
        "energies": list(_energies(reference)),
    }  # fmt: skip


def _versions() -> Iterator[tuple[str, str]]:
    for name in LIBRARIES:
        try:
            yield name, version(name)
        except PackageNotFoundError:
            continue


def _energies(reference: ReferenceTable) -> Iterator[dict[str, Any]]:
    for cost in reference.components.values():
        for action, energy in cost.actions.items():
            yield {"component": cost.name, "action": action, "energy_pJ": energy.energy_pJ, "estimator": energy.estimator,
                   "source": energy.source}
