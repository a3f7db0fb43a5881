"""All that is needed to make a result again. No clock and no machine in it: the same inputs give the same provenance."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
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


def provenance(*, engine: str, inputs: MappingType[str, Any], architecture: Architecture,
               references: MappingType[int, ReferenceTable], asked: Sequence[str],
               config: MapperConfig, membrane: str, density: str = "mean",
               settings: MappingType[str, Any] | None = None) -> dict[str, Any]:
    """The record: versions, engine, seed and mapper, inputs with their texts, variables as resolved, and where each energy comes from.

    references: by bits of the inputs. asked: the estimators, in the order in which they were asked. settings:
    the variables that the user set; the others follow from them and from the run.
    """
    return {
        "snnhw": __version__, "versions": dict(_versions()), "engine": engine, "seed": config.seed, "membrane": membrane,
        "density": density,
        "mapper": {field.name: getattr(config, field.name) for field in fields(config)},
        "inputs": dict(inputs), "settings": dict(settings or {}), "variables": dict(architecture.variables), "estimators": list(asked),
        "energies": list(_energies(references)),
        "areas_um2": {cost.name: cost.area_um2 for cost in references[min(references)].components.values() if cost.area_um2 is not None},
        "instances": dict(_instances(architecture)),
    }  # fmt: skip


def _instances(architecture: Architecture) -> Iterator[tuple[str, int]]:
    """Of each component, on the whole chip."""
    yield from ((level.name, level.mesh.instances) for level in architecture.storage)
    yield architecture.compute.name, architecture.compute.mesh.instances
    yield from ((part.name, part.mesh.instances) for part in architecture.parts)


def _versions() -> Iterator[tuple[str, str]]:
    for name in LIBRARIES:
        try:
            yield name, version(name)
        except PackageNotFoundError:
            continue


def _energies(references: MappingType[int, ReferenceTable]) -> Iterator[dict[str, Any]]:
    """Each energy with who says so; those of wider inputs where they differ from those of the narrowest, with input_bits."""
    first = references[min(references)]
    for bits, reference in sorted(references.items()):
        for cost in reference.components.values():
            before = first.components.get(cost.name)
            for action, energy in cost.actions.items():
                if reference is not first and before is not None and before.actions.get(action) == energy:
                    continue
                yield {"component": cost.name, "action": action, "energy_pJ": energy.energy_pJ, "estimator": energy.estimator,
                       "source": energy.source, "uncertainty": energy.uncertainty, "family": energy.family,
                       **({} if reference is first else {"input_bits": bits})}
