"""Max pooling: where the largest value of each window stands, and the way back to it. Maps are (N, H, W, C)."""

from __future__ import annotations

from snn_workload.train.compiled import kernel


@kernel
def max_forward(x, window, out, place):  # type: ignore[no-untyped-def]
    """window: R, S, strides along P and Q. place gets the position (h * W + w) of the first largest value of each window."""
    images, P, Q, channels = out.shape
    width = x.shape[2]
    rows, columns, sp, sq = window[0], window[1], window[2], window[3]
    for n in range(images):
        for p in range(P):
            for q in range(Q):
                for c in range(channels):
                    best, at = x[n, p * sp, q * sq, c], p * sp * width + q * sq
                    for r in range(rows):
                        for s in range(columns):
                            value = x[n, p * sp + r, q * sq + s, c]
                            if value > best:
                                best, at = value, (p * sp + r) * width + q * sq + s
                    out[n, p, q, c] = best
                    place[n, p, q, c] = at


@kernel
def max_backward(grad, place, out):  # type: ignore[no-untyped-def]
    """out (N, H, W, C) += grad, each at the place that its value came from."""
    images, P, Q, channels = grad.shape
    width = out.shape[2]
    for n in range(images):
        for p in range(P):
            for q in range(Q):
                for c in range(channels):
                    at = place[n, p, q, c]
                    out[n, at // width, at % width, c] += grad[n, p, q, c]
