"""SRAM: a closed form over capacity, width, ports and node, anchored in CACTI 7."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping
from functools import cache
from itertools import pairwise

from snnhw.energy.figure import Figure, from_row
from snnhw.energy.memory import Memory
from snnhw.energy.table import Row, rows
from snnhw.energy.technology import OperatingPoint, area_factor, energy_factor, operating_point

QUANTITIES = ("read_pJ", "write_pJ", "leak_mW", "area_um2")


def sram(capacity_bits: float, width_bits: float, at: OperatingPoint, *, ports: int = 1, nominal_voltage: bool = True) -> Memory:
    """An SRAM of one bank that reads or writes one row of `width_bits` at a time.

    CACTI's figures (sram.csv: 512 bits to 16 MB, rows of 8 to 512 bits, made monotone) hold at their points. Between them: a straight line
    through the logarithms of capacity, width and value; beyond them a power law with the exponents of sram_scaling.csv. Nodes between
    CACTI's (22, 32, 45, 65 nm) are interpolated linearly, below 22 nm the energy scales as in `energy_factor`. Each further read/write
    port adds its share of sram_scaling.csv. nominal_voltage: keep CACTI's supply of the node; else energies scale with V^2, leakage with V.
    """
    figures = {quantity: _at_node(quantity, capacity_bits, width_bits, at, ports, nominal_voltage) for quantity in QUANTITIES}
    return Memory(read_pJ=figures["read_pJ"], write_pJ=figures["write_pJ"], leak_mW=figures["leak_mW"], area_um2=figures["area_um2"])


def _at_node(quantity: str, capacity: float, width: float, at: OperatingPoint, ports: int, nominal_voltage: bool) -> Figure:
    scaling = next(row for row in rows("sram_scaling") if row["quantity"] == quantity)
    nodes = sorted(_grid())
    node = max(at.node_nm, nodes[0])
    low, high = next(pair for pair in pairwise(nodes) if pair[0] <= node <= pair[1])
    part = (node - low) / (high - low)
    value = (1 - part) * _at_size(quantity, low, capacity, width) + part * _at_size(quantity, high, capacity, width)
    supply = (1 - part) * _supply_V(low) + part * _supply_V(high)
    figure = from_row(_row(low), "uncertainty")
    figure = Figure(value=value * (1 + (ports - 1) * float(scaling["per_extra_port"])), source=figure.source, uncertainty=figure.uncertainty)
    if at.node_nm < nodes[0]:
        figure = _below(figure, quantity, OperatingPoint(node_nm=nodes[0], voltage_V=supply), at)
        supply = at.voltage_V
    if nominal_voltage or quantity == "area_um2" or at.voltage_V == supply:
        return figure
    return figure.times((at.voltage_V / supply) ** (1 if quantity == "leak_mW" else 2), f"at {at.voltage_V:g} V instead of {supply:.3g} V")


def _below(figure: Figure, quantity: str, source: OperatingPoint, target: OperatingPoint) -> Figure:
    """Scaled to a node smaller than any that CACTI knows."""
    area = area_factor(source.node_nm, target.node_nm)
    factor = area if quantity in ("area_um2", "leak_mW") else energy_factor(source, target)
    return figure.times(factor, f"scaled from {source} to {target} (Stillmaker and Baas 2017)", 0.2)


@cache
def _grid() -> Mapping[float, Mapping[float, tuple[Row, ...]]]:
    """Rows of the table by node, then by width, with rising capacity."""
    grid: dict[float, dict[float, list[Row]]] = {}
    for row in rows("sram"):
        grid.setdefault(float(row["node_nm"]), {}).setdefault(float(row["width_bits"]), []).append(row)
    return {node: {width: tuple(column) for width, column in widths.items()} for node, widths in grid.items()}


def _row(node: float) -> Row:
    return next(iter(_grid()[node].values()))[0]


def _supply_V(node: float) -> float:
    return float(_row(node)["voltage_V"])


def _at_size(quantity: str, node: float, capacity: float, width: float) -> float:
    columns = _grid()[node]
    scaling = next(row for row in rows("sram_scaling") if row["quantity"] == quantity)
    points = [(w, _in_column(quantity, node, w, capacity)) for w in sorted(columns)]
    return _through(points, width, float(scaling["width_exponent"]))


@cache
def _curve(quantity: str, node: float, width: float) -> tuple[tuple[float, float], ...]:
    return tuple((float(row["capacity_bits"]), float(row[quantity])) for row in _grid()[node][width])


def _in_column(quantity: str, node: float, width: float, capacity: float) -> float:
    scaling = next(row for row in rows("sram_scaling") if row["quantity"] == quantity)
    return _through(_curve(quantity, node, width), capacity, float(scaling["capacity_exponent"]))


def _through(points: tuple[tuple[float, float], ...] | list[tuple[float, float]], x: float, exponent: float) -> float:
    """The curve through points with rising x, straight in logarithms, and a power law beyond its ends."""
    i = bisect_right(points, (x, math.inf))
    if i == 0 or i == len(points):
        at, value = points[0] if i == 0 else points[-1]
        return float(value * (x / at) ** exponent)
    (left, below), (right, above) = points[i - 1], points[i]
    return float(below * (above / below) ** (math.log(x / left) / math.log(right / left)))


def supply_V(at_nm: float) -> float:
    """CACTI's supply of a node in V, between its nodes interpolated; below 22 nm the nominal supply of the node."""
    nodes = sorted(_grid())
    if at_nm < nodes[0]:
        return operating_point(at_nm).voltage_V
    low, high = next(pair for pair in pairwise(nodes) if pair[0] <= at_nm <= pair[1])
    part = (at_nm - low) / (high - low)
    return (1 - part) * _supply_V(low) + part * _supply_V(high)
