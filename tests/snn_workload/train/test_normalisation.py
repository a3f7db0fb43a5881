"""Batch normalisation, and folding it away."""

import numpy as np
from training import parameters, small_network

from snn_workload.train.inference import fold
from snn_workload.train.normalisation import BatchNormOp
from snn_workload.train.operation import Pass


def test_a_batch_gets_mean_0_and_variance_1_and_moves_the_running_figures():
    layer = BatchNormOp(name="n", before=(3,), after=(3,), momentum=0.25)
    p = {key: value.astype(np.float64) for key, value in layer.initial(np.random.default_rng(0)).items()}
    x = np.random.default_rng(1).normal(4.0, 3.0, (5, 8, 3))
    run = Pass(steps=5, train=True)
    y = layer.forward(p, x, run, None).y
    np.testing.assert_allclose(y.mean((0, 1)), 0, atol=1e-12)
    np.testing.assert_allclose(y.var((0, 1)), 1, atol=1e-4)
    np.testing.assert_allclose(run.updates["n.mean"], 0.25 * x.mean((0, 1)), rtol=1e-6)
    np.testing.assert_allclose(run.updates["n.variance"], 0.75 + 0.25 * x.var((0, 1)), rtol=1e-6)


def test_a_folded_network_answers_as_the_one_before():
    """Layer for layer, up to rounding; and zeros of the weights stay zeros."""
    network = small_network(attention=False)
    params = parameters(network)
    rng = np.random.default_rng(2)
    params |= {"norm.mean": rng.normal(size=4), "norm.variance": rng.random(4) + 0.5, "norm.gamma": rng.normal(size=4)}
    params["conv.weight"][rng.random(params["conv.weight"].shape) < 0.5] = 0
    x = rng.normal(size=(5, 4, 6, 5, 2))
    folded, fewer = fold(network, params)
    assert "norm.gamma" not in fewer
    assert [layer.name for layer in folded.layers] == ["conv", "n1", "pool", "flat", "fc", "n2"]
    assert ((fewer["conv.weight"] == 0) == (params["conv.weight"] == 0)).all()
    run = Pass(steps=5, smooth=True)
    np.testing.assert_allclose(folded.forward(fewer, x, run)[0], network.forward(params, x, run)[0], rtol=1e-9)
