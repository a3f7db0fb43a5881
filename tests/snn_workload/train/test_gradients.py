"""Backpropagation through time: every derivative against finite differences of the network with smooth spikes."""

import numpy as np
import pytest
from training import STEPS, parameters, small_network

from snn_workload.train.loss import Loss
from snn_workload.train.neurons import Neuron
from snn_workload.train.operation import Pass

LABELS = np.array([0, 1, 2, 1])
PAIRS = [
    (
        Neuron(learn_leak=True, learn_threshold=True, u_reset=-0.1),
        Neuron(charge="decay", reset="soft", surrogate="fast_sigmoid", learn_leak=True),
    ),
    (
        Neuron(charge="if", surrogate="triangle", alpha=0.5),
        Neuron(charge="decay", beta=0.3, reset="soft", learn_leak=True, learn_threshold=True),
    ),
    (Neuron(state_bits=4), Neuron(state_bits=3, surrogate="triangle", alpha=0.8, beta=0.2)),
]


def derivatives(network, params, x, loss):
    y, tape = network.forward(params, x, Pass(steps=STEPS, train=True, smooth=True, key=(1, 2)))
    return network.backward(params, loss(y, LABELS)[1], tape)


def loss_at(network, params, x, loss):
    return loss(network.forward(params, x, Pass(steps=STEPS, train=True, smooth=True, key=(1, 2)))[0], LABELS)[0]


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("steps_given", [STEPS, 1])
@pytest.mark.parametrize("kind", ["cross_entropy", "mse"])
def test_every_derivative_is_that_of_the_smooth_network(pair, steps_given, kind):
    rng, loss = np.random.default_rng(3), Loss(kind=kind)
    network = small_network(*pair, largest=kind == "mse")
    params, x = parameters(network), rng.normal(size=(steps_given, 4, 6, 5, 2))
    found = derivatives(network, params, x, loss)
    assert set(found) == set(network.trained(params))
    for name in found:
        place = tuple(int(rng.integers(size)) for size in params[name].shape)
        moved = []
        for h in (1e-5, -1e-5):
            there = dict(params, **{name: params[name].copy()})
            there[name][place] += h
            moved.append(loss_at(network, there, x, loss))
        assert found[name][place] == pytest.approx((moved[0] - moved[1]) / 2e-5, rel=1e-4, abs=1e-9), name


@pytest.mark.parametrize("piece", [1, 2, 3])
@pytest.mark.parametrize("steps_given", [STEPS, 1])
def test_time_in_pieces_gives_the_same_derivatives(piece, steps_given):
    """Gradient checkpointing changes what is kept, not what comes out."""
    x = np.random.default_rng(4).normal(size=(steps_given, 4, 6, 5, 2))
    for pair in PAIRS:
        whole, cut = small_network(*pair), small_network(*pair, piece=piece)
        params = parameters(whole)
        one, other = derivatives(whole, params, x, Loss()), derivatives(cut, params, x, Loss())
        for name in one:
            np.testing.assert_allclose(other[name], one[name], rtol=1e-9, atol=1e-14, err_msg=name)


def test_training_runs_in_float32():
    network = small_network(*PAIRS[0])
    params = parameters(network, dtype=np.float32)
    found = derivatives(network, params, np.random.default_rng(5).normal(size=(STEPS, 4, 6, 5, 2)).astype(np.float32), Loss())
    assert {str(grad.dtype) for grad in found.values()} == {"float32"}


def test_the_gradient_through_the_reset_can_be_left_out():
    x = np.random.default_rng(6).normal(size=(STEPS, 4, 6, 5, 2))
    found = []
    for through in (True, False):
        network = small_network(Neuron(through_reset=through), Neuron())
        found.append(derivatives(network, parameters(network), x, Loss())["conv.weight"])
    assert not np.allclose(*found)
