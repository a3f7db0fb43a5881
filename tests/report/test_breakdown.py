"""Where energy goes adds up to all of it."""

from dataclasses import replace

import pytest
from report.results import UJ, layer, network

from snnhw.model.result import LEAK, SPIKE_WRITES, PartEnergy
from snnhw.report.breakdown import by_component, by_tensor, main_component


def energies(shares):
    return {share.name: share.energy_pJ / UJ for share in shares}


def test_components_stand_from_the_outermost_level_inwards_with_leakage_in_their_energy():
    assert energies(by_component([layer()])) == {"DRAM": 11, "DRAM <==> pad": 2, "pad": 3, "pad <==> adder": 0, "adder": 4, "neuron": 5}
    assert list(energies(by_component([layer()]))) == ["DRAM", "DRAM <==> pad", "pad", "pad <==> adder", "adder", "neuron"]


def test_tensors_take_what_is_stored_and_moved_and_the_rest_is_named():
    assert energies(by_tensor([layer()])) == {"Weights": 6, "Inputs": 6, "Outputs": 3, "compute": 4, "outgoing spikes": 0,
                                              "neuron updates": 5, "leakage": 1}


@pytest.mark.parametrize("split", [by_component, by_tensor])
def test_a_split_adds_up_to_the_energy_of_the_network(split):
    result = network()
    assert sum(share.energy_pJ for share in split(result.layers)) == pytest.approx(result.energy_pJ)
    assert sum(share.share for share in split(result.layers)) == pytest.approx(1)


def test_components_of_several_layers_are_added_by_name():
    shares = by_component([layer("a"), layer("b", scale=0.1, parts=False)])
    assert energies(shares)["DRAM"] == pytest.approx(12.1)
    assert energies(shares)["neuron"] == pytest.approx(5)
    assert next(share.leakage_pJ for share in shares if share.name == "DRAM") == pytest.approx(1.1 * UJ)


def test_the_main_component_takes_most():
    assert main_component(layer()).name == "DRAM"
    assert main_component(layer()).share == pytest.approx(11 / 25)


def test_a_layer_that_takes_no_energy_has_no_main_component_and_no_shares():
    assert main_component(layer(scale=0.0)) is None
    assert {share.share for share in by_component([layer(scale=0.0)])} == {0.0}


def test_leakage_of_parts_counts_as_leakage_and_spikes_that_leave_by_themselves():
    parts = (PartEnergy(component="neuron", action="add", count=10, energy_pJ=2 * UJ),
             PartEnergy(component="neuron", action=LEAK, count=100, energy_pJ=3 * UJ),
             PartEnergy(component="DRAM, outgoing spikes", action=SPIKE_WRITES[0], count=5, energy_pJ=4 * UJ))
    one = replace(layer(), parts=parts)
    assert energies(by_tensor([one])) | {"Weights": 0, "Inputs": 0, "Outputs": 0, "compute": 0} == {
        "Weights": 0, "Inputs": 0, "Outputs": 0, "compute": 0, "outgoing spikes": 4, "neuron updates": 2, "leakage": 4}
    assert {share.name: share.leakage_pJ / UJ for share in by_component([one])}["neuron"] == 3
    assert sum(energies(by_tensor([one])).values()) == sum(energies(by_component([one])).values()) == one.energy_pJ / UJ
