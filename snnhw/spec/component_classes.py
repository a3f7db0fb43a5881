"""What a class of a component makes of it: a storage level, the compute, a network, or a part."""

from __future__ import annotations

from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["storage", "compute", "network", "part"]

# Timeloop decides by what the name of a class contains (its topology.cpp; timeloopfe v4, arch.py).
STORAGE_CLASSES = ("DRAM", "SRAM", "regfile", "smartbuffer", "storage")
COMPUTE_CLASSES = ("mac", "compute")
NETWORK_CLASSES = ("XY_NoC", "Legacy", "ReductionTree", "SimpleMulticast")
# Classes of parts that estimators know, those of Accelergy's primitive component library (v0.4) and ours, with their role.
PART_CLASSES = {
    "neuron_unit": "neuron", "lif_neuron": "neuron", "threshold_register": "threshold",
    **dict.fromkeys(("adder", "intadder", "fpadder", "adder_tree", "intadder_tree", "multiplier", "intmultiplier", "fpmultiplier",
                     "comparator", "counter", "bitwise", "shifter", "reg", "register", "flip_flop", "mux", "decoder", "crossbar", "wire",
                     "router", "nand", "nor", "inverter", "adc", "dac", "memory_controller", "clock", "control"), ""),
}


def class_kind(class_name: str) -> Kind:
    """What Timeloop takes a class for. A class that it does not know is a part."""
    kinds: tuple[tuple[Kind, tuple[str, ...]], ...] = (
        ("network", NETWORK_CLASSES), ("storage", STORAGE_CLASSES), ("compute", COMPUTE_CLASSES))
    if class_name in PART_CLASSES:
        return "part"
    return next((kind for kind, names in kinds if any(name in class_name for name in names)), "part")
