"""Costs of the compute level and of parts: multiply-accumulate units, adders, neuron units, encoders, registers and other logic."""

from __future__ import annotations

from dataclasses import replace

from snnhw.energy import logic
from snnhw.energy.circuits import WIDTHS, Uses, circuit, operators
from snnhw.energy.figure import Figure, total
from snnhw.energy.kinds import kind_of, part_classes
from snnhw.energy.request import NoEstimate, Request
from snnhw.energy.wires import wire_energy
from snnhw.spec.reference import ComponentCost

_SKIPPED = Figure(value=0.0, source="an operation that is skipped is never issued", uncertainty=0.0, estimator="definition")


def compute_cost(request: Request) -> ComponentCost:
    """Costs of the compute level: `compute` is one operation, `compute_gated` what a clock gate leaves of it, `compute_skipped` nothing.

    NoEstimate for a class that the model does not know.
    """
    uses = operators(kind_of(request.class_name, request.subclass) or "", request)
    if uses is None:
        raise _unknown("compute")
    energies = {"compute": _energy(uses, request), "compute_gated": logic.energy_pJ("register", 1, request.at), "compute_skipped": _SKIPPED}
    return request.cost(energies, *_standing(uses, request))


def part_cost(request: Request) -> ComponentCost:
    """Costs of a part, per action of one instance. NoEstimate for a class that the model does not know or a width that is not given."""
    kind = kind_of(request.class_name, request.subclass) or ""
    if kind == "wire":
        return _wire(request)
    if kind in ("mac", "fpmac"):
        return compute_cost(replace(request, word_bits=round(request.bits((*WIDTHS, "multiplier_width")))))
    made = circuit(kind, request)
    if made is None:
        raise _unknown("")
    energies = {action: _energy(uses, request, made.derivation) for action, uses in made.actions.items()}
    return request.cost(energies, *_standing(made.built, request))


def _wire(request: Request) -> ComponentCost:
    """`transfer_random`: all bits over the whole length, half of them changing, as the source counts."""
    lengths = {"length_mm": 1.0, "length_um": 1e-3, "length": 1e3}
    key = next((key for key in lengths if key in request.attributes), None)
    if key is None:
        raise NoEstimate("no length: none of length_mm, length_um, length (in m)", fix=f"give {request.name} a length_um")
    bits_mm = request.bits(WIDTHS, 1) * request.number(key) * lengths[key]
    energy = wire_energy(request.own_node_nm, request.voltage_V).times(bits_mm, f"over {bits_mm:g} bit mm")
    still = Figure(value=0.0, source="leakage of repeaters is in the energy of the source", uncertainty=0.0, estimator="definition",
                   family="wire")
    return request.cost({"transfer_random": energy, "transfer": energy}, still, None)


def _energy(uses: Uses, request: Request, derivation: str = "") -> Figure:
    """One action: each operator as often as it takes it."""
    made = total(logic.energy_pJ(name, bits, request.at).times(times) for name, bits, times in uses)
    return made.times(1.0, derivation, 0.3) if derivation else made


def _standing(uses: Uses, request: Request) -> tuple[Figure, Figure]:
    """Leakage in mW and area in um2 of all operators together."""
    return (total(logic.leak_mW(name, bits, request.at).times(times) for name, bits, times in uses),
            total(logic.area_um2(name, bits, request.at).times(times) for name, bits, times in uses))


def _unknown(action: str) -> NoEstimate:
    return NoEstimate("a component of an unknown kind", action=action, fix=f"known classes are {', '.join(part_classes())}")
