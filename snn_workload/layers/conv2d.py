"""Two-dimensional convolution, grouped and depthwise ones included."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from snn_workload.layers.kind import Fault, LayerKind, axis_faults, channel_faults, group_faults, padding_faults, positive
from snn_workload.nest import Nest, Pair
from snn_workload.sizes import FeatureMap, Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Conv2d(LayerKind):
    """out[m, p, q] = sum over c, r, s of w[c, m, r, s] * in[c, p*stride + r*dilation, q*stride + s*dilation].

    C, M: input and output channels of all groups together; P, Q: output size; R, S: kernel size along P and along Q.
    stride, dilation, padding: (along P, along Q). groups: divides C and M; depthwise is groups = C = M.
    input_size and padding change no count; where they are given, the sizes have to agree with them.
    """

    type_name: ClassVar[str] = "conv2d"

    C: int
    M: int
    P: int
    Q: int
    R: int
    S: int
    stride: Pair = (1, 1)
    dilation: Pair = (1, 1)
    groups: int = 1
    padding: Pair | None = None
    input_size: Pair | None = None

    def faults(self) -> Iterator[Fault]:
        """All that is wrong with the fields, taken together."""
        wrong = [*positive(self, ("C", "M", "P", "Q", "R", "S", "stride", "dilation", "groups")), *padding_faults(self, self.padding)]
        wrong += [] if self.input_size is None else positive(self, ("input_size",))
        yield from wrong
        if not wrong:
            yield from group_faults({"C": self.C, "M": self.M}, self.groups)
            yield from () if self.input_size is None else self._size_faults(self.input_size, exact=True, source="input_size")

    def windows(self) -> tuple[Window, Window]:
        """The kernel along P and along Q."""
        pads = self.padding or (None, None)
        along_p = Window(kernel=self.R, stride=self.stride[0], dilation=self.dilation[0], padding=pads[0])
        return along_p, Window(kernel=self.S, stride=self.stride[1], dilation=self.dilation[1], padding=pads[1])

    def _size_faults(self, size: Pair, *, exact: bool, source: str) -> Iterator[Fault]:
        for key, window, before, after in zip("PQ", self.windows(), size, (self.P, self.Q), strict=True):
            yield from axis_faults(key, window, before, after, exact=exact, source=source)

    def input_faults(self, before: FeatureMap, *, exact: bool) -> Iterator[Fault]:
        """Channels or sizes that the layer before does not put out."""
        yield from channel_faults(self.C, before)
        yield from self._size_faults((before.P, before.Q), exact=exact, source="size before")

    def output_map(self, before: FeatureMap | None) -> FeatureMap:
        """M channels of P x Q."""
        return FeatureMap(channels=self.M, P=self.P, Q=self.Q)

    def nest(self, time_steps: int) -> Nest:
        """T, C, M, R, S, P, Q and, with groups, G; C and M are then those of one group."""
        return Nest(
            T=time_steps, C=self.C // self.groups, M=self.M // self.groups, P=self.P, Q=self.Q, R=self.R, S=self.S,
            G=self.groups, stride=self.stride, dilation=self.dilation,
        )  # fmt: skip

    @property
    def outputs(self) -> int:
        """Values that leave in one time step: M * P * Q."""
        return self.M * self.P * self.Q
