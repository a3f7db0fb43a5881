"""Reading a training configuration: the form, then the data, then the network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from snn_workload.data.dataset import Data
from snn_workload.data.source import load_data
from snn_workload.train.build import build_layers, layer_forms
from snn_workload.train.form import TrainForm
from snn_workload.train.loss import Loss
from snn_workload.train.network import Network
from snn_workload.train.optimiser import Adam, Rate
from snn_workload.train.prune import Pruning
from snn_workload.train.quantise import Quantiser
from snnhw.spec.document import Document, read_document
from snnhw.spec.forms import Findings
from snnhw.spec.presets import Kind, located

PRESETS: Kind = "workloads/training"


@dataclass(frozen=True, kw_only=True)
class Config:
    """A configuration that is whole: everything fits everything else. document: the file; form: what it says."""

    document: Document
    form: TrainForm
    data: Data
    network: Network | None

    @property
    def name(self) -> str:
        """Name of the run."""
        return self.form.name or Path(self.document.file).stem

    @property
    def loss(self) -> Loss:
        """The loss."""
        one = self.form.loss
        return Loss(kind=one.type, right=one.right, wrong=one.wrong, scale=one.scale)

    @property
    def adam(self) -> Adam:
        """The optimiser."""
        return Adam(weight_decay=self.form.optimiser.weight_decay)

    @property
    def rate(self) -> Rate:
        """The learning rate over time."""
        one = self.form.optimiser
        return Rate(peak=one.rate, warm_up=one.warm_up, last=one.last)

    @property
    def pruning(self) -> Pruning | None:
        """Joint pruning holds from the first epoch on; cumulative pruning is done by half of the epochs."""
        one = self.form.pruning
        if one is None:
            return None
        begin, end = {"joint": (0.0, 0.0), "cumulative": (min(one.begin, 0.5), min(one.end, 0.5)), None: (one.begin, one.end)}[
            self.form.combination
        ]
        return Pruning(sparsity=one.sparsity, scope=one.scope, begin=begin, end=end)

    @property
    def quantiser(self) -> Quantiser | None:
        """How weights are rounded in training; None where they are not."""
        one = self.form.quantisation
        if one is None or one.bits is None or one.when == "after":
            return None
        return Quantiser(bits=one.bits, gradient=one.gradient, delta=one.delta)

    @property
    def quantised_from(self) -> int:
        """The first epoch in which weights are rounded; the last epoch at the latest, as what is recorded is rounded."""
        one = self.form.quantisation
        share = {"joint": 0.0, "cumulative": 0.5, None: one.begin if one else 0.0}[self.form.combination]
        return min(round(share * self.form.optimiser.epochs), self.form.optimiser.epochs - 1)

    @property
    def folder(self) -> Path:
        """What paths in the file are relative to."""
        return Path(self.document.file).parent


def read_config(source: str | Path, settings: Mapping[str, Any] | None = None) -> Config:
    """The configuration in a file, or the preset of that name (`digits`) where there is no such file.

    settings: values of keys, `optimiser.epochs` and the like, that stand above those of the file. Raises SpecError with all that is wrong.
    """
    document = _set(read_document(located(source, PRESETS), template=False), _found_from_here(settings or {}))
    findings = Findings()
    form = findings.check(TrainForm, document)
    layers = document.get(("network",))
    forms = layer_forms(document, layers, findings) if isinstance(layers, list) else []
    findings.raise_if_any()
    if form is None:
        raise document.error((), seen="something unreadable", expected="a training configuration")
    data = load_data(form.data, form.time_steps, str(Path(document.file).parent))
    network = None
    if form.network is not None:
        state = form.quantisation.state if form.quantisation else None
        built = build_layers(document, forms, data.size, form.time_steps, data.classes, state, findings)
        findings.raise_if_any()
        network = Network(layers=built, steps=form.time_steps, piece=form.memory.piece)
    return Config(document=document, form=form, data=data, network=network)


def _found_from_here(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings, with a path of data that is there from the working folder made absolute: who types it means that one."""
    path = settings.get("data.path")
    here = isinstance(path, str) and path and Path(path).exists()
    return {**settings, "data.path": str(Path(str(path)).resolve())} if here else dict(settings)


def _set(document: Document, settings: Mapping[str, Any]) -> Document:
    """The document with some keys set; mappings on the way are made where they are not there."""
    from dataclasses import replace

    data = dict(document.data)
    for dotted, value in settings.items():
        *above, last = dotted.split(".")
        inner: dict[str, Any] = data
        for key in above:
            there = inner.get(key)
            inner[key] = dict(there) if isinstance(there, dict) else {}
            inner = inner[key]
        inner[last] = value
    return replace(document, data=data)
