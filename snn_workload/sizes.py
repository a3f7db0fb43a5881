"""Sizes of feature maps: what a window makes of an axis, and whether one layer's output can be the next one's input."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureMap:
    """What flows between two layers in one time step: channels x P x Q values (P = Q = 1 for plain features)."""

    channels: int
    P: int = 1
    Q: int = 1

    @property
    def positions(self) -> int:
        """P * Q."""
        return self.P * self.Q

    @property
    def values(self) -> int:
        """channels * P * Q."""
        return self.channels * self.positions

    def __str__(self) -> str:
        return f"{self.channels} channels of {self.P} x {self.Q}" if self.positions > 1 else f"{self.channels} values"


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A kernel that slides along one axis. padding: values added at each end, None where the file does not say."""

    kernel: int
    stride: int = 1
    dilation: int = 1
    padding: int | None = None

    def __str__(self) -> str:
        said = f"kernel {self.kernel}, stride {self.stride}, dilation {self.dilation}"
        return said if self.padding is None else f"{said}, padding {self.padding}"

    @property
    def reach(self) -> int:
        """Values from the first to the last that one position sees: dilation * (kernel - 1) + 1."""
        return self.dilation * (self.kernel - 1) + 1

    def output_size(self, input_size: int, padded: int) -> int:
        """Positions along the axis: floor((input + padded - reach) / stride) + 1, with `padded` the values added at both ends together."""
        return (input_size + padded - self.reach) // self.stride + 1

    def sizes(self, input_size: int) -> range:
        """The outputs that an input may have: one where the padding is known, else any from none to reach - 1 at each end."""
        if self.padding is not None:
            only = self.output_size(input_size, 2 * self.padding)
            return range(only, only + 1)
        return range(self.output_size(input_size, 0), self.output_size(input_size, 2 * (self.reach - 1)) + 1)

    def fits(self, input_size: int, output_size: int, *, exact: bool) -> bool:
        """Whether the output can come of the input, or (not exact) of a smaller one, with pooling between them that no one lists."""
        possible = self.sizes(input_size)
        return 1 <= output_size < possible.stop and (output_size >= possible.start or not exact)
