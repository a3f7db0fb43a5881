"""Batch normalisation over examples, positions and time steps together, and folding it into the weights before it.

Source: Ioffe & Szegedy, ICML 2015; over time as in Zheng et al., AAAI 2021 (threshold-dependent batch normalisation).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from snn_workload.train.operation import Back, Operation, Pass, Step
from snn_workload.train.tensors import Array, Params

EPSILON = 1e-5


@dataclass(frozen=True, kw_only=True)
class BatchNormOp(Operation):
    """y = gamma (x - mean) / sqrt(variance + 1e-5) + beta, for each channel (the last axis).

    In training with the mean and variance of the batch, which move the running ones by `momentum`; else with the running ones.
    """

    type_name: ClassVar[str] = "batch_norm"
    mixes_time: ClassVar[bool] = True
    gives_away: ClassVar[bool] = True
    buffers: ClassVar[tuple[str, ...]] = ("mean", "variance")

    momentum: float = 0.1

    def initial(self, rng: np.random.Generator) -> Params:
        """gamma 1, beta 0, running mean 0 and variance 1; (C,) each."""
        one, zero = np.ones(self.after[-1], np.float32), np.zeros(self.after[-1], np.float32)
        return {"gamma": one, "beta": zero, "mean": zero, "variance": one}

    def forward(self, p: Params, x: Array, run: Pass, state: Any) -> Step:
        """Shape kept."""
        if not run.train:
            scale = p["gamma"] / np.sqrt(p["variance"] + x.dtype.type(EPSILON))
            return Step(x * scale + (p["beta"] - p["mean"] * scale), None, None)
        flat = x.reshape(-1, x.shape[-1])
        share = np.full(len(flat), 1 / len(flat), x.dtype)
        mean = share @ flat
        centred = flat - mean
        variance = np.einsum("nc,nc->c", centred, centred) / x.dtype.type(len(flat))
        for key, value in (("mean", mean), ("variance", variance)):
            run.updates[f"{self.name}.{key}"] = ((1 - self.momentum) * p[key] + self.momentum * value).astype(np.float32)
        inverse = 1 / np.sqrt(variance + x.dtype.type(EPSILON))
        centred *= inverse
        return Step((centred * p["gamma"] + p["beta"]).reshape(x.shape), None, (centred, inverse))

    def backward(self, p: Params, grad: Array, cache: Any, state: Any, *, wanted: bool = True) -> Back:
        """See Operation; of a pass in training."""
        normal, inverse = cache
        flat = grad.reshape(normal.shape)
        beta = np.ones(len(flat), grad.dtype) @ flat
        gamma = np.einsum("nc,nc->c", flat, normal)
        rows = grad.dtype.type(len(flat))
        dx = flat - normal * (gamma / rows)
        dx -= beta / rows
        dx *= p["gamma"] * inverse
        return Back(dx.reshape(grad.shape), None, {"gamma": gamma, "beta": beta})

    def floats(self, steps: int, batch: int) -> int:
        """The normalised values."""
        return steps * batch * int(np.prod(self.after))


def folded(weight: Array, bias: Array | None, norm: Params) -> tuple[Array, Array]:
    """The weights and biases that do the work of a layer and the batch normalisation after it, at inference.

    weight (..., M), bias (M,) or None; norm: gamma, beta, mean, variance. Each output channel is scaled by gamma / sqrt(variance + 1e-5),
    so zeros stay zeros, and quantised weights stay whole multiples of a step, which is then one for each channel.
    """
    scale = norm["gamma"] / np.sqrt(norm["variance"] + np.float32(EPSILON))
    shift = (0 if bias is None else bias) - norm["mean"]
    return weight * scale, (shift * scale + norm["beta"]).astype(weight.dtype)
