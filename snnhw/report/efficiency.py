"""Energies in the units in which accelerators are compared; docs/energy.md, Figures of merit, has the definitions."""

from __future__ import annotations

from dataclasses import dataclass

from snnhw.model.result import LEAK, LayerResult, NetworkResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Efficiency:
    """power_mW: energy over latency, leakage_mW of it; pJ_per_compute: energy over dense iterations of the loop bodies.

    synaptic_operations: iterations in which a spike (or another input that is not 0) meets a weight that is not 0, whatever the hardware
    does with the others; pJ_per_SOP and SOP_per_J: energy over these, and its inverse. tops_per_W: two operations for each dense
    iteration, a multiplication and an addition, in 10^12 per J. Figures over nothing are 0.
    """

    power_mW: float
    leakage_mW: float
    pJ_per_compute: float
    synaptic_operations: float
    pJ_per_SOP: float
    SOP_per_J: float
    tops_per_W: float


def efficiency(result: NetworkResult) -> Efficiency:
    """The figures of a whole network."""
    energy_pJ, latency_s = result.energy_pJ, result.latency_s
    synaptic = sum(map(synaptic_operations, result.layers))
    leakage_pJ = sum(level.leakage_pJ for layer in result.layers for level in layer.evaluation.levels)
    leakage_pJ += sum(part.energy_pJ for layer in result.layers for part in layer.parts if part.action == LEAK)
    return Efficiency(power_mW=_over(energy_pJ * 1e-9, latency_s), leakage_mW=_over(leakage_pJ * 1e-9, latency_s),
                      pJ_per_compute=_over(energy_pJ, result.operations), synaptic_operations=synaptic,
                      pJ_per_SOP=_over(energy_pJ, synaptic), SOP_per_J=_over(synaptic, energy_pJ * 1e-12),
                      tops_per_W=_over(2.0 * result.operations, energy_pJ))


def synaptic_operations(layer: LayerResult) -> float:
    """Iterations of a layer's loop body in which no operand that is only read is 0, spikes and weights taken as independent."""
    operations = float(layer.problem.operations)
    for tensor in layer.problem.tensors:
        if not tensor.read_write:
            operations *= tensor.density.value
    return operations


def _over(value: float, by: float) -> float:
    return value / by if by > 0 else 0.0
