"""DRAM: energy per bit of what is read or written, by type."""

from __future__ import annotations

from snnhw.energy.figure import Figure, from_row
from snnhw.energy.memory import Memory
from snnhw.energy.table import rows

DEFAULT_TYPE = "LPDDR4"
NO_LEAKAGE = Figure(value=0.0, source="background power is part of the energy per bit, which is that at peak bandwidth", uncertainty=0.0,
                    estimator="definition", family="dram")


def dram_types() -> tuple[str, ...]:
    """Types that the table knows."""
    return tuple(row["type"] for row in rows("dram"))


def dram(width_bits: float, kind: str | None) -> Memory | None:
    """A DRAM that moves `width_bits` in one access; None for a type that the table does not know. It costs no area of the chip.

    kind None is LPDDR4, and the source says so.
    """
    row = next((row for row in rows("dram") if row["type"].lower() == (kind or DEFAULT_TYPE).lower()), None)
    if row is None:
        return None
    access = from_row(row, "energy_pJ_per_bit", "dram").times(width_bits, "" if kind else f"no type given, taken as {DEFAULT_TYPE}")
    return Memory(read_pJ=access, write_pJ=access, leak_mW=NO_LEAKAGE, area_um2=None)
