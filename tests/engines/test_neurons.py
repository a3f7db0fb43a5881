"""Neurons as one unit or as its parts, encoders, and parts that nothing is counted for."""

from __future__ import annotations

import pytest

from snn_workload import NeuronWork
from snnhw.energy import estimate
from snnhw.engines.neurons import neuron_notes, part_energies
from snnhw.spec.architecture import Architecture, Component, Compute, StorageLevel
from snnhw.spec.component_classes import PART_CLASSES

WORK = NeuronWork(neurons=10, time_steps=4, spikes=6.0)
PARTS = {"accumulator": ("add", 40), "leak_unit": ("leak_shift", 40), "threshold_compare": ("compare", 40), "reset_unit": ("reset", 6)}


def chip(*classes: str) -> Architecture:
    attributes = {"datawidth": 16, "format": "RLE", "metadata_bits": 4}
    parts = tuple(Component(name=name, class_name=name, role=PART_CLASSES[name], attributes=attributes) for name in classes)
    dram = StorageLevel(name="DRAM", class_name="DRAM", width_bits=64, is_dram=True)
    return Architecture(name="chip", storage=(dram,), compute=Compute(name="adder", class_name="accumulate_compute"), parts=parts)


def counted(architecture: Architecture) -> dict[tuple[str, str], float]:
    reference = estimate(architecture, None, ("builtin",))
    return {(one.component, one.action): one.count for one in part_energies(architecture, reference, WORK, 100) if one.action != "leak"}


def test_the_parts_of_a_neuron_are_counted_as_the_unit_is():
    assert counted(chip(*PARTS)) == {(name, action): count for name, (action, count) in PARTS.items()}
    assert counted(chip("neuron_unit")) == {("neuron_unit", action): count for action, count in PARTS.values()}


def test_each_neuron_passes_the_encoder_in_each_step_and_is_written_where_it_spikes():
    assert counted(chip("spike_encoder")) == {("spike_encoder", "scan"): 40, ("spike_encoder", "encode"): 6}


@pytest.mark.parametrize(("classes", "notes"), [
    (("neuron_unit",), []), (tuple(PARTS), []),
    ((), ["chip has no neuron unit, so neuron updates cost nothing here"]),
    (("accumulator", "threshold_compare", "reset_unit"), ["chip has no part with the role leak, so leaks of neurons cost nothing here"]),
    (("neuron_unit", "spike_decoder"),
     ["spike_decoder (spike_decoder) holds no loop, so only its leakage and area count, not its actions"])])
def test_what_is_not_counted_is_said(classes, notes):
    assert list(neuron_notes(chip(*classes), WORK)) == notes
