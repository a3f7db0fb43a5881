"""The architectures and energies that a result was made with, from what its provenance says of its inputs."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from snn_workload import Run, read_run
from snnhw.engines.bits import Fitted
from snnhw.engines.energy import EnergySources, energy_sources
from snnhw.engines.preparation import fitted_architectures
from snnhw.errors import Finding, SpecError
from snnhw.model.result import LayerResult, NetworkResult
from snnhw.spec.architecture import Architecture
from snnhw.spec.load import load_architecture
from snnhw.spec.presets import Kind, located
from snnhw.spec.reference import ReferenceTable

V = TypeVar("V")


@dataclass(frozen=True, slots=True, kw_only=True)
class Remade:
    """The run of a result, its architecture for each width of inputs, and their energies."""

    run: Run
    architectures: Fitted
    references: Mapping[int, ReferenceTable]

    def of(self, layer: LayerResult) -> tuple[Architecture, ReferenceTable]:
        """The architecture and the energies of a layer."""
        one = next(one for one in self.run.layers if one.name == layer.name)
        return self.architectures.of(one), self.references[one.bits.inputs]


def remade(result: NetworkResult) -> Remade:
    """What a result was made with. Raises SpecError where its provenance does not hold it, or another version reads it differently."""
    inputs = result.provenance.get("inputs", {})
    settings = dict(result.provenance.get("settings", {}))
    run = _read(inputs, "stats", "workloads", read_run)
    sources = _sources(result.provenance)

    def architectures(path: Path) -> Fitted:
        load_architecture(path, settings)  # its own findings, before those of the run
        return fitted_architectures(path, run, settings, sources)

    found = _read(inputs, "arch", "arch", architectures)
    missing = sorted({layer.name for layer in result.layers} - {layer.name for layer in run.layers})
    if missing:
        raise SpecError(Finding(file="result", key="layers", seen=", ".join(missing), expected="layers of the run in its provenance"))
    return Remade(run=run, architectures=found, references={width: sources.costs(one) for width, one in found.by_input_bits.items()})


def _sources(provenance: Mapping[str, Any]) -> EnergySources:
    """Who was asked for energies: the tables of the user, by their recorded texts, and the estimators in their order."""
    records = provenance.get("inputs", {}).get("ert", [])
    if any(not isinstance(record.get("text"), str) for record in records):
        raise SpecError(Finding(file="result", key="provenance.inputs.ert", seen="no text of a file",
                                expected="a result whose ERT came from files", fix="evaluate again, with files"))
    with tempfile.TemporaryDirectory(prefix="snnhw-") as folder:
        files = [Path(folder) / f"{i}-{Path(record['source']).name}" for i, record in enumerate(records)]
        for file, record in zip(files, records, strict=True):
            file.write_text(record["text"], encoding="utf-8")
        return energy_sources(files or None, provenance.get("estimators"))


def _read(inputs: Mapping[str, Any], name: str, kind: Kind, read: Callable[[Path], V]) -> V:
    """An input: its file where that is still the same, so that what it includes is found too; else its recorded text."""
    record = inputs.get(name, {})
    source, text, digest = (record.get(key) for key in ("source", "text", "sha256"))
    if not isinstance(source, str) or not isinstance(text, str):
        raise SpecError(Finding(file="result", key=f"provenance.inputs.{name}", seen="no text of a file",
                                expected="a result that was made from files", fix="evaluate again, with files or presets"))
    try:
        path = located(source, kind)
        if hashlib.sha256(path.read_bytes()).hexdigest() == digest:
            return read(path)
    except (SpecError, OSError):
        pass
    with tempfile.TemporaryDirectory(prefix="snnhw-") as folder:
        path = Path(folder) / (Path(source).name or name)
        if not path.suffix:
            path = path.with_suffix(".json" if kind == "workloads" else ".yaml")
        path.write_text(text, encoding="utf-8")
        return read(path)
