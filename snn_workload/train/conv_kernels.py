"""Convolutions that skip what is zero: a spike costs its kernel, a silent input costs nothing.

Maps are (N, H, W, C), weights (R, S, C, M), outputs (N, P, Q, M). geometry: strides along P and Q, dilations, paddings, six integers.
"""

from __future__ import annotations

from snn_workload.train.compiled import kernel


@kernel
def sparse_forward(x, weights, geometry, out):  # type: ignore[no-untyped-def]
    """out += the convolution of x; each non-zero of x is added to the outputs that see it."""
    images, height, width, channels = x.shape
    rows, columns, outputs = weights.shape[0], weights.shape[1], weights.shape[3]
    P, Q = out.shape[1], out.shape[2]
    sp, sq, dr, ds, pad_p, pad_q = geometry[0], geometry[1], geometry[2], geometry[3], geometry[4], geometry[5]
    for n in range(images):
        for h in range(height):
            for w in range(width):
                for c in range(channels):
                    value = x[n, h, w, c]
                    if value == 0:
                        continue
                    for r in range(rows):
                        p = h + pad_p - r * dr
                        if p < 0 or p % sp != 0 or p // sp >= P:
                            continue
                        for s in range(columns):
                            q = w + pad_q - s * ds
                            if q < 0 or q % sq != 0 or q // sq >= Q:
                                continue
                            to = out[n, p // sp, q // sq]
                            row = weights[r, s, c]
                            for m in range(outputs):
                                to[m] += value * row[m]


@kernel
def sparse_weights(x, grad, geometry, out):  # type: ignore[no-untyped-def]
    """out (R, S, C, M) += the derivative for the weights; grad (N, P, Q, M) is that of the output."""
    images, height, width, channels = x.shape
    rows, columns, outputs = out.shape[0], out.shape[1], out.shape[3]
    P, Q = grad.shape[1], grad.shape[2]
    sp, sq, dr, ds, pad_p, pad_q = geometry[0], geometry[1], geometry[2], geometry[3], geometry[4], geometry[5]
    for n in range(images):
        for h in range(height):
            for w in range(width):
                for c in range(channels):
                    value = x[n, h, w, c]
                    if value == 0:
                        continue
                    for r in range(rows):
                        p = h + pad_p - r * dr
                        if p < 0 or p % sp != 0 or p // sp >= P:
                            continue
                        for s in range(columns):
                            q = w + pad_q - s * ds
                            if q < 0 or q % sq != 0 or q // sq >= Q:
                                continue
                            at = grad[n, p // sp, q // sq]
                            row = out[r, s, c]
                            for m in range(outputs):
                                row[m] += value * at[m]
