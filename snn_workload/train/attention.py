"""TCJA attention: temporal-channel joint attention, Zhu et al., arXiv 2206.10177.

    z[t, c] = mean over positions of x[t, :, c]
    f[t', c] = sum over t, k of temporal[k, t, t'] z[t, c + k - left]        a kernel that slides along the channels and mixes steps
    g[t, c'] = sum over c, k of channel[k, c, c'] z[t + k - left, c]         a kernel that slides along time and mixes channels
    y[t, :, c] = x[t, :, c] * sigmoid(f[t, c] * g[t, c])

Both keep their length ("same"): of the k - 1 zeros that are added, left = (k - 1) // 2 stand in front.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from snn_workload.train.operation import Back, Operation, Pass, Step, stretched
from snn_workload.train.tensors import Array, Params


@dataclass(frozen=True, kw_only=True)
class TcjaOp(Operation):
    """temporal: (K_t, T, T), channel: (K_c, C, C). It needs all time steps at once."""

    type_name: ClassVar[str] = "tcja"
    mixes_time: ClassVar[bool] = True
    weights: ClassVar[tuple[str, ...]] = ("temporal", "channel")

    steps: int
    temporal_kernel: int = 4
    channel_kernel: int = 4

    def initial(self, rng: np.random.Generator) -> Params:
        """Uniform in +- 1 / sqrt(inputs of a sum)."""
        made = {}
        for key, kernel, width in (("temporal", self.temporal_kernel, self.steps), ("channel", self.channel_kernel, self.after[-1])):
            bound = 1 / math.sqrt(kernel * width)
            made[key] = rng.uniform(-bound, bound, (kernel, width, width)).astype(np.float32)
        return made

    def forward(self, p: Params, x: Array, run: Pass, state: Any) -> Step:
        """(T, B, H, W, C) or (T, B, N), shape kept."""
        x = stretched(x, run.steps)
        between = tuple(range(2, x.ndim - 1))
        z = x.mean(between, dtype=x.dtype) if between else x
        f = slide(z.transpose(1, 2, 0), p["temporal"]).transpose(2, 0, 1)
        g = slide(z.transpose(1, 0, 2), p["channel"]).transpose(1, 0, 2)
        gate = 1 / (1 + np.exp(-f * g))
        return Step(x * np.expand_dims(gate, between), None, (x, z, f, g, gate))

    def backward(self, p: Params, grad: Array, cache: Any, state: Any, *, wanted: bool = True) -> Back:
        """See Operation."""
        x, z, f, g, gate = cache
        between = tuple(range(2, x.ndim - 1))
        along = (grad * x).sum(between) if between else grad * x
        inner = along * gate * (1 - gate)
        dz_f, temporal = slide_back(z.transpose(1, 2, 0), p["temporal"], (inner * g).transpose(1, 2, 0))
        dz_g, channel = slide_back(z.transpose(1, 0, 2), p["channel"], (inner * f).transpose(1, 0, 2))
        dz = dz_f.transpose(2, 0, 1) + dz_g.transpose(1, 0, 2)
        positions = math.prod(x.shape[2:-1])
        dx = grad * np.expand_dims(gate, between) + np.expand_dims(dz / grad.dtype.type(positions), between)
        return Back(dx, None, {"temporal": temporal, "channel": channel})

    def floats(self, steps: int, batch: int) -> int:
        """What leaves; means, both sums and the gate, each (T, B, C)."""
        return steps * batch * (4 * self.after[-1] + math.prod(self.after))


def slide(z: Array, weight: Array) -> Array:
    """z (B, L, I), weight (K, I, O) -> (B, L, O): a one-dimensional convolution along L that keeps its length."""
    padded, kernel = _padded(z, len(weight)), weight
    total = padded[:, : z.shape[1]] @ kernel[0]
    for k in range(1, len(kernel)):
        total += padded[:, k : k + z.shape[1]] @ kernel[k]
    return np.asarray(total)


def slide_back(z: Array, weight: Array, grad: Array) -> tuple[Array, Array]:
    """The derivatives of slide for z and for the weight, from that of its output (B, L, O)."""
    length = z.shape[1]
    padded = _padded(z, len(weight))
    dpadded, dweight = np.zeros_like(padded), np.empty_like(weight)
    for k in range(len(weight)):
        dweight[k] = np.tensordot(padded[:, k : k + length], grad, ((0, 1), (0, 1)))
        dpadded[:, k : k + length] += grad @ weight[k].T
    left = (len(weight) - 1) // 2
    return dpadded[:, left : left + length], dweight


def _padded(z: Array, kernel: int) -> Array:
    left = (kernel - 1) // 2
    return np.pad(z, ((0, 0), (left, kernel - 1 - left), (0, 0)))
