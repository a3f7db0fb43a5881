"""Adam, and a learning rate that warms up and decays along a cosine."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from snn_workload.train.tensors import Params


@dataclass(frozen=True, kw_only=True)
class Adam:
    """Kingma & Ba, ICLR 2015; decoupled weight decay as in Loshchilov & Hutter, ICLR 2019."""

    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    weight_decay: float = 0.0

    def start(self, params: Params) -> Params:
        """Moments of 0 for each parameter: `first.name` and `second.name`."""
        return {f"{kind}.{name}": np.zeros_like(value) for name, value in params.items() for kind in ("first", "second")}

    def step(self, params: Params, grads: Params, moments: Params, number: int, rate: float, decayed: frozenset[str]) -> None:
        """Step `number`, from 1, in place. decayed: parameters that weight decay pulls to 0."""
        for name, grad in grads.items():
            first, second, value = moments[f"first.{name}"], moments[f"second.{name}"], params[name]
            first *= np.float32(self.beta1)
            first += np.float32(1 - self.beta1) * grad
            second *= np.float32(self.beta2)
            second += np.float32(1 - self.beta2) * grad * grad
            size = np.sqrt(second * np.float32(1 / (1 - self.beta2**number)))
            size += np.float32(self.epsilon)
            if self.weight_decay and name in decayed:
                value *= np.float32(1 - rate * self.weight_decay)
            value -= np.float32(rate / (1 - self.beta1**number)) * first / size


@dataclass(frozen=True, kw_only=True)
class Rate:
    """peak: the learning rate; warm_up: share of all steps until it is reached; last: share of it that is left at the end."""

    peak: float = 1e-3
    warm_up: float = 0.0
    last: float = 0.0

    def at(self, step: int, steps: int) -> float:
        """The rate of step `step`, from 0, of `steps`: linear up to the peak, then a half cosine down."""
        rising = round(self.warm_up * steps)
        if step < rising:
            return self.peak * (step + 1) / rising
        along = (step - rising) / max(1, steps - rising)
        return self.peak * (self.last + (1 - self.last) * 0.5 * (1 + math.cos(math.pi * along)))
