"""What one action of a component costs, who says so, and how sure that is."""

from snnhw.energy.estimate import estimate
from snnhw.energy.estimators import KNOWN, ORDER, estimators_named, standing
from snnhw.energy.wires import wire_energy_pJ_per_bit_mm, with_wires

__all__ = ["KNOWN", "ORDER", "estimate", "estimators_named", "standing", "wire_energy_pJ_per_bit_mm", "with_wires"]
