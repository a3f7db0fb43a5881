"""The built-in model against figures that it was not made from (docs/energy.md, last section)."""

from __future__ import annotations

import pytest

from snnhw.energy import logic
from snnhw.energy.dram import dram
from snnhw.energy.regfile import regfile
from snnhw.energy.sram import sram
from snnhw.energy.technology import operating_point
from snnhw.energy.wires import wire_energy_pJ_per_bit_mm

EYERISS = operating_point(65)


def mac_pJ():
    """A multiplication and an addition of 16 bits at 65 nm, the unit of Eyeriss's ratios (ISCA 2016, Table IV)."""
    return logic.energy_pJ("multiplier", 16, EYERISS).value + logic.energy_pJ("adder", 16, EYERISS).value


@pytest.mark.parametrize(("kilobytes", "published_pJ", "here_pJ"), [(8, 10, 6.1), (32, 20, 17.0), (1024, 100, 93.5)])
def test_horowitz_caches_at_45_nm_are_met_within_40_percent(kilobytes, published_pJ, here_pJ):
    """Accesses of 64 bits, ISSCC 2014; ours are SRAMs without tags, of low-power cells, so they may not cost more."""
    read = sram(kilobytes * 8192, 64, 45).read_pJ.value
    assert 0.6 * published_pJ < read <= published_pJ
    assert read == pytest.approx(here_pJ, rel=0.01)


def test_horowitz_dram_lies_around_that_of_its_time():
    """1.3 to 2.6 nJ for 64 bits; LPDDR4 came later and costs less."""
    assert dram(64, "LPDDR4").read_pJ.value < 1300 < dram(64, "LPDDR2").read_pJ.value < 2600


def test_eyeriss_ratios_are_met_within_a_factor_of_two_and_a_half():
    """RF 1 : buffer 6 : DRAM 200, each for 16 bits, in units of a multiply-accumulate."""
    rf = regfile(512 * 8, 16, EYERISS).read_pJ.value / mac_pJ()
    buffer = sram(108 * 8192, 64, 65).read_pJ.value / 4 / mac_pJ()
    memory = dram(16, "LPDDR4").read_pJ.value / mac_pJ()
    older = dram(16, "LPDDR2").read_pJ.value / mac_pJ()
    assert rf == pytest.approx(1.05, rel=0.01)
    assert buffer == pytest.approx(9.2, rel=0.01)
    assert rf < 1 * 1.6
    assert 6 / 2.5 < buffer < 6 * 1.6
    assert 200 / 2.5 <= memory < 200 < older < 200 * 2.5


def test_a_hop_between_pes_is_cheaper_here_than_in_eyeriss():
    """2 in Eyeriss's units, with buffers and control; ours is a wire of one pitch (168 PEs on 12.25 mm2), with a register at each end."""
    wire = 16 * wire_energy_pJ_per_bit_mm(65) * (12.25 / 168) ** 0.5
    assert wire / mac_pJ() == pytest.approx(0.40, rel=0.02)
    assert (wire + 2 * logic.energy_pJ("register", 16, EYERISS).value) / mac_pJ() == pytest.approx(0.80, rel=0.02)


@pytest.mark.parametrize(("operation", "bits", "published_pJ"), [
    ("adder", 8, 0.03), ("adder", 32, 0.1), ("multiplier", 8, 0.2), ("multiplier", 32, 3.1), ("fpadder", 16, 0.4), ("fpadder", 32, 0.9),
    ("fpmultiplier", 16, 1.1), ("fpmultiplier", 32, 3.7)])
def test_horowitz_operations_at_45_nm_come_out(operation, bits, published_pJ):
    assert logic.energy_pJ(operation, bits, operating_point(45)).value == pytest.approx(published_pJ)


def test_an_access_costs_more_the_further_it_is_from_the_operator():
    assert (logic.energy_pJ("adder", 16, EYERISS).value < regfile(512 * 8, 16, EYERISS).read_pJ.value
            < sram(108 * 8192, 64, 65).read_pJ.value / 4 < dram(16, "LPDDR4").read_pJ.value)
