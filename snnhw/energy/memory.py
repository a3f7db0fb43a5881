"""What every memory is to the estimators."""

from __future__ import annotations

from dataclasses import dataclass, replace

from snnhw.energy.figure import Figure, total


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """One instance of a memory. read, write: pJ of one row; leak: mW (pJ per ns); area: um2, None where unknown."""

    read_pJ: Figure
    write_pJ: Figure
    leak_mW: Figure
    area_um2: Figure | None

    def with_each_access(self, energy_pJ: Figure, leak_mW: Figure, area_um2: Figure) -> Memory:
        """The memory with a circuit beside it that works once in each access, such as an address generator."""
        return replace(self, read_pJ=total((self.read_pJ, energy_pJ)), write_pJ=total((self.write_pJ, energy_pJ)),
                       leak_mW=total((self.leak_mW, leak_mW)),
                       area_um2=None if self.area_um2 is None else total((self.area_um2, area_um2)))
