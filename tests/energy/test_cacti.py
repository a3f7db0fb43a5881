"""CACTI by its package: run for real where it is installed (.ci/run does), and what is said where it is not."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from snnhw.energy import cacti, estimate
from snnhw.energy.cacti import Cacti
from snnhw.energy.request import NoEstimate, Request
from snnhw.energy.sram import sram
from snnhw.spec.architecture import Architecture, Compute, StorageLevel

DRAM = StorageLevel(name="DRAM", class_name="DRAM", width_bits=128, is_dram=True, attributes={"type": "LPDDR4"})
ADDER = Compute(name="adder", class_name="accumulate_compute")


def request(width: int = 64, depth: int = 1024, node_nm: float = 45, **attributes) -> Request:
    level = StorageLevel(name="buffer", class_name="SRAM", width_bits=width, depth_words=depth)
    return Request(name="buffer", class_name="SRAM", subclass=None, attributes=attributes, node_nm=node_nm, cycle_ns=1, role="storage",
                   level=level)


class _Bus:
    def __init__(self, width: int):
        self.width = width

    def read(self):
        return SimpleNamespace(energy=8e-12 * self.width)


@pytest.fixture
def package(monkeypatch):
    """A stand-in for the package, for what is around it."""
    made = SimpleNamespace(LPDDR4=_Bus, SRAM=lambda **given: SimpleNamespace(
        read_energy=2e-12, write_energy=3e-12, cacti_leak_power=4e-6, cacti_area=5e-9))
    monkeypatch.setitem(sys.modules, "hwcomponents_cacti", made)
    monkeypatch.setattr(cacti, "find_spec", lambda name: SimpleNamespace(origin=""))
    monkeypatch.setattr(cacti, "_program_error", lambda: "")
    cacti._sram.cache_clear()
    yield made
    cacti._sram.cache_clear()


def test_figures_come_in_pJ_per_row_mW_and_um2(package):
    made = Cacti().cost(request())
    assert (made.actions["read"].energy_pJ, made.actions["write"].energy_pJ) == pytest.approx((2, 3))
    assert made.actions["leak"].energy_pJ == pytest.approx(0.004)
    assert made.area_um2 == pytest.approx(5000)
    assert made.actions["read"].estimator.startswith("CACTI (hwcomponents-cacti")
    assert made.actions["read"].source.endswith("run for 8192 B in rows of 64 bits at 45 nm")


def test_a_dram_costs_its_energy_per_bit_whatever_the_row(package):
    chip = Architecture(name="chip", storage=(DRAM,), compute=ADDER)
    assert estimate(chip, None, ("cacti", "builtin")).components["DRAM"].actions["read"].energy_pJ == pytest.approx(1024)


@pytest.mark.parametrize(("asked", "reason"), [
    (request(voltage=0.8), "CACTI takes no supply voltage"), (request(node_nm=180), "180 nm is not in 7 to 90 nm")])
def test_what_cacti_cannot_say_it_leaves_to_the_next(package, asked, reason):
    with pytest.raises(NoEstimate, match=reason):
        Cacti().cost(asked)


def test_a_package_that_fails_says_why(package, monkeypatch):
    def fail(**given):
        raise RuntimeError("CACTI failed with exit code 1. Please check a file")

    monkeypatch.setattr(package, "SRAM", fail)
    with pytest.raises(NoEstimate, match=r"^it failed: CACTI failed with exit code 1$"):
        Cacti().cost(request())


def test_without_the_package_it_is_absent(monkeypatch):
    monkeypatch.setattr(cacti, "find_spec", lambda name: None)
    assert Cacti().absent == 'not installed (pip install "snnhw[cacti]", Python >= 3.12)'


@pytest.mark.cacti
@pytest.mark.parametrize("node_nm", [28, 32, 40, 45])
@pytest.mark.parametrize(("width", "kilobytes"), [
    (32, 0.25), (64, 0.5), (32, 1.75), (64, 8), (128, 24), (256, 100), (64, 108), (128, 1024)])
def test_the_built_in_form_is_within_15_percent_of_a_run_of_cacti(node_nm, width, kilobytes):
    pytest.importorskip("hwcomponents_cacti")
    run = Cacti().cost(request(width, round(kilobytes * 8192 / width), node_nm))
    form = sram(kilobytes * 8192, width, node_nm)
    assert form.read_pJ.value == pytest.approx(run.actions["read"].energy_pJ, rel=0.15)
    assert form.write_pJ.value == pytest.approx(run.actions["write"].energy_pJ, rel=0.15)
    assert form.leak_mW.value == pytest.approx(run.actions["leak"].energy_pJ, rel=0.15)
    assert form.area_um2.value == pytest.approx(run.area_um2, rel=0.15)


@pytest.mark.cacti
def test_a_run_of_cacti_stands_in_the_estimate_with_its_name():
    pytest.importorskip("hwcomponents_cacti")
    level = StorageLevel(name="buffer", class_name="SRAM", width_bits=64, depth_words=1024)
    made = estimate(Architecture(name="chip", storage=(DRAM, level), compute=ADDER)).components
    assert made["buffer"].actions["read"].estimator.startswith("CACTI (hwcomponents-cacti 1.")
    assert made["DRAM"].actions["read"].energy_pJ == pytest.approx(8 * 128)
