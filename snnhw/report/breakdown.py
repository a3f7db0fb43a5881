"""Where the energy of a result goes: by component and by tensor. Either split adds up to the whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from snnhw.model.result import LEAK, SPIKE_WRITES, LayerResult, PartEnergy

Kind: TypeAlias = Literal["compute", "storage", "network", "part", "tensor", "neurons", "leakage"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Energy of one component or tensor in pJ. `share`: of the total, in [0, 1]; leakage_pJ: how much of the energy is leakage."""

    name: str
    kind: Kind
    energy_pJ: float
    leakage_pJ: float = 0.0
    share: float = 0.0


def by_component(layers: Iterable[LayerResult]) -> tuple[Share, ...]:
    """Energy of each component over all the layers: storage levels (leakage in it), networks, compute, parts.

    In the order of the first layer: from the outermost level inwards, each network behind its outer level, then compute and parts.
    """
    return _summed(share for layer in layers for share in _components(layer))


def by_tensor(layers: Iterable[LayerResult]) -> tuple[Share, ...]:
    """Energy that moving and storing each tensor takes, over all layers; then what belongs to none: compute, neurons, leakage."""
    return _summed(share for layer in layers for share in _tensors(layer))


def main_component(layer: LayerResult) -> Share | None:
    """The component that takes most of a layer's energy; None where nothing takes any."""
    shares = by_component((layer,))
    largest = max(shares, key=lambda share: share.energy_pJ, default=None)
    return largest if largest is not None and largest.energy_pJ > 0 else None


def _components(layer: LayerResult) -> Iterator[Share]:
    compute, *storage = layer.evaluation.levels
    networks = {network.name.partition(" <==> ")[0]: network for network in layer.evaluation.networks}
    for level in reversed(storage):
        yield Share(name=level.name, kind="storage", energy_pJ=level.energy_pJ + level.leakage_pJ, leakage_pJ=level.leakage_pJ)
        if level.name in networks:
            network = networks[level.name]
            yield Share(name=network.name, kind="network", energy_pJ=sum(moved.energy_pJ for moved in network.tensors.values()))
    yield Share(name=compute.name, kind="compute", energy_pJ=compute.energy_pJ + compute.leakage_pJ, leakage_pJ=compute.leakage_pJ)
    for part in layer.parts:
        yield Share(name=part.component, kind="part", energy_pJ=part.energy_pJ, leakage_pJ=_leakage(part))


def _tensors(layer: LayerResult) -> Iterator[Share]:
    compute, *storage = layer.evaluation.levels
    for tensor in layer.problem.tensors:
        stored = sum(level.tensors[tensor.name].energy_pJ for level in storage if tensor.name in level.tensors)
        moved = sum(network.tensors[tensor.name].energy_pJ for network in layer.evaluation.networks if tensor.name in network.tensors)
        yield Share(name=tensor.name, kind="tensor", energy_pJ=stored + moved)
    yield Share(name="compute", kind="compute", energy_pJ=compute.energy_pJ)
    written = sum(part.energy_pJ for part in layer.parts if part.action in SPIKE_WRITES)
    yield Share(name="outgoing spikes", kind="neurons", energy_pJ=written)
    yield Share(name="neuron updates", kind="neurons", energy_pJ=sum(part.energy_pJ - _leakage(part) for part in layer.parts) - written)
    leakage = sum(level.leakage_pJ for level in layer.evaluation.levels) + sum(map(_leakage, layer.parts))
    yield Share(name="leakage", kind="leakage", energy_pJ=leakage, leakage_pJ=leakage)


def _leakage(part: PartEnergy) -> float:
    return part.energy_pJ if part.action == LEAK else 0.0


def _summed(shares: Iterable[Share]) -> tuple[Share, ...]:
    """Shares of one name and kind added up, in the order in which they first come, with their part of the whole."""
    energy: dict[tuple[str, Kind], float] = {}
    leakage: dict[tuple[str, Kind], float] = {}
    for share in shares:
        key = (share.name, share.kind)
        energy[key] = energy.get(key, 0.0) + share.energy_pJ
        leakage[key] = leakage.get(key, 0.0) + share.leakage_pJ
    total = sum(energy.values())
    return tuple(Share(name=name, kind=kind, energy_pJ=value, leakage_pJ=leakage[name, kind], share=value / total if total > 0 else 0.0)
                 for (name, kind), value in energy.items())
