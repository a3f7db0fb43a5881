"""The accelerators that come with snnhw: each loads with all its variables, and everything in it has a cost."""

from __future__ import annotations

from itertools import product

import pytest

from snnhw.energy import estimate, wire_energy_pJ_per_bit_mm
from snnhw.energy.actions import COMPUTE_ACTIONS, NEURON_ACTIONS, STORAGE_ACTIONS
from snnhw.errors import SpecError
from snnhw.spec.load import load_architecture

PRESETS = ("eyeriss_snn", "eyeriss_ann", "tiny_snn")
FORMATS = ("none", "UB", "B", "CP", "RLE", "UOP")
SAFS = ("none", "gating", "skipping")


@pytest.mark.parametrize("preset", PRESETS)
def test_every_component_of_a_preset_answers_every_action(preset):
    architecture = load_architecture(preset)
    costs = estimate(architecture).components
    for level in architecture.storage:
        assert set(costs[level.name].actions) == {*STORAGE_ACTIONS, "leak"}
    assert set(costs[architecture.compute.name].actions) == {*COMPUTE_ACTIONS, "leak"}
    for part in architecture.parts:
        wanted = {"neuron": {*NEURON_ACTIONS, "leak"}, "threshold": {"read", "write", "update", "leak"}}[part.role]
        assert set(costs[part.name].actions) == wanted
    for cost in costs.values():
        for action in cost.actions.values():
            assert action.source
            assert action.uncertainty is not None


@pytest.mark.parametrize("preset", ["eyeriss_snn", "tiny_snn"])
@pytest.mark.parametrize(("weight_bits", "state_bits", "input_bits"), [*product((1, 2, 3, 5, 6, 8, 16), (16, 20, 32), (1, 8))])
def test_rows_hold_whole_words_whatever_the_widths(preset, weight_bits, state_bits, input_bits):
    architecture = load_architecture(preset, {"weight_bits": weight_bits, "state_bits": state_bits, "input_bits": input_bits})
    dram, buffer = architecture.storage[0], architecture.storage[1]
    assert dict(dram.tensor_word_bits) == {"Weights": weight_bits, "Inputs": input_bits, "Outputs": state_bits}
    assert all(dram.width_bits % bits == 0 for bits in dram.tensor_word_bits.values())
    assert all(buffer.width_bits % bits == 0 for bits in buffer.tensor_word_bits.values())
    assert architecture.level("weight_spad").word_bits == weight_bits


def test_the_dram_of_the_flagship_has_rows_of_64_bits_where_they_hold_whole_words():
    widths = {bits: load_architecture("eyeriss_snn", {"weight_bits": bits}).storage[0].width_bits for bits in (1, 2, 3, 4, 6, 8, 16)}
    assert widths == {1: 64, 2: 64, 3: 192, 4: 64, 6: 192, 8: 64, 16: 64}


def test_dram_costs_the_same_per_bit_whatever_its_rows():
    costs = [(a.storage[0].width_bits, estimate(a).components["DRAM"].actions["read"].energy_pJ)
             for a in (load_architecture("eyeriss_snn", {"weight_bits": bits}) for bits in (8, 3))]
    assert [energy / width for width, energy in costs] == [8, 8]


@pytest.mark.parametrize("state_bits", [12, 16, 20, 24, 32])
def test_the_shared_buffer_keeps_its_100_KB_whatever_the_state(state_bits):
    buffer = load_architecture("eyeriss_snn", {"state_bits": state_bits}).level("shared_buffer")
    assert buffer.capacity_bits == pytest.approx(12800 * 64, rel=0.001)


@pytest.mark.parametrize(("weights", "spikes", "saf"), [*product(FORMATS, FORMATS, SAFS)])
def test_the_flagship_loads_and_has_costs_with_every_format_and_saf(weights, spikes, saf):
    architecture = load_architecture("eyeriss_snn", {"weight_format": weights, "spike_format": spikes, "saf": saf, "weight_bits": 2})
    ranks = {(f.level, f.tensor): [rank.format for rank in f.ranks] for f in architecture.sparse.formats}
    expected = {}
    if weights != "none":
        expected |= {("DRAM", "Weights"): [weights] * 2, ("weight_spad", "Weights"): [weights]}
    if spikes != "none":
        expected |= {("DRAM", "Inputs"): [spikes] * 3, ("shared_buffer", "Inputs"): [spikes] * 2, ("spike_spad", "Inputs"): [spikes]}
    assert ranks == expected
    assert architecture.sparse.compute == (frozenset() if saf == "none" else {saf})
    assert {action.kind for action in architecture.sparse.actions} == (set() if saf == "none" else {saf})
    assert estimate(architecture).components["shared_buffer"].actions["metadata_read"].energy_pJ > 0


@pytest.mark.parametrize(("formats", "saf"), [*product(("none", "RLE"), SAFS)])
def test_the_ann_version_loads_and_has_costs_with_formats_and_safs(formats, saf):
    architecture = load_architecture("eyeriss_ann", {"weight_format": formats, "input_format": formats, "saf": saf})
    assert len(architecture.sparse.formats) == (0 if formats == "none" else 5)
    assert estimate(architecture).components["mac"].actions["compute"].energy_pJ > 0


def test_skipping_weights_waits_for_spikes_and_skipping_state_for_both():
    architecture = load_architecture("eyeriss_snn", {"weight_format": "RLE", "spike_format": "RLE", "saf": "skipping"})
    assert [(a.level, a.target, a.condition_on) for a in architecture.sparse.actions] == [
        ("weight_spad", "Weights", ("Inputs",)), ("state_spad", "Outputs", ("Inputs", "Weights"))]


def test_a_zero_weight_that_no_format_announces_cannot_be_skipped():
    architecture = load_architecture("eyeriss_snn", {"weight_format": "none", "saf": "skipping"})
    assert [a.condition_on for a in architecture.sparse.actions] == [("Inputs",), ("Inputs",)]


def test_the_flagship_has_the_sizes_of_eyeriss():
    architecture = load_architecture("eyeriss_snn")
    assert [(level.name, level.depth_words, level.mesh.x, level.mesh.y) for level in architecture.storage] == [
        ("DRAM", None, 1, 1), ("shared_buffer", 12800, 1, 1),
        ("spike_spad", 12, 14, 12), ("weight_spad", 224, 14, 12), ("state_spad", 24, 14, 12)]
    assert architecture.compute.mesh.instances == 168
    assert {part.role: part.mesh.instances for part in architecture.parts} == {"neuron": 168, "threshold": 168}


def test_the_array_and_the_buffer_follow_their_variables():
    architecture = load_architecture("eyeriss_snn", {"pe_columns": 16, "pe_rows": 8, "buffer_depth": 6400})
    assert (architecture.compute.mesh.x, architecture.compute.mesh.y) == (16, 8)
    assert architecture.level("shared_buffer").capacity_bits == 6400 * 64


def test_the_flagship_has_no_multiplier_unless_its_inputs_have_several_bits():
    classes = {bits: load_architecture("eyeriss_snn", {"input_bits": bits}).compute.class_name for bits in (1, 8)}
    assert classes == {1: "accumulate_compute", 8: "intmac"}


def test_an_accumulation_costs_less_than_a_multiply_accumulate_on_the_same_array():
    add = estimate(load_architecture("eyeriss_snn")).components["snn_adder"].actions["compute"].energy_pJ
    mac = estimate(load_architecture("eyeriss_ann")).components["mac"].actions["compute"].energy_pJ
    assert 3 < mac / add < 8


def test_both_flagships_have_the_same_memories_but_for_the_input_pad():
    snn, ann = (estimate(load_architecture(name, values)).components
                for name, values in (("eyeriss_snn", {"spike_format": "none", "saf": "none"}), ("eyeriss_ann", None)))
    for ours, theirs in (("DRAM", "DRAM"), ("shared_buffer", "shared_buffer"), ("weight_spad", "weight_spad"), ("state_spad", "psum_spad")):
        assert snn[ours].actions == ann[theirs].actions
    assert snn["spike_spad"].actions["read"].energy_pJ < ann["input_spad"].actions["read"].energy_pJ


@pytest.mark.parametrize("preset", PRESETS)
def test_wires_cost_what_the_table_says(preset):
    network = load_architecture(preset).level("shared_buffer").network
    assert network.wire_energy_pJ_per_bit_mm == pytest.approx(wire_energy_pJ_per_bit_mm(28))


@pytest.mark.parametrize("preset", ["eyeriss_snn", "eyeriss_ann"])
def test_pes_stand_as_far_apart_as_twice_their_area_asks(preset):
    architecture = load_architecture(preset)
    costs = estimate(architecture).components
    names = [*(level.name for level in architecture.storage[2:]), architecture.compute.name, *(part.name for part in architecture.parts)]
    side_um = (2 * sum(costs[name].area_um2 or 0 for name in names)) ** 0.5
    assert architecture.level("shared_buffer").network.tile_width_um == pytest.approx(side_um, rel=0.02)


@pytest.mark.parametrize("technology", ["7nm", "16nm", "28nm", "45nm", "65nm"])
def test_the_flagship_can_be_moved_to_another_node(technology):
    moved = estimate(load_architecture("eyeriss_snn", {"technology": technology})).components
    ours = estimate(load_architecture("eyeriss_snn")).components
    nanometres = float(technology.removesuffix("nm"))
    for name in ("shared_buffer", "weight_spad", "state_spad", "snn_adder"):
        new, old = (max(action.energy_pJ for action in costs[name].actions.values()) for costs in (moved, ours))
        assert (new < old) == (nanometres < 28)
        assert (new > old) == (nanometres > 28)
    assert moved["DRAM"].actions["read"] == ours["DRAM"].actions["read"]


def test_a_variable_that_does_not_exist_is_refused():
    with pytest.raises(SpecError, match="weight_bit"):
        load_architecture("eyeriss_snn", {"weight_bit": 2})
