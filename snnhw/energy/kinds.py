"""What the built-in model takes a class for."""

from __future__ import annotations

from collections.abc import Mapping

# Names as Accelergy's primitive library (v0.4) and Timeloop's published inputs have them, in lower case, and ours.
KINDS: Mapping[str, tuple[str, ...]] = {
    "dram": ("dram",),
    "sram": ("sram", "smartbuffer", "smartbuffer_sram", "smartbuffer_metadata", "cache_sram"),
    "regfile": ("regfile", "smartbuffer_rf", "smartbuffer_regfile", "regfile_metadata"),
    "mac": ("mac", "intmac"),
    "fpmac": ("fpmac",),
    "adder": ("accumulate_compute", "adder_compute", "adder", "intadder"),
    "multiplier": ("multiplier", "intmultiplier"),
    "fpadder": ("fpadder",), "fpmultiplier": ("fpmultiplier",),
    "adder_tree": ("adder_tree", "intadder_tree"),
    "register": ("register", "reg", "flip_flop", "threshold_register"),
    "comparator": ("comparator",), "counter": ("counter",), "shifter": ("shifter",), "bitwise": ("bitwise",), "mux": ("mux",),
    "neuron": ("neuron_unit", "lif_neuron"),
    "accumulator": ("accumulator", "membrane_accumulator"),
    "leak": ("leak_unit", "membrane_leak"),
    "compare": ("threshold_compare", "threshold_comparator"),
    "reset": ("reset_unit", "membrane_reset"),
    "encoder": ("spike_encoder",), "decoder": ("spike_decoder",), "intersection": ("intersection", "intersection_unit"),
    "wire": ("wire",), "router": ("router",),
}
"""The names of each kind."""

MEMORIES = ("dram", "sram", "regfile")
_KIND_OF = {name: kind for kind, names in KINDS.items() for name in names}
# What the name of a class may merely contain, for names of a user's own.
_CONTAINED = (("dram", "dram"), ("sram", "sram"), ("regfile", "regfile"), ("intmac", "mac"), ("fpmac", "fpmac"))


def kind_of(class_name: str, subclass: str | None) -> str | None:
    """The kind of a component: by its subclass if that is known, else by its class; None where neither is."""
    for name in (subclass, class_name):
        if name is not None and name.lower() in _KIND_OF:
            return _KIND_OF[name.lower()]
    for name in (subclass, class_name):
        found = next((kind for part, kind in _CONTAINED if name is not None and part in name.lower()), None)
        if found is not None:
            return found
    return None


def part_classes() -> tuple[str, ...]:
    """Names of all classes that are no memories."""
    return tuple(sorted(name for name, kind in _KIND_OF.items() if kind not in MEMORIES))


def is_smart(class_name: str, subclass: str | None) -> bool:
    """Whether a memory has address generators of its own (Accelergy's smartbuffers)."""
    return any(name is not None and "smartbuffer" in name.lower() for name in (class_name, subclass))
