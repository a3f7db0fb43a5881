"""Spikes of each time step against the energy of it, where a run gives densities per step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from snnhw.model.result import LayerResult, StepFigures

INPUTS = "Inputs"


def step_record(layers: Sequence[LayerResult]) -> list[dict[str, Any]]:
    """Of each layer that has figures of time steps: spikes that come in, density, energy in pJ and cycles of each step.

    Spikes are the density times the words of the inputs of one step. Energies are those of the loop nest: neuron updates and outgoing
    spikes are known of the whole layer only.
    """
    return [_steps(layer, layer.steps) for layer in layers if layer.steps is not None]


def _steps(layer: LayerResult, steps: StepFigures) -> dict[str, Any]:
    words = 0
    for tensor in layer.problem.tensors:
        if tensor.name == INPUTS:
            words = layer.problem.tensor_size(tensor) // (layer.problem.bounds.get("T", 1) if "T" in tensor.dimensions() else 1)
    return {"name": layer.name, "density": list(steps.density), "spikes": [density * words for density in steps.density],
            "energy_pJ": list(steps.energy_pJ), "cycles": list(steps.cycles)}
