"""Average and max pooling, on maps with channels last. Windows lie wholly inside of the map: sizes are rounded down, nothing is padded."""

from __future__ import annotations

import numpy as np

from snn_workload.train.pool_kernels import max_backward, max_forward
from snn_workload.train.tensors import Array

Pair = tuple[int, int]


def average_pool(x: Array, size: Pair, stride: Pair) -> Array:
    """x (N, H, W, C) -> (N, P, Q, C), the mean of each window."""
    P, Q = pooled_size(x.shape[1], x.shape[2], size, stride)
    total = np.zeros((len(x), P, Q, x.shape[3]), x.dtype)
    for r in range(size[0]):
        for s in range(size[1]):
            total += x[:, r : r + P * stride[0] : stride[0], s : s + Q * stride[1] : stride[1]][:, :P, :Q]
    total *= x.dtype.type(1 / (size[0] * size[1]))
    return total


def average_pool_input(grad: Array, size: Pair, stride: Pair, before: Pair) -> Array:
    """The derivative for the input, whose height and width are `before`."""
    P, Q = grad.shape[1], grad.shape[2]
    share = grad * grad.dtype.type(1 / (size[0] * size[1]))
    out = np.zeros((len(grad), *before, grad.shape[3]), grad.dtype)
    for r in range(size[0]):
        for s in range(size[1]):
            out[:, r : r + (P - 1) * stride[0] + 1 : stride[0], s : s + (Q - 1) * stride[1] + 1 : stride[1]] += share
    return out


def max_pool(x: Array, size: Pair, stride: Pair) -> tuple[Array, Array]:
    """x (N, H, W, C) -> the largest value of each window (N, P, Q, C), and where in the map it stands (int32)."""
    out = np.empty((len(x), *pooled_size(x.shape[1], x.shape[2], size, stride), x.shape[3]), x.dtype)
    place = np.empty(out.shape, np.int32)
    max_forward(np.ascontiguousarray(x), (*size, *stride), out, place)
    return out, place


def max_pool_input(grad: Array, place: Array, before: Pair) -> Array:
    """The derivative for the input, whose height and width are `before`: each goes to the value that was largest."""
    out = np.zeros((len(grad), *before, grad.shape[3]), grad.dtype)
    max_backward(np.ascontiguousarray(grad), place, out)
    return out


def pooled_size(height: int, width: int, size: Pair, stride: Pair) -> Pair:
    """floor((size before - window) / stride) + 1 along each axis; may be below 1."""
    return (height - size[0]) // stride[0] + 1, (width - size[1]) // stride[1] + 1
