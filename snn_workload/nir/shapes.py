"""What NIR nodes make of a shape. Worked out here: what the package nir infers is wrong for kernels that are not square and for "same".

Shapes are of one example at one step, channels first, as NIR has them: (C, H, W), (C, L) or (N,).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

Shape = tuple[int, ...]


class NodeFaultError(ValueError):
    """What is wrong with a node, in words; whoever knows its name adds that."""


@dataclass(frozen=True, kw_only=True)
class Slide:
    """How a kernel slides along each axis. pads: zeros before and after, per axis; after: sizes that it makes."""

    kernel: Shape
    stride: Shape
    dilation: Shape
    pads: tuple[tuple[int, int], ...]
    after: Shape

    @property
    def even_pads(self) -> Shape | None:
        """Zeros at each end, where both ends have as many; None elsewhere."""
        return tuple(a for a, _ in self.pads) if all(a == b for a, b in self.pads) else None


def per_axis(value: Any, axes: int, what: str) -> Shape:
    """A number for each axis, from one number or several."""
    numbers = np.atleast_1d(np.asarray(value)).ravel()
    if len(numbers) not in (1, axes):
        raise NodeFaultError(f"{what} of {len(numbers)} numbers, expected 1 or {axes}")
    return tuple(int(n) for n in (numbers if len(numbers) == axes else np.repeat(numbers, axes)))


def slide(sizes: Shape, kernel: Shape, stride: Any, dilation: Any, padding: Any) -> Slide:
    """A kernel on sizes.

    Along each axis floor((size + zeros - dilation (kernel - 1) - 1) / stride) + 1. "valid" adds no zeros; "same" adds dilation (kernel - 1)
    of them, the half rounded down in front, whatever the stride, so that the size is ceil(size / stride).
    """
    axes = len(kernel)
    if len(sizes) != axes:
        raise NodeFaultError(f"an input with {len(sizes)} axes beside the channels, expected {axes}")
    strides, dilations = per_axis(stride, axes, "stride"), per_axis(dilation, axes, "dilation")
    said = padding.decode() if isinstance(padding, bytes) else padding
    if isinstance(said, str):
        if said not in ("same", "valid"):
            raise NodeFaultError(f'padding "{said}", expected same, valid or numbers')
        total = [d * (k - 1) if said == "same" else 0 for k, d in zip(kernel, dilations, strict=True)]
        pads = tuple((n // 2, n - n // 2) for n in total)
    else:
        pads = tuple((n, n) for n in per_axis(said, axes, "padding"))
    if min((*strides, *dilations), default=1) < 1 or min(min(pair) for pair in pads) < 0:
        raise NodeFaultError("a stride or dilation below 1, or a padding below 0")
    after = tuple(
        (size + sum(pair) - d * (k - 1) - 1) // s + 1 for size, k, s, d, pair in zip(sizes, kernel, strides, dilations, pads, strict=True)
    )
    if min(after) < 1:
        raise NodeFaultError(f"a kernel of {kernel} that does not fit in {sizes}")
    return Slide(kernel=kernel, stride=strides, dilation=dilations, pads=pads, after=after)


def flattened(shape: Shape, first: int, last: int) -> Shape:
    """A shape with the axes first to last as one; axis 0 of the node is axis 0 of the example, negative ones count from the end."""
    count = len(shape)
    begin, end = first % count if first < 0 else first, last % count if last < 0 else last
    if not 0 <= begin <= end < count:
        raise NodeFaultError(f"start_dim {first} and end_dim {last} for {count} axes")
    return (*shape[:begin], int(np.prod(shape[begin : end + 1])), *shape[end + 1 :])
