"""Layers with weights: two-dimensional convolution and linear. Both take all steps and examples as one large batch."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from snn_workload.train.convolution import Geometry, conv2d, conv2d_input, conv2d_weights
from snn_workload.train.operation import Back, Operation, Pass, Step, rows_of
from snn_workload.train.tensors import Array, Params


def _drawn(rng: np.random.Generator, shape: tuple[int, ...], inputs: int) -> Array:
    """Normal weights of variance 2 / inputs (He et al., ICCV 2015)."""
    return (rng.standard_normal(shape) * math.sqrt(2 / inputs)).astype(np.float32)


@dataclass(frozen=True, kw_only=True)
class Conv2dOp(Operation):
    """y[m, p, q] = bias[m] + sum over c, r, s of weight[r, s, c, m] x[p * stride + r * dilation - padding, ..., c].

    weight: (R, S, C / groups, M); bias: (M,), or absent.
    """

    type_name: ClassVar[str] = "conv2d"
    weights: ClassVar[tuple[str, ...]] = ("weight",)
    gives_away: ClassVar[bool] = True

    geometry: Geometry
    bias: bool = True

    def initial(self, rng: np.random.Generator) -> Params:
        """He-normal weights; biases of 0."""
        R, S = self.geometry.kernel
        inputs = self.before[2] // self.geometry.groups
        weight = _drawn(rng, (R, S, inputs, self.after[2]), R * S * inputs)
        return {"weight": weight} | ({"bias": np.zeros(self.after[2], np.float32)} if self.bias else {})

    def forward(self, p: Params, x: Array, run: Pass, state: Any) -> Step:
        """(T, B, H, W, C) -> (T, B, P, Q, M)."""
        y = conv2d(rows_of(x), p["weight"], self.geometry)
        if "bias" in p:
            y += p["bias"]
        return Step(y.reshape(*x.shape[:2], *self.after), None, x)

    def backward(self, p: Params, grad: Array, cache: Any, state: Any, *, wanted: bool = True) -> Back:
        """See Operation."""
        x, above = cache, rows_of(grad)
        found = {"weight": conv2d_weights(rows_of(x), above, self.geometry)}
        if "bias" in p:
            found["bias"] = _column_sums(above)
        dx = conv2d_input(above, p["weight"], self.geometry, (self.before[0], self.before[1])).reshape(x.shape) if wanted else None
        return Back(dx, None, found)


@dataclass(frozen=True, kw_only=True)
class LinearOp(Operation):
    """y[m] = bias[m] + sum over c of weight[c, m] x[c]."""

    type_name: ClassVar[str] = "linear"
    weights: ClassVar[tuple[str, ...]] = ("weight",)
    gives_away: ClassVar[bool] = True

    bias: bool = True

    def initial(self, rng: np.random.Generator) -> Params:
        """He-normal weights (C, M); biases of 0 (M,)."""
        weight = _drawn(rng, (self.before[0], self.after[0]), self.before[0])
        return {"weight": weight} | ({"bias": np.zeros(self.after[0], np.float32)} if self.bias else {})

    def forward(self, p: Params, x: Array, run: Pass, state: Any) -> Step:
        """(T, B, C) -> (T, B, M)."""
        y = rows_of(x) @ p["weight"]
        if "bias" in p:
            y += p["bias"]
        return Step(y.reshape(*x.shape[:2], -1), None, x)

    def backward(self, p: Params, grad: Array, cache: Any, state: Any, *, wanted: bool = True) -> Back:
        """See Operation."""
        above = rows_of(grad)
        found = {"weight": rows_of(cache).T @ above}
        if "bias" in p:
            found["bias"] = _column_sums(above)
        return Back((above @ p["weight"].T).reshape(cache.shape) if wanted else None, None, found)


def _column_sums(rows: Array) -> Array:
    """Sums over all but the last axis, as a matrix product, which is faster than a sum over many rows."""
    flat = rows.reshape(-1, rows.shape[-1])
    return np.ones(len(flat), rows.dtype) @ flat
