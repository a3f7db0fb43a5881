"""SRAM: CACTI's figures, and how the form between them behaves."""

from __future__ import annotations

import csv
import math
from itertools import pairwise
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
DROP = 0.45
"""By how much CACTI's energy falls at most where a memory or a row grows; it chooses another organisation there."""


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


def pairs():
    """Each size of cacti.csv at 28, 32, 40 and 45 nm: (node, capacity, width, CACTI's figure by quantity). 28 and 40 nm are interpolated as
    hwcomponents-cacti does it."""
    points = {(int(p["capacity_bits"]), int(p["width_bits"]), int(p["node_nm"])): {q: float(p[q]) for q in QUANTITIES}
              for p in cacti_points()}
    sizes = sorted({(capacity, width) for capacity, width, _ in points})
    for capacity, width in sizes:
        for node, low, high in ((28, 22, 32), (32, 32, 32), (40, 32, 45), (45, 45, 45)):
            part = (node - low) / (high - low) if high > low else 0.0
            below, above = points[capacity, width, low], points[capacity, width, high]
            yield node, capacity, width, {q: (1 - part) * below[q] + part * above[q] for q in QUANTITIES}


def residuals(quantity, in_table):
    widths = {row["width_bits"] for row in rows("sram") if row["node_nm"] == "32"}
    return [abs(getattr(sram(capacity, width, node), quantity).value / seen[quantity] - 1)
            for node, capacity, width, seen in pairs() if (str(width) in widths) == in_table]


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_a_memory_of_256_bytes_to_1_MB_is_within_15_percent_of_cacti(quantity):
    """From 28 to 45 nm, in rows of the widths that the table has; nearly all of the sizes are not in it."""
    errors = residuals(quantity, True)
    assert len(errors) > 1000
    assert max(errors) <= 0.15
    assert math.sqrt(sum(error**2 for error in errors) / len(errors)) < 0.03


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_rows_of_other_widths_are_within_15_percent_in_nine_of_ten_cases(quantity):
    errors = residuals(quantity, False)
    assert len(errors) > 100
    assert sum(error > 0.15 for error in errors) < 0.1 * len(errors)
    assert max(errors) < 0.3


@settings(deadline=None)
@given(a=CAPACITIES, b=CAPACITIES, width=WIDTHS, node=NODES)
def test_a_larger_memory_costs_less_by_no_more_than_where_cacti_changes_its_organisation(a, b, width, node):
    small, large = sorted((a, b))
    assert all(x * (1 - DROP) <= y for x, y in zip(values(small, width, node)[:2], values(large, width, node)[:2], strict=True))


@settings(deadline=None)
@given(capacity=CAPACITIES, a=WIDTHS, b=WIDTHS, node=NODES)
def test_a_wider_row_costs_less_by_no_more_than_where_cacti_changes_its_organisation(capacity, a, b, node):
    narrow, wide = sorted((a, b))
    assert all(x * (1 - DROP) <= y for x, y in zip(values(capacity, narrow, node)[:2], values(capacity, wide, node)[:2], strict=True))


@settings(deadline=None)
@given(capacity=CAPACITIES, width=WIDTHS)
def test_each_node_needs_less_than_the_one_before(capacity, width):
    found = [values(capacity, width, node) for node in (7, 22, 32, 45, 65)]
    for new, old in pairwise(found):
        assert all(new[i] < old[i] for i in (0, 1, 3))


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
