"""Evaluating one point, in whatever process and on whatever machine."""

from __future__ import annotations

import json
import tempfile
import time
import zlib
from collections.abc import Mapping as MappingType
from pathlib import Path
from typing import Any

from snn_workload import read_run
from snnhw.engines.evaluate import evaluate
from snnhw.errors import EngineError, SnnhwError, SpecError
from snnhw.model.result import NetworkResult
from snnhw.report.breakdown import by_component
from snnhw.report.records import network_record
from snnhw.spec.blame import placed
from snnhw.sweep.keys import origin
from snnhw.sweep.point import Outcome, Source, Work

FAULT = 1
"""Exit code of a point that failed by a fault of snnhw."""


class OtherVersionError(EngineError):
    """A process whose snnhw is not the one that the sweep's keys are made of."""


def evaluate_point(work: Work) -> Outcome:
    """The outcome of a point; an error is an outcome as well. Raises OtherVersionError where this process runs another snnhw."""
    if origin() != work.origin:
        raise OtherVersionError("a worker runs another version of snnhw, numba or numpy than the sweep; install the same ones everywhere")
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="snnhw-point-") as folder:
        paths = {kind: _file(getattr(work, kind), Path(folder) / kind) for kind in ("arch", "stats", "mapper")}
        try:
            figures, result = _evaluated(work, paths)
        except Exception as caught:
            error = placed(caught, paths["arch"], dict(work.point.variables), "variables") if isinstance(caught, SpecError) else caught
            said = str(error) if isinstance(error, SnnhwError) else f"a fault of snnhw: {type(error).__name__}: {error}"
            return Outcome(key=work.key, status="failed", error=_as_named(said, work, paths),
                           exit_code=getattr(error, "exit_code", FAULT), seconds=time.perf_counter() - started)
    return Outcome(key=work.key, status="done", figures=figures, result=result, seconds=time.perf_counter() - started)


def figures_of(result: NetworkResult, accuracy: float | None) -> dict[str, float | None]:
    """The numbers of a result by name: totals, area, accuracy of the run (None where one is not known), how good the searches are, and the
    energy of each component as energy_pJ.NAME."""
    searches = [layer.search for layer in result.layers if layer.search is not None]
    gaps = [search.gap for search in searches]
    return {
        "energy_pJ": result.energy_pJ, "cycles": result.cycles, "latency_s": result.latency_s, "edp_Js": result.edp_Js,
        "area_um2": area_um2(result), "accuracy": accuracy, "operations": result.operations, "layers": len(result.layers),
        "optimal_layers": sum(search.optimal for search in searches),
        "largest_gap": None if None in gaps else max((gap for gap in gaps if gap is not None), default=None),
        **{f"energy_pJ.{share.name}": share.energy_pJ for share in by_component(result.layers)},
    }  # fmt: skip


def area_um2(result: NetworkResult) -> float | None:
    """Of all instances of the components whose area is known, in um2 (of memory off the chip it is not); None where none is."""
    areas, instances = result.provenance.get("areas_um2", {}), result.provenance.get("instances", {})
    return float(sum(area * instances.get(name, 1) for name, area in areas.items())) if areas else None


def _evaluated(work: Work, paths: MappingType[str, Path]) -> tuple[dict[str, float | None], bytes]:
    point = work.point
    run = read_run(paths["stats"])
    result = evaluate(paths["arch"], run, mapper=paths["mapper"], variables=dict(point.variables), causality=point.causality,
                      membrane=point.membrane, density=point.density, seed=point.seed, cache=work.cache)
    if result.interrupted:
        raise EngineError("interrupted")
    record = network_record(result)
    record["provenance"]["inputs"] = {kind: _input(getattr(work, kind)) for kind in ("arch", "stats", "mapper")}
    return figures_of(result, run.accuracy), packed(record)


def packed(record: Any) -> bytes:
    """A record as compressed JSON."""
    return zlib.compress(json.dumps(record, ensure_ascii=False, allow_nan=False).encode(), 6)


def unpacked(content: bytes) -> Any:
    """What `packed` made of a record."""
    return json.loads(zlib.decompress(content))


def _input(source: Source) -> dict[str, str]:
    return {"source": source.source, "sha256": source.sha256}


def _file(source: Source, folder: Path) -> Path:
    """Where the source can be read: as it was when the sweep began, in a folder of its own."""
    if source.path is not None:
        return Path(source.path)
    folder.mkdir()
    file = folder / source.name
    file.write_bytes(source.content)
    return file


def _as_named(said: str, work: Work, paths: MappingType[str, Path]) -> str:
    for kind, path in paths.items():
        said = said.replace(str(path), getattr(work, kind).source)
    return said
