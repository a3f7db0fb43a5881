"""Results as plain data: what result.json holds, and what `snnhw model --json` says of one mapping."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as MappingType
from dataclasses import MISSING, asdict, fields, is_dataclass
from typing import Any

from snnhw.engines.network_run import NetworkRun
from snnhw.model.result import Evaluation, LayerResult, NetworkResult, SearchReport
from snnhw.report.breakdown import Share, by_component, by_tensor
from snnhw.report.efficiency import efficiency

SCHEMA = "snnhw.result/1"

_ALWAYS = frozenset({"reads", "fills", "updates", "tile_size", "energy_pJ", "hops", "ingresses"})
"""Figures that stand in a record even where they are 0; other fields that have their default are left out."""


def plain(value: Any) -> Any:
    """A frozen value as dicts, lists and scalars, in one order: sets sorted, fields that have their default left out."""
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value) if _is_told(value, field)}
    if isinstance(value, MappingType):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(plain(item) for item in value)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def _is_told(owner: Any, field: Any) -> bool:
    value = getattr(owner, field.name)
    default = field.default_factory() if field.default_factory is not MISSING else field.default
    return field.name in _ALWAYS or default is MISSING or value != default


def evaluation_record(evaluation: Evaluation) -> dict[str, Any]:
    """One mapping's figures: cycles, energy_pJ, utilization, levels (from compute outwards), networks. Absent figures are 0."""
    record: dict[str, Any] = plain(evaluation)
    compute = record["levels"][0]
    record["levels"][0] = {"computes": 0.0, "gated_computes": 0.0, "skipped_computes": 0.0, **compute}
    for part in (*record["levels"], *record["networks"]):
        part.setdefault("tensors", {})
    return record


def model_record(file: str, evaluation: Evaluation) -> dict[str, Any]:
    """The line of `snnhw model --json` for an input whose mapping fits.

    Words of a representation format are called format_reads and so on: the references to compare with print none, and a
    metadata_reads that is there would be held against 0.
    """
    record = evaluation_record(evaluation)
    for level in record["levels"]:
        level["tensors"] = {tensor: {name.replace("metadata_", "format_"): count for name, count in counts.items()}
                            for tensor, counts in level["tensors"].items()}
    return {"file": file, "valid": True, **record}


def refusal_record(file: str, error: str) -> dict[str, Any]:
    """The line of `snnhw model --json` for an input that is wrong or whose mapping does not fit, with the reason."""
    return {"file": file, "valid": False, "error": error}


def layer_record(layer: LayerResult, cycle_seconds: float) -> dict[str, Any]:
    """One layer of result.json. latency_s in s, edp_Js in J*s."""
    latency_s = layer.cycles * cycle_seconds
    return {
        "name": layer.name, "layer_type": layer.layer_type, "energy_pJ": layer.energy_pJ, "cycles": layer.cycles,
        "latency_s": latency_s, "edp_Js": layer.energy_pJ * 1e-12 * latency_s, "operations": layer.problem.operations,
        "utilization": layer.evaluation.utilization, "notes": list(layer.notes),
        "components": _shares(by_component((layer,))), "tensors": _shares(by_tensor((layer,))),
        "problem": plain(layer.problem), "mapping": plain(layer.mapping), "mapping_yaml": layer.mapping_yaml,
        "evaluation": evaluation_record(layer.evaluation),
        "parts": plain(layer.parts), "search": None if layer.search is None else search_record(layer.search),
        **({} if layer.steps is None else {"steps": plain(layer.steps)}),
    }  # fmt: skip


def network_record(result: NetworkResult) -> dict[str, Any]:
    """All of result.json. The same inputs and the same seed give the same record: no clock, no search time, no machine in it."""
    return {
        "schema": SCHEMA, "name": result.name, "architecture": result.architecture, "interrupted": result.interrupted,
        "totals": {"energy_pJ": result.energy_pJ, "cycles": result.cycles, "latency_s": result.latency_s, "edp_Js": result.edp_Js,
                   "operations": result.operations},
        "efficiency": asdict(efficiency(result)),
        "cycle_seconds": result.cycle_seconds, "notes": list(result.notes),
        "components": _shares(by_component(result.layers)), "tensors": _shares(by_tensor(result.layers)),
        "layers": [layer_record(layer, result.cycle_seconds) for layer in result.layers],
        **({"failures": plain(result.failures)} if isinstance(result, NetworkRun) and result.failures else {}),
        "provenance": plain(result.provenance),
    }  # fmt: skip


def _shares(shares: Iterable[Share]) -> list[dict[str, Any]]:
    return [{"name": share.name, "kind": share.kind, "energy_pJ": share.energy_pJ, "leakage_pJ": share.leakage_pJ, "share": share.share}
            for share in shares]


def search_record(search: SearchReport) -> dict[str, Any]:
    """What a search did and how good its result is at least, without its seconds, which differ from run to run."""
    return {"evaluated": search.evaluated, "pruned": search.pruned, "left": search.left, "ended_by": search.ended_by,
            "objective": search.objective, "lower_bound": search.lower_bound, "gap": search.gap, "optimal": search.optimal}
