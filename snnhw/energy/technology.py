"""Scaling energies and areas between process nodes and supply voltages."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from snnhw.energy.figure import Figure
from snnhw.energy.table import Row, rows
from snnhw.errors import Finding, SpecError

# Supplies between which the polynomials of Stillmaker and Baas hold for every node of the table (their Sec. 4).
VOLTAGE_RANGE_V = (0.6, 1.3)


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatingPoint:
    """A process node in nm and a supply in V."""

    node_nm: float
    voltage_V: float

    def __str__(self) -> str:
        return f"{self.node_nm:g} nm at {self.voltage_V:.3g} V"


def operating_point(node_nm: float, voltage_V: float | None = None) -> OperatingPoint:
    """The point of a node, at its nominal supply where none is given. Raises SpecError outside 7 to 65 nm or 0.6 to 1.3 V."""
    nodes = _nodes()
    low, high = nodes[-1], nodes[0]
    if not low <= node_nm <= high:
        raise SpecError(Finding(file="technology", key="technology", seen=f"{node_nm:g} nm", expected=f"{low:g} to {high:g} nm",
                                fix="give an energy reference table (ERT) for other nodes"))
    if voltage_V is None:
        voltage_V = _between(node_nm, [float(row["voltage_V"]) for row in rows("technology")], log=False)
    if not VOLTAGE_RANGE_V[0] <= voltage_V <= VOLTAGE_RANGE_V[1]:
        raise SpecError(Finding(file="technology", key="voltage", seen=f"{voltage_V:g} V",
                                expected=f"{VOLTAGE_RANGE_V[0]} to {VOLTAGE_RANGE_V[1]} V",
                                fix="give an energy reference table (ERT) for other supplies"))
    return OperatingPoint(node_nm=node_nm, voltage_V=voltage_V)


def energy_factor(source: OperatingPoint, target: OperatingPoint) -> float:
    """Energy of a switching circuit at `target` over that at `source`.

    Stillmaker and Baas, "Scaling equations for the accurate prediction of CMOS device performance from 180 nm to 7 nm", Integration 58
    (2017): E(node, V) = a2 V^2 + a1 V + a0 with a triple for each node. Between nodes: a straight line through log E over log node.
    """
    return _relative_energy(target) / _relative_energy(source)


def area_factor(source_nm: float, target_nm: float) -> float:
    """Area of a circuit at `target_nm` over that at `source_nm` (same paper, area table)."""
    areas = [float(row["area_of_65nm"]) for row in rows("technology")]
    return _between(target_nm, areas, log=True) / _between(source_nm, areas, log=True)


def at_point(figure: Figure, source: OperatingPoint, target: OperatingPoint) -> Figure:
    """An energy measured at one point, at another. A figure that stays where it is keeps its uncertainty."""
    if source == target:
        return figure
    return figure.times(energy_factor(source, target), f"scaled from {source} to {target} (Stillmaker and Baas 2017)", 0.1)


def point_of(row: Row) -> OperatingPoint:
    """Where a row of a table was measured."""
    return OperatingPoint(node_nm=float(row["node_nm"]), voltage_V=float(row["voltage_V"]))


def _nodes() -> list[float]:
    return [float(row["node_nm"]) for row in rows("technology")]


def _relative_energy(point: OperatingPoint) -> float:
    v = point.voltage_V
    return _between(point.node_nm, [float(row["energy_a2"]) * v * v + float(row["energy_a1"]) * v + float(row["energy_a0"])
                                    for row in rows("technology")], log=True)


def _between(node_nm: float, values: Sequence[float], *, log: bool) -> float:
    """The value at a node, from those at the nodes of the table (largest node first)."""
    nodes = _nodes()
    for (large, above), (small, below) in pairwise(zip(nodes, values, strict=True)):
        if small <= node_nm <= large:
            part = math.log(node_nm / small) / math.log(large / small)
            return below * (above / below) ** part if log else below + (above - below) * part
    raise SpecError(Finding(file="technology", key="technology", seen=f"{node_nm:g} nm", expected=f"{nodes[-1]:g} to {nodes[0]:g} nm"))
