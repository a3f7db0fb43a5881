"""From a run document to a Run: form, then nouns, then what has to agree between keys and between layers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from pathlib import PurePath
from typing import Any, cast

from snn_workload.densities import NOT_GIVEN, LayerDensities, MeasuredDensity
from snn_workload.layer import Bits, Carrier, Layer
from snn_workload.layers import SHAPES, Flatten, LayerKind, Pool2d, Shape
from snn_workload.run import Run, chain_faults
from snn_workload.run_form import LAYER_FORMS, AnyLayerForm, LayerForm, RunForm, SpikeDensityForm, WeightDensityForm
from snnhw.errors import Finding, SpecError
from snnhw.spec.document import Document, KeyPath
from snnhw.spec.forms import Findings, listing, near, show

STEP_TOLERANCE = 0.005
"""How far a mean may lie from that of per_step: figures are often rounded to two digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """One layer of the file: where it stands, its form, and its nouns, None where they have faults."""

    path: KeyPath
    form: AnyLayerForm
    shape: Shape | None


def run_of(document: Document) -> Run:
    """The run that a document holds. Raises SpecError with all findings: file, line, key, value, what is right."""
    findings = Findings()
    form = findings.check(RunForm, document)
    layers = document.get(("layers",))
    forms = [*_layer_forms(document, layers, findings)] if isinstance(layers, list) else []
    _check_names(document, layers if isinstance(layers, list) else [], findings)
    shapes = [_Entry(path=path, form=one, shape=_shape(document, path, one, findings)) for path, one in forms]
    if form is None:
        findings.raise_if_any()
        raise document.error((), seen="something unreadable", expected="a run file")
    for entry in shapes:
        findings.add(_time_findings(document, entry, form.time_steps))
    if forms and not any(isinstance(one, LayerForm) for _, one in forms):
        findings.add(
            document.finding(("layers",), seen="no layer with weights", expected="at least one", fix="pooling and flatten compute nothing")
        )
    entries = tuple(_entry(document, entry, form.time_steps, findings) for entry in shapes if entry.shape is not None)
    if not form.standalone and len(entries) == len(form.layers):
        findings.add(_chain_findings(document, entries))
    findings.raise_if_any()
    return Run(
        name=form.name or PurePath(document.file).stem, time_steps=form.time_steps, entries=entries, accuracy=form.accuracy,
        assumptions=tuple(form.assumptions), source=form.source, standalone=form.standalone, recall=tuple(form.recall or ()),
        seed=form.seed, versions=tuple((form.versions or {}).items()), file=document.file,
    )  # fmt: skip


def _layer_forms(document: Document, layers: list[Any], findings: Findings) -> Iterator[tuple[KeyPath, AnyLayerForm]]:
    """Each layer's filled form, by its type, with its path."""
    for i, layer in enumerate(layers):
        path: KeyPath = ("layers", i)
        if not isinstance(layer, dict):
            findings.add(document.finding(path, seen=show(layer), expected="a layer, a mapping with name, type and shape"))
            continue
        kind = layer.get("type")
        if not isinstance(kind, str) or kind not in LAYER_FORMS:
            fix = near(kind, LAYER_FORMS) if isinstance(kind, str) else ""
            findings.add(document.finding((*path, "type"), seen=show(kind), expected=f"one of {listing(list(LAYER_FORMS))}", fix=fix))
            continue
        form = findings.check(LAYER_FORMS[kind], document, path)
        if form is not None:
            yield path, form


def _check_names(document: Document, layers: list[Any], findings: Findings) -> None:
    first: dict[str, int] = {}
    for i, name in enumerate(layer.get("name") if isinstance(layer, dict) else None for layer in layers):
        there = first.setdefault(name, i) if isinstance(name, str) else i
        if there != i:
            where = f"layers[{there}] in line {document.line(('layers', there))} has it already"
            findings.add(document.finding(("layers", i, "name"), seen=f'"{name}" again', expected="a name for each layer", fix=where))


def _shape(document: Document, path: KeyPath, form: AnyLayerForm, findings: Findings) -> Shape | None:
    """The noun of a shape; its faults become findings at the key that they are about."""
    noun: Callable[..., Shape] = SHAPES[form.type]
    names = [field.name for field in fields(SHAPES[form.type])]
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in form.shape}
    if values.get("T") is None and form.type.startswith("tcja"):
        values["T"] = values["C"]
    try:
        return noun(**{name: values[name] for name in names})
    except SpecError as error:
        findings.add(_located(document, (*path, "shape"), found) for found in error.findings)
        return None


def _located(document: Document, path: KeyPath, found: Finding) -> Finding:
    """A fault of a shape as a finding of the file."""
    where = (*path, found.key) if found.key else path
    return document.finding(where, seen=found.seen, expected=found.expected, fix=found.fix)


def _time_findings(document: Document, entry: _Entry, time_steps: int) -> Iterator[Finding]:
    """What contradicts the time steps of the run."""
    path = (*entry.path, "shape")
    if isinstance(entry.shape, LayerKind):
        yield from (_located(document, path, found) for found in entry.shape.step_faults(time_steps))
        steps = getattr(entry.form.shape, "T", None)
        if entry.shape.has_neurons and steps not in (None, time_steps):
            fix = "leave T out"
            yield document.finding((*path, "T"), seen=str(steps), expected=f"{time_steps}, the time_steps of the run", fix=fix)


def _entry(document: Document, entry: _Entry, time_steps: int, findings: Findings) -> Layer | Carrier:
    form = entry.form
    if not isinstance(form, LayerForm):
        return Carrier(name=form.name, kind=cast(Pool2d | Flatten, entry.shape))
    densities = LayerDensities(**{
        tensor: _density(document, (*entry.path, "density", tensor), getattr(form.density, tensor), time_steps, findings)
        for tensor in ("weights", "inputs", "outputs")
    })  # fmt: skip
    bits = Bits(weights=form.bits.weights, inputs=form.bits.inputs, state=form.bits.state)
    state = form.state_range
    if state is not None and state[0] > state[1]:
        findings.add(document.finding((*entry.path, "state_range"), seen=show(state), expected="the lowest potential, then the highest"))
    return Layer(name=form.name, kind=cast(LayerKind, entry.shape), bits=bits, densities=densities,
                 state_range=(state[0], state[1]) if state else None)


def _density(document: Document, path: KeyPath, form: WeightDensityForm | None, time_steps: int, findings: Findings) -> MeasuredDensity:
    if form is None:
        return NOT_GIVEN
    steps = tuple(form.per_step or ()) if isinstance(form, SpikeDensityForm) else ()
    mean = form.mean if form.mean is not None else math.fsum(steps) / len(steps)
    largest = form.max if form.max is not None else max((mean, *steps))
    if steps and len(steps) != time_steps:
        findings.add(document.finding((*path, "per_step"), seen=f"{len(steps)} numbers", expected=f"{time_steps}, one for each time step"))
    elif steps and abs(mean - math.fsum(steps) / len(steps)) > STEP_TOLERANCE:
        average = math.fsum(steps) / len(steps)
        findings.add(document.finding((*path, "mean"), seen=f"{mean:g}", expected=f"{average:.4g}, the mean of per_step"))
    if largest < mean:
        findings.add(document.finding((*path, "max"), seen=f"{largest:g}", expected=f"at least the mean, {mean:g}"))
    interval = _interval(document, path, form, mean, findings)
    channels = tuple(form.channels or ()) if isinstance(form, SpikeDensityForm) else ()
    return MeasuredDensity(mean=mean, max=largest, per_step=steps, assumed=form.assumed, source=form.source, interval=interval,
                           channels=channels)


def _interval(document: Document, path: KeyPath, form: WeightDensityForm, mean: float, findings: Findings) -> tuple[float, float] | None:
    """The confidence interval of a mean, which has to lie in it."""
    if not isinstance(form, SpikeDensityForm) or form.interval is None:
        return None
    low, high = form.interval
    if not low - STEP_TOLERANCE <= mean <= high + STEP_TOLERANCE:
        findings.add(document.finding((*path, "interval"), seen=f"{low:g} to {high:g}",
                                     expected=f"an interval that holds the mean, {mean:g}"))
    return low, high


def _chain_findings(document: Document, entries: tuple[Layer | Carrier, ...]) -> Iterator[Finding]:
    for i, found in chain_faults(entries):
        said = f"{found.expected} (the layer before is {entries[i - 1].name})"
        fix = 'if these layers do not follow one another, add "standalone": true to the file'
        yield _located(document, ("layers", i, "shape"), replace(found, expected=said, fix=fix))
