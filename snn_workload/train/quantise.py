"""Weights of few bits: in training, with a scale that is learnt, or afterwards.

A weight of b bits is a whole multiple k of a scale s, k from -n to n with n = 2^(b-1) - 1, so 2 bits are ternary:

    k = clip(round(w / s), -n, n), q = s k                                                          round: to nearest, halves to even
    dL/dw = g where |w / s| <= n, else 0                                    straight-through
    dL/dw = g (1 + delta sign(g) (w / s - k)) where |w / s| <= n, else 0     element-wise (Lee et al., CVPR 2021)
    dL/ds = sum of g (k - w / s) inside, g k outside, divided by sqrt(N n)   learnt step (Esser et al., ICLR 2020)

with g = dL/dq and N weights in the layer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from snn_workload.train.tensors import Array

Rounding: TypeAlias = Literal["truncate", "nearest", "stochastic"]


def highest(bits: int) -> int:
    """n: the highest multiple that a weight of so many bits can be."""
    return 2 ** (bits - 1) - 1


@dataclass(frozen=True, kw_only=True)
class Quantiser:
    """bits: 2 to 8. gradient: how it passes the rounding. delta: strength of element-wise scaling."""

    bits: int
    gradient: Literal["straight_through", "elementwise"] = "straight_through"
    delta: float = 0.1

    def initial_scale(self, weight: Array) -> Array:
        """(1,) float32: 2 mean|w| / sqrt(n), of the weights that are not pruned."""
        sizes = np.abs(weight[weight != 0])
        size = 2 * float(sizes.mean()) / math.sqrt(highest(self.bits)) if sizes.size else 1.0
        return np.array([size], np.float32)

    def forward(self, weight: Array, scale: Array) -> Array:
        """q, of the shape of the weight."""
        n = highest(self.bits)
        return np.clip(np.rint(weight / np.abs(scale)), -n, n) * np.abs(scale)

    def backward(self, grad: Array, weight: Array, scale: Array) -> tuple[Array, Array]:
        """The derivatives for the weight and for the scale (1,)."""
        n, step = highest(self.bits), np.abs(scale)
        ratio = weight / step
        inside = np.abs(ratio) <= n
        level = np.clip(np.rint(ratio), -n, n)
        along = np.where(inside, level - ratio, level)
        of_scale = np.sum(grad * along, dtype=np.float64) / math.sqrt(weight.size * n) * float(np.sign(scale[0]) or 1)
        of_weight = grad * inside
        if self.gradient == "elementwise":
            of_weight *= 1 + np.asarray(self.delta, grad.dtype) * np.sign(grad) * (ratio - level)
        return of_weight.astype(grad.dtype, copy=False), np.array([of_scale], grad.dtype)


def quantise_after(weight: Array, bits: int, rounding: Rounding, rng: np.random.Generator | None = None) -> Array:
    """A trained weight at so many bits: s = max|w| / n, and w / s truncated (towards 0), to nearest, or up with its fraction's chance.

    Source of the three: Gupta et al., ICML 2015. Stochastic rounding draws from rng.
    """
    n = highest(bits)
    largest = float(np.abs(weight).max(initial=0))
    if largest == 0:
        return weight.copy()
    scale = largest / n
    ratio = weight.astype(np.float64) / scale
    if rounding == "truncate":
        level = np.trunc(ratio + np.sign(ratio) * 1e-6)  # the largest weight is n, whatever its division rounds to
    elif rounding == "nearest":
        level = np.rint(ratio)
    else:
        level = np.floor(ratio + (rng or np.random.default_rng(0)).random(ratio.shape))
    return (np.clip(level, -n, n) * scale).astype(weight.dtype)
