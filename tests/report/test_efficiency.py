"""Power and energy per operation, by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from report.results import layer, network

from snnhw.model.result import PartEnergy
from snnhw.report.efficiency import efficiency, synaptic_operations


def test_power_is_energy_over_latency():
    """27 uJ in 150 cycles of 5 ns."""
    assert efficiency(network()).power_mW == pytest.approx(27e-6 / (150 * 5e-9) * 1e3)


def test_leakage_counts_levels_and_parts():
    made = replace(network(), layers=(replace(layer(), parts=(PartEnergy(component="n", action="leak", count=1, energy_pJ=2e6),)),))
    assert efficiency(made).leakage_mW == pytest.approx(3e-6 / (100 * 5e-9) * 1e3)


def test_a_synaptic_operation_is_a_spike_that_meets_a_weight():
    """2 steps, 3 inputs, 5 outputs, a quarter of the inputs and half of the weights not 0; the outputs' density does not matter."""
    assert synaptic_operations(layer()) == 2 * 3 * 5 * 0.25 * 0.5


def test_energies_per_operation_are_of_the_whole_network():
    made = efficiency(network())
    assert made.synaptic_operations == 2 * 3.75
    assert made.pJ_per_SOP == pytest.approx(27e6 / 7.5)
    assert made.SOP_per_J == pytest.approx(7.5 / 27e-6)
    assert made.pJ_per_compute == pytest.approx(27e6 / 60)
    assert made.tops_per_W == pytest.approx(2 * 60 / 27e-6 / 1e12)


def test_a_network_without_layers_has_no_figures():
    made = efficiency(replace(network(), layers=()))
    assert (made.power_mW, made.pJ_per_SOP, made.tops_per_W) == (0, 0, 0)
