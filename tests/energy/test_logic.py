"""Logic: published figures, and how they scale."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snnhw.energy import logic
from snnhw.energy.technology import OperatingPoint, energy_factor, operating_point

AT_45 = OperatingPoint(node_nm=45, voltage_V=0.9)
AT_40 = OperatingPoint(node_nm=40, voltage_V=0.9)
AT_28 = operating_point(28)
OPERATIONS = ("adder", "multiplier", "register", "gate", "shifter", "comparator", "counter")
BITS = st.integers(1, 64)


@pytest.mark.parametrize(("operation", "bits", "energy_pJ"), [
    ("adder", 8, 0.03), ("adder", 16, 0.05), ("adder", 32, 0.1), ("multiplier", 8, 0.2), ("multiplier", 32, 3.1)])
def test_horowitz_figures_come_out_exactly_at_45_nm(operation, bits, energy_pJ):
    assert logic.energy_pJ(operation, bits, AT_45).value == pytest.approx(energy_pJ)


@pytest.mark.parametrize(("operation", "bits", "energy_pJ"), [
    ("register", 1, 0.009), ("register", 16, 16 * 0.009), ("gate", 32, 0.0181), ("gate", 1, 0.0181 / 32), ("shifter", 32, 0.417),
    ("comparator", 16, 0.02947 / 2), ("counter", 32, 0.25074)])
def test_aladdin_figures_come_out_exactly_at_40_nm(operation, bits, energy_pJ):
    assert logic.energy_pJ(operation, bits, AT_40).value == pytest.approx(energy_pJ)


def test_a_multiplier_beyond_the_table_grows_with_the_square_of_its_bits():
    assert logic.energy_pJ("multiplier", 64, AT_45).value == pytest.approx(4 * 3.1)
    assert logic.energy_pJ("multiplier", 4, AT_45).value == pytest.approx(0.2 / 4)


def test_an_adder_beyond_the_table_grows_with_its_bits():
    assert logic.energy_pJ("adder", 64, AT_45).value == pytest.approx(0.2)
    assert logic.energy_pJ("adder", 2, AT_45).value == pytest.approx(0.03 / 4)


def test_an_addition_of_12_bits_lies_between_8_and_16_on_a_line_in_logarithms():
    expected = 0.03 * (0.05 / 0.03) ** 0.5849625
    assert logic.energy_pJ("adder", 12, AT_45).value == pytest.approx(expected)


def test_areas_of_the_source_come_out_at_45_nm():
    assert logic.area_um2("adder", 32, AT_45).value == pytest.approx(137)
    assert logic.area_um2("multiplier", 8, AT_45).value == pytest.approx(282)


def test_leakage_goes_with_the_supply():
    low, high = (logic.leak_mW("adder", 16, OperatingPoint(node_nm=28, voltage_V=v)).value for v in (0.8, 1.0))
    assert high / low == pytest.approx(1.0 / 0.8)


def test_energy_at_28_nm_is_that_at_45_nm_times_the_factor():
    expected = 0.05 * energy_factor(AT_45, AT_28)
    assert logic.energy_pJ("adder", 16, AT_28).value == pytest.approx(expected)
    assert expected < 0.05


@pytest.mark.parametrize("operation", OPERATIONS)
@settings(deadline=None)
@given(a=BITS, b=BITS)
def test_more_bits_never_cost_less(operation, a, b):
    few, many = sorted((a, b))
    for quantity in (logic.energy_pJ, logic.leak_mW, logic.area_um2):
        assert 0 < quantity(operation, few, AT_28).value <= quantity(operation, many, AT_28).value * (1 + 1e-12)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_figure_names_a_source_and_an_uncertainty(operation):
    for figure in (logic.energy_pJ(operation, 12, AT_28), logic.leak_mW(operation, 12, AT_28), logic.area_um2(operation, 12, AT_28)):
        assert figure.source
        assert 0.1 < figure.uncertainty < 1.1
