"""Energy of each layer split three ways: by component, by tensor and by transfer. Each way adds up to the layer's energy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias

from snnhw.model.result import LayerResult
from snnhw.report.breakdown import Share, by_component, by_tensor

Transfer: TypeAlias = tuple[str, str, str]
"""A transfer's name, the component that it is at, and its tensor ("" where it has none)."""


def split_record(layers: Sequence[LayerResult]) -> dict[str, Any]:
    """By component, tensor and transfer: {"parts": names, "pJ": a row a layer of energies in pJ, in the order of parts}."""
    return {"component": _table([_shares(by_component((layer,))) for layer in layers]),
            "tensor": _table([_shares(by_tensor((layer,))) for layer in layers]),
            "transfer": _table([{name: energy for (name, _, _), energy in transfers(layer)} for layer in layers])}


def transfers(layer: LayerResult) -> Iterator[tuple[Transfer, float]]:
    """Energy in pJ of each tensor at each level and on each network, from the outermost inwards; then compute, parts and leakage."""
    compute, *storage = layer.evaluation.levels
    networks = {network.name.partition(" <==> ")[0]: network for network in layer.evaluation.networks}
    for level in reversed(storage):
        for tensor, counts in level.tensors.items():
            yield (f"{tensor} at {level.name}", level.name, tensor), counts.energy_pJ
        if level.name in networks:
            network = networks[level.name]
            for tensor, moved in network.tensors.items():
                yield (f"{tensor} on wires {network.name}", network.name, tensor), moved.energy_pJ
    yield (f"operations of {compute.name}", compute.name, ""), compute.energy_pJ
    leakage = sum(level.leakage_pJ for level in layer.evaluation.levels)
    for share in by_component((layer,)):
        if share.kind == "part":
            leakage += share.leakage_pJ
            yield (share.name, share.name, ""), share.energy_pJ - share.leakage_pJ
    yield ("leakage", "leakage", ""), leakage


def transfer_names(layers: Iterable[LayerResult]) -> list[Transfer]:
    """Every transfer of some layers, once."""
    return list(dict.fromkeys(transfer for layer in layers for transfer, _ in transfers(layer)))


def _shares(shares: Iterable[Share]) -> dict[str, float]:
    """Energies by name; two kinds of one name are one part, as they are in a legend."""
    energies: dict[str, float] = {}
    for share in shares:
        energies[share.name] = energies.get(share.name, 0.0) + share.energy_pJ
    return energies


def _table(rows: Sequence[dict[str, float]]) -> dict[str, Any]:
    """Parts that take energy in no layer are left out."""
    parts = [name for name in dict.fromkeys(name for row in rows for name in row) if any(row.get(name, 0.0) > 0 for row in rows)]
    return {"parts": parts, "pJ": [[row.get(name, 0.0) for name in parts] for row in rows]}
