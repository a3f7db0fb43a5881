"""The tables of the built-in model say where each figure is from."""

from __future__ import annotations

import math

import pytest

from snnhw.energy.table import TABLES, rows

TEXT = {"source", "operation", "quantity", "type", "name"}
MAY_BE_EMPTY = {"node_nm", "voltage_V"}


@pytest.mark.parametrize("name", TABLES)
def test_every_row_has_a_source_with_a_year_and_an_uncertainty(name):
    for row in rows(name):
        assert len(row["source"]) > 10, row
        assert 1990 <= int(row["year"]) <= 2026, row
        assert 0 < float(row["uncertainty"]) <= 1, row


@pytest.mark.parametrize("name", TABLES)
def test_every_number_of_a_row_is_one(name):
    for row in rows(name):
        for column, text in row.items():
            assert column is not None, row
            assert text is not None, row
            if column not in TEXT and not (text == "" and column in MAY_BE_EMPTY):
                assert math.isfinite(float(text)), (column, row)


@pytest.mark.parametrize("name", ["logic", "technology", "sram", "wires"])
def test_what_depends_on_the_process_names_node_and_supply(name):
    for row in rows(name):
        assert 7 <= float(row["node_nm"]) <= 65
        assert 0.6 <= float(row["voltage_V"]) <= 1.3


def test_a_table_that_does_not_exist_is_refused():
    with pytest.raises(KeyError, match="prices"):
        rows("prices")


def test_logic_has_energy_leakage_and_area_of_every_operation():
    found = {(row["operation"], row["quantity"]) for row in rows("logic")}
    operations = {operation for operation, _ in found}
    assert found == {(operation, quantity) for operation in operations for quantity in ("energy_pJ", "leak_mW", "area_um2")}
    assert operations == {"adder", "multiplier", "register", "gate", "shifter", "comparator", "counter", "fpadder", "fpmultiplier",
                          "router"}


def test_the_sram_table_rises_but_for_where_cacti_changes_its_organisation():
    for quantity in ("read_pJ", "write_pJ"):
        columns: dict[tuple[str, str], list[tuple[int, float]]] = {}
        for row in rows("sram"):
            columns.setdefault((row["node_nm"], row["width_bits"]), []).append((int(row["capacity_bits"]), float(row[quantity])))
        for points in columns.values():
            assert points == sorted(points)
            assert all(value > 0.66 * below for i, (_, value) in enumerate(points) for _, below in points[:i])
