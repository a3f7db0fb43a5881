"""Quantised weights: levels, derivatives, rounding afterwards."""

import numpy as np
import pytest

from snn_workload.train.quantise import Quantiser, highest, quantise_after

W = np.array([-2.0, -0.7, -0.2, 0.0, 0.1, 0.4, 0.6, 3.0])


def test_two_bits_are_ternary():
    assert Quantiser(bits=2).forward(W, np.array([0.5])).tolist() == [-0.5, -0.5, 0, 0, 0, 0.5, 0.5, 0.5]


@pytest.mark.parametrize("bits", range(2, 9))
def test_weights_are_whole_multiples_of_the_scale_within_range(bits):
    rng = np.random.default_rng(bits)
    levels = Quantiser(bits=bits).forward(rng.normal(size=500), np.array([0.25])) / 0.25
    assert (levels == np.rint(levels)).all()
    assert np.abs(levels).max() <= highest(bits) == 2 ** (bits - 1) - 1
    assert len(np.unique(levels)) > 2


def test_the_gradient_goes_straight_through_inside_and_stops_outside():
    of_weight, _ = Quantiser(bits=2).backward(np.ones_like(W), W, np.array([1.0]))
    assert of_weight.tolist() == [0, 1, 1, 1, 1, 1, 1, 0]


def test_elementwise_scaling_weighs_the_gradient_by_the_rounding_error():
    """w / s - k is 0.3, -0.2, 0, 0.1, 0.4, -0.4 inside; the sign of the gradient decides which way that counts."""
    one = Quantiser(bits=2, gradient="elementwise", delta=0.5)
    up, _ = one.backward(np.ones_like(W), W, np.array([1.0]))
    down, _ = one.backward(-np.ones_like(W), W, np.array([1.0]))
    np.testing.assert_allclose(up, [0, 1.15, 0.9, 1, 1.05, 1.2, 0.8, 0])
    np.testing.assert_allclose(down, [0, -0.85, -1.1, -1, -0.95, -0.8, -1.2, 0])


def test_the_scale_has_the_derivative_of_the_learnt_step():
    """Outside it is that of q = s n; inside k - w / s, that of s round(w / s) with the rounding error held still."""
    grad = np.arange(8.0)
    along = np.array([-1, -0.3, 0.2, 0, -0.1, -0.4, 0.4, 1])
    _, of_scale = Quantiser(bits=2).backward(grad, W, np.array([1.0]))
    assert of_scale[0] == pytest.approx((grad * along).sum() / np.sqrt(8))


def test_a_negative_scale_counts_as_its_size():
    one = Quantiser(bits=3)
    assert (one.forward(W, np.array([-0.5])) == one.forward(W, np.array([0.5]))).all()


def test_roundings_afterwards():
    """4 bits and a largest weight of 7: the scale is 1."""
    w = np.array([7.0, 1.5, 2.5, -1.9, 0.4])
    assert quantise_after(w, 4, "truncate").tolist() == [7, 1, 2, -1, 0]
    assert quantise_after(w, 4, "nearest").tolist() == [7, 2, 2, -2, 0]


def test_stochastic_rounding_is_right_on_average():
    w = np.concatenate([[7.0], np.full(20000, 2.3)])
    found = quantise_after(w, 4, "stochastic", np.random.default_rng(0))
    assert set(found.tolist()) == {7.0, 2.0, 3.0}
    assert found[1:].mean() == pytest.approx(2.3, abs=0.02)


def test_weights_of_zero_stay_zero():
    assert not quantise_after(np.zeros(4), 3, "nearest").any()
    assert quantise_after(np.float32([1, 0]), 2, "stochastic", np.random.default_rng(1)).tolist() == [1, 0]
