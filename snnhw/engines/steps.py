"""Densities over time: the figures of each time step at its own spike density, at the mapping that was found for all of them.

Skipped cycles and the energy of formats are not linear in density, so the mean of the steps is not what the mean density gives.
"""

from __future__ import annotations

from dataclasses import replace

from snn_workload import Layer
from snnhw.engines.interface import Engine
from snnhw.model.average import mean_evaluation
from snnhw.model.result import Evaluation, StepFigures
from snnhw.spec.architecture import Architecture
from snnhw.spec.mapping import Mapping
from snnhw.spec.problem import Density, Problem
from snnhw.spec.reference import ReferenceTable


def densest(layer: Layer, problem: Problem) -> Problem:
    """The problem at the density of the layer's fullest time step, so that a mapping found for it has room for every step."""
    densities = layer.densities.inputs.per_step
    return at_density(problem, max(densities)) if densities else problem


def over_time(engine: Engine, layer: Layer, architecture: Architecture, problem: Problem, mapping: Mapping,
              reference: ReferenceTable, searched: Evaluation) -> tuple[Evaluation, StepFigures | None]:
    """The mean over the layer's time steps, and each step's share of it; `searched` and None where no densities of steps are known.

    problem: at the mean density; searched: what the search said of the mapping, which it found for `densest`.
    """
    densities = layer.densities.inputs.per_step
    if not densities:
        return searched, None
    at_mean = engine.evaluate(architecture, problem, mapping, reference)
    found: dict[float, Evaluation] = {}
    for density in densities:
        if density not in found:
            found[density] = engine.evaluate(architecture, at_density(problem, density), mapping, reference)
    steps = [found[density] for density in densities]
    figures = StepFigures(density=densities, energy_pJ=tuple(one.energy_pJ / len(steps) for one in steps),
                          cycles=tuple(one.cycles / len(steps) for one in steps),
                          at_mean_energy_pJ=at_mean.energy_pJ, at_mean_cycles=at_mean.cycles)
    return mean_evaluation(steps), figures


def at_density(problem: Problem, density: float) -> Problem:
    """The problem with another density of its inputs."""
    tensors = tuple(replace(tensor, density=Density(value=density)) if tensor.name == "Inputs" else tensor for tensor in problem.tensors)
    return replace(problem, tensors=tensors)
