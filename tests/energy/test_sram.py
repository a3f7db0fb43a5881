"""SRAM: CACTI's figures, and how the form between them behaves."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snnhw.energy.sram import sram
from snnhw.energy.table import rows
from snnhw.errors import SpecError

QUANTITIES = ("read_pJ", "write_pJ", "leak_mW", "area_um2")
CAPACITIES = st.floats(64, 2**24)
WIDTHS = st.integers(1, 1024)
NODES = st.floats(7, 65)


def cacti_points():
    """Points that CACTI gave and that the table does not hold."""
    with (Path(__file__).parent / "cacti.csv").open() as file:
        return tuple(csv.DictReader(file))


def values(*arguments, **more):
    memory = sram(*arguments, **more)
    return [getattr(memory, quantity).value for quantity in QUANTITIES]


def test_a_point_of_the_table_comes_out_as_it_stands_there():
    for row in rows("sram")[::37]:
        found = values(float(row["capacity_bits"]), float(row["width_bits"]), float(row["node_nm"]))
        assert found == pytest.approx([float(row[quantity]) for quantity in QUANTITIES])


def test_8_KB_in_rows_of_64_bits_at_45_nm_read_for_6_pJ():
    assert sram(8192 * 8, 64, 45).read_pJ.value == pytest.approx(6.137, rel=0.001)


@pytest.mark.parametrize(("quantity", "limit"), [("read_pJ", 0.10), ("write_pJ", 0.06), ("leak_mW", 0.06), ("area_um2", 0.06)])
def test_sizes_between_those_of_the_table_are_met_within_some_percent_rms(quantity, limit):
    errors = [getattr(sram(float(p["capacity_bits"]), float(p["width_bits"]), float(p["node_nm"])), quantity).value / float(p[quantity]) - 1
              for p in cacti_points()]
    assert len(errors) == 231
    assert math.sqrt(sum(e * e for e in errors) / len(errors)) < limit


def test_nine_in_ten_energies_are_within_15_percent_of_cacti():
    points = cacti_points()
    ours = [sram(float(p["capacity_bits"]), float(p["width_bits"]), float(p["node_nm"])) for p in points]
    far = [p for p, memory in zip(points, ours, strict=True) for quantity in ("read_pJ", "write_pJ")
           if abs(getattr(memory, quantity).value / float(p[quantity]) - 1) > 0.15]
    assert len(far) <= 0.1 * 2 * len(points)


@settings(deadline=None)
@given(a=CAPACITIES, b=CAPACITIES, width=WIDTHS, node=NODES)
def test_a_larger_memory_never_costs_less(a, b, width, node):
    small, large = sorted((a, b))
    assert all(x <= y * (1 + 1e-9) for x, y in zip(values(small, width, node)[:2], values(large, width, node)[:2], strict=True))


@settings(deadline=None)
@given(capacity=CAPACITIES, a=WIDTHS, b=WIDTHS, node=NODES)
def test_a_wider_row_never_costs_less(capacity, a, b, node):
    narrow, wide = sorted((a, b))
    assert all(x <= y * (1 + 1e-9) for x, y in zip(values(capacity, narrow, node)[:2], values(capacity, wide, node)[:2], strict=True))


@settings(deadline=None)
@given(capacity=CAPACITIES, width=WIDTHS, a=NODES, b=NODES)
def test_a_smaller_node_never_costs_more_energy_or_area(capacity, width, a, b):
    small, large = sorted((a, b))
    old, new = values(capacity, width, large), values(capacity, width, small)
    assert new[0] <= old[0] * 1.001
    assert new[1] <= old[1] * 1.001
    assert new[3] <= old[3] * 1.001


def test_28_nm_lies_between_22_and_32_nm_on_a_line():
    low, middle, high = (sram(12800 * 64, 64, node).read_pJ.value for node in (22, 28, 32))
    assert middle == pytest.approx(0.4 * low + 0.6 * high)


def test_beyond_the_table_a_power_law_holds():
    edge, beyond = (sram(capacity, 64, 45).read_pJ.value for capacity in (2**27, 2**29))
    assert beyond / edge == pytest.approx(4**0.544)
    wide, wider = (sram(2**20, width, 45).write_pJ.value for width in (512, 2048))
    assert wider / wide == pytest.approx(4**0.665)


def test_each_further_port_adds_its_share():
    one, three = sram(2**16, 64, 28).read_pJ.value, sram(2**16, 64, 28, ports=3).read_pJ.value
    assert three / one == pytest.approx(1 + 2 * 0.48)


def test_energy_goes_with_the_square_of_the_supply_and_leakage_with_the_supply():
    nominal = values(2**16, 64, 45)
    lower = values(2**16, 64, 45, voltage_V=0.9)
    v = 0.9 / 1.1
    assert [low / full for low, full in zip(lower, nominal, strict=True)] == pytest.approx([v**2, v**2, v, 1])


def test_below_cactis_smallest_node_the_energy_falls_on():
    at_22, at_7 = sram(2**16, 64, 22).read_pJ, sram(2**16, 64, 7).read_pJ
    assert at_7.value < 0.5 * at_22.value
    assert "Stillmaker and Baas" in at_7.source
    assert at_7.uncertainty > at_22.uncertainty


def test_a_node_outside_the_range_is_an_error():
    with pytest.raises(SpecError, match="seen 90 nm, expected 7 to 65 nm"):
        sram(2**16, 64, 90)
