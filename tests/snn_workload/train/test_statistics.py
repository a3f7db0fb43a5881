"""Densities: counted by hand."""

import numpy as np
import pytest

from snn_workload.densities import CHANNEL_EDGES
from snn_workload.train.statistics import NORMAL_95, Tally


def test_mean_max_steps_interval_and_channels_of_a_small_tensor():
    """Two examples, two steps, two channels at two positions: shares 1/4, 0 and 1, 1/2."""
    x = np.zeros((2, 2, 2, 2))  # (T, B, positions, C)
    x[0, 0, 0, 0] = 1
    x[0, 1] = 1
    x[1, 1, :, 1] = 0.5
    tally = Tally()
    tally.add(x, 2)
    found = tally.density()
    assert found.per_step == ((0.25 + 1) / 2, (0 + 0.5) / 2)
    assert found.mean == pytest.approx((0.125 + 0.75) / 2)
    assert found.max == 1
    half = NORMAL_95 * np.std([0.125, 0.75], ddof=1) / np.sqrt(2)
    assert found.interval == pytest.approx((max(0, found.mean - half), min(1, found.mean + half)), abs=1e-6)
    assert sum(found.channels) == 2
    assert found.channels[CHANNEL_EDGES.index(0.2)] == 1  # channel 0: 3 of 8
    assert found.channels[-1] == 1  # channel 1: 4 of 8, the lower edge of the last bin


def test_portions_add_up():
    rng = np.random.default_rng(0)
    x = (rng.random((3, 10, 4)) < 0.3).astype(float)
    whole, parts = Tally(), Tally()
    whole.add(x, 3)
    parts.add(x[:, :4], 3)
    parts.add(x[:, 4:], 3)
    assert whole.density() == parts.density()


def test_an_input_given_once_counts_in_every_step():
    tally = Tally()
    tally.add(np.ones((1, 2, 3)), 5)
    assert tally.density().per_step == (1.0,) * 5
