"""Losses on the number of spikes of each output neuron."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from snn_workload.train.tensors import Array


@dataclass(frozen=True, kw_only=True)
class Loss:
    """mse: mean over examples and classes of (rate - goal)^2, with `right` the goal of the right class and `wrong` that of the others.

    cross_entropy: of softmax(scale * rate); rate is the share of steps with a spike.
    """

    kind: Literal["mse", "cross_entropy"] = "cross_entropy"
    right: float = 1.0
    wrong: float = 0.0
    scale: float = 10.0

    def __call__(self, spikes: Array, labels: Array) -> tuple[float, Array]:
        """spikes (T, B, classes), labels (B,) -> the loss, and its derivative for each spike (T, B, classes)."""
        rate = spikes.mean(0, dtype=spikes.dtype)
        chosen = np.arange(len(labels)), labels
        if self.kind == "mse":
            goal = np.full_like(rate, self.wrong)
            goal[chosen] = self.right
            error = rate - goal
            loss, slope = float(np.mean(error**2)), 2 * error / error.size
        else:
            logits = self.scale * rate
            logits -= logits.max(1, keepdims=True)
            odds = np.exp(logits)
            odds /= odds.sum(1, keepdims=True)
            loss = float(-np.mean(np.log(odds[chosen] + 1e-12)))
            slope = odds
            slope[chosen] -= 1
            slope = slope * (self.scale / len(labels))
        of_spikes = np.empty_like(spikes, order="C")  # an array of its own, as layers write into it on the way back
        of_spikes[:] = slope / len(spikes)
        return loss, of_spikes


def answers(spikes: Array) -> Array:
    """The class with the most spikes (T, B, classes) -> (B,); the first of several."""
    return np.asarray(spikes.sum(0).argmax(1))
