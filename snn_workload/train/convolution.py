"""Two-dimensional convolution and its derivatives, on maps with channels last.

A layer's input is mostly zeros or it is not. Spikes are taken one by one (conv_kernels), dense maps as a matrix product over windows
(im2col), a few images at a time so that the windows stay in the cache. Which way is chosen by the share of non-zeros.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from snn_workload.train.conv_kernels import sparse_forward, sparse_weights
from snn_workload.train.tensors import Array

SPARSE_BELOW = 0.12
"""Share of non-zeros below which spikes are taken one by one; measured with 16 to 64 channels, where both take as long at 0.08 to 0.15."""
WINDOW_BYTES = 2**21


@dataclass(frozen=True, kw_only=True)
class Geometry:
    """How a kernel slides. kernel, stride, dilation, padding: (along P, along Q); groups divides the channels on both sides."""

    kernel: tuple[int, int]
    stride: tuple[int, int] = (1, 1)
    dilation: tuple[int, int] = (1, 1)
    padding: tuple[int, int] = (0, 0)
    groups: int = 1

    def output_size(self, height: int, width: int) -> tuple[int, int]:
        """floor((size + 2 padding - dilation (kernel - 1) - 1) / stride) + 1 along each axis; may be below 1."""
        sizes = [
            (size + 2 * p - d * (k - 1) - 1) // s + 1
            for size, k, s, d, p in zip((height, width), self.kernel, self.stride, self.dilation, self.padding, strict=True)
        ]
        return sizes[0], sizes[1]

    @cached_property
    def numbers(self) -> tuple[int, ...]:
        """As the kernels take them."""
        return (*self.stride, *self.dilation, *self.padding)


def density_of(x: Array) -> float:
    """Share of non-zeros."""
    return float(np.count_nonzero(x)) / max(x.size, 1)


def conv2d(x: Array, weights: Array, geometry: Geometry) -> Array:
    """x (N, H, W, C), weights (R, S, C / groups, M) -> (N, P, Q, M), M = all output channels."""
    if geometry.groups > 1:
        return _grouped(x, weights, geometry)
    P, Q = geometry.output_size(x.shape[1], x.shape[2])
    if density_of(x) < SPARSE_BELOW:
        out = np.zeros((len(x), P, Q, weights.shape[3]), x.dtype)
        sparse_forward(np.ascontiguousarray(x), np.ascontiguousarray(weights), geometry.numbers, out)
        return out
    out = np.empty((len(x), P, Q, weights.shape[3]), x.dtype)
    matrix = weights.reshape(-1, weights.shape[3])
    for some in _portions(x, geometry):
        np.matmul(_windows(x[some], geometry), matrix, out=out[some].reshape(-1, out.shape[3]))
    return out


def conv2d_weights(x: Array, grad: Array, geometry: Geometry) -> Array:
    """The derivative for the weights: grad (N, P, Q, M) is that of the output."""
    if geometry.groups > 1:
        parts = zip(np.split(x, geometry.groups, 3), np.split(grad, geometry.groups, 3), strict=True)
        single = _single(geometry)
        return np.concatenate([conv2d_weights(one, above, single) for one, above in parts], 3)
    shape = (*geometry.kernel, x.shape[3], grad.shape[3])
    if density_of(x) < SPARSE_BELOW:
        out = np.zeros(shape, x.dtype)
        sparse_weights(np.ascontiguousarray(x), np.ascontiguousarray(grad), geometry.numbers, out)
        return out
    total = np.zeros((int(np.prod(shape[:3])), shape[3]), x.dtype)
    for some in _portions(x, geometry):
        total += _windows(x[some], geometry).T @ grad[some].reshape(-1, shape[3])
    return total.reshape(shape)


def conv2d_input(grad: Array, weights: Array, geometry: Geometry, size: tuple[int, int]) -> Array:
    """The derivative for the input, whose height and width are `size`: the convolution of grad with the kernel turned round.

    grad is first spread out by the stride, zeros between, so that every input position sees the outputs that it went to.
    """
    if geometry.groups > 1:
        single = _single(geometry)
        parts = zip(np.split(grad, geometry.groups, 3), np.split(weights, geometry.groups, 3), strict=True)
        return np.concatenate([conv2d_input(above, part, single, size) for above, part in parts], 3)
    turned = np.ascontiguousarray(weights[::-1, ::-1].transpose(0, 1, 3, 2))
    reach = [d * (k - 1) for d, k in zip(geometry.dilation, geometry.kernel, strict=True)]
    if geometry.stride == (1, 1) and all(r >= p for r, p in zip(reach, geometry.padding, strict=True)):
        pads = (reach[0] - geometry.padding[0], reach[1] - geometry.padding[1])
        return conv2d(grad, turned, Geometry(kernel=geometry.kernel, dilation=geometry.dilation, padding=pads))
    full = [size[i] + 2 * geometry.padding[i] + reach[i] for i in (0, 1)]
    spread = np.zeros((len(grad), *full, grad.shape[3]), grad.dtype)
    spread[:, reach[0] : reach[0] + grad.shape[1] * geometry.stride[0] : geometry.stride[0],
           reach[1] : reach[1] + grad.shape[2] * geometry.stride[1] : geometry.stride[1]] = grad  # fmt: skip
    padded = conv2d(spread, turned, Geometry(kernel=geometry.kernel, dilation=geometry.dilation))
    (p, q), (height, width) = geometry.padding, size
    return np.ascontiguousarray(padded[:, p : p + height, q : q + width])


def _single(geometry: Geometry) -> Geometry:
    return Geometry(kernel=geometry.kernel, stride=geometry.stride, dilation=geometry.dilation, padding=geometry.padding)


def _grouped(x: Array, weights: Array, geometry: Geometry) -> Array:
    parts = zip(np.split(x, geometry.groups, 3), np.split(weights, geometry.groups, 3), strict=True)
    return np.concatenate([conv2d(one, part, _single(geometry)) for one, part in parts], 3)


def _portions(x: Array, geometry: Geometry) -> list[slice]:
    """Images that are taken together."""
    P, Q = geometry.output_size(x.shape[1], x.shape[2])
    each = P * Q * geometry.kernel[0] * geometry.kernel[1] * x.shape[3] * x.itemsize
    step = max(1, WINDOW_BYTES // max(each, 1))
    return [slice(i, min(i + step, len(x))) for i in range(0, len(x), step)]


def _windows(x: Array, geometry: Geometry) -> Array:
    """All windows of x, one a row: (N * P * Q, R * S * C)."""
    (p, q), (R, S), (sp, sq), (dr, ds) = geometry.padding, geometry.kernel, geometry.stride, geometry.dilation
    P, Q = geometry.output_size(x.shape[1], x.shape[2])
    if p or q:
        padded = np.zeros((len(x), x.shape[1] + 2 * p, x.shape[2] + 2 * q, x.shape[3]), x.dtype)
        padded[:, p : p + x.shape[1], q : q + x.shape[2]] = x
        x = padded
    n, h, w, c = x.strides
    view = np.lib.stride_tricks.as_strided(x, (len(x), P, Q, R, S, x.shape[3]), (n, h * sp, w * sq, h * dr, w * ds, c), writeable=False)
    return view.reshape(len(x) * P * Q, -1)
