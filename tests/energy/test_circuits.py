"""Parts made of logic, the spiking ones among them."""

from __future__ import annotations

from math import log2

import pytest

from snnhw.energy import estimate
from snnhw.energy.kinds import KINDS, MEMORIES, kind_of
from snnhw.energy.logic import energy_pJ
from snnhw.energy.technology import operating_point
from snnhw.energy.wires import wire_energy_pJ_per_bit_mm
from snnhw.errors import SpecError
from snnhw.spec.architecture import Architecture, Component, Compute, StorageLevel
from snnhw.spec.component_classes import class_kind

AT = operating_point(28)
DRAM = StorageLevel(name="DRAM", class_name="DRAM", width_bits=64, is_dram=True)
ADDER = Compute(name="adder", class_name="accumulate_compute", word_bits=16)
ANY = {"datawidth": 8, "format": "RLE", "metadata_bits": 4, "n_inputs": 4, "length_um": 100}


def cost_of(class_name: str, **attributes):
    part = Component(name="part", class_name=class_name, attributes=attributes)
    return estimate(Architecture(name="chip", storage=(DRAM,), compute=ADDER, parts=(part,))).components["part"]


def pJ(class_name: str, action: str, **attributes) -> float:
    return cost_of(class_name, **attributes).actions[action].energy_pJ


def logic(*uses) -> float:
    return sum(times * energy_pJ(name, bits, AT).value for name, bits, times in uses)


@pytest.mark.parametrize("class_name", sorted(name for kind, names in KINDS.items() if kind not in MEMORIES for name in names))
def test_every_class_has_energies_with_source_and_uncertainty_and_leaks(class_name):
    made = cost_of(class_name, **ANY)
    working = {name: one for name, one in made.actions.items() if name != "leak" and not name.endswith("_skipped")}
    assert working
    assert all(one.energy_pJ > 0 and one.source and one.uncertainty > 0 for one in working.values())
    assert "leak" in made.actions


@pytest.mark.parametrize("class_name", ["accumulator", "leak_unit", "threshold_compare", "reset_unit", "spike_encoder", "spike_decoder",
                                        "intersection", "wire", "router", "adder_tree", "neuron_unit"])
def test_an_architecture_takes_the_class_for_a_part(class_name):
    assert class_kind(class_name) == "part"
    assert kind_of(class_name, None) is not None


def test_the_parts_of_a_neuron_cost_what_the_unit_does():
    unit = cost_of("neuron_unit", datawidth=16).actions
    assert pJ("leak_unit", "leak_shift", datawidth=16) == pytest.approx(unit["leak_shift"].energy_pJ)
    assert pJ("threshold_compare", "compare", datawidth=16) == pytest.approx(unit["compare"].energy_pJ)
    assert pJ("reset_unit", "reset", datawidth=16) == pytest.approx(unit["reset"].energy_pJ)
    assert pJ("accumulator", "add", datawidth=16) == pytest.approx(unit["add"].energy_pJ + logic(("register", 16, 1)))


@pytest.mark.parametrize(("form", "scan", "encode"), [
    ("UB", (("register", 1, 1),), (("gate", 1, 1),)), ("B", (("register", 1, 1),), (("gate", 1, 1),)),
    ("CP", (("counter", 4, 1),), (("register", 4, 1),)), ("RLE", (("counter", 4, 1),), (("register", 4, 1),)),
    ("UOP", (("gate", 1, 1),), (("counter", 4, 1), ("register", 4, 1)))])
def test_an_encoder_of_each_format_is_its_circuit(form, scan, encode):
    assert pJ("spike_encoder", "scan", format=form, metadata_bits=4) == pytest.approx(logic(*scan))
    assert pJ("spike_encoder", "encode", format=form, metadata_bits=4) == pytest.approx(logic(*encode))


@pytest.mark.parametrize(("form", "uses"), [
    ("UB", (("adder", 16, 1), ("gate", 16, 1 + log2(16) / 2))), ("CP", (("register", 4, 1),)),
    ("RLE", (("adder", 4, 1), ("register", 4, 1))), ("UOP", (("adder", 4, 1), ("register", 4, 2)))])
def test_a_decoder_of_each_format_is_its_circuit(form, uses):
    assert pJ("spike_decoder", "decode", format=form, metadata_bits=4, datawidth=16) == pytest.approx(logic(*uses))


@pytest.mark.parametrize(("form", "uses"), [
    ("B", (("gate", 16, 1), ("adder", 16, 1), ("gate", 16, 1 + log2(16) / 2))), ("CP", (("comparator", 4, 1), ("register", 4, 1))),
    ("RLE", (("comparator", 4, 1), ("register", 4, 1), ("adder", 4, 1)))])
def test_an_intersection_of_masks_or_of_coordinates_is_its_circuit(form, uses):
    assert pJ("intersection", "intersect", format=form, metadata_bits=4, datawidth=16) == pytest.approx(logic(*uses))


@pytest.mark.parametrize("attributes", [{}, {"format": "zip"}])
def test_a_format_that_is_not_known_is_an_error(attributes):
    with pytest.raises(SpecError, match="give part a format: UB, B, CP, RLE, UOP"):
        cost_of("spike_encoder", metadata_bits=4, **attributes)


def test_a_derived_circuit_is_less_sure_than_the_figures_it_is_made_of():
    made = cost_of("spike_encoder", format="RLE", metadata_bits=4).actions["encode"]
    assert made.uncertainty > energy_pJ("register", 4, AT).uncertainty
    assert "docs/energy.md" in made.source


def test_an_adder_tree_of_n_inputs_is_n_less_one_adders():
    assert pJ("adder_tree", "add", datawidth=16, n_inputs=8) == pytest.approx(logic(("adder", 16, 7)))


@pytest.mark.parametrize(("key", "value"), [("length_um", 2000), ("length_mm", 2), ("length", 2e-3)])
def test_a_wire_costs_its_bits_over_its_length(key, value):
    assert pJ("wire", "transfer_random", datawidth=32, **{key: value}) == pytest.approx(64 * wire_energy_pJ_per_bit_mm(28))


def test_a_router_costs_what_that_of_the_scc_does():
    """0.43 pJ per bit and hop at 45 nm and 1.1 V (Salihundam et al., JSSC 2011); here at 0.9 V, where energy is lower."""
    made = cost_of("router", flit_bits=128, technology="45nm", voltage=1.1).actions["transfer"].energy_pJ
    assert made == pytest.approx(55)
    assert pJ("router", "transfer", flit_bits=64) < 55 / 2


def test_floating_point_units_cost_what_horowitz_says_at_45_nm():
    at = {"technology": "45nm"}
    assert [pJ(name, action, datawidth=bits, **at) for name, action, bits in (
        ("fpadder", "add", 16), ("fpadder", "add", 32), ("fpmultiplier", "multiply", 16), ("fpmultiplier", "multiply", 32))] \
        == pytest.approx([0.4, 0.9, 1.1, 3.7])
