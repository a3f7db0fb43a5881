"""From an architecture, a run and a mapper's settings to the searches of all layers: what evaluating and exporting have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, TypeAlias, TypeVar

from snn_workload import Layer, Run, read_run
from snnhw.engines.bits import Fitted, fitted
from snnhw.engines.energy import EnergySources, Tables, energy_sources
from snnhw.engines.names import check_names
from snnhw.engines.steps import densest
from snnhw.engines.task import Task
from snnhw.errors import Finding, SpecError
from snnhw.spec.architecture import Architecture
from snnhw.spec.load import load_architecture, load_mapper
from snnhw.spec.mapper import Causality, MapperConfig
from snnhw.spec.reference import ReferenceTable
from snnhw.spec.resolution import resolve

Membrane: TypeAlias = Literal["carried", "per_step"]
Statistic: TypeAlias = Literal["mean", "max", "dense"]
Source: TypeAlias = str | Path
V = TypeVar("V")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """Everything that searches need. sources: who says what components cost; references: their costs by the width of inputs; tasks: one a
    layer, in order.
    """

    run: Run
    config: MapperConfig
    sources: EnergySources
    architectures: Fitted
    references: MappingType[int, ReferenceTable]
    tasks: tuple[Task, ...]


def prepare(arch: Source | Architecture, stats: Source | Run, *, mapper: Source | MapperConfig = "default",
            variables: MappingType[str, Any] | None = None, causality: Causality | None = None, membrane: Membrane = "carried",
            density: Statistic = "mean", seed: int | None = None, ert: Tables = None, estimators: Sequence[str] | None = None) -> Prepared:
    """The searches of a network's layers on an architecture; see `snnhw.engines.evaluate.evaluate` for what is given.

    Raises SpecError with everything that is wrong with the inputs.
    """
    # load: what is wrong with any of them is told at once
    findings: list[Finding] = []
    run = _kept(findings, lambda: stats if isinstance(stats, Run) else read_run(stats))
    config = _kept(findings, lambda: _config(mapper, causality, seed))
    loaded = _kept(findings, lambda: arch if isinstance(arch, Architecture) else load_architecture(arch, variables or {}))
    if run is None or config is None or loaded is None:
        raise SpecError(findings)
    # check: variables and widths
    sources = energy_sources(ert, estimators)
    architectures = fitted_architectures(arch, run, variables or {}, sources, loaded)
    # count energies
    references = {width: sources.costs(one) for width, one in architectures.by_input_bits.items()}
    tasks = tuple(_task(layer, run, architectures.of(layer), references[layer.bits.inputs], config, membrane, density)
                  for layer in run.layers)
    return Prepared(run=run, config=config, sources=sources, architectures=architectures, references=references, tasks=tasks)


def _kept(findings: list[Finding], read: Callable[[], V]) -> V | None:
    """What a reader returns; None where it raises SpecError, whose findings are noted, so that others still tell theirs."""
    try:
        return read()
    except SpecError as error:
        findings += error.findings
        return None


def fitted_architectures(arch: Source | Architecture, run: Run, variables: MappingType[str, Any], sources: EnergySources,
                         loaded: Architecture | None = None) -> Fitted:
    """The architecture for each width of inputs of a run, wires included. loaded: the file with just these variables, where it was read.

    Raises SpecError where variables do not go with it.
    """
    if not isinstance(arch, Architecture):
        def load(values: MappingType[str, Any]) -> Architecture:
            return sources.wired(load_architecture(arch, values) if loaded is None or values != variables else loaded)

        return fitted(load, run, variables)
    if variables:
        raise SpecError(Finding(file=arch.name, seen=f"values for {', '.join(variables)}",
                                expected="none: the architecture is loaded already",
                                fix="give the file instead, or load it with these variables"))
    wired = sources.wired(arch)
    return Fitted(base=wired, by_input_bits={layer.bits.inputs: wired for layer in run.layers})


def _config(mapper: Source | MapperConfig, causality: Causality | None, seed: int | None) -> MapperConfig:
    config = mapper if isinstance(mapper, MapperConfig) else load_mapper(mapper)
    return replace(config, causality=causality or config.causality, seed=config.seed if seed is None else seed)


def _task(layer: Layer, run: Run, architecture: Architecture, reference: ReferenceTable, config: MapperConfig,
          membrane: Membrane, density: Statistic) -> Task:
    """The search of a layer: the architecture's constraints and those of causality, on the layer's problem."""
    problem = layer.problem(run.time_steps, membrane=membrane, statistic=density)
    check_names(architecture, problem)
    levels = tuple(level.name for level in architecture.storage)
    constraints = resolve(architecture.constraints, problem).with_more(layer.causality(config.causality, levels, problem))
    return Task(label=f"layer {layer.name}", architecture=architecture, constraints=constraints, reference=reference,
                problem=densest(layer, problem) if density == "mean" else problem,
                config=config)
