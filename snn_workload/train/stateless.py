"""Layers without memory and without weights: pooling, flatten, dropout."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from snn_workload.train.operation import Back, Operation, Pass, Step, rows_of
from snn_workload.train.pooling import average_pool, average_pool_input, max_pool, max_pool_input
from snn_workload.train.tensors import Array, Params


@dataclass(frozen=True, kw_only=True)
class PoolOp(Operation):
    """The mean or the largest value of each window. size, stride: (along P, along Q)."""

    type_name: ClassVar[str] = "pool2d"

    largest: bool
    size: tuple[int, int]
    stride: tuple[int, int]

    def forward(self, p: Params, x: Array, run: Pass, state: Any) -> Step:
        """(T, B, H, W, C) -> (T, B, P, Q, C)."""
        place = None
        if self.largest:
            y, place = max_pool(rows_of(x), self.size, self.stride)
        else:
            y = average_pool(rows_of(x), self.size, self.stride)
        return Step(y.reshape(*x.shape[:2], *self.after), None, place)

    def backward(self, p: Params, grad: Array, cache: Any, state: Any, *, wanted: bool = True) -> Back:
        """See Operation."""
        before = (self.before[0], self.before[1])
        above = rows_of(grad)
        dx = max_pool_input(above, cache, before) if self.largest else average_pool_input(above, self.size, self.stride, before)
        return Back(dx.reshape(*grad.shape[:2], *self.before), None, {})

    def floats(self, steps: int, batch: int) -> int:
        """What leaves, and where the largest values stood."""
        return steps * batch * int(np.prod(self.after)) * (2 if self.largest else 1)


@dataclass(frozen=True, kw_only=True)
class FlattenOp(Operation):
    """(H, W, C) -> (C * H * W,), channels first, as other frameworks and NIR flatten."""

    type_name: ClassVar[str] = "flatten"

    def forward(self, p: Params, x: Array, run: Pass, state: Any) -> Step:
        """(T, B, H, W, C) -> (T, B, C * H * W)."""
        return Step(np.moveaxis(x, -1, 2).reshape(*x.shape[:2], -1), None, None)

    def backward(self, p: Params, grad: Array, cache: Any, state: Any, *, wanted: bool = True) -> Back:
        """See Operation."""
        H, W, C = self.before
        return Back(np.ascontiguousarray(np.moveaxis(grad.reshape(*grad.shape[:2], C, H, W), 2, -1)), None, {})

    def floats(self, steps: int, batch: int) -> int:
        """The values in their new order."""
        return steps * batch * int(np.prod(self.after))


@dataclass(frozen=True, kw_only=True)
class DropoutOp(Operation):
    """In training, sets a share of an example's values to 0, the same in every step, and scales the others by 1 / (1 - share)."""

    type_name: ClassVar[str] = "dropout"

    share: float
    number: int

    def forward(self, p: Params, x: Array, run: Pass, state: Any) -> Step:
        """Shape kept."""
        if not run.train or self.share == 0:
            return Step(x, None, None)
        rng = np.random.Generator(np.random.Philox(np.random.SeedSequence((*run.key, self.number))))
        kept = rng.random(x.shape[1:], np.float32) >= self.share
        mask = kept.astype(x.dtype) / x.dtype.type(1 - self.share)
        return Step(x * mask, None, mask)

    def backward(self, p: Params, grad: Array, cache: Any, state: Any, *, wanted: bool = True) -> Back:
        """See Operation."""
        return Back(grad if cache is None else grad * cache, None, {})

    def floats(self, steps: int, batch: int) -> int:
        """What leaves, and the mask of one step."""
        return (steps + 1) * batch * int(np.prod(self.after))
