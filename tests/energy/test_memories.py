"""Register files, DRAM and wires."""

from __future__ import annotations

import pytest

from snnhw.energy import logic, wire_energy_pJ_per_bit_mm
from snnhw.energy.dram import dram, dram_types
from snnhw.energy.regfile import regfile
from snnhw.energy.technology import OperatingPoint, operating_point

AT_40 = OperatingPoint(node_nm=40, voltage_V=0.9)
E_REGISTER, E_GATE = 0.009, 0.0181 / 32


def test_a_register_file_is_its_formula():
    expected = 16 * (E_REGISTER + 23 / 4 * E_GATE) + 24 / 4 * E_GATE
    made = regfile(24 * 16, 16, AT_40)
    assert made.read_pJ.value == pytest.approx(expected)
    assert made.write_pJ.value == pytest.approx(expected)


def test_a_register_file_of_one_row_is_a_register_and_a_quarter_of_a_gate():
    assert regfile(8, 8, AT_40).read_pJ.value == pytest.approx(8 * E_REGISTER + E_GATE / 4)


def test_a_register_file_leaks_and_covers_what_its_bits_and_gates_do():
    made = regfile(24 * 16, 16, AT_40)
    gates = 23 * 16 + 24
    assert made.leak_mW.value == pytest.approx(384 * 7.4e-5 + gates * 6.11e-4 / 32)
    assert made.area_um2.value == pytest.approx(384 * 5.98 + gates * 50.4 / 32)


def test_a_second_port_adds_a_tree_and_a_decoder_and_no_bits():
    one, two = (regfile(24 * 16, 16, AT_40, ports=ports).read_pJ.value for ports in (1, 2))
    assert two - one == pytest.approx((23 / 4 * 16 + 24 / 4) * E_GATE)


@pytest.mark.parametrize(("deep", "wide"), [(48, 16), (24, 32)])
def test_a_deeper_or_wider_register_file_costs_more(deep, wide):
    small, large = regfile(24 * 16, 16, AT_40), regfile(deep * wide, wide, AT_40)
    assert large.read_pJ.value > small.read_pJ.value
    assert large.leak_mW.value > small.leak_mW.value


def test_a_register_file_shrinks_with_the_node():
    assert regfile(384, 16, operating_point(7)).read_pJ.value < regfile(384, 16, operating_point(28)).read_pJ.value


def test_dram_costs_its_energy_per_bit_both_ways_and_no_area():
    made = dram(64, "LPDDR4")
    assert (made.read_pJ.value, made.write_pJ.value, made.area_um2) == (512, 512, None)
    assert made.leak_mW.value == 0
    assert "background power" in made.leak_mW.source


def test_dram_without_a_type_is_lpddr4_and_says_so():
    made = dram(64, None)
    assert made.read_pJ.value == 512
    assert "no type given, taken as LPDDR4" in made.read_pJ.source


def test_the_type_of_a_dram_may_be_written_in_small_letters():
    assert dram(1024, "hbm2").read_pJ.value == pytest.approx(3.9 * 1024)


def test_an_unknown_type_of_dram_has_no_costs():
    assert dram(64, "SDR") is None
    assert {"LPDDR4", "DDR4", "HBM2"} <= set(dram_types())


def test_a_wire_costs_310_pJ_for_256_bits_over_10_mm_at_40_nm():
    assert wire_energy_pJ_per_bit_mm(40, 0.9) * 256 * 10 == pytest.approx(310, rel=0.005)


@pytest.mark.parametrize(("voltage", "published_pJ"), [(0.75, 200), (0.65, 150)])
def test_the_10_nm_wires_of_the_same_source_are_met_within_10_percent(voltage, published_pJ):
    assert wire_energy_pJ_per_bit_mm(10, voltage) * 2560 == pytest.approx(published_pJ, rel=0.1)


def test_a_gate_costs_less_than_a_register_bit():
    assert logic.energy_pJ("gate", 1, AT_40).value < logic.energy_pJ("register", 1, AT_40).value
