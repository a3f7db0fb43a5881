"""STDP and the choice among models."""

import numpy as np
import pytest

from snn_workload.data.dataset import generator
from snn_workload.train import stdp
from snn_workload.train.checkpoint import latest, read_checkpoint
from snn_workload.train.form import StdpForm
from snn_workload.train.neurons import NeuronState
from snn_workload.train.select import Model, choose, weight_memory
from snn_workload.train.train import train

FORM = StdpForm(neurons=3, window=2, potentiation=0.5, spikes=1, depression=0.25, threshold=1.0, gain=1.5, decay=0.5, beta=0.5, rho=1.0)
SMALL = {"data.limit": 150, "stdp.neurons": 30, "stdp.epochs": 2}


def test_only_the_strongest_spikes_and_inhibits_the_others():
    weight = np.array([[1.2, 1.5, 0.3]])
    state, spikes = stdp.step(FORM, stdp.neuron_of(FORM, adapting=True), stdp.Learnt(weight, np.zeros(3)),
                              NeuronState(np.zeros((1, 3)), np.zeros((1, 3))), np.array([[1.0]]))  # fmt: skip
    assert spikes.tolist() == [[0, 1, 0]]
    assert state.w.tolist() == [[0, 1, 0]]
    np.testing.assert_allclose(state.u, [[-4.0, 0, -3.7]])


def test_an_update_potentiates_by_the_spikes_of_the_window_and_scales_to_the_gain():
    """k = 2: the first goes all the way up, the second halfway; the third is silent and loses a quarter."""
    column = np.array([0.2, 0.4, 0.4])
    found = stdp.updated(FORM, column, np.array([1.0, 0.5, 0.0]), 2.0)
    np.testing.assert_allclose(found, np.minimum(np.array([1.0, 0.7, 0.3]) * 1.5 / 2.0, 1))


def test_a_window_without_spikes_changes_no_weight():
    learnt = stdp.first(FORM, 4, generator((0,)))
    after = stdp.learn_example(FORM, learnt, np.zeros((4, 4)), generator((1,)))
    assert (after.weight == learnt.weight).all()


@pytest.mark.parametrize("when", ["training", "after"])
def test_quantised_weights_have_few_levels(when):
    trained = train("digits_stdp", settings={**SMALL, "stdp.bits": 3, "stdp.when": when})
    levels = trained.params["excitatory.weight"] * 7
    np.testing.assert_allclose(levels, np.rint(levels), atol=1e-5)
    assert trained.run.layers[0].bits.weights == 3


def test_decay_is_on_its_grid_where_neuron_parameters_are_quantised():
    assert stdp.decay_of(StdpForm(decay=0.9, bits=3)) == pytest.approx(6 / 7)
    assert stdp.decay_of(StdpForm(decay=0.9)) == 0.9


def test_stdp_learns_far_more_than_chance_and_can_be_resumed(tmp_path):
    trained = train("digits_stdp", tmp_path / "a", settings=SMALL)
    assert trained.run.accuracy > 0.4
    train("digits_stdp", tmp_path / "b", settings=SMALL)
    (tmp_path / "b/checkpoints/epoch-0002.npz").unlink()
    train("digits_stdp", tmp_path / "b", settings=SMALL, resume=True)
    one, other = (read_checkpoint(latest(tmp_path / name)).params for name in "ab")
    assert one["weight"].tobytes() == other["weight"].tobytes()


def models():
    return [Model(source="big", name="big", accuracy=0.98, memory_bits=320, fp32_bits=320, energy_pJ=9.0),
            Model(source="small", name="small", accuracy=0.90, memory_bits=20, fp32_bits=320, energy_pJ=5.0),
            Model(source="tiny", name="tiny", accuracy=0.80, memory_bits=10, fp32_bits=320)]  # fmt: skip


def test_the_reward_trades_accuracy_for_memory():
    found = choose(models(), [0, 0.05, 0.5, 5])
    assert [one.model.name for one in found] == ["big", "big", "small", "tiny"]
    assert found[2].reward == pytest.approx(0.90 - 0.5 / 16)


def test_limits_leave_models_out():
    assert choose(models(), [0], memory_bits=100)[0].model.name == "small"
    assert choose(models(), [0], energy_pJ=8)[0].model.name == "small"
    assert choose(models(), [9], energy_pJ=8)[0].model.name == "small"  # tiny's energy is unknown
    assert choose(models(), [0], memory_bits=5)[0].model is None


def test_memory_counts_every_weight_at_its_bits():
    run = train("digits_stdp", settings={**SMALL, "stdp.epochs": 1}).run
    assert weight_memory(run) == (64 * 30 * 8, 64 * 30 * 32)
