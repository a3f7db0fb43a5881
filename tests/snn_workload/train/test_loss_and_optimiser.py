"""Losses, Adam and the learning rate, by hand."""

import math

import numpy as np
import pytest

from snn_workload.train.loss import Loss, answers
from snn_workload.train.optimiser import Adam, Rate

SPIKES = np.array([[[1.0, 0.0], [1.0, 1.0]], [[1.0, 0.0], [0.0, 1.0]]])  # rates 1, 0 and 1/2, 1
LABELS = np.array([0, 0])


def test_mse_of_the_rates():
    """(0 + 0 + 1/4 + 1) / 4."""
    assert Loss(kind="mse")(SPIKES, LABELS)[0] == 0.3125


def test_cross_entropy_of_the_rates():
    expected = (math.log(1 + math.exp(-2)) + math.log(1 + math.exp(1))) / 2
    assert Loss(scale=2.0)(SPIKES, LABELS)[0] == pytest.approx(expected)


@pytest.mark.parametrize("loss", [Loss(), Loss(kind="mse", right=0.8, wrong=0.1)])
def test_derivatives_are_those_of_the_loss(loss):
    grad = loss(SPIKES, LABELS)[1]
    for place in np.ndindex(*SPIKES.shape):
        moved = []
        for h in (1e-6, -1e-6):
            there = SPIKES.copy()
            there[place] += h
            moved.append(loss(there, LABELS)[0])
        assert grad[place] == pytest.approx((moved[0] - moved[1]) / 2e-6, abs=1e-8)


def test_the_answer_is_the_class_with_the_most_spikes():
    assert answers(SPIKES).tolist() == [0, 1]


def test_adam_takes_two_steps_as_in_the_paper():
    adam, params, g = Adam(), {"w": np.float32([1.0, -2.0])}, np.float32([0.5, -4.0])
    moments = adam.start(params)
    adam.step(params, {"w": g}, moments, 1, 0.1, frozenset())
    np.testing.assert_allclose(params["w"], [0.9, -1.9], rtol=1e-6)  # the first step is the rate, whatever the gradient
    adam.step(params, {"w": np.float32([-0.5, -4.0])}, moments, 2, 0.1, frozenset())
    first = (0.9 * 0.05 - 0.1 * 0.5) / (1 - 0.81)
    second = (0.999 * 0.00025 + 0.00025) / (1 - 0.999**2)
    np.testing.assert_allclose(params["w"], [0.9 - 0.1 * first / math.sqrt(second), -1.8], rtol=1e-5)


def test_weight_decay_pulls_weights_alone():
    adam, params = Adam(weight_decay=0.5), {"w": np.float32([2.0]), "b": np.float32([2.0])}
    zero = {name: np.float32([0.0]) for name in params}
    adam.step(params, zero, adam.start(params), 1, 0.1, frozenset(["w"]))
    assert params["w"][0] == np.float32(1.9)
    assert params["b"][0] == 2.0


def test_the_rate_warms_up_and_decays_along_a_cosine():
    rate = Rate(peak=1.0, warm_up=0.2, last=0.1)
    assert [rate.at(i, 10) for i in (0, 1, 2)] == [0.5, 1.0, 1.0]
    assert rate.at(6, 10) == pytest.approx(0.1 + 0.9 * 0.5)
    assert rate.at(10, 10) == pytest.approx(0.1)
