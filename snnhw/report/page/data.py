"""Everything that the page shows, as plain data: a pure function of results, so that its numbers can be held against result.json."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from snnhw.engines.network_run import NetworkRun
from snnhw.engines.remaking import remade
from snnhw.errors import SnnhwError
from snnhw.model.result import LayerResult, NetworkResult
from snnhw.report.breakdown import by_component, by_tensor
from snnhw.report.efficiency import efficiency
from snnhw.report.page import palette
from snnhw.report.page.flows import SPIKES, flow_record
from snnhw.report.page.nest import array_records, nest_lines, nest_text
from snnhw.report.page.roofs import roof_record
from snnhw.report.page.sources import prices, source_record
from snnhw.report.page.splits import split_record, transfer_names
from snnhw.report.page.steps import step_record
from snnhw.report.table import grouped_notes, search_lines
from snnhw.spec.architecture import Architecture
from snnhw.version import __version__


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A result, and what the page calls it. failures: (layer, reason) of layers that its engine could not do."""

    label: str
    result: NetworkResult
    failures: tuple[tuple[str, str], ...] = ()


def page_data(results: Sequence[Named], sweeps: Sequence[Mapping[str, Any]] = (),
              comparison: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """The whole page. sweeps: see `snnhw.sweep.report`; comparison: the lines of `compare_results` as dicts, where there are several."""
    layers = [layer for one in results for layer in one.result.layers]
    shares = by_component(layers)
    components = palette.component_styles(shares)
    tensors = palette.tensor_styles([*(share.name for share in by_tensor(layers)), SPIKES])
    styles = {"component": components, "tensor": tensors,
              "transfer": palette.transfer_styles(transfer_names(layers), components, tensors)}
    return {"title": _title(results, sweeps), "snnhw": __version__, "styles": styles,
            "results": [result_data(one, f"r{i}") for i, one in enumerate(results, 1)], "comparison": list(comparison),
            "sweeps": list(sweeps)}


def result_data(named: Named, identity: str) -> dict[str, Any]:
    """One result. identity: what its parts of the page are called by. Figures that need the architecture are None where it is not known,
    and `unknown` says why."""
    result = named.result
    architectures, unknown = architectures_of(result)
    known = [one for one in architectures if one is not None]
    return {
        "id": identity, "label": named.label, "name": result.name, "architecture": result.architecture,
        "interrupted": result.interrupted, "failures": [*named.failures, *_failures(result)], "notes": list(grouped_notes(result)),
        "search": list(search_lines(result)), "unknown": unknown, "totals": _totals(result),
        "layers": [_layer(layer, result.cycle_seconds, architecture, f"{identity}-{i}")
                   for i, (layer, architecture) in enumerate(zip(result.layers, architectures, strict=True), 1)],
        "splits": split_record(result.layers), "flows": flow_record(result.layers, architectures, prices(result.provenance)),
        "roofline": roof_record(result.layers, known) if known and len(known) == len(result.layers) else None,
        "steps": step_record(result.layers), "sources": source_record(result.provenance),
    }


def architectures_of(result: NetworkResult) -> tuple[list[Architecture | None], str]:
    """The architecture of each layer as its provenance gives it; else Nones, and why."""
    try:
        made = remade(result)
        return [made.of(layer)[0] for layer in result.layers], ""
    except SnnhwError as error:
        return [None] * len(result.layers), str(error).splitlines()[0]


def _totals(result: NetworkResult) -> dict[str, float]:
    figures = efficiency(result)
    return {"energy_pJ": result.energy_pJ, "cycles": result.cycles, "latency_s": result.latency_s, "edp_Js": result.edp_Js,
            "operations": result.operations, "cycle_seconds": result.cycle_seconds, "power_mW": figures.power_mW,
            "leakage_mW": figures.leakage_mW, "pJ_per_compute": figures.pJ_per_compute, "pJ_per_SOP": figures.pJ_per_SOP,
            "tops_per_W": figures.tops_per_W, "synaptic_operations": figures.synaptic_operations}


def _layer(layer: LayerResult, cycle_seconds: float, architecture: Architecture | None, identity: str) -> dict[str, Any]:
    latency_s = layer.cycles * cycle_seconds
    return {"id": identity, "name": layer.name, "type": layer.layer_type, "energy_pJ": layer.energy_pJ, "cycles": layer.cycles,
            "latency_s": latency_s, "edp_Js": layer.energy_pJ * 1e-12 * latency_s, "operations": layer.problem.operations,
            "utilization": layer.evaluation.utilization,
            "bounds": " ".join(f"{name}={bound}" for name, bound in layer.problem.bounds.items() if bound > 1),
            "level_cycles": {level.name: level.cycles for level in reversed(layer.evaluation.levels)},
            "nest": nest_lines(layer), "nest_text": nest_text(layer), "yaml": layer.mapping_yaml,
            "arrays": array_records(layer, architecture)}


def _failures(result: NetworkResult) -> list[tuple[str, str]]:
    return [(one.layer, one.error) for one in result.failures] if isinstance(result, NetworkRun) else []


def _title(results: Sequence[Named], sweeps: Sequence[Mapping[str, Any]]) -> str:
    if len(results) == 1 and not sweeps:
        return f"{results[0].result.name} on {results[0].result.architecture}"
    parts = [f"{len(results)} result{'s' * (len(results) != 1)}"] * bool(results) + [f"sweep {one['label']}" for one in sweeps]
    return " and ".join(parts)
