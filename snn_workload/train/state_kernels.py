"""All time steps of neurons with an adaptive threshold or a quantised membrane potential; see neurons.py for the equations.

p is that of neuron_kernels, and: 8 beta, 9 rho of the adaptive threshold; 10 the step of the membrane's grid (0: none), 11 and 12 its
lowest and highest level. The quantised potential is Q(v) = step * (low + the number of levels k above low with v / step >= k - 1/2). Its
derivative is a stack of surrogates, one at each edge k - 1/2; those of the WINDOW edges on either side count, the others are far away.
"""

from __future__ import annotations

import math

import numpy as np

from snn_workload.train.compiled import kernel

WINDOW = 4


@kernel
def stateful_forward(charged, u, w, p, kind, smooth, adapted, spikes):  # type: ignore[no-untyped-def]
    """As simple_forward, with w (N,) the adaptation, changed in place; adapted (T, N): as it stands when step t compares."""
    steps, neurons = charged.shape
    a, b, c, theta, hard, rest, alpha = p[0], p[1], p[2], p[3], p[4], p[5], p[6]
    beta, rho, grid, low, high = p[8], p[9], p[10], p[11], p[12]
    one, zero, half = charged.dtype.type(1), charged.dtype.type(0), charged.dtype.type(0.5)
    steep, over_pi = alpha * charged.dtype.type(math.pi / 2), charged.dtype.type(1 / math.pi)
    for t in range(steps):
        for i in range(neurons):
            v = a * u[i] + b * charged[t, i] + c
            charged[t, i] = v
            adapted[t, i] = w[i]
            q = v
            if grid > zero:
                y = v / grid
                level = min(max(np.floor(y + half), low), high)
                if smooth:
                    base = max(level - WINDOW, low)
                    q = base
                    for k in range(int(base) + 1, int(min(level + WINDOW, high)) + 1):
                        d = y - (k - half)
                        if kind == 0:
                            q += np.arctan(d * steep) * over_pi + half
                        elif kind == 1:
                            q += alpha * d / (one + alpha * abs(d)) * half + half
                        else:
                            z = min(max(alpha * d, -one), one)
                            q += half + z - half * z * abs(z)
                    q *= grid
                else:
                    q = level * grid
            bar = theta + beta * w[i]
            d = q - bar
            if not smooth:
                s = one if d >= zero else zero
            elif kind == 0:
                s = np.arctan(d * steep) * over_pi + half
            elif kind == 1:
                s = alpha * d / (one + alpha * abs(d)) * half + half
            else:
                z = min(max(alpha * d, -one), one)
                s = half + z - half * z * abs(z)
            spikes[t, i] = s
            u[i] = q - s * (hard * (q - rest) + (one - hard) * bar)
            w[i] = rho * w[i] + s


@kernel
def stateful_backward(grad, charged, adapted, spikes, quantised, first, du, dw, p, kind, sums):  # type: ignore[no-untyped-def]
    """As simple_backward, with dw (N,) of the adaptation; quantised (T, N): Q of charged, which is charged where there is no grid."""
    steps, neurons = charged.shape
    a, b, c, theta, hard, rest, alpha, through = p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7]
    beta, rho, grid, low, high = p[8], p[9], p[10], p[11], p[12]
    one, zero, half = grad.dtype.type(1), grad.dtype.type(0), grad.dtype.type(0.5)
    steep = alpha * grad.dtype.type(math.pi / 2)
    for t in range(steps - 1, -1, -1):
        for i in range(neurons):
            q, s, later = quantised[t, i], spikes[t, i], du[i]
            bar = theta + beta * adapted[t, i]
            d = q - bar
            if kind == 0:
                g = half * alpha / (one + (d * steep) ** 2)
            elif kind == 1:
                g = half * alpha / (one + alpha * abs(d)) ** 2
            else:
                g = alpha * max(zero, one - alpha * abs(d))
            drop = hard * (q - rest) + (one - hard) * bar
            by_spike = (grad[t, i] + dw[i] - through * later * drop) * g
            dv = later * (one - s * hard) + by_spike
            dbar = -by_spike - later * s * (one - hard)
            if grid > zero:
                y = charged[t, i] / grid
                level = min(max(np.floor(y + half), low), high)
                total = zero
                for k in range(int(max(level - WINDOW, low)) + 1, int(min(level + WINDOW, high)) + 1):
                    d = y - (k - half)
                    if kind == 0:
                        total += half * alpha / (one + (d * steep) ** 2)
                    elif kind == 1:
                        total += half * alpha / (one + alpha * abs(d)) ** 2
                    else:
                        total += alpha * max(zero, one - alpha * abs(d))
                dv *= total
            before = first[i]
            if t > 0:
                q, s = quantised[t - 1, i], spikes[t - 1, i]
                before = q - s * (hard * (q - rest) + (one - hard) * (theta + beta * adapted[t - 1, i]))
            sums[0] += dv * before
            sums[1] += dv * (charged[t, i] - a * before - c) / b
            sums[2] += dv
            sums[3] += dbar
            dw[i] = rho * dw[i] + beta * dbar
            du[i] = a * dv
            grad[t, i] = b * dv
