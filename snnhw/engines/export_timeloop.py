"""Inputs of the real Timeloop for a network: what its binaries run as they are."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, replace
from typing import Any

from snn_workload import Run
from snnhw.engines.preparation import Membrane, Source, Statistic, prepare
from snnhw.engines.task import Task
from snnhw.engines.timeloop import mapper_options
from snnhw.engines.timeloop_form import Form, timeloop_form
from snnhw.errors import EngineError, Finding, SpecError
from snnhw.model.result import LayerResult, NetworkResult
from snnhw.spec.architecture import Architecture
from snnhw.spec.mapper import Causality, MapperConfig

MAPPER_FILE, MODEL_FILE = "mapper", "model"
THREADS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """files: texts by layer and kind (`mapper`, `model`); lost: what Timeloop cannot say; refusals: layers without files, and why."""

    files: MappingType[tuple[str, str], str]
    lost: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """The status of a command that ends with it."""
        return EngineError.exit_code if self.refusals else 0


def export_timeloop(arch: Source | Architecture, stats: Source | Run, *, mapper: Source | MapperConfig = "default",
                    variables: MappingType[str, Any] | None = None, causality: Causality | None = None, membrane: Membrane = "carried",
                    density: Statistic = "mean", result: NetworkResult | None = None) -> Exported:
    """An input of timeloop-mapper for each layer of a network, and one of timeloop-model for each that `result` has a mapping of.

    The inputs are as for `evaluate`; all energies and areas stand in them, so that Accelergy is not asked. Raises SpecError where an input
    is wrong, or `result` is of another network or architecture.
    """
    prepared = prepare(arch, stats, mapper=mapper, variables=variables, causality=causality, membrane=membrane, density=density)
    mapped = {} if result is None else {layer.name: layer for layer in result.layers}
    unknown = sorted(set(mapped) - {layer.name for layer in prepared.run.layers})
    if unknown:
        raise SpecError(Finding(file="result", key="layers", seen=", ".join(unknown), expected="layers of the run",
                                fix="give the run file that the result was made of"))
    files: dict[tuple[str, str], str] = {}
    lost: dict[str, None] = {}
    refusals: list[str] = []
    for layer, task in zip(prepared.run.layers, prepared.tasks, strict=True):
        for kind, form in _forms(task, mapped.get(layer.name)):
            if isinstance(form, EngineError):
                refusals.append(f"layer {layer.name}: {form}")
                continue
            files[layer.name, kind] = _head(form) + form.text
            lost.update(dict.fromkeys(form.lost))
    return Exported(files=files, lost=tuple(lost), refusals=tuple(refusals))


def _forms(task: Task, done: LayerResult | None) -> Iterator[tuple[str, Form | EngineError]]:
    """The inputs of a layer by kind, or why there is none."""
    constrained = replace(task.architecture, constraints=task.constraints)
    try:
        options = mapper_options(task.config, THREADS)
        yield MAPPER_FILE, timeloop_form(constrained, task.problem, task.reference, mapper=options)
    except EngineError as error:
        yield MAPPER_FILE, error
    if done is None:
        return
    try:
        yield MODEL_FILE, timeloop_form(task.architecture, done.problem, task.reference, mapping=done.mapping)
    except EngineError as error:
        yield MODEL_FILE, error


def _head(form: Form) -> str:
    return "".join(f"# Not said here: {sentence}.\n" for sentence in form.lost)
