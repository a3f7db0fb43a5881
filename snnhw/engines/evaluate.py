"""A network on an accelerator, end to end: energy, cycles and EDP of each layer at the best mapping found."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as MappingType
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from snn_workload import Layer, Run
from snnhw.engines.bits import narrow_words
from snnhw.engines.cache import CachedEngine, ResultCache
from snnhw.engines.energy import Tables
from snnhw.engines.hybrid import JudgedOutcome
from snnhw.engines.interface import Engine, engine_named
from snnhw.engines.layers import Attempt, attempts, collected
from snnhw.engines.network_run import LayerFailure, NetworkRun
from snnhw.engines.neurons import neuron_notes, part_energies
from snnhw.engines.preparation import Membrane, Source, Statistic, prepare
from snnhw.engines.progress import Listener
from snnhw.engines.provenance import input_record, provenance
from snnhw.engines.spikes import computed, spike_writes
from snnhw.engines.steps import over_time
from snnhw.engines.task import Task
from snnhw.engines.timeloop_form import timeloop_form
from snnhw.errors import EngineError, SnnhwError, SpecError
from snnhw.model.result import LayerResult
from snnhw.spec.architecture import Architecture
from snnhw.spec.constraints import LoopConstraint
from snnhw.spec.mapper import Causality, MapperConfig
from snnhw.spec.presets import Kind, located
from snnhw.spec.reference import ReferenceTable
from snnhw.spec.resolution import passed_over
from snnhw.spec.writing import write_mapping

if TYPE_CHECKING:
    from snnhw.search import SearchOutcome


def evaluate(arch: Source | Architecture, stats: Source | Run, *, mapper: Source | MapperConfig = "default",
             variables: MappingType[str, Any] | None = None, causality: Causality | None = None, membrane: Membrane = "carried",
             density: Statistic = "mean", seed: int | None = None, jobs: int = 1, engine: str = "native",
             cache: bool = True, progress: Listener | None = None, ert: Tables = None,
             estimators: Sequence[str] | None = None) -> NetworkRun:
    """Energy, latency and EDP of a spiking network on an architecture, each layer at the best mapping that the search finds.

    arch, stats, mapper: files, names of presets, or what was read from them. variables: values of the architecture's variables; of these
    weight_bits, state_bits and input_bits are taken from the run where the architecture has them and they are not given.
    causality, seed: instead of the mapper's. membrane: see snn_workload. density: the measured mean, the max (worst case), or dense.
    ert: the user's ERT and ART, as files or read; estimators: who else is asked for energies, in order (docs/energy.md).
    jobs: layers searched at once, in processes of their own. engine: `native`; `timeloop`, the real timeloop-mapper and timeloop-model; or
    `hybrid`, our search and the real timeloop-model as judge. cache: whether what an earlier run found is taken, and what is found is kept.
    Ctrl-C gives the layers that are done, with `interrupted` set. Layers that the real Timeloop fails at are listed in `failures`, and the
    others have their results. Raises SpecError (the input is wrong), SearchError (nothing fits), EngineError (no layer could be done).
    """
    # load, check, count energies
    chosen = engine_named(engine)
    prepared = prepare(arch, stats, mapper=mapper, variables=variables, causality=causality, membrane=membrane, density=density, seed=seed,
                       ert=ert, estimators=estimators)
    results = ResultCache(chosen) if cache else None
    # map: the best mapping of each problem
    found, interrupted = collected(_found(chosen, prepared.tasks, jobs, progress, results))
    # result
    making = _Making(run=prepared.run, engine=chosen, results=results, membrane=membrane, density=density)
    made = [making.layer(*three) for three in zip(prepared.run.layers, prepared.tasks, found, strict=False)]
    layers = tuple(one for one in made if isinstance(one, LayerResult))
    failures = tuple(one for one in made if isinstance(one, LayerFailure))
    inputs = {"arch": _input(arch, "arch"), "stats": _input(stats, "workloads"), "mapper": _input(mapper, "mappers"),
              **_ert_input(ert)}
    base = prepared.architectures.base
    record = provenance(engine=f"{chosen.name} {chosen.version}", inputs=inputs, architecture=base, config=prepared.config,
                        references=prepared.references, asked=prepared.sources.order, membrane=membrane, density=density,
                        settings=variables)
    said = (*_energy_notes(prepared.references[min(prepared.references)]), *prepared.sources.unused(base))
    return NetworkRun(name=prepared.run.name, architecture=base.name, cycle_seconds=base.cycle_seconds, layers=layers,
                      notes=(*prepared.run.assumptions, *said), provenance=record, interrupted=interrupted, failures=failures,
                      timeloop_inputs=dict(_timeloop_inputs(layers, prepared.tasks)))


def _found(engine: Engine, tasks: Sequence[Task], jobs: int, progress: Listener | None, results: ResultCache | None) -> Iterator[Attempt]:
    """What became of each search. A wrong input ends all of them, and so does a failed layer where it is ours, or where all have failed.

    What our own search says of a layer it says for certain: nothing fits, so the network has no result. The real Timeloop may stop at one
    layer for reasons of its own.
    """
    failed: list[tuple[Task, SnnhwError]] = []
    for task, attempt in zip(tasks, attempts(engine, tasks, jobs, progress, results), strict=True):
        if isinstance(attempt, SnnhwError):
            failed.append((task, attempt))
            if isinstance(attempt, SpecError) or engine.name == "native" or len(failed) == len(tasks):
                raise _with_label(*failed[-1 if isinstance(attempt, SpecError) else 0])
        yield attempt


def _with_label(task: Task, error: SnnhwError) -> SnnhwError:
    """The error again, of the same kind, with the layer that it is about; what is wrong with an input says so itself."""
    return error if isinstance(error, SpecError) else type(error)(f"{task.label}: {_with_causality(str(error), task)}")


def _with_causality(text: str, task: Task) -> str:
    """What a search says, with the option's name behind each constraint that causality makes and no file does."""
    given = len(task.architecture.constraints.loops)  # resolved one by one, and causality's come after them
    own, added = task.constraints.loops[:given], task.constraints.loops[given:]
    for name in frozenset[str]().union(*map(_names, added)).difference(*map(_names, own)):
        text = re.sub(rf"(?<![\w.-]){re.escape(name)}(?!\w)", lambda found: f"{found[0]} (from --causality {task.config.causality})", text)
    return text


def _names(loop: LoopConstraint) -> frozenset[str]:
    """What a constraint fixes, as a search names it."""
    fixed = [f"{factor.dimension}={factor.value}" for factor in loop.factors if factor.relation == "="]
    return frozenset(f"{loop.level} {loop.kind} {one}" for one in (*fixed, f"permutation _{''.join(loop.outermost)}"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Making:
    """All that goes into a layer's result beside its search."""

    run: Run
    engine: Engine
    results: ResultCache | None
    membrane: Membrane
    density: Statistic

    def layer(self, layer: Layer, task: Task, attempt: Attempt) -> LayerResult | LayerFailure:
        """The result of a layer, or its failure."""
        try:
            if isinstance(attempt, SnnhwError):
                raise attempt
            return _layer_result(layer, self.run, task, attempt, self.engine, self.results, self.membrane, self.density)
        except SnnhwError as error:
            if self.engine.name == "native" or isinstance(error, SpecError):
                raise
            return LayerFailure(layer=layer.name, error=str(error), status=error.exit_code)


def _timeloop_inputs(layers: Sequence[LayerResult], tasks: Sequence[Task]) -> Iterator[tuple[str, str]]:
    """A complete input of timeloop-model for each layer that can be said there."""
    for task in tasks:
        layer = next((one for one in layers if f"layer {one.name}" == task.label), None)
        if layer is None:
            continue
        try:
            yield layer.name, timeloop_form(task.architecture, layer.problem, task.reference, mapping=layer.mapping).text
        except EngineError:
            continue


def _layer_result(layer: Layer, run: Run, task: Task, outcome: SearchOutcome, engine: Engine, results: ResultCache | None,
                  membrane: Membrane, density: Statistic) -> LayerResult:
    work = layer.neuron_work(run.time_steps, statistic=density)
    problem = layer.problem(run.time_steps, membrane=membrane, statistic=density)
    evaluating = engine if results is None else CachedEngine(engine, results)
    evaluation, steps = (over_time(evaluating, layer, task.architecture, problem, outcome.mapping, task.reference, outcome.evaluation)
                         if density == "mean" else (outcome.evaluation, None))
    text, unsaid = _mapping_yaml(task, outcome)
    early = ("its search was interrupted",) if outcome.report.ended_by == "interrupted" else ()
    judged = (outcome.verdict(),) if isinstance(outcome, JudgedOutcome) else ()
    notes = (*layer.notes, *compute_notes(layer, task.architecture), *narrow_words(task.architecture, layer.bits),
             *neuron_notes(task.architecture, work), *_state_notes(task),
             *passed_over(task.architecture.constraints, problem), *unsaid, *early, *judged)
    return LayerResult(name=layer.name, layer_type=layer.type_name, problem=problem, mapping=outcome.mapping,
                       evaluation=evaluation, search=outcome.report, notes=notes, mapping_yaml=text, steps=steps,
                       parts=(*part_energies(task.architecture, task.reference, work, evaluation.cycles),
                              *spike_writes(task.architecture, task.reference, work, computed if results is None else results.remembered)))


def _energy_notes(reference: ReferenceTable) -> Iterator[str]:
    """What a reader must know of energies that stand for nothing, or that nobody gives."""
    for cost in reference.components.values():
        names = [action for action, one in cost.actions.items() if "placeholder" in one.estimator.split(", ") and one.energy_pJ > 0]
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
