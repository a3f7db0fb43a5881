"""A network on an accelerator, end to end: energy, cycles and EDP of each layer at the best mapping found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Mapping as MappingType
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from snn_workload import Layer, Run, read_run
from snnhw.engines.bits import Fitted, fitted, narrow_words
from snnhw.engines.cache import CachedEngine, ResultCache
from snnhw.engines.energy import EnergySources, Tables, energy_sources
from snnhw.engines.interface import Engine, engine_named
from snnhw.engines.layers import collected, outcomes
from snnhw.engines.names import check_names
from snnhw.engines.neurons import neuron_notes, part_energies
from snnhw.engines.progress import Listener
from snnhw.engines.provenance import input_record, provenance
from snnhw.engines.spikes import computed, spike_writes
from snnhw.engines.steps import densest, over_time
from snnhw.engines.task import Task
from snnhw.errors import EngineError, Finding, SpecError
from snnhw.model.result import LayerResult, NetworkResult
from snnhw.spec.architecture import Architecture
from snnhw.spec.load import load_architecture, load_mapper
from snnhw.spec.mapper import Causality, MapperConfig
from snnhw.spec.presets import Kind, located
from snnhw.spec.reference import ReferenceTable
from snnhw.spec.resolution import resolve
from snnhw.spec.writing import write_mapping

if TYPE_CHECKING:
    from snnhw.search import SearchOutcome

Membrane: TypeAlias = Literal["carried", "per_step"]
Statistic: TypeAlias = Literal["mean", "max", "dense"]
Source: TypeAlias = str | Path


def evaluate(arch: Source | Architecture, stats: Source | Run, *, mapper: Source | MapperConfig = "default",
             variables: MappingType[str, Any] | None = None, causality: Causality | None = None, membrane: Membrane = "carried",
             density: Statistic = "mean", seed: int | None = None, jobs: int = 1, engine: str = "native",
             cache: bool = True, progress: Listener | None = None, ert: Tables = None,
             estimators: Sequence[str] | None = None) -> NetworkResult:
    """Energy, latency and EDP of a spiking network on an architecture, each layer at the best mapping that the search finds.

    arch, stats, mapper: files, names of presets, or what was read from them. variables: values of the architecture's variables; of these
    weight_bits, state_bits and input_bits are taken from the run where the architecture has them and they are not given.
    causality, seed: instead of the mapper's. membrane: see snn_workload. density: the measured mean, the max (worst case), or dense.
    ert: the user's ERT and ART, as files or read; estimators: who else is asked for energies, in order (docs/energy.md).
    jobs: layers searched at once, in processes of their own. cache: whether what an earlier run found is taken, and what is found is kept.
    Ctrl-C gives the layers that are done, with `interrupted` set. Raises SpecError (the input is wrong), SearchError (nothing fits).
    """
    # load
    run = stats if isinstance(stats, Run) else read_run(stats)
    config = _config(mapper, causality, seed)
    chosen = engine_named(engine)
    results = ResultCache(chosen) if cache else None
    # check: variables and widths
    sources = energy_sources(ert, estimators)
    architectures = _architectures(arch, run, variables or {}, sources)
    # count energies
    references = {width: sources.costs(one) for width, one in architectures.by_input_bits.items()}
    # map: the best mapping of each problem
    tasks = [_task(layer, run, architectures.of(layer), references[layer.bits.inputs], config, membrane, density) for layer in run.layers]
    found, interrupted = collected(outcomes(chosen, tasks, jobs, progress, results))
    # result
    layers = tuple(_layer_result(layer, run, task, outcome, chosen, results, membrane, density)
                   for layer, task, outcome in zip(run.layers, tasks, found, strict=False))
    inputs = {"arch": _input(arch, "arch"), "stats": _input(stats, "workloads"), "mapper": _input(mapper, "mappers"),
              **_ert_input(ert)}
    record = provenance(engine=f"{chosen.name} {chosen.version}", inputs=inputs, architecture=architectures.base,
                        references=references, asked=sources.order, config=config, membrane=membrane, density=density)
    return NetworkResult(name=run.name, architecture=architectures.base.name, cycle_seconds=architectures.base.cycle_seconds,
                         layers=layers, notes=(*run.assumptions, *_energy_notes(references[min(references)])), provenance=record,
                         interrupted=interrupted)


def _config(mapper: Source | MapperConfig, causality: Causality | None, seed: int | None) -> MapperConfig:
    config = mapper if isinstance(mapper, MapperConfig) else load_mapper(mapper)
    return replace(config, causality=causality or config.causality, seed=config.seed if seed is None else seed)


def _architectures(arch: Source | Architecture, run: Run, variables: MappingType[str, Any],
                   sources: EnergySources) -> Fitted:
    if not isinstance(arch, Architecture):
        return fitted(lambda values: sources.wired(load_architecture(arch, values)), run, variables)
    if variables:
        raise SpecError(Finding(file=arch.name, seen=f"values for {', '.join(variables)}",
                                expected="none: the architecture is loaded already",
                                fix="give the file instead, or load it with these variables"))
    wired = sources.wired(arch)
    return Fitted(base=wired, by_input_bits={layer.bits.inputs: wired for layer in run.layers})


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


def _layer_result(layer: Layer, run: Run, task: Task, outcome: SearchOutcome, engine: Engine, results: ResultCache | None,
                  membrane: Membrane, density: Statistic) -> LayerResult:
    work = layer.neuron_work(run.time_steps, statistic=density)
    problem = layer.problem(run.time_steps, membrane=membrane, statistic=density)
    evaluating = engine if results is None else CachedEngine(engine, results)
    evaluation, steps = (over_time(evaluating, layer, task.architecture, problem, outcome.mapping, task.reference, outcome.evaluation)
                         if density == "mean" else (outcome.evaluation, None))
    text, unsaid = _mapping_yaml(task, outcome)
    early = ("its search was interrupted",) if outcome.report.ended_by == "interrupted" else ()
    notes = (*layer.notes, *compute_notes(layer, task.architecture), *narrow_words(task.architecture, layer.bits),
             *neuron_notes(task.architecture, work), *_state_notes(task), *unsaid, *early)
    return LayerResult(name=layer.name, layer_type=layer.type_name, problem=problem, mapping=outcome.mapping,
                       evaluation=evaluation, search=outcome.report, notes=notes, mapping_yaml=text, steps=steps,
                       parts=(*part_energies(task.architecture, task.reference, work, evaluation.cycles),
                              *spike_writes(task.architecture, task.reference, work, computed if results is None else results.remembered)))


def _energy_notes(reference: ReferenceTable) -> Iterator[str]:
    """What a reader must know of energies that stand for nothing, or that nobody gives."""
    for cost in reference.components.values():
        names = [action for action, one in cost.actions.items() if one.estimator == "placeholder" and one.energy_pJ > 0]
        if names:
            yield f"energies of {cost.name} are placeholders: {', '.join(names)}"
        yield from (f"{cost.name}.{action} is taken as 0: {one.source}"
                    for action, one in cost.actions.items() if one.estimator == "nobody")


def _state_notes(task: Task) -> Iterator[str]:
    """What a reader must know where several time steps may be summed into one state before the neuron fires."""
    outputs = task.problem.tensors[-1]
    if task.config.causality != "strict" and task.problem.bounds.get("T", 1) > 1 and "T" not in outputs.dimensions():
        yield (f"causality {task.config.causality} with a carried state: a mapping may add up several steps before a neuron fires, so "
               "state traffic can be too low; use membrane per_step, or causality strict")


def _mapping_yaml(task: Task, outcome: SearchOutcome) -> tuple[str, tuple[str, ...]]:
    """The mapping in Timeloop's format; where it has no words for it, nothing and a note."""
    try:
        return write_mapping(outcome.mapping, task.architecture, task.problem), ()
    except EngineError as error:
        return "", (f"no file in mappings/: {error}",)


def compute_notes(layer: Layer, architecture: Architecture) -> Iterator[str]:
    """How the compute level counts operations on inputs of several bits."""
    if layer.needs_multiplication:
        compute = architecture.compute
        multiplies = any(word in f"{compute.class_name} {compute.subclass or ''}".lower() for word in ("mac", "mult"))
        yield (f"its multiplications are counted as one operation of {compute.name} ({compute.subclass or compute.class_name}) each"
               + ("" if multiplies else ", an adder: the energy of its compute level is too low"))


def _ert_input(ert: Tables) -> dict[str, Any]:
    """The user's tables, where there are any."""
    if not ert:
        return {}
    files = [] if isinstance(ert, ReferenceTable) else list(ert)
    return {"ert": [input_record(str(file), Path(file)) for file in files] or [input_record("given as ReferenceTable", None)]}


def _input(source: object, kind: Kind) -> dict[str, Any]:
    if isinstance(source, str | Path):
        return input_record(str(source), located(source, kind))
    return input_record(f"given as {type(source).__name__}", None)
