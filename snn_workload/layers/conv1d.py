"""One-dimensional convolution."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from snn_workload.layers.kind import Fault, LayerKind, axis_faults, channel_faults, group_faults, padding_faults, positive
from snn_workload.nest import Nest
from snn_workload.sizes import FeatureMap, Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Conv1d(LayerKind):
    """out[m, q] = sum over c, s of w[c, m, s] * in[c, q*stride + s*dilation]: a conv2d with P = R = 1.

    C, M: input and output channels of all groups together; Q: output size; S: kernel size.
    """

    type_name: ClassVar[str] = "conv1d"

    C: int
    M: int
    Q: int
    S: int
    stride: int = 1
    dilation: int = 1
    groups: int = 1
    padding: int | None = None
    input_size: int | None = None

    def faults(self) -> Iterator[Fault]:
        """All that is wrong with the fields, taken together."""
        wrong = [*positive(self, ("C", "M", "Q", "S", "stride", "dilation", "groups")), *padding_faults(self, self.padding)]
        wrong += [] if self.input_size is None else positive(self, ("input_size",))
        yield from wrong
        if not wrong:
            yield from group_faults({"C": self.C, "M": self.M}, self.groups)
            if self.input_size is not None:
                yield from axis_faults("Q", self.window(), self.input_size, self.Q, exact=True, source="input_size")

    def window(self) -> Window:
        """The kernel along Q."""
        return Window(kernel=self.S, stride=self.stride, dilation=self.dilation, padding=self.padding)

    def input_faults(self, before: FeatureMap, *, exact: bool) -> Iterator[Fault]:
        """Channels or a size that the layer before does not put out."""
        yield from channel_faults(self.C, before)
        yield from axis_faults("Q", self.window(), before.positions, self.Q, exact=exact, source="size before")

    def output_map(self, before: FeatureMap | None) -> FeatureMap:
        """M channels of Q positions."""
        return FeatureMap(channels=self.M, Q=self.Q)

    def nest(self, time_steps: int) -> Nest:
        """T, C, M, S, Q and, with groups, G; P = R = 1."""
        return Nest(
            T=time_steps, C=self.C // self.groups, M=self.M // self.groups, Q=self.Q, S=self.S,
            G=self.groups, stride=(1, self.stride), dilation=(1, self.dilation),
        )  # fmt: skip

    @property
    def outputs(self) -> int:
        """Values that leave in one time step: M * Q."""
        return self.M * self.Q
