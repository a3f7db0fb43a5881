"""Energy, leakage and area of logic: adders, multipliers, comparators, shifters, counters, gates and register bits, from logic.csv."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Literal, TypeAlias

from snnhw.energy.figure import Figure, from_row
from snnhw.energy.table import Row, rows
from snnhw.energy.technology import OperatingPoint, area_factor, at_point, point_of

Operation: TypeAlias = Literal["adder", "multiplier", "register", "gate", "shifter", "comparator", "counter", "fpadder", "fpmultiplier",
                                "router"]
Quantity: TypeAlias = Literal["energy_pJ", "leak_mW", "area_um2"]


def energy_pJ(operation: Operation, bits: float, at: OperatingPoint) -> Figure:
    """Energy in pJ of one operation of so many bits. `gate` and `register` work on all bits at once."""
    figure, row = _sized(operation, "energy_pJ", bits)
    return at_point(figure, point_of(row), at)


def leak_mW(operation: Operation, bits: float, at: OperatingPoint) -> Figure:
    """Leakage in mW, which is pJ per ns. It keeps the power density of the source: it goes with the area, and with the supply."""
    figure, row = _sized(operation, "leak_mW", bits)
    source = point_of(row)
    factor = area_factor(source.node_nm, at.node_nm) * at.voltage_V / source.voltage_V
    return figure.times(factor, f"scaled from {source} to {at} at the same power density")


def area_um2(operation: Operation, bits: float, at: OperatingPoint) -> Figure:
    """Area in um2."""
    figure, row = _sized(operation, "area_um2", bits)
    return figure.times(area_factor(point_of(row).node_nm, at.node_nm))


def _sized(operation: Operation, quantity: Quantity, bits: float) -> tuple[Figure, Row]:
    """A figure for so many bits, at the node of its row.

    Between two rows of the table a straight line through log value over log bits, so that the rows themselves come out exactly;
    beyond them a power of the bits: 1 for what has a cell a bit, 2 for an array multiplier, 1.35 for a shifter (bits * log2 bits).
    """
    found = [row for row in rows("logic") if row["operation"] == operation and row["quantity"] == quantity]
    for low, high in pairwise(found):
        if float(low["bits"]) <= bits <= float(high["bits"]):
            part = math.log(bits / float(low["bits"])) / math.log(float(high["bits"]) / float(low["bits"]))
            factor = (float(high["value"]) / float(low["value"])) ** part
            return from_row(low, "value").times(factor, f"for {bits:g} bits" if 0 < part < 1 else ""), low
    nearest = found[0] if bits <= float(found[0]["bits"]) else found[-1]
    factor = (bits / float(nearest["bits"])) ** float(nearest["exponent"])
    return from_row(nearest, "value").times(factor, f"for {bits:g} bits" if factor != 1 else ""), nearest
