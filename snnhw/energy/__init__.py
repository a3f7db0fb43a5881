"""What one action of a component costs, who says so, and how sure that is."""

from snnhw.energy.estimate import estimate
from snnhw.energy.wires import wire_energy_pJ_per_bit_mm, with_wires

__all__ = ["estimate", "wire_energy_pJ_per_bit_mm", "with_wires"]
