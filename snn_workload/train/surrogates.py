"""Surrogates of a spike: smooth steps whose derivatives stand in for that of the step H, which is zero or infinite.

Each is written twice, the smooth step S and its derivative S', so that the one can be held against the other. x is the distance to the
threshold, u - theta, and alpha > 0 the steepness; S rises from 0 to 1 and S'(0) = alpha / 2 (alpha for the triangle).

    arctan        S = atan(pi/2 alpha x) / pi + 1/2              S' = alpha/2 / (1 + (pi/2 alpha x)^2)     Fang et al., ICCV 2021
    fast_sigmoid  S = alpha x / (1 + alpha |x|) / 2 + 1/2        S' = alpha/2 / (1 + alpha |x|)^2          Zenke & Ganguli, 2018
    triangle      S = 1/2 + y - y |y| / 2, y = alpha x in [-1,1] S' = alpha max(0, 1 - alpha |x|)          Esser et al., PNAS 2016
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np

Surrogate: TypeAlias = Literal["arctan", "fast_sigmoid", "triangle"]
KINDS: tuple[Surrogate, ...] = ("arctan", "fast_sigmoid", "triangle")
"""The place in this tuple is the number by which kernels know a surrogate."""


def smooth_step(kind: Surrogate, x: Any, alpha: float) -> Any:
    """S(x), elementwise, of the dtype of x."""
    x = np.asarray(x)
    if kind == "arctan":
        return np.arctan(x * (alpha * np.pi / 2)) * (1 / np.pi) + 0.5
    if kind == "fast_sigmoid":
        return alpha * x / (1 + alpha * np.abs(x)) * 0.5 + 0.5
    y = np.clip(alpha * x, -1, 1)
    return 0.5 + y - 0.5 * y * np.abs(y)


def slope(kind: Surrogate, x: Any, alpha: float) -> Any:
    """S'(x), elementwise, of the dtype of x."""
    x = np.asarray(x)
    if kind == "arctan":
        return 0.5 * alpha / (1 + (x * (alpha * np.pi / 2)) ** 2)
    if kind == "fast_sigmoid":
        return 0.5 * alpha / (1 + alpha * np.abs(x)) ** 2
    return alpha * np.maximum(0, 1 - alpha * np.abs(x))
