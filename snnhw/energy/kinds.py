"""What the built-in model takes a class for."""

from __future__ import annotations

from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["dram", "sram", "regfile", "mac", "adder", "neuron", "register", "multiplier", "comparator", "counter", "shifter",
                          "bitwise", "mux"]

# Names as Accelergy's primitive library (v0.4) and Timeloop's published inputs have them, in lower case, and ours.
KINDS: dict[str, Kind] = {
    "dram": "dram",
    "sram": "sram", "smartbuffer": "sram", "smartbuffer_sram": "sram", "smartbuffer_metadata": "sram",
    "regfile": "regfile", "smartbuffer_rf": "regfile", "smartbuffer_regfile": "regfile", "regfile_metadata": "regfile",
    "mac": "mac", "intmac": "mac",
    "accumulate_compute": "adder", "adder_compute": "adder", "adder": "adder", "intadder": "adder",
    "neuron_unit": "neuron", "lif_neuron": "neuron",
    "register": "register", "reg": "register", "flip_flop": "register", "threshold_register": "register",
    "multiplier": "multiplier", "intmultiplier": "multiplier", "comparator": "comparator", "counter": "counter", "shifter": "shifter",
    "bitwise": "bitwise", "mux": "mux",
}
# What the name of a class may merely contain, for names of a user's own.
_CONTAINED: tuple[tuple[str, Kind], ...] = (("dram", "dram"), ("sram", "sram"), ("regfile", "regfile"), ("intmac", "mac"))


def kind_of(class_name: str, subclass: str | None) -> Kind | None:
    """The kind of a component: by its subclass if that is known, else by its class; None where neither is."""
    for name in (subclass, class_name):
        if name is not None and name.lower() in KINDS:
            return KINDS[name.lower()]
    for name in (subclass, class_name):
        found = next((kind for part, kind in _CONTAINED if name is not None and part in name.lower()), None)
        if found is not None:
            return found
    return None


def is_smart(class_name: str, subclass: str | None) -> bool:
    """Whether a memory has address generators of its own (Accelergy's smartbuffers)."""
    return any(name is not None and "smartbuffer" in name.lower() for name in (class_name, subclass))
