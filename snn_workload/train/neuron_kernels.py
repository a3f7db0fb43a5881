"""All time steps of a layer of simple neurons in one pass over memory; see neurons.py for the equations.

p holds the constants, of the dtype of the data: 0 a, 1 b, 2 c, 3 theta, 4 hard (1) or soft (0) reset, 5 u_reset, 6 alpha, 7 whether
the gradient flows through the reset. Arrays are (T, N). smooth: spikes are S(u - theta), so that derivatives can be checked.
"""

from __future__ import annotations

import math

import numpy as np

from snn_workload.train.compiled import kernel

BLOCK = 1024
"""Neurons taken through all time steps together, so that their state stays in the cache."""


@kernel
def simple_forward(charged, u, p, kind, smooth, spikes):  # type: ignore[no-untyped-def]
    """charged (T, N): what arrives on entry, potentials before the reset on return; u (N,): the state, changed in place; spikes (T, N)."""
    steps, neurons = charged.shape
    a, b, c, theta, hard, rest, alpha = p[0], p[1], p[2], p[3], p[4], p[5], p[6]
    one, zero, half = charged.dtype.type(1), charged.dtype.type(0), charged.dtype.type(0.5)
    steep, over_pi = alpha * charged.dtype.type(math.pi / 2), charged.dtype.type(1 / math.pi)
    for start in range(0, neurons, BLOCK):
        stop = min(neurons, start + BLOCK)
        for t in range(steps):
            if not smooth:
                for i in range(start, stop):
                    v = a * u[i] + b * charged[t, i] + c
                    s = one if v >= theta else zero
                    charged[t, i] = v
                    spikes[t, i] = s
                    u[i] = v - s * (hard * (v - rest) + (one - hard) * theta)
            else:
                for i in range(start, stop):
                    v = a * u[i] + b * charged[t, i] + c
                    d = v - theta
                    if kind == 0:
                        s = np.arctan(d * steep) * over_pi + half
                    elif kind == 1:
                        s = alpha * d / (one + alpha * abs(d)) * half + half
                    else:
                        y = min(max(alpha * d, -one), one)
                        s = half + y - half * y * abs(y)
                    charged[t, i] = v
                    spikes[t, i] = s
                    u[i] = v - s * (hard * (v - rest) + (one - hard) * theta)


@kernel
def simple_backward(grad, charged, spikes, first, du, p, kind, learns, sums):  # type: ignore[no-untyped-def]
    """grad (T, N): of the spikes on entry, of the input x on return. du (N,): of the state after the last step, then before the first.

    first (N,): the state before the first step. learns: whether sums (4,) float64 shall get the derivatives for a, b, c, theta.
    """
    steps, neurons = charged.shape
    a, b, c, theta, hard, rest, alpha, through = p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7]
    one, zero, half = grad.dtype.type(1), grad.dtype.type(0), grad.dtype.type(0.5)
    steep = alpha * grad.dtype.type(math.pi / 2)
    g = np.empty(BLOCK, grad.dtype)
    sum_a, sum_b, sum_c, sum_theta = np.zeros((4, BLOCK), grad.dtype)
    for start in range(0, neurons, BLOCK):
        width = min(neurons - start, BLOCK)
        for t in range(steps - 1, -1, -1):
            if kind == 0:
                for j in range(width):
                    d = (charged[t, start + j] - theta) * steep
                    g[j] = half * alpha / (one + d * d)
            elif kind == 1:
                for j in range(width):
                    d = one + alpha * abs(charged[t, start + j] - theta)
                    g[j] = half * alpha / (d * d)
            else:
                for j in range(width):
                    g[j] = alpha * max(zero, one - alpha * abs(charged[t, start + j] - theta))
            if not learns:
                for j in range(width):
                    i = start + j
                    v, s, later = charged[t, i], spikes[t, i], du[i]
                    drop = hard * (v - rest) + (one - hard) * theta
                    dv = later * (one - s * hard) + (grad[t, i] - through * later * drop) * g[j]
                    du[i] = a * dv
                    grad[t, i] = b * dv
                continue
            for j in range(width):
                i = start + j
                v, s, later = charged[t, i], spikes[t, i], du[i]
                drop = hard * (v - rest) + (one - hard) * theta
                by_spike = (grad[t, i] - through * later * drop) * g[j]
                dv = later * (one - s * hard) + by_spike
                if t > 0:
                    last_v, last_s = charged[t - 1, i], spikes[t - 1, i]
                    before = last_v - last_s * (hard * (last_v - rest) + (one - hard) * theta)
                else:
                    before = first[i]
                sum_a[j] += dv * before
                sum_b[j] += dv * (v - a * before - c) / b
                sum_c[j] += dv
                sum_theta[j] -= by_spike + later * s * (one - hard)
                du[i] = a * dv
                grad[t, i] = b * dv
    sums[0] += np.sum(sum_a)
    sums[1] += np.sum(sum_b)
    sums[2] += np.sum(sum_c)
    sums[3] += np.sum(sum_theta)
