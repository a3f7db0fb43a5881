"""Costs of the compute level and of parts: multiply-accumulate units, adders, neuron units, registers and other logic."""

from __future__ import annotations

import math
from collections.abc import Mapping

from snnhw.energy import logic
from snnhw.energy.figure import Figure, total
from snnhw.energy.kinds import KINDS, kind_of
from snnhw.energy.logic import Operation
from snnhw.energy.request import Request
from snnhw.errors import Finding, SpecError
from snnhw.spec.reference import ComponentCost

WIDTHS = ("datawidth", "data_width", "state_bits", "word_bits", "n_bits", "bits", "width", "reg_width")
NEURON_ACTIONS = ("leak_shift", "add", "compare", "reset")
COMPUTE_ACTIONS = ("compute", "compute_gated", "compute_skipped")
_SKIPPED = Figure(value=0.0, source="an operation that is skipped is never issued", uncertainty=0.0)
# What one operation of a plain part is called, and what it is made of.
_PLAIN: Mapping[str, tuple[str, Operation]] = {
    "multiplier": ("multiply", "multiplier"), "comparator": ("compare", "comparator"), "counter": ("count", "counter"),
    "shifter": ("shift", "shifter"), "bitwise": ("process", "gate"), "mux": ("select", "gate"),
}


def compute_cost(request: Request, word_bits: int) -> ComponentCost:
    """Costs of the compute level: `compute` is one operation, `compute_gated` what a clock gate leaves of it, `compute_skipped` nothing.

    A mac multiplies (multiplier_width bits) and adds (adder_width bits, twice the multiplier's if not given); an accumulate_compute adds
    (adder_width). Widths that are not given are those of the word. SpecError for a class that the model does not know.
    """
    kind = kind_of(request.class_name, request.subclass)
    if kind not in ("mac", "adder", "multiplier"):
        raise SpecError(_unknown(request, "compute"))
    used = _operators(request, kind, word_bits)
    gate = logic.energy_pJ("register", 1, request.at)
    energies = {"compute": total(logic.energy_pJ(name, bits, request.at) for name, bits in used),
                "compute_gated": gate, "compute_skipped": _SKIPPED}
    return request.cost(energies, *_standing(request, used))


def part_cost(request: Request) -> ComponentCost:
    """Costs of a part, per action of one instance. SpecError for a class that the model does not know or a width that is not given."""
    kind = kind_of(request.class_name, request.subclass)
    if kind == "neuron":
        return _neuron(request)
    if kind == "register":
        bits = request.bits(WIDTHS)
        access = logic.energy_pJ("register", bits, request.at)
        return request.cost({"read": access, "write": access, "update": access}, *_standing(request, (("register", bits),)))
    if kind == "mac":
        return compute_cost(request, round(request.bits((*WIDTHS, "multiplier_width"))))
    if kind == "adder":
        bits = request.bits(("adder_width", *WIDTHS))
        return request.cost({"add": logic.energy_pJ("adder", bits, request.at)}, *_standing(request, (("adder", bits),)))
    if kind is None or kind not in _PLAIN:
        raise SpecError(_unknown(request, ""))
    action, operation = _PLAIN[kind]
    bits = request.bits((f"{kind}_width", *WIDTHS))
    return request.cost({action: logic.energy_pJ(operation, bits, request.at)}, *_standing(request, ((operation, bits),)))


def _operators(request: Request, kind: str, word_bits: int) -> tuple[tuple[Operation, float], ...]:
    if kind == "adder":
        return (("adder", request.bits(("adder_width",), word_bits)),)
    a = request.bits(("multiplier_width", "datawidth_a"), word_bits)
    b = request.bits(("datawidth_b",), a)
    multiplier: tuple[Operation, float] = ("multiplier", math.sqrt(a * b))
    return (multiplier,) if kind == "multiplier" else (multiplier, ("adder", request.bits(("adder_width",), a + b)))


def _neuron(request: Request) -> ComponentCost:
    """One neuron update: the leak u >> k (shifter), u - (u >> k) or u + input (adder), u >= threshold (comparator), the choice between
    the old state and the reset one (a multiplexer and a register of the state's width)."""
    bits = request.bits(("state_bits", *WIDTHS))
    operations: tuple[Operation, ...] = ("shifter", "adder", "comparator", "gate", "register")
    uses = tuple((operation, bits) for operation in operations)
    shift, add, compare, choose, keep = (logic.energy_pJ(name, width, request.at) for name, width in uses)
    return request.cost({"leak_shift": shift, "add": add, "compare": compare, "reset": total((choose, keep))}, *_standing(request, uses))


def _standing(request: Request, uses: tuple[tuple[Operation, float], ...]) -> tuple[Figure, Figure]:
    """Leakage in mW and area in um2 of all operators together."""
    return (total(logic.leak_mW(name, bits, request.at) for name, bits in uses),
            total(logic.area_um2(name, bits, request.at) for name, bits in uses))


def _unknown(request: Request, action: str) -> Finding:
    known = ", ".join(sorted(name for name, kind in KINDS.items() if kind not in ("dram", "sram", "regfile")))
    return request.unknown("a component of an unknown kind", action=action,
                           fix=f"known classes are {known}; or give its energies in an ERT or as a class under components: classes")
