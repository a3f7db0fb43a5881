"""Convolution and pooling against loops, and derivatives against the definition of an adjoint."""

import numpy as np
import pytest

from snn_workload.train import convolution
from snn_workload.train.attention import TcjaOp
from snn_workload.train.convolution import Geometry, conv2d, conv2d_input, conv2d_weights
from snn_workload.train.operation import Pass
from snn_workload.train.pooling import average_pool, average_pool_input, max_pool, max_pool_input

GEOMETRIES = [
    Geometry(kernel=(3, 3), padding=(1, 1)),
    Geometry(kernel=(3, 2), stride=(1, 2), padding=(1, 1)),
    Geometry(kernel=(2, 3), stride=(2, 1), dilation=(2, 1), padding=(0, 2)),
    Geometry(kernel=(1, 1), padding=(1, 0)),
    Geometry(kernel=(3, 3), stride=(3, 2), groups=2),
    Geometry(kernel=(2, 2), padding=(2, 2), groups=4),
]


def by_loops(x, w, g):
    N, H, W, C = x.shape
    P, Q = g.output_size(H, W)
    M, per, out = w.shape[3], w.shape[3] // g.groups, np.zeros((N, P, Q, w.shape[3]))
    for n, p, q, m in np.ndindex(N, P, Q, M):
        for r, s, c in np.ndindex(*w.shape[:3]):
            h = p * g.stride[0] + r * g.dilation[0] - g.padding[0]
            v = q * g.stride[1] + s * g.dilation[1] - g.padding[1]
            if 0 <= h < H and 0 <= v < W:
                out[n, p, q, m] += w[r, s, c, m] * x[n, h, v, m // per * (C // g.groups) + c]
    return out


@pytest.mark.parametrize("g", GEOMETRIES)
@pytest.mark.parametrize("share", [0.1, 1.0])
def test_both_ways_are_the_sum_of_the_definition(g, share):
    """Spikes one by one where few are there, windows and a matrix product where many are."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2, 7, 6, 4)) * (rng.random((2, 7, 6, 4)) < share)
    w = rng.normal(size=(*g.kernel, 4 // g.groups, 8))
    np.testing.assert_allclose(conv2d(x, w, g), by_loops(x, w, g), atol=1e-12)


@pytest.mark.parametrize("g", GEOMETRIES)
@pytest.mark.parametrize("below", [0.0, 1.1])
def test_derivatives_are_adjoints(g, below, monkeypatch):
    """<conv(x, w), y> = <x, input(y, w)> = <w, weights(x, y)>, by either way."""
    monkeypatch.setattr(convolution, "SPARSE_BELOW", below)
    rng = np.random.default_rng(1)
    x, w = rng.normal(size=(3, 7, 6, 4)), rng.normal(size=(*g.kernel, 4 // g.groups, 8))
    out = conv2d(x, w, g)
    y = rng.normal(size=out.shape)
    whole = np.sum(out * y)
    assert np.sum(x * conv2d_input(y, w, g, (7, 6))) == pytest.approx(whole)
    assert np.sum(w * conv2d_weights(x, y, g)) == pytest.approx(whole)


def test_portions_of_images_add_up(monkeypatch):
    rng = np.random.default_rng(2)
    x, w, g = rng.normal(size=(5, 6, 6, 3)), rng.normal(size=(3, 3, 3, 2)), Geometry(kernel=(3, 3), padding=(1, 1))
    whole = conv2d(x, w, g), conv2d_weights(x, np.ones((5, 6, 6, 2)), g)
    monkeypatch.setattr(convolution, "WINDOW_BYTES", 1)
    np.testing.assert_allclose(conv2d(x, w, g), whole[0])
    np.testing.assert_allclose(conv2d_weights(x, np.ones((5, 6, 6, 2)), g), whole[1])


@pytest.mark.parametrize(("size", "stride"), [((2, 2), (2, 2)), ((3, 2), (2, 1)), ((2, 3), (3, 3))])
def test_pooling_is_the_mean_or_largest_of_each_window(size, stride):
    x = np.random.default_rng(3).normal(size=(2, 7, 6, 3))
    mean, (largest, place) = average_pool(x, size, stride), max_pool(x, size, stride)
    for n, p, q, c in np.ndindex(*mean.shape):
        window = x[n, p * stride[0] : p * stride[0] + size[0], q * stride[1] : q * stride[1] + size[1], c]
        assert mean[n, p, q, c] == pytest.approx(window.mean())
        assert largest[n, p, q, c] == window.max()
    y = np.random.default_rng(4).normal(size=mean.shape)
    assert np.sum(x * average_pool_input(y, size, stride, (7, 6))) == pytest.approx(np.sum(mean * y))
    assert np.sum(x * max_pool_input(y, place, (7, 6))) == pytest.approx(np.sum(largest * y))


def test_attention_is_the_sum_of_its_definition():
    T, B, H, W, C, K = 4, 2, 3, 2, 5, 4
    rng = np.random.default_rng(5)
    layer = TcjaOp(name="t", before=(H, W, C), after=(H, W, C), steps=T, temporal_kernel=K, channel_kernel=3)
    p = {key: value.astype(np.float64) for key, value in layer.initial(rng).items()}
    x = rng.normal(size=(T, B, H, W, C))
    z = x.mean((2, 3))
    f, g = np.zeros((T, B, C)), np.zeros((T, B, C))
    for t, b, c in np.ndindex(T, B, C):
        f[t, b, c] = sum(p["temporal"][k, u, t] * z[u, b, c + k - 1] for k in range(K) for u in range(T) if 0 <= c + k - 1 < C)
        g[t, b, c] = sum(p["channel"][k, d, c] * z[t + k - 1, b, d] for k in range(3) for d in range(C) if 0 <= t + k - 1 < T)
    expected = x / (1 + np.exp(-f * g))[:, :, None, None, :]
    np.testing.assert_allclose(layer.forward(p, x, Pass(steps=T), None).y, expected)
