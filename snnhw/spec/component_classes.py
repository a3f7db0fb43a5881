"""What a class of a component makes of it: a storage level, the compute, a network, or a part."""

from __future__ import annotations

from snnhw.spec import flat_architecture

# Classes of parts that estimators know, those of Accelergy's primitive component library (v0.4) and ours, with their role.
PART_CLASSES = {
    "neuron_unit": "neuron", "lif_neuron": "neuron", "threshold_register": "threshold",
    "accumulator": "accumulator", "membrane_accumulator": "accumulator", "leak_unit": "leak", "membrane_leak": "leak",
    "threshold_compare": "compare", "threshold_comparator": "compare", "reset_unit": "reset", "membrane_reset": "reset",
    "spike_encoder": "encoder",
    **dict.fromkeys(("spike_decoder", "intersection", "intersection_unit"), ""),
    **dict.fromkeys(("adder", "intadder", "fpadder", "adder_tree", "intadder_tree", "multiplier", "intmultiplier", "fpmultiplier",
                     "comparator", "counter", "bitwise", "shifter", "reg", "register", "flip_flop", "mux", "decoder", "crossbar", "wire",
                     "router", "nand", "nor", "inverter", "adc", "dac", "memory_controller", "clock", "control"), ""),
}


def class_kind(class_name: str) -> str:
    """storage, compute, network or part: a part if it is listed here, else what Timeloop takes a class of this name for."""
    return "part" if class_name in PART_CLASSES else flat_architecture.class_kind(class_name)
