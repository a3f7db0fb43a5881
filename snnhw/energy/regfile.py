"""Register files: pads too small for an SRAM, built of register bits, a tree of multiplexers and a decoder."""

from __future__ import annotations

from snnhw.energy.figure import total
from snnhw.energy.logic import area_um2, energy_pJ, leak_mW
from snnhw.energy.memory import Memory
from snnhw.energy.technology import OperatingPoint

# A multiplexer of the tree changes its output when its select line changes and its two inputs differ: half of a half of the accesses.
TOGGLES = 0.25
DERIVATION = "register file as register bits, multiplexers and decoder (docs/energy.md)"


def regfile(capacity_bits: float, width_bits: float, at: OperatingPoint, *, ports: int = 1) -> Memory:
    """A register file that reads or writes one row of `width_bits` at a time, W bits wide and D rows deep.

    E = W * (register bit + (D - 1)/4 * gate) + D/4 * gate, for a read (the tree of two-way multiplexers behind the bits) as for a write
    (the bus in front of them); leakage and area of W * D register bits and gates. Every further port adds a tree and a decoder.
    """
    depth = max(1.0, capacity_bits / width_bits)
    trees = TOGGLES * ports * ((depth - 1) * width_bits + depth)
    access = total((energy_pJ("register", width_bits, at), energy_pJ("gate", 1, at).times(trees, DERIVATION)))
    gates = ports * ((depth - 1) * width_bits + depth)
    access = access.of("regfile")
    return Memory(read_pJ=access, write_pJ=access,
                  leak_mW=total((leak_mW("register", capacity_bits, at), leak_mW("gate", gates, at))).of("regfile"),
                  area_um2=total((area_um2("register", capacity_bits, at), area_um2("gate", gates, at))))
