"""Wires between levels: energy of a bit over a millimetre."""

from __future__ import annotations

from dataclasses import replace

from snnhw.energy.figure import Figure, from_row
from snnhw.energy.table import rows
from snnhw.energy.technology import operating_point
from snnhw.spec.architecture import Architecture, StorageLevel


def wire_energy(technology_nm: float, voltage_V: float | None = None) -> Figure:
    """Energy in pJ of moving a bit by a millimetre, repeaters included.

    A wire's capacitance per length hardly changes between nodes, so only the supply counts: E = E0 * (V/V0)^2. That meets the 10 nm columns
    of the source (0.078 pJ at 0.75 V, 0.059 pJ at 0.65 V) within 8 percent.
    """
    row = rows("wires")[0]
    voltage = operating_point(technology_nm, voltage_V).voltage_V
    factor = (voltage / float(row["voltage_V"])) ** 2
    return from_row(row, "energy_pJ_per_bit_mm", "wire").times(factor, f"at {voltage:.3g} V" if factor != 1 else "")


def wire_energy_pJ_per_bit_mm(technology_nm: float, voltage_V: float | None = None) -> float:
    """Energy in pJ of moving a bit by a millimetre at a node, at its nominal supply where none is given. SpecError outside 7 to 65 nm."""
    return wire_energy(technology_nm, voltage_V).value


def needs_wire_energy(level: StorageLevel) -> bool:
    """Whether the wires below a level have a length (tile_width) and no energy."""
    return level.network.tile_width_um > 0 and level.network.wire_energy_pJ_per_bit_mm == 0


def with_wires(architecture: Architecture) -> Architecture:
    """The architecture with the table's wire energy in every network that has a length (tile_width) and no wire_energy."""
    if not any(map(needs_wire_energy, architecture.storage)):
        return architecture
    energy = wire_energy_pJ_per_bit_mm(architecture.technology_nm)
    return replace(architecture, storage=tuple(
        replace(level, network=replace(level.network, wire_energy_pJ_per_bit_mm=energy)) if needs_wire_energy(level) else level
        for level in architecture.storage))
