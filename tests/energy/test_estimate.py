"""The costs of whole architectures."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from snnhw.energy import ORDER, estimate, with_wires
from snnhw.energy.dram import dram
from snnhw.energy.logic import energy_pJ
from snnhw.energy.regfile import regfile
from snnhw.energy.sram import sram
from snnhw.energy.technology import operating_point
from snnhw.errors import SpecError
from snnhw.model.costs import ACTIONS, action_names, storage_energies
from snnhw.spec.architecture import Architecture, ClassAction, Component, ComponentClass, Compute, MetadataStore, Network, StorageLevel
from snnhw.spec.reference import ActionEnergy, ComponentCost, ReferenceTable

AT = operating_point(28)
DRAM = StorageLevel(name="DRAM", class_name="DRAM", width_bits=64, is_dram=True, attributes={"type": "LPDDR4"})
BUFFER = StorageLevel(name="buffer", class_name="SRAM", width_bits=64, depth_words=1024)
PAD = StorageLevel(name="pad", class_name="regfile", width_bits=16, word_bits=16, depth_words=24)
ADDER = Compute(name="adder", class_name="accumulate_compute", word_bits=16)


def chip(*levels: StorageLevel, compute: Compute = ADDER, **more) -> Architecture:
    return Architecture(name="chip", storage=levels or (DRAM, BUFFER, PAD), compute=compute, **more)


def energies(architecture: Architecture, component: str) -> dict[str, float]:
    return {name: action.energy_pJ for name, action in estimate(architecture).components[component].actions.items()}


def messages(architecture: Architecture, reference: ReferenceTable | None = None, estimators=ORDER) -> list[str]:
    with pytest.raises(SpecError) as error:
        estimate(architecture, reference, estimators)
    return [str(finding) for finding in error.value.findings]


def test_each_level_the_compute_and_each_network_has_an_entry():
    names = ["DRAM", "buffer", "pad", "adder", "DRAM <==> buffer", "buffer <==> pad", "pad <==> adder"]
    assert list(estimate(chip()).components) == names


def test_a_read_of_a_level_is_one_row_of_its_memory():
    assert energies(chip(), "DRAM")["read"] == dram(64, "LPDDR4").read_pJ.value
    assert energies(chip(), "buffer")["read"] == sram(65536, 64, 28).read_pJ.value
    assert energies(chip(), "pad")["read"] == regfile(384, 16, AT).read_pJ.value


def test_write_fill_and_update_cost_the_same():
    made = energies(chip(), "buffer")
    assert made["write"] == made["fill"] == made["update"] == sram(65536, 64, 28).write_pJ.value


@pytest.mark.parametrize("level", ["DRAM", "buffer", "pad"])
def test_a_level_answers_every_count_of_the_model_under_the_first_name_it_looks_for_or_a_plain_one(level):
    made = energies(chip(), level)
    for count in ACTIONS:
        assert any(name in made for name in action_names(count)), count


def test_a_gated_access_costs_one_register_bit_and_a_skipped_one_nothing():
    made = energies(chip(), "buffer")
    assert {made[name] for name in made if name.startswith("gated_")} == {energy_pJ("register", 1, AT).value}
    assert {made[name] for name in made if name.startswith("skipped_")} == {0}


def test_gating_never_costs_more_than_reading_and_skipping_no_more_than_gating():
    for name in ("DRAM", "buffer", "pad"):
        made = energies(chip(), name)
        for action in ("read", "write", "update", "metadata_read", "metadata_write", "metadata_update"):
            assert made[f"skipped_{action}"] <= made[f"gated_{action}"] <= made[action]


def test_leakage_is_power_times_the_clock_period():
    slow = chip(cycle_seconds=4e-9)
    assert energies(slow, "buffer")["leak"] == pytest.approx(4 * sram(65536, 64, 28).leak_mW.value)


def test_metadata_live_in_a_memory_of_the_same_kind():
    level = replace(PAD, metadata=MetadataStore(width_bits=8, depth_words=6, word_bits=4))
    made = energies(chip(DRAM, level), "pad")
    assert made["metadata_read"] == regfile(48, 8, AT).read_pJ.value
    assert made["leak"] == pytest.approx(regfile(384, 16, AT).leak_mW.value + regfile(48, 8, AT).leak_mW.value)


def test_metadata_without_a_store_cost_a_row_of_the_level():
    made = energies(chip(), "buffer")
    assert made["metadata_read"] == made["read"]


def test_metadata_in_dram_cost_its_energy_per_bit():
    level = replace(DRAM, metadata=MetadataStore(width_bits=32, depth_words=None, word_bits=4))
    assert energies(chip(level), "DRAM")["metadata_read"] == 256


@pytest.mark.parametrize(("class_name", "subclass"), [
    ("smartbuffer_SRAM", None), ("storage", "smartbuffer"), ("storage", "smartbuffer_metadata")])
def test_a_smartbuffer_adds_an_address_for_each_access(class_name, subclass):
    made = energies(chip(DRAM, replace(BUFFER, class_name=class_name, subclass=subclass)), "buffer")
    assert made["read"] == pytest.approx(sram(65536, 64, 28).read_pJ.value + energy_pJ("adder", 10, AT).value)


def test_a_dummy_level_costs_nothing_by_definition():
    column = StorageLevel(name="column", class_name="dummy_storage", is_dummy=True)
    cost = estimate(chip(DRAM, column, PAD)).components["column"]
    assert {action.energy_pJ for action in cost.actions.values()} == {0}
    assert {action.estimator for action in cost.actions.values()} == {"definition"}


def test_an_adder_adds_and_a_mac_multiplies_as_well():
    assert energies(chip(), "adder")["compute"] == energy_pJ("adder", 16, AT).value
    mac = Compute(name="mac", class_name="intmac", word_bits=8, attributes={"adder_width": 16})
    expected = energy_pJ("multiplier", 8, AT).value + energy_pJ("adder", 16, AT).value
    assert energies(chip(compute=mac), "mac")["compute"] == pytest.approx(expected)


def test_a_mac_without_widths_adds_words_twice_as_wide_as_it_multiplies():
    mac = Compute(name="mac", class_name="compute", subclass="mac", word_bits=8)
    expected = energy_pJ("multiplier", 8, AT).value + energy_pJ("adder", 16, AT).value
    assert energies(chip(compute=mac), "mac")["compute"] == pytest.approx(expected)


def test_a_multiplier_of_two_widths_counts_as_their_geometric_mean():
    mac = Compute(name="mac", class_name="intmac", word_bits=16, attributes={"datawidth_a": 8, "datawidth_b": 2, "adder_width": 16})
    expected = energy_pJ("multiplier", 4, AT).value + energy_pJ("adder", 16, AT).value
    assert energies(chip(compute=mac), "mac")["compute"] == pytest.approx(expected)


def test_a_gated_operation_costs_less_than_one_that_happens_and_a_skipped_one_nothing():
    made = energies(chip(), "adder")
    assert 0 == made["compute_skipped"] < made["compute_gated"] < made["compute"]


def test_a_neuron_unit_shifts_adds_compares_and_resets():
    part = Component(name="neuron", class_name="neuron_unit", role="neuron", attributes={"datawidth": 16})
    made = energies(chip(parts=(part,)), "neuron")
    assert made["leak_shift"] == energy_pJ("shifter", 16, AT).value
    assert made["add"] == energy_pJ("adder", 16, AT).value
    assert made["compare"] == energy_pJ("comparator", 16, AT).value
    assert made["reset"] == pytest.approx(energy_pJ("gate", 16, AT).value + energy_pJ("register", 16, AT).value)


def test_a_threshold_is_a_register():
    part = Component(name="threshold", class_name="threshold_register", role="threshold", attributes={"datawidth": 16})
    assert energies(chip(parts=(part,)), "threshold")["read"] == energy_pJ("register", 16, AT).value


@pytest.mark.parametrize(("class_name", "action", "operation"), [
    ("intadder", "add", "adder"), ("intmultiplier", "multiply", "multiplier"), ("comparator", "compare", "comparator"),
    ("counter", "count", "counter"), ("shifter", "shift", "shifter"), ("bitwise", "process", "gate"), ("mux", "select", "gate")])
def test_plain_parts_are_their_operation(class_name, action, operation):
    part = Component(name="part", class_name=class_name, attributes={"datawidth": 12})
    assert energies(chip(parts=(part,)), "part")[action] == energy_pJ(operation, 12, AT).value


def test_energy_scale_and_area_scale_apply():
    plain, scaled = (estimate(chip(DRAM, replace(PAD, attributes=attributes))).components["pad"]
                     for attributes in ({}, {"energy_scale": 2, "area_scale": 3}))
    assert scaled.actions["read"].energy_pJ == pytest.approx(2 * plain.actions["read"].energy_pJ)
    assert scaled.area_um2 == pytest.approx(3 * plain.area_um2)
    assert "energy_scale" in scaled.actions["read"].source


def test_a_component_may_have_a_node_and_a_supply_of_its_own():
    level = replace(PAD, attributes={"technology": "45nm", "voltage": 1.0})
    assert energies(chip(DRAM, level), "pad")["read"] == regfile(384, 16, operating_point(45, 1.0)).read_pJ.value


def test_the_node_of_the_architecture_holds_where_a_component_names_none():
    level = replace(PAD, attributes={"technology": "-1"})
    assert energies(chip(DRAM, level, technology_nm=45.0), "pad")["read"] == regfile(384, 16, operating_point(45)).read_pJ.value


def test_ports_are_counted():
    level = replace(BUFFER, attributes={"n_rdwr_ports": 2})
    assert energies(chip(DRAM, level), "buffer")["read"] == sram(65536, 64, 28, ports=2).read_pJ.value


def test_every_entry_names_estimator_source_and_uncertainty():
    for cost in estimate(chip()).components.values():
        for action in cost.actions.values():
            assert action.estimator
            assert action.source
            assert action.uncertainty is not None


def test_what_the_user_gives_wins_and_the_next_estimator_says_the_rest():
    given = ComponentCost(name="buffer", actions={"read": ActionEnergy(energy_pJ=1.5)}, area_um2=7.0)
    made = estimate(chip(), ReferenceTable(components={"buffer": given})).components["buffer"]
    assert (made.actions["read"], made.area_um2) == (given.actions["read"], 7.0)
    assert made.actions["write"] == estimate(chip()).components["buffer"].actions["write"]


def test_a_write_that_the_user_gives_is_what_fills_and_updates_cost():
    """The model looks for fill before write, so an estimate of fill beside it would push the user's figure aside."""
    given = ComponentCost(name="buffer", actions={"write": ActionEnergy(energy_pJ=1.5), "random_read": ActionEnergy(energy_pJ=2.5)})
    made = estimate(chip(), ReferenceTable(components={"buffer": given})).components["buffer"]
    assert storage_energies(BUFFER, ReferenceTable(components={"buffer": made}))[:3] == [2.5, 1.5, 1.5]


def test_what_the_user_gives_is_kept_where_no_component_bears_its_name():
    wire = ComponentCost(name="wire", actions={"transfer_random": ActionEnergy(energy_pJ=0.1)})
    assert estimate(chip(), ReferenceTable(components={"wire": wire})).components["wire"] == wire


def test_an_unknown_memory_is_an_error_that_says_what_would_answer():
    level = replace(BUFFER, class_name="storage", attributes={"technology": "28nm"})
    found = messages(chip(DRAM, level), estimators=("ert", "builtin"))
    assert found == [
        f"energy estimate: buffer.{action}: seen a memory of an unknown kind (class storage; attributes technology: 28nm), "
        "expected an estimate (ert: no ERT is given); "
        "name its kind in `subclass`: DRAM, SRAM, smartbuffer_SRAM, regfile, smartbuffer_RF; or give its energies in an ERT, "
        "or its class under components: classes, or add placeholder to the estimators" for action in ("read", "fill", "update")]


def test_all_components_that_nobody_knows_are_named_at_once():
    part = Component(name="reader", class_name="adc", attributes={"resolution": 8})
    compute = Compute(name="unit", class_name="analogcompute")
    found = messages(chip(replace(DRAM, attributes={"type": "SDR"}), replace(BUFFER, depth_words=None), compute=compute, parts=(part,)))
    assert [text.split(" (")[0] for text in found if ".fill" not in text and ".update" not in text] == [
        "energy estimate: DRAM.read: seen a DRAM of type SDR",
        "energy estimate: buffer.read: seen no capacity",
        "energy estimate: unit.compute: seen a component of an unknown kind",
        "energy estimate: reader: seen a component of an unknown kind"]


def test_an_unknown_component_is_no_error_if_the_user_gives_its_costs():
    compute = Compute(name="unit", class_name="analogcompute")
    given = ComponentCost(name="unit", actions={"compute": ActionEnergy(energy_pJ=2.0)})
    made = estimate(chip(compute=compute), ReferenceTable(components={"unit": given})).components["unit"].actions
    assert made["compute"] == given.actions["compute"]


def test_leakage_that_nobody_gives_is_0_and_says_so():
    compute = Compute(name="unit", class_name="analogcompute")
    given = ComponentCost(name="unit", actions={"compute": ActionEnergy(energy_pJ=2.0, estimator="ERT of the input")})
    leak = estimate(chip(compute=compute), ReferenceTable(components={"unit": given})).components["unit"].actions["leak"]
    assert (leak.energy_pJ, leak.estimator) == (0.0, "nobody")
    assert leak.source == "ERT of the input gives no leak, and no other estimator knows the component"


@pytest.mark.parametrize(("attributes", "message"), [
    ({}, "neuron.leak_shift: seen no width: none of state_bits, datawidth"),
    ({"datawidth": "wide"}, "neuron.datawidth: seen 'wide', expected a number"),
    ({"datawidth": 0}, "neuron.datawidth: seen 0, expected at least 1 bit")])
def test_a_part_without_a_usable_width_is_an_error(attributes, message):
    part = Component(name="neuron", class_name="neuron_unit", role="neuron", attributes=attributes)
    with pytest.raises(SpecError, match=re.escape(message)):
        estimate(chip(parts=(part,)))


def test_a_node_that_the_model_does_not_know_is_an_error():
    with pytest.raises(SpecError, match="seen 180 nm, expected 7 to 65 nm"):
        estimate(chip(technology_nm=180.0))


def test_wires_with_a_length_and_no_energy_get_that_of_the_table():
    far = replace(BUFFER, network=Network(tile_width_um=100))
    architecture = chip(DRAM, far, PAD)
    assert energies(architecture, "buffer <==> pad")["wire_per_bit_mm"] == pytest.approx(0.121)
    wired = with_wires(architecture)
    assert wired.level("buffer").network.wire_energy_pJ_per_bit_mm == pytest.approx(0.121)
    assert wired.level("DRAM") == DRAM


def test_wires_with_an_energy_keep_it():
    near = replace(BUFFER, network=Network(tile_width_um=100, wire_energy_pJ_per_bit_mm=0.05, router_energy_pJ=0.7))
    architecture = chip(DRAM, near, PAD)
    assert with_wires(architecture) is architecture
    assert energies(architecture, "buffer <==> pad") == {"wire_per_bit_mm": 0.05, "router": 0.7}


def compound(**more) -> ComponentClass:
    return ComponentClass(name="lif_cell", attributes={"bits": 12, "half": "bits / 2"}, parts=(
        Component(name="sum", class_name="intadder", attributes={"datawidth": "bits"}),
        Component(name="tests[0..1]", class_name="comparator", attributes={"datawidth": "half"})),
        actions=(ClassAction(name="step", uses=(("sum", "add", 2.0), ("tests[0..1]", "compare", 1.0))),), **more)


def test_a_users_class_is_the_sum_of_its_parts():
    part = Component(name="cell", class_name="lif_cell")
    made = energies(chip(parts=(part,), classes=(compound(),)), "cell")
    assert made["step"] == pytest.approx(2 * energy_pJ("adder", 12, AT).value + 2 * energy_pJ("comparator", 6, AT).value)


def test_attributes_of_a_component_go_before_those_of_its_class():
    part = Component(name="cell", class_name="lif_cell", attributes={"bits": 8})
    made = energies(chip(parts=(part,), classes=(compound(),)), "cell")
    assert made["step"] == pytest.approx(2 * energy_pJ("adder", 8, AT).value + 2 * energy_pJ("comparator", 4, AT).value)


def test_placeholders_answer_for_parts_of_a_class_too():
    """For every action that the class takes of a part, and only for those that nobody before them knows."""
    parts = (Component(name="flux[0..1]", class_name="flux_capacitor"),
             Component(name="sum", class_name="intadder", attributes={"datawidth": 12}))
    uses = (("flux[0..1]", "fly", 3.0), ("sum", "add", 2.0), ("sum", "sing", 1.0))
    kind = replace(compound(), parts=parts, actions=(ClassAction(name="step", uses=uses),))
    architecture = chip(parts=(Component(name="cell", class_name="lif_cell"),), classes=(kind,))
    made = estimate(architecture, None, ("builtin", "placeholder")).components["cell"].actions["step"]
    assert made.energy_pJ == pytest.approx(2 * 3 * 1.0 + 2 * energy_pJ("adder", 12, AT).value + 1.0)
    assert set(made.estimator.split(", ")) == {"placeholder", "snnhw 28 nm"}
    assert messages(architecture)[0].startswith("energy estimate: cell.flux: seen a component of an unknown kind")


def test_a_class_that_asks_a_part_for_what_it_cannot_do_is_an_error():
    kind = replace(compound(), actions=(ClassAction(name="step", uses=(("sum", "multiply", 1.0),)),))
    found = messages(chip(parts=(Component(name="cell", class_name="lif_cell"),), classes=(kind,)))
    assert found[0].startswith("energy estimate: cell.step: seen no action multiply of its part sum")
    assert found[0].endswith("actions of sum are add, leak")


def test_a_class_that_is_a_part_of_itself_is_an_error():
    kind = ComponentClass(name="loop", parts=(Component(name="again", class_name="loop"),),
                          actions=(ClassAction(name="step", uses=(("again", "step", 1.0),)),))
    found = messages(chip(parts=(Component(name="cell", class_name="loop"),), classes=(kind,)))
    assert found[0].startswith("energy estimate: cell.again: seen a class that is a part of itself: loop > loop")


def test_a_storage_level_may_be_of_a_users_class():
    kind = ComponentClass(name="cached_storage", parts=(Component(name="rows", class_name="SRAM", attributes={"width": 32, "depth": 64}),),
                          actions=tuple(ClassAction(name=name, uses=(("rows", name, 1.0),)) for name in ("read", "write", "update")))
    level = StorageLevel(name="buffer", class_name="cached_storage", width_bits=32, depth_words=64)
    made = energies(chip(DRAM, level, classes=(kind,)), "buffer")
    assert made["read"] == sram(2048, 32, 28).read_pJ.value
