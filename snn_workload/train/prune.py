"""Pruning by magnitude: which weights stay, and how many at which time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from snn_workload.train.tensors import Array, Params


@dataclass(frozen=True, kw_only=True)
class Pruning:
    """sparsity: share of the weights that go, in the end.

    scope: global (the smallest of all layers together), layer (the same share of each layer), channel (whole output channels of each
    layer but the last, the smallest by their mean magnitude). begin, end: shares of the epochs between which the sparsity grows as
    sparsity * (1 - (1 - x)^3) (Zhu & Gupta, 2017); the same number twice prunes at once.
    """

    sparsity: float
    scope: Literal["global", "layer", "channel"] = "global"
    begin: float = 0.0
    end: float = 0.5

    def at(self, epoch: int, epochs: int) -> float:
        """The sparsity that holds during an epoch, the first being 0; in the last epoch it is the whole."""
        begin, end = min(round(self.begin * epochs), epochs - 1), round(self.end * epochs)
        if epoch < begin:
            return 0.0
        along = 1.0 if end <= begin else min(1.0, (epoch - begin + 1) / (end - begin))
        return self.sparsity * (1 - (1 - along) ** 3)

    def masks(self, weights: Params, sparsity: float) -> Params:
        """Which weights stay (1) and which go (0), by name; of the weights, those pruned before are 0."""
        if sparsity <= 0:
            return {name: np.ones_like(value) for name, value in weights.items()}
        if self.scope == "global":
            return global_masks(weights, sparsity)
        if self.scope == "layer":
            return {name: global_masks({name: value}, sparsity)[name] for name, value in weights.items()}
        last = next(reversed(weights))
        return {name: np.ones_like(value) if name == last else channel_mask(value, sparsity) for name, value in weights.items()}


def global_masks(weights: Params, sparsity: float) -> Params:
    """The round(sparsity * n) smallest of n weights go; among equals, those that come first."""
    sizes = np.concatenate([np.abs(value).ravel() for value in weights.values()])
    stay = np.ones(sizes.size, np.float32)
    stay[np.argsort(sizes, kind="stable")[: round(sparsity * sizes.size)]] = 0
    cuts = np.cumsum([value.size for value in weights.values()])[:-1]
    parts = np.split(stay, cuts)
    return {name: part.reshape(value.shape) for (name, value), part in zip(weights.items(), parts, strict=True)}


def channel_mask(weight: Array, sparsity: float) -> Array:
    """The round(sparsity * M) output channels (the last axis) of the smallest mean magnitude go, but never all."""
    sizes = np.abs(weight).reshape(-1, weight.shape[-1]).mean(0)
    gone = min(round(sparsity * len(sizes)), len(sizes) - 1)
    stay = np.ones(len(sizes), np.float32)
    stay[np.argsort(sizes, kind="stable")[:gone]] = 0
    return np.broadcast_to(stay, weight.shape).astype(weight.dtype)
