"""Neurons: traces by hand, and kernels against the pure step."""

import numpy as np
import pytest

from snn_workload.train.neurons import Neuron, neuron_step, start
from snn_workload.train.operation import Pass
from snn_workload.train.spiking import NeuronOp

X = [0.5, 0.5, 1.0, 0.25, 2.0, 0.0, 0.0, 1.5, 1.5]


def trace(neuron, drive):
    """Potentials after the reset and spikes, of one neuron."""
    state, potentials, spikes = start((1,), np.float64, neuron.u_reset), [], []
    for x in drive:
        state, s = neuron_step(neuron, state, np.array([x]))
        potentials.append(float(state.u[0]))
        spikes.append(int(s[0]))
    return potentials, spikes


def test_a_trace_of_a_lif_neuron_with_hard_reset():
    """tau = 2: u' = u / 2 + x / 2. The fifth step reaches 0.5 * 0.46875 + 1 = 1.234, the last 0.5 * 0.75 + 0.75 = 1.125."""
    potentials, spikes = trace(Neuron(tau=2.0), X)
    assert spikes == [0, 0, 0, 0, 1, 0, 0, 0, 1]
    assert potentials == [0.25, 0.375, 0.6875, 0.46875, 0.0, 0.0, 0.0, 0.75, 0.0]


def test_a_trace_of_a_lif_neuron_that_rests_below_zero():
    """u_reset = -1, tau = 4: u' = u + (x - (u + 1)) / 4, from -1."""
    potentials, spikes = trace(Neuron(tau=4.0, u_reset=-1.0), [4.0, 4.0, 4.0, 0.0])
    assert potentials == [0.0, 0.75, -1.0, -1.0]
    assert spikes == [0, 0, 1, 0]


def test_a_trace_with_plain_decay_and_soft_reset():
    """decay = 1/2: u' = u / 2 + x; a spike takes the threshold off."""
    potentials, spikes = trace(Neuron(charge="decay", decay=0.5, reset="soft"), X)
    assert spikes == [0, 0, 1, 0, 1, 0, 0, 1, 1]
    assert potentials == [0.5, 0.75, 0.375, 0.4375, 1.21875, 0.609375, 0.3046875, 0.65234375, 0.826171875]


def test_an_integrate_and_fire_neuron_forgets_nothing():
    potentials, spikes = trace(Neuron(charge="if", reset="soft"), [0.25, 0.25, 0.25, 0.25, 0.0])
    assert potentials == [0.25, 0.5, 0.75, 0.0, 0.0]
    assert spikes == [0, 0, 0, 1, 0]


def test_a_neuron_spikes_at_its_threshold():
    assert trace(Neuron(charge="if"), [1.0])[1] == [1]


def test_an_adaptive_threshold_rises_with_each_spike_and_is_forgotten():
    """beta = rho = 1/2: thresholds 1, then 1.5, 1.75, 1.875 where it spikes each time."""
    assert trace(Neuron(charge="if", beta=0.5, rho=0.5), [1.0, 1.5, 1.75, 1.874, 0.0])[1] == [1, 1, 1, 0, 1]


def test_a_quantised_potential_lies_on_its_grid():
    """3 bits, range 2: steps of 2 / 4 = 0.5 from -2 to 1.5, halves up."""
    potentials, spikes = trace(Neuron(charge="if", threshold=1.0, state_bits=3), [0.3, 0.2, 0.25, -9.0, 0.0])
    assert potentials == [0.5, 0.5, 0.0, -2.0, -2.0]
    assert spikes == [0, 0, 1, 0, 0]


KINDS = [
    Neuron(),
    Neuron(charge="decay", reset="soft", surrogate="fast_sigmoid"),
    Neuron(charge="if", surrogate="triangle", alpha=0.7),
    Neuron(u_reset=-0.3, threshold=0.6),
    Neuron(beta=0.3, rho=0.8, charge="decay"),
    Neuron(state_bits=4, reset="soft"),
    Neuron(state_bits=3, beta=0.2, surrogate="triangle"),
]


@pytest.mark.parametrize("neuron", KINDS)
@pytest.mark.parametrize("smooth", [False, True])
def test_the_kernels_do_what_the_step_does(neuron, smooth):
    x = np.random.default_rng(0).normal(0.6, 1.0, (7, 3, 5))
    layer = NeuronOp(name="n", before=(5,), after=(5,), neuron=neuron)
    state = layer.start(3, np.float64)
    done = layer.forward({}, x, Pass(steps=7, smooth=smooth), state)
    for t in range(7):
        state, spikes = neuron_step(neuron, state, x[t], smooth=smooth)
        np.testing.assert_allclose(done.y[t], spikes, atol=1e-12)
    np.testing.assert_allclose(done.state.u, state.u, atol=1e-12)
    if neuron.beta:
        np.testing.assert_allclose(done.state.w, state.w, atol=1e-12)
    assert smooth or 0 < done.y.mean() < 1


def test_a_step_changes_nothing_in_place():
    state, x = start((4,), np.float32), np.ones(4, np.float32)
    neuron_step(Neuron(), state, x)
    assert not state.u.any()
    assert (x == 1).all()


def test_a_constant_input_may_be_given_once():
    x = np.random.default_rng(1).normal(0.5, 1.0, (1, 2, 5)).astype(np.float32)
    layer = NeuronOp(name="n", before=(5,), after=(5,))
    once = layer.forward({}, x, Pass(steps=4), layer.start(2, np.float32)).y
    each = layer.forward({}, np.repeat(x, 4, 0), Pass(steps=4), layer.start(2, np.float32)).y
    assert (once == each).all()


def test_learnt_parameters_start_at_the_given_values():
    neuron = Neuron(tau=4.0, threshold=0.7, learn_leak=True, learn_threshold=True)
    np.testing.assert_allclose(neuron.constants(neuron.initial()), neuron.constants())
