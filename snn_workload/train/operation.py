"""What all layers of a trainable network share: values in, values out, and the way back.

Activations are (T, B, H, W, C) or (T, B, N), time first; T = 1 stands for an input that is the same in every step, which layers
without memory then compute once. Layers are frozen; parameters are handed to them, so that a network is a function of its parameters.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple, TypeAlias

import numpy as np

from snn_workload.train.tensors import Array, Params

Size: TypeAlias = tuple[int, ...]
"""Shape of one example at one step: (H, W, C) or (N,)."""


@dataclass(kw_only=True)
class Pass:
    """What a pass over a network is for.

    steps: time steps; train: batch statistics and dropout; smooth: spikes replaced by their smooth surrogate; key: numbers that random
    draws of this pass depend on; overwrite: whether what comes in is nobody else's, so that it may be changed; updates: filled with
    buffers (running statistics) that training changes.
    """

    steps: int
    train: bool = False
    smooth: bool = False
    key: tuple[int, ...] = ()
    overwrite: bool = False
    updates: Params = field(default_factory=dict)


class Step(NamedTuple):
    """y: what leaves; state: what the layer remembers, None for most; cache: what its derivative needs."""

    y: Array
    state: Any
    cache: Any


class Back(NamedTuple):
    """x: derivative for what came in (None where nobody asks); state: for the state before; params: for the parameters, by own name."""

    x: Array | None
    state: Any
    params: Params


@dataclass(frozen=True, kw_only=True)
class Operation(ABC):
    """A layer. name: its own; before, after: sizes of one example at one step, in and out."""

    type_name: ClassVar[str]
    mixes_time: ClassVar[bool] = False
    """Whether a step needs values of other steps than through a state, so that time can't be cut into pieces."""
    gives_away: ClassVar[bool] = False
    """Whether what leaves is an array that the layer keeps no hold of."""
    buffers: ClassVar[tuple[str, ...]] = ()
    """Parameters that are measured, not trained."""
    weights: ClassVar[tuple[str, ...]] = ()
    """Parameters that are quantised and pruned."""

    name: str
    before: Size
    after: Size

    def initial(self, rng: np.random.Generator) -> Params:
        """Parameters at the start, by own name, float32."""
        return {}

    def start(self, batch: int, dtype: Any) -> Any:
        """The state before the first step; None for a layer without memory."""
        return None

    @abstractmethod
    def forward(self, p: Params, x: Array, run: Pass, state: Any) -> Step:
        """All steps of x at once, from a state. p: parameters by own name."""

    @abstractmethod
    def backward(self, p: Params, grad: Array, cache: Any, state: Any, *, wanted: bool = True) -> Back:
        """Derivatives from those of what left and of the state afterwards. grad may be overwritten. wanted: whether x's is asked for."""

    def floats(self, steps: int, batch: int) -> int:
        """Numbers of four bytes that stay for the way back, beyond what came in, which the layer before has counted."""
        return 0


def rows_of(x: Array) -> Array:
    """Steps and examples as one axis: (T, B, ...) -> (T * B, ...)."""
    return x.reshape(x.shape[0] * x.shape[1], *x.shape[2:])


def stretched(x: Array, steps: int) -> Array:
    """An input of all steps: one that is the same in every step is written out."""
    if x.shape[0] == steps:
        return x
    return np.broadcast_to(x, (steps, *x.shape[1:]))
