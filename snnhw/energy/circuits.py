"""Circuits that are made of logic: what one action of each takes, and what stands there and leaks."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from snnhw.energy.logic import Operation
from snnhw.energy.request import NoEstimate, Request

Uses: TypeAlias = tuple[tuple[Operation, float, float], ...]
"""(operation, bits, how often)."""

WIDTHS = ("datawidth", "flit_bits", "data_width", "state_bits", "word_bits", "n_bits", "bits", "width", "reg_width")
POSITION_BITS = ("metadata_datawidth", "metadata_bits", "coordinate_bits", *WIDTHS)
MASKS = ("UB", "B")
FORMATS = (*MASKS, "CP", "RLE", "UOP")


@dataclass(frozen=True, slots=True, kw_only=True)
class Circuit:
    """actions: what one of each takes; built: the operators that stand there. derivation: why, for the source; "" where it is obvious."""

    actions: Mapping[str, Uses]
    built: Uses
    derivation: str = field(default="")


def circuit(kind: str, request: Request) -> Circuit | None:
    """The circuit of a kind of component (kinds.KINDS), None for a kind that is none. NoEstimate where an attribute is missing."""
    if kind in _PLAIN:
        action, operation = _PLAIN[kind]
        bits = request.bits((f"{kind}_width", *WIDTHS))
        return _single({action: ((operation, bits, 1),)})
    return _MAKERS[kind](request) if kind in _MAKERS else None


def operators(kind: str, request: Request) -> Uses | None:
    """What one operation of the compute level takes; None for a kind that computes nothing.

    A mac multiplies (multiplier_width bits, or datawidth_a by datawidth_b, which count as their geometric mean) and adds (adder_width bits;
    those of the product if not given); an adder adds. Widths that are not given are those of the word.
    """
    word = request.word_bits
    if kind == "adder":
        return (("adder", request.bits(("adder_width",), word), 1),)
    if kind in ("fpmac", "fpadder", "fpmultiplier"):
        bits = request.bits((*WIDTHS, "multiplier_width"), word)
        parts: dict[str, Uses] = {"fpmultiplier": (("fpmultiplier", bits, 1),), "fpadder": (("fpadder", bits, 1),)}
        return parts.get(kind, (*parts["fpmultiplier"], *parts["fpadder"]))
    if kind not in ("mac", "multiplier"):
        return None
    a = request.bits(("multiplier_width", "datawidth_a"), word)
    b = request.bits(("datawidth_b",), a)
    multiplier: Uses = (("multiplier", math.sqrt(a * b), 1),)
    return multiplier if kind == "multiplier" else (*multiplier, ("adder", request.bits(("adder_width",), a + b), 1))


# What one operation of a plain part is called, and what it is made of.
_PLAIN: Mapping[str, tuple[str, Operation]] = {
    "adder": ("add", "adder"), "multiplier": ("multiply", "multiplier"), "fpadder": ("add", "fpadder"),
    "fpmultiplier": ("multiply", "fpmultiplier"), "comparator": ("compare", "comparator"), "counter": ("count", "counter"),
    "shifter": ("shift", "shifter"), "bitwise": ("process", "gate"), "mux": ("select", "gate"), "leak": ("leak_shift", "shifter"),
    "compare": ("compare", "comparator"), "router": ("transfer", "router"),
}


def _single(actions: Mapping[str, Uses], derivation: str = "") -> Circuit:
    """A circuit that is built of what its actions use, each operator once for each time that an action uses it."""
    built: dict[tuple[Operation, float], float] = {}
    for uses in actions.values():
        for operation, bits, times in uses:
            built[operation, bits] = max(times, built.get((operation, bits), 0.0))
    return Circuit(actions=actions, built=tuple((name, bits, times) for (name, bits), times in built.items()), derivation=derivation)


def _register(request: Request) -> Circuit:
    """Reading a register costs as much as writing it: its clock and its outputs."""
    access: Uses = (("register", request.bits(WIDTHS), 1),)
    return _single({"read": access, "write": access, "update": access})


def _accumulator(request: Request) -> Circuit:
    """An adder and the register that keeps the sum."""
    bits = request.bits(("adder_width", *WIDTHS))
    return _single({"add": (("adder", bits, 1), ("register", bits, 1)), "read": (("register", bits, 1),)})


def _reset(request: Request) -> Circuit:
    """The choice between the state and its reset value, and the register of the state."""
    bits = request.bits(WIDTHS)
    return _single({"reset": (("gate", bits, 1), ("register", bits, 1))})


def _neuron(request: Request) -> Circuit:
    """One neuron update: the leak u >> k (shifter), u - (u >> k) or u + input (adder), u >= threshold (comparator), the choice between
    the old state and the reset one (a multiplexer and a register of the state's width)."""
    bits = request.bits(("state_bits", *WIDTHS))
    return _single({"leak_shift": (("shifter", bits, 1),), "add": (("adder", bits, 1),), "compare": (("comparator", bits, 1),),
                    "reset": (("gate", bits, 1), ("register", bits, 1))})


def _adder_tree(request: Request) -> Circuit:
    """n inputs take n - 1 adders; their growing width is left out (at most log2 n bits)."""
    inputs = request.bits(("n_inputs", "inputs", "n_operands", "adders"))
    return _single({"add": (("adder", request.bits(("adder_width", *WIDTHS)), max(1.0, inputs - 1)),)}, "n - 1 adders for n inputs")


def _format(request: Request) -> str:
    given = str(request.attributes.get("format", "")).upper()
    if given not in FORMATS:
        raise NoEstimate(f'no format that is known: {given or "none given"}', fix=f"give {request.name} a format: {', '.join(FORMATS)}")
    return given


def _find_first(bits: float) -> Uses:
    """The first set bit of a mask, and the mask without it: x & (x - 1), and the bits of its position from a tree of gates."""
    return (("adder", bits, 1), ("gate", bits, 1 + max(1.0, math.log2(bits)) / 2))


def _encoder(request: Request) -> Circuit:
    """`scan`: a position passes, spike or not; `encode`: a spike is written down."""
    form = _format(request)
    if form in MASKS:
        actions: Mapping[str, Uses] = {"scan": (("register", 1, 1),), "encode": (("gate", 1, 1),)}
        return _single(actions, "a bit shifted in for each position (docs/energy.md)")
    bits = request.bits(POSITION_BITS)
    if form == "UOP":
        return _single({"scan": (("gate", 1, 1),), "encode": (("counter", bits, 1), ("register", bits, 1))},
                       "the offset counts spikes (docs/energy.md)")
    return _single({"scan": (("counter", bits, 1),), "encode": (("register", bits, 1),)},
                   "a counter of positions, kept at each spike (docs/energy.md)")


def _decoder(request: Request) -> Circuit:
    """`decode`: the position of one spike out of a format."""
    form = _format(request)
    if form in MASKS:
        return _single({"decode": _find_first(request.bits(WIDTHS))}, "the first set bit of a mask (docs/energy.md)")
    bits = request.bits(POSITION_BITS)
    uses: Mapping[str, Uses] = {"CP": (("register", bits, 1),), "RLE": (("adder", bits, 1), ("register", bits, 1)),
                                "UOP": (("adder", bits, 1), ("register", bits, 2))}
    return _single({"decode": uses[form]}, "coordinate read, run added, or offsets subtracted (docs/energy.md)")


def _intersection(request: Request) -> Circuit:
    """`intersect`: masks are ANDed and their first common bit found; lists of coordinates are compared, and one of them moves on."""
    form = _format(request)
    if form in MASKS:
        bits = request.bits(WIDTHS)
        return _single({"intersect": (("gate", bits, 1), *_find_first(bits))}, "AND of two masks, first set bit (docs/energy.md)")
    bits = request.bits(POSITION_BITS)
    more: Uses = (("adder", bits, 1),) if form in ("RLE", "UOP") else ()
    return _single({"intersect": (("comparator", bits, 1), ("register", bits, 1), *more)}, "coordinates compared (docs/energy.md)")


_MAKERS: Mapping[str, Callable[[Request], Circuit]] = {
    "register": _register, "accumulator": _accumulator, "reset": _reset, "neuron": _neuron, "adder_tree": _adder_tree,
    "encoder": _encoder, "decoder": _decoder, "intersection": _intersection,
}
