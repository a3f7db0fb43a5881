"""How sure a result is: families move together, counts are reused, orders are judged with the same draws."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from snnhw.engines.uncertainty import order_probability, uncertainty_of
from snnhw.errors import SpecError
from snnhw.model.result import (
    Evaluation,
    LayerResult,
    LevelResult,
    NetworkResult,
    NetworkTransfers,
    PartEnergy,
    TensorCounts,
    TransferCounts,
)
from snnhw.spec.mapping import Mapping
from snnhw.spec.problem import Problem


def price(component: str, action: str, energy_pJ: float, uncertainty: float | None, family: str) -> dict:
    return {"component": component, "action": action, "energy_pJ": energy_pJ, "estimator": "test", "source": "made up",
            "uncertainty": uncertainty, "family": family}


PRICES = (price("DRAM", "read", 100.0, 0.4, "dram"), price("DRAM", "write", 100.0, 0.4, "dram"),
          price("A", "read", 2.0, 0.25, "sram"), price("A", "gated_read", 0.5, 0.3, "logic"), price("A", "leak", 0.1, 1.0, "sram leakage"),
          price("B", "read", 3.0, 0.25, "sram"), price("add", "compute", 0.1, 0.3, "logic"),
          price("A <==> B", "wire_per_bit_mm", 0.12, 0.3, "wire"), price("A <==> B", "router", 0.0, 0.0, "router"),
          price("neuron", "add", 0.2, 0.3, "logic"), price("odd", "go", 1.0, None, ""))


def result(dram: float = 0.0, a: float = 0.0, b: float = 0.0, gated: float = 0.0, leak: float = 0.0, compute: float = 0.0,
           wire: float = 0.0, odd: float = 0.0, spikes: float = 0.0, cycles: int = 1000) -> NetworkResult:
    """Energies in pJ. A's `a` are reads; `gated` is the energy of its gated reads, which are of another family."""
    levels = (
        LevelResult(name="add", energy_pJ=compute, computes=10),
        LevelResult(name="B", energy_pJ=b, tensors={"Weights": TensorCounts(reads=10, energy_pJ=b)}),
        LevelResult(name="A", energy_pJ=a + gated, leakage_pJ=leak, tensors={
            "Weights": TensorCounts(reads=a / 2, gated_reads=gated / 0.5, energy_pJ=a + gated)}),
        LevelResult(name="DRAM", energy_pJ=dram, tensors={"Weights": TensorCounts(reads=1, energy_pJ=dram)}))
    networks = (NetworkTransfers(name="A <==> B", tensors={"Weights": TransferCounts(energy_pJ=wire)}),)
    parts = (PartEnergy(component="odd", action="go", count=1, energy_pJ=odd),
             PartEnergy(component="DRAM, outgoing spikes", action="write_spikes", count=1, energy_pJ=spikes))
    evaluation = Evaluation(cycles=cycles, energy_pJ=compute + a + gated + leak + b + dram + wire, utilization=1.0, levels=levels,
                            networks=networks)
    layer = LayerResult(name="fc", layer_type="linear", problem=Problem(name="", dimensions=(), bounds={}, tensors=()),
                        mapping=Mapping(levels=()), evaluation=evaluation, parts=parts)
    return NetworkResult(name="net", architecture="chip", cycle_seconds=1e-9, layers=(layer,), provenance={"energies": list(PRICES)})


def test_one_family_spreads_as_its_uncertainty_says():
    found = uncertainty_of(result(dram=1000.0), 200_000)
    assert found.energy_pJ.mean == pytest.approx(1000, rel=0.01)
    assert found.energy_pJ.deviation == pytest.approx(400, rel=0.02)
    sigma = np.sqrt(np.log(1 + 0.4**2))
    median = 1000 * np.exp(-sigma**2 / 2)
    assert [found.energy_pJ.low, found.energy_pJ.median, found.energy_pJ.high] == pytest.approx(
        [median * np.exp(-1.645 * sigma), median, median * np.exp(1.645 * sigma)], rel=0.02)


def test_all_srams_move_together():
    """Were A and B drawn apart, their sum would spread by 25 % / sqrt 2."""
    assert uncertainty_of(result(a=500, b=500), 100_000).energy_pJ.deviation == pytest.approx(250, rel=0.02)


def test_families_move_apart():
    found = uncertainty_of(result(a=1000, compute=1000), 100_000)
    assert found.energy_pJ.deviation == pytest.approx((250**2 + 300**2) ** 0.5, rel=0.02)


def test_what_a_family_would_add_alone_is_listed_the_largest_first():
    found = uncertainty_of(result(dram=100, a=500, b=500, gated=40, leak=10, wire=20), 100)
    assert [(one.family, one.energy_pJ, pytest.approx(one.deviation_pJ)) for one in found.families] == [
        ("sram", 1000, 250), ("dram", 100, 40), ("logic", 40, 12), ("sram leakage", 10, 10), ("wire", 20, 6)]


def test_families_add_up_to_the_energy_of_the_result():
    made = result(dram=100, a=500, b=500, gated=40, leak=10, compute=30, wire=20, odd=7, spikes=50)
    found = uncertainty_of(made, 100)
    assert sum(one.energy_pJ for one in found.families) + found.exact_pJ == pytest.approx(made.energy_pJ)


def test_edp_spreads_as_energy_does_since_cycles_are_sure():
    found = uncertainty_of(result(dram=1000, cycles=5000), 500)
    assert found.edp_Js.deviation == pytest.approx(found.energy_pJ.deviation * 1e-12 * 5e-6)


def test_energy_whose_uncertainty_nobody_states_does_not_move_and_is_named():
    found = uncertainty_of(result(odd=100), 50)
    assert (found.energy_pJ.deviation, found.exact, found.exact_pJ) == (0.0, ("odd",), 100)


def test_the_same_seed_gives_the_same_and_another_seed_another():
    one, again, other = (uncertainty_of(result(dram=10, a=5), 100, seed) for seed in (1, 1, 2))
    assert one == again
    assert one.energy_pJ != other.energy_pJ


def test_an_order_that_all_energies_share_is_certain():
    """Twice of everything is dearer in every draw, however unsure each is."""
    found = order_probability(result(dram=100, a=50), result(dram=200, a=100))
    assert (found.energy_lower, found.energy, found.edp_lower, found.edp) == ("first", 1.0, "first", 1.0)


def test_an_order_between_families_is_as_sure_as_the_normal_law_says():
    """dram against sram: P(D < S), both log-normal, D = 900, S = 1000 in the mean."""
    from math import erf, log, sqrt

    s, d = sqrt(log(1 + 0.25**2)), sqrt(log(1 + 0.4**2))
    margin = (log(1000 / 900) - s * s / 2 + d * d / 2) / sqrt(s * s + d * d)
    found = order_probability(result(dram=900), result(b=1000), 100_000)
    assert found.energy_lower == "first"
    assert found.energy == pytest.approx(0.5 * (1 + erf(margin / sqrt(2))), abs=0.005)
    back = order_probability(result(b=1000), result(dram=900), 100_000)
    assert (back.energy_lower, back.energy) == ("second", found.energy)


def test_energy_and_edp_may_have_different_orders():
    found = order_probability(result(dram=100, cycles=3000), result(dram=200, cycles=1000))
    assert (found.energy_lower, found.edp_lower) == ("first", "second")


def test_two_equal_results_have_no_order():
    assert order_probability(result(dram=100), result(dram=100)).energy_lower == "neither"


def test_200_draws_take_milliseconds():
    many = replace(result(dram=100, a=50, b=20, gated=3, leak=1, compute=5, wire=2), layers=result(dram=100, a=50).layers * 50)
    uncertainty_of(many, 200)
    started = time.process_time()
    uncertainty_of(many, 200)
    assert time.process_time() - started < 0.25


@pytest.mark.parametrize("draws", [0, 1, 2_000_000])
def test_too_few_or_too_many_draws_are_an_error(draws):
    with pytest.raises(SpecError, match="expected 2 to 1,000,000"):
        uncertainty_of(result(dram=1), draws)


def test_a_result_of_before_uncertainties_says_so():
    old = replace(result(dram=1), provenance={"energies": [{"component": "DRAM", "action": "read", "energy_pJ": 1.0}]})
    with pytest.raises(SpecError, match=r"net: provenance.energies: seen no uncertainties"):
        uncertainty_of(old)
