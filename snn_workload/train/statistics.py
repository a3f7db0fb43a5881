"""What a trained network does on held-out data: densities of weights and spikes, ranges of potentials, layer by layer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from snn_workload.densities import CHANNEL_EDGES, MeasuredDensity
from snn_workload.train.network import Network
from snn_workload.train.operation import Operation, Step
from snn_workload.train.spiking import NeuronOp
from snn_workload.train.tensors import Array, Params

NORMAL_95 = 1.959964
"""Half width of a 95 % interval of the normal distribution, in standard deviations."""


@dataclass(slots=True)
class Tally:
    """Non-zeros of one tensor, example by example.

    shares: (B, T) of each portion; channels: non-zeros of each channel, over `seen` values each.
    """

    shares: list[Array] = field(default_factory=list)
    channels: Array | None = None
    seen: int = 0

    def add(self, x: Array, steps: int) -> None:
        """Count x (T or 1, B, ..., C); a single step stands for all."""
        there = x != 0
        share = there.reshape(*x.shape[:2], -1).mean(2)
        self.shares.append(np.broadcast_to(share, (steps, x.shape[1])).T if len(x) != steps else share.T)
        counts = there.sum(tuple(range(x.ndim - 1)))
        self.channels = counts if self.channels is None else self.channels + counts
        self.seen += int(np.prod(x.shape[:-1]))

    def density(self) -> MeasuredDensity:
        """What was counted, as a run file has it.

        interval: of the mean, 95 % by the normal approximation over examples; channels: how many channels have a density
        in each bin of CHANNEL_EDGES.
        """
        shares = np.concatenate(self.shares)
        each = shares.mean(1)
        mean = float(each.mean())
        half = NORMAL_95 * float(each.std(ddof=1)) / math.sqrt(len(each)) if len(each) > 1 else 0.0
        of_channel = (self.channels if self.channels is not None else np.zeros(1)) / max(1, self.seen)
        return MeasuredDensity(
            mean=_short(mean),
            max=_short(max(float(shares.max()), mean)),
            per_step=tuple(_short(float(one)) for one in shares.mean(0)),
            interval=(_short(max(0.0, mean - half)), _short(min(1.0, mean + half))),
            channels=tuple(int(n) for n in np.histogram(of_channel, CHANNEL_EDGES)[0]),
        )


def _short(share: float) -> float:
    """Six digits, which is more than any sample holds."""
    return float(f"{share:.6g}")


@dataclass(slots=True)
class Watcher:
    """Counts what passes through a network; hand `watch` to its forward pass."""

    steps: int
    inputs: dict[str, Tally] = field(default_factory=dict)
    outputs: dict[str, Tally] = field(default_factory=dict)
    ranges: dict[str, tuple[float, float]] = field(default_factory=dict)
    levels: dict[str, int] = field(default_factory=dict)

    def watch(self, layer: Operation, x: Array, step: Step) -> None:
        """Count what came into a layer with weights, and what left one with neurons."""
        if layer.weights:
            self.inputs.setdefault(layer.name, Tally()).add(x, self.steps)
        if isinstance(layer, NeuronOp):
            self.outputs.setdefault(layer.name, Tally()).add(step.y, self.steps)
            charged = step.cache[0]
            low, high = self.ranges.get(layer.name, (math.inf, -math.inf))
            self.ranges[layer.name] = min(low, float(charged.min())), max(high, float(charged.max()))


def weight_density(network: Network, params: Params, names: Sequence[str]) -> MeasuredDensity:
    """Share of non-zeros of some weights together."""
    total = sum(params[name].size for name in names)
    share = float(sum(int(np.count_nonzero(params[name])) for name in names) / total)
    return MeasuredDensity(mean=share, max=share)
