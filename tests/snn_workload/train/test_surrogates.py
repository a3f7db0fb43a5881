"""Surrogates: each derivative is that of its smooth step."""

import numpy as np
import pytest

from snn_workload.train.surrogates import KINDS, slope, smooth_step

POINTS = np.array([-3.0, -1.1, -0.4, -0.01, 0.0, 0.02, 0.3, 0.7, 2.5])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("alpha", [0.5, 1.0, 4.0])
def test_the_derivative_is_that_of_the_smooth_step(kind, alpha):
    h = 1e-6
    numeric = (smooth_step(kind, POINTS + h, alpha) - smooth_step(kind, POINTS - h, alpha)) / (2 * h)
    np.testing.assert_allclose(slope(kind, POINTS, alpha), numeric, atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_the_step_rises_from_0_to_1_through_a_half(kind):
    far = smooth_step(kind, np.array([-1e9, 0.0, 1e9]), 2.0)
    np.testing.assert_allclose(far, [0, 0.5, 1], atol=1e-6)


def test_the_derivatives_at_the_threshold_are_those_of_the_docstring():
    assert [float(slope(kind, 0.0, 2.0)) for kind in KINDS] == [1.0, 1.0, 2.0]


@pytest.mark.parametrize("kind", KINDS)
def test_float32_stays_float32(kind):
    assert slope(kind, np.float32([0.5]), 2.0).dtype == np.float32
