"""Layers that only carry shapes on: pooling and flatten. They have no weights, so no problem is made of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from snn_workload.layers.kind import Fault, Shape, axis_faults, channel_faults, fault, padding_faults, positive
from snn_workload.nest import Pair
from snn_workload.sizes import FeatureMap, Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool2d(Shape):
    """Pooling of any kind. C: channels; P, Q: output size; R, S: window; stride: (along P, along Q), None for the window's size."""

    type_name: ClassVar[str] = "pool2d"

    C: int
    P: int
    Q: int
    R: int = 2
    S: int = 2
    stride: Pair | None = None
    padding: Pair = (0, 0)

    def faults(self) -> Iterator[Fault]:
        """All that is wrong with the fields."""
        yield from positive(self, ("C", "P", "Q", "R", "S", *(() if self.stride is None else ("stride",))))
        yield from padding_faults(self, self.padding)

    def input_faults(self, before: FeatureMap, *, exact: bool) -> Iterator[Fault]:
        """Channels or sizes that the layer before does not put out."""
        yield from channel_faults(self.C, before)
        strides = self.stride or (self.R, self.S)
        for i, (key, kernel, after, size) in enumerate((("P", self.R, self.P, before.P), ("Q", self.S, self.Q, before.Q))):
            window = Window(kernel=kernel, stride=strides[i], padding=self.padding[i])
            yield from axis_faults(key, window, size, after, exact=True, source="size before")

    def output_map(self, before: FeatureMap | None) -> FeatureMap:
        """C channels of P x Q."""
        return FeatureMap(channels=self.C, P=self.P, Q=self.Q)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flatten(Shape):
    """C channels of P x Q become M = C * P * Q features. M may be left out."""

    type_name: ClassVar[str] = "flatten"

    C: int
    P: int
    Q: int
    M: int | None = None

    def faults(self) -> Iterator[Fault]:
        """All that is wrong with the fields, taken together."""
        wrong = list(positive(self, ("C", "P", "Q", *(() if self.M is None else ("M",)))))
        yield from wrong
        if not wrong and self.M not in (None, self.C * self.P * self.Q):
            yield fault("M", self.M, f"C * P * Q = {self.C * self.P * self.Q}")

    def input_faults(self, before: FeatureMap, *, exact: bool) -> Iterator[Fault]:
        """Channels or sizes other than those of the layer before."""
        for key, mine, theirs in (("C", self.C, before.channels), ("P", self.P, before.P), ("Q", self.Q, before.Q)):
            if mine != theirs:
                yield fault(key, mine, f"{theirs}, from {before}")

    def output_map(self, before: FeatureMap | None) -> FeatureMap:
        """C * P * Q features."""
        return FeatureMap(channels=self.C * self.P * self.Q)
