"""SRAM: a closed form over capacity, width, ports and node, anchored in CACTI 7."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise

from snnhw.energy.figure import Figure
from snnhw.energy.memory import Memory
from snnhw.energy.table import Row, rows
from snnhw.energy.technology import OperatingPoint, area_factor, energy_factor, operating_point

QUANTITIES = ("read_pJ", "write_pJ", "leak_mW", "area_um2")


def sram(capacity_bits: float, width_bits: float, node_nm: float, *, voltage_V: float | None = None, ports: int = 1) -> Memory:
    """An SRAM of one bank that reads or writes one row of `width_bits` at a time.

    CACTI's figures (sram.csv: 512 bits to 16 MB, rows of 8 to 512 bits) hold at their points. Between them a straight line through the
    logarithms of capacity and value, then of width and value, at as many rows, since CACTI changes its organisation with the number of
    rows; beyond them a power law with the exponents of sram_scaling.csv. Nodes between
    CACTI's (22, 32, 45, 65 nm) are interpolated linearly; below 22 nm energies scale as Stillmaker and Baas say. Each further read/write
    port adds its share of sram_scaling.csv. voltage_V: None is CACTI's supply of the node; else energies go with V^2, leakage with V.
    Raises SpecError outside 7 to 65 nm.
    """
    at = operating_point(node_nm, voltage_V)
    made = {row["quantity"]: _figure(row, capacity_bits, width_bits, at, ports, voltage_V is None) for row in rows("sram_scaling")}
    return Memory(read_pJ=made["read_pJ"], write_pJ=made["write_pJ"], leak_mW=made["leak_mW"], area_um2=made["area_um2"])


def _figure(scaling: Row, capacity_bits: float, width_bits: float, at: OperatingPoint, ports: int, is_nominal: bool) -> Figure:
    quantity = scaling["quantity"]
    smallest = min(_grid())
    low, high, part = _around(max(at.node_nm, smallest))
    value = (1 - part) * _at_size(scaling, low, capacity_bits, width_bits) + part * _at_size(scaling, high, capacity_bits, width_bits)
    supply = (1 - part) * _supply_V(low) + part * _supply_V(high)
    row = _first(low)
    figure = Figure(value=value * (1 + (ports - 1) * float(scaling["per_extra_port"])), source=row["source"],
                    uncertainty=float(row["uncertainty"]), family="sram")
    if at.node_nm < smallest:
        return _below(figure, quantity, OperatingPoint(node_nm=smallest, voltage_V=supply), at)
    if is_nominal or quantity == "area_um2":
        return figure
    return figure.times((at.voltage_V / supply) ** (1 if quantity == "leak_mW" else 2), f"at {at.voltage_V:g} V instead of {supply:.3g} V")


def _below(figure: Figure, quantity: str, source: OperatingPoint, target: OperatingPoint) -> Figure:
    """Scaled to a node smaller than any that CACTI knows."""
    shrinks = quantity in ("area_um2", "leak_mW")
    factor = area_factor(source.node_nm, target.node_nm) if shrinks else energy_factor(source, target)
    return figure.times(factor, f"scaled from {source} to {target} (Stillmaker and Baas 2017)", 0.2)


@cache
def _grid() -> Mapping[float, Mapping[float, tuple[Row, ...]]]:
    """Rows of the table by node, then by width, with rising capacity."""
    grid: dict[float, dict[float, list[Row]]] = {}
    for row in rows("sram"):
        grid.setdefault(float(row["node_nm"]), {}).setdefault(float(row["width_bits"]), []).append(row)
    return {node: {width: tuple(column) for width, column in sorted(widths.items())} for node, widths in grid.items()}


def _around(node_nm: float) -> tuple[float, float, float]:
    """CACTI's nodes below and above, and how far the node lies from the lower to the upper."""
    low, high = next(pair for pair in pairwise(sorted(_grid())) if pair[0] <= node_nm <= pair[1])
    return low, high, (node_nm - low) / (high - low)


def _first(node: float) -> Row:
    return next(iter(_grid()[node].values()))[0]


def _supply_V(node: float) -> float:
    return float(_first(node)["voltage_V"])


def _at_size(scaling: Row, node: float, capacity_bits: float, width_bits: float) -> float:
    exponent = float(scaling["capacity_exponent"])
    widths = list(_grid()[node])
    same_rows = min(max(width_bits, widths[0]), widths[-1])
    above = bisect_right(widths, same_rows)
    points = [(width, _through(_column(scaling["quantity"], node, width), capacity_bits * width / same_rows, exponent))
              for width in widths[above - 1:above + 1]]
    return _through(points, width_bits, float(scaling["width_exponent"]))


@cache
def _column(quantity: str, node: float, width: float) -> tuple[tuple[float, float], ...]:
    """(capacity in bits, value) of one node and width."""
    return tuple((float(row["capacity_bits"]), float(row[quantity])) for row in _grid()[node][width])


def _through(points: Sequence[tuple[float, float]], x: float, exponent: float) -> float:
    """The curve through points with rising x, straight in logarithms, and a power law beyond its ends."""
    i = bisect_right(points, (x, math.inf))
    if i in (0, len(points)):
        at, value = points[0] if i == 0 else points[-1]
        return float(value * (x / at) ** exponent)
    (left, below), (right, above) = points[i - 1], points[i]
    return float(below * (above / below) ** (math.log(x / left) / math.log(right / left)))
