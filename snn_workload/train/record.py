"""From a trained network and what was counted of it to a run, which `snnhw evaluate` reads."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version

from snn_workload.densities import LayerDensities, MeasuredDensity
from snn_workload.layer import Bits, Carrier, Layer
from snn_workload.layers import Conv2d, Flatten, LayerKind, Linear, Pool2d, TcjaChannel, TcjaTemporal
from snn_workload.run import Run
from snn_workload.train.attention import TcjaOp
from snn_workload.train.inference import Outcome
from snn_workload.train.network import Network
from snn_workload.train.spiking import NeuronOp
from snn_workload.train.stateless import FlattenOp, PoolOp
from snn_workload.train.statistics import Watcher, weight_density
from snn_workload.train.tensors import Params
from snn_workload.train.weighted import Conv2dOp, LinearOp
from snnhw.version import __version__

MOST_INPUT_BITS = 16


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a record says beside the layers. weight_bits, state_bits: None for floating point, which is recorded as 16 bits."""

    name: str
    source: str
    outcome: Outcome | None
    input_bits: int = 1
    weight_bits: int | None = None
    state_bits: int | None = None
    seed: int | None = None
    assumptions: tuple[str, ...] = ()


@dataclass(slots=True)
class _Flow:
    """What flows at some place of the network: bits of a value, and the sentences that a reader must know."""

    bits: int
    notes: list[str] = field(default_factory=list)


def run_of_network(network: Network, params: Params, watcher: Watcher, facts: Facts) -> Run:
    """The run of a network as it is used (folded, quantised, pruned): params are those that work."""
    flow = _Flow(bits=facts.input_bits)
    entries = tuple(_entries(network, params, watcher, facts, flow))
    if facts.weight_bits is None:
        flow.notes.append("Weights were trained in floating point; 16 bits are recorded for them.")
    if facts.state_bits is None:
        flow.notes.append("Membrane potentials are floating point; 16 bits are recorded for them.")
    return Run(
        name=facts.name, time_steps=network.steps, entries=entries, accuracy=facts.outcome.accuracy if facts.outcome else None,
        assumptions=(*facts.assumptions, *flow.notes), source=facts.source, recall=facts.outcome.recall if facts.outcome else (),
        seed=facts.seed, versions=versions(),
    )  # fmt: skip


def versions() -> tuple[tuple[str, str], ...]:
    """What the figures were made with."""
    found = [("snnhw", __version__)]
    for name in ("numpy", "numba"):
        try:
            found.append((name, version(name)))
        except PackageNotFoundError:
            continue
    return tuple(found)


def _entries(network: Network, params: Params, watcher: Watcher, facts: Facts, flow: _Flow) -> Iterator[Layer | Carrier]:
    for i, layer in enumerate(network.layers):
        if isinstance(layer, Conv2dOp | LinearOp):
            yield _weighted(network, i, params, watcher, facts, flow)
            flow.bits = MOST_INPUT_BITS
        elif isinstance(layer, TcjaOp):
            yield from _attention(layer, network, params, watcher, facts)
            flow.notes.append(
                f"The spikes that {layer.name} scales are counted as 1-bit spikes in the layer after it, as arXiv 2302.04174 does."
            )
        elif isinstance(layer, PoolOp):
            H, W, C = layer.after
            yield Carrier(name=layer.name, kind=Pool2d(C=C, P=H, Q=W, R=layer.size[0], S=layer.size[1], stride=layer.stride))
            if not layer.largest:
                flow.bits = _bits_of_mean(flow.bits, layer.size[0] * layer.size[1])
        elif isinstance(layer, FlattenOp):
            H, W, C = layer.before
            yield Carrier(name=layer.name, kind=Flatten(C=C, P=H, Q=W, M=C * H * W))
        elif isinstance(layer, NeuronOp):
            flow.bits = 1


def _bits_of_mean(bits: int, values: int) -> int:
    """Bits of the sum of so many values of so many bits: 3 for four spikes, since 0 to 4 are five levels."""
    return min(MOST_INPUT_BITS, max(1, math.ceil(math.log2((2**bits - 1) * values + 1))))


def _weighted(network: Network, i: int, params: Params, watcher: Watcher, facts: Facts, flow: _Flow) -> Layer:
    layer = network.layers[i]
    kind: LayerKind
    if isinstance(layer, Conv2dOp):
        (H, W, C), (P, Q, M), g = layer.before, layer.after, layer.geometry
        kind = Conv2d(
            C=C,
            M=M,
            P=P,
            Q=Q,
            R=g.kernel[0],
            S=g.kernel[1],
            stride=g.stride,
            dilation=g.dilation,
            groups=g.groups,
            padding=g.padding,
            input_size=(H, W),
        )
    else:
        kind = Linear(C=layer.before[0], M=layer.after[0])
    neurons = _neurons_after(network, i, flow)
    outputs = watcher.outputs[neurons.name].density() if neurons else None
    densities = LayerDensities(
        weights=weight_density(network, params, [f"{layer.name}.weight"]),
        inputs=watcher.inputs[layer.name].density(),
        **({"outputs": outputs} if outputs else {}),
    )
    return Layer(
        name=layer.name,
        kind=kind,
        bits=_bits(facts, flow.bits),
        densities=densities,
        state_range=_rounded(watcher.ranges[neurons.name]) if neurons else None,
    )


def _rounded(pair: tuple[float, float]) -> tuple[float, float]:
    return float(f"{pair[0]:.6g}"), float(f"{pair[1]:.6g}")


def _bits(facts: Facts, inputs: int) -> Bits:
    return Bits(weights=facts.weight_bits or 16, inputs=inputs, state=facts.state_bits or 16)


def _neurons_after(network: Network, i: int, flow: _Flow) -> NeuronOp | None:
    """The neurons that a layer's sums go to: the first before another layer with weights."""
    for layer in network.layers[i + 1 :]:
        if isinstance(layer, NeuronOp):
            if math.prod(layer.after) != math.prod(network.layers[i].after):
                flow.notes.append(f"Pooling lies between {network.layers[i].name} and its neurons; neuron updates are counted before it.")
            return layer
        if isinstance(layer, Conv2dOp | LinearOp):
            break
    return None


def _attention(layer: TcjaOp, network: Network, params: Params, watcher: Watcher, facts: Facts) -> Iterator[Layer]:
    positions = math.prod(layer.after[:-1])
    C, T, inputs = layer.after[-1], layer.steps, watcher.inputs[layer.name].density()
    kinds: tuple[tuple[str, LayerKind], ...] = (
        ("temporal", TcjaTemporal(T=T, C=T, M=T, Q=positions, S=layer.temporal_kernel)),
        ("channel", TcjaChannel(T=C, C=C, M=T, Q=positions, S=layer.channel_kernel)),
    )
    for key, kind in kinds:
        weights: MeasuredDensity = weight_density(network, params, [f"{layer.name}.{key}"])
        yield Layer(name=f"{layer.name}_{key}", kind=kind, bits=_bits(facts, 1), densities=LayerDensities(weights=weights, inputs=inputs))
