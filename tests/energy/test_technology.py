"""Scaling between nodes and supplies."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snnhw.energy.figure import Figure, total
from snnhw.energy.technology import OperatingPoint, area_factor, at_point, energy_factor, operating_point
from snnhw.errors import SpecError

NODES = st.floats(7, 65)
SUPPLIES = st.floats(0.7, 1.1)


def test_a_node_of_the_table_has_its_nominal_supply():
    assert [operating_point(node).voltage_V for node in (65, 45, 32, 7)] == [1.0, 0.9, 0.9, 0.75]


def test_a_node_between_two_of_the_table_has_a_supply_between_theirs():
    assert operating_point(18).voltage_V == pytest.approx(0.85, abs=0.03)
    assert operating_point(28).voltage_V == pytest.approx(0.9)


def test_the_polynomial_of_stillmaker_and_baas_is_met_at_45_and_32_nm():
    at_45 = 1.018 * 0.81 - 0.3107 * 0.9 + 0.1539
    at_32 = 0.8367 * 0.81 - 0.4341 * 0.9 + 0.1701
    factor = energy_factor(operating_point(45), operating_point(32))
    assert factor == pytest.approx(at_32 / at_45)


@settings(deadline=None)
@given(low=NODES, high=NODES, supply=SUPPLIES)
def test_at_one_supply_a_smaller_node_never_needs_more_energy(low, high, supply):
    low, high = sorted((low, high))
    small, large = OperatingPoint(node_nm=low, voltage_V=supply), OperatingPoint(node_nm=high, voltage_V=supply)
    assert energy_factor(large, small) <= 1 + 1e-12
    assert area_factor(high, low) <= 1 + 1e-12


@settings(deadline=None)
@given(node=NODES, low=SUPPLIES, high=SUPPLIES)
def test_at_one_node_a_lower_supply_never_needs_more_energy(node, low, high):
    low, high = sorted((low, high))
    assert energy_factor(OperatingPoint(node_nm=node, voltage_V=high), OperatingPoint(node_nm=node, voltage_V=low)) <= 1 + 1e-12


@settings(deadline=None)
@given(a=NODES, b=NODES, c=NODES)
def test_scaling_by_way_of_a_third_node_is_scaling_directly(a, b, c):
    points = [operating_point(node) for node in (a, b, c)]
    assert energy_factor(points[0], points[1]) * energy_factor(points[1], points[2]) == pytest.approx(energy_factor(points[0], points[2]))


@pytest.mark.parametrize("node", [5, 90, 180])
def test_a_node_outside_the_table_is_an_error(node):
    with pytest.raises(SpecError, match=re.escape(f"technology: seen {node} nm, expected 7 to 65 nm; give an energy reference")):
        operating_point(node)


@pytest.mark.parametrize("supply", [0.4, 1.8])
def test_a_supply_outside_the_range_is_an_error(supply):
    with pytest.raises(SpecError, match=f"voltage: seen {supply} V, expected 0.6 to 1.3 V"):
        operating_point(28, supply)


def test_a_figure_that_is_not_moved_keeps_its_source_and_uncertainty():
    figure = Figure(value=2.0, source="a paper", uncertainty=0.3)
    assert at_point(figure, operating_point(45), operating_point(45)) == figure


def test_a_figure_that_is_moved_says_so_and_is_less_sure():
    moved = at_point(Figure(value=2.0, source="a paper", uncertainty=0.3), operating_point(45), operating_point(28))
    assert moved.source == "a paper; scaled from 45 nm at 0.9 V to 28 nm at 0.9 V (Stillmaker and Baas 2017)"
    assert moved.uncertainty == pytest.approx((0.3**2 + 0.1**2) ** 0.5)


def test_a_sum_names_each_source_once_and_is_as_unsure_as_its_parts_are_on_average():
    parts = (Figure(value=1.0, source="a; b", uncertainty=0.1), Figure(value=3.0, source="b; c", uncertainty=0.5))
    summed = total(parts)
    assert (summed.value, summed.source) == (4.0, "a; b; c")
    assert summed.uncertainty == pytest.approx((0.1 + 1.5) / 4)


def test_a_sum_of_nothing_is_zero():
    assert total(()) == Figure(value=0, source="", uncertainty=0.0)
