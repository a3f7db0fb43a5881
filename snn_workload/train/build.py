"""From the layers of a configuration to a network: names, sizes, and what does not fit."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from snn_workload.train.attention import TcjaOp
from snn_workload.train.convolution import Geometry
from snn_workload.train.form import StateForm
from snn_workload.train.layer_forms import (
    FORMS,
    BatchNormForm,
    ConvForm,
    DenseForm,
    DropoutForm,
    LayerForm,
    PoolForm,
    SpikingForm,
    TcjaForm,
)  # fmt: skip
from snn_workload.train.neurons import Charge, Neuron
from snn_workload.train.normalisation import BatchNormOp
from snn_workload.train.operation import Operation, Size
from snn_workload.train.pooling import pooled_size
from snn_workload.train.spiking import NeuronOp
from snn_workload.train.stateless import DropoutOp, FlattenOp, PoolOp
from snn_workload.train.weighted import Conv2dOp, LinearOp
from snnhw.spec.document import Document, KeyPath
from snnhw.spec.forms import Findings, listing, near, show


@dataclass(slots=True, kw_only=True)
class _Site:
    """Where a layer of the file stands, what it sees, and what all layers share."""

    document: Document
    path: KeyPath
    name: str
    before: Size
    steps: int
    number: int
    state: StateForm | None
    findings: Findings

    def wrong(self, key: str, seen: object, expected: str, fix: str = "") -> None:
        path = (*self.path, key) if key else self.path
        self.findings.add(self.document.finding(path, seen=str(seen), expected=expected, fix=fix))


@dataclass(slots=True)
class _Names:
    """Names that are given already."""

    taken: set[str] = field(default_factory=set)
    counts: dict[str, int] = field(default_factory=dict)

    def of(self, form: LayerForm) -> str:
        self.counts[form.type] = self.counts.get(form.type, 0) + 1
        return form.name or f"{form.type}{self.counts[form.type]}"


def layer_forms(document: Document, layers: list[Any], findings: Findings) -> list[LayerForm]:
    """Each layer's filled form, by its type; what is wrong goes to the findings."""
    return list(_forms(document, layers, findings))


def _forms(document: Document, layers: list[Any], findings: Findings) -> Iterator[LayerForm]:
    for i, layer in enumerate(layers):
        path: KeyPath = ("network", i)
        kind = layer.get("type") if isinstance(layer, dict) else None
        if not isinstance(layer, dict):
            findings.add(document.finding(path, seen=show(layer), expected="a layer, a mapping with type"))
        elif not isinstance(kind, str) or kind not in FORMS:
            fix = near(kind, FORMS) if isinstance(kind, str) else "add type"
            findings.add(document.finding((*path, "type"), seen=show(kind), expected=f"one of {listing(list(FORMS))}", fix=fix))
        else:
            form = findings.check(FORMS[kind], document, path)
            if form is not None:
                yield form


def build_layers(document: Document, forms: list[LayerForm], before: Size, steps: int, classes: int, state: StateForm | None,
                 findings: Findings) -> tuple[Operation, ...]:  # fmt: skip
    """The layers, each of the size that the one before puts out. What does not fit goes to the findings; then the rest is left out."""
    names, layers = _Names(), []
    for i, form in enumerate(forms):
        name = names.of(form)
        site = _Site(
            document=document, path=("network", i), name=name, before=before, steps=steps, number=i, state=state, findings=findings
        )
        if name in names.taken:
            site.wrong("name" if form.name else "", f'"{name}" again', "a name for each layer")
            return ()
        names.taken.add(name)
        layer = _MAKERS[form.type](site, form)
        if layer is None:
            return ()
        layers.append(layer)
        before = layer.after
    _check_end(document, layers, classes, findings)
    return tuple(layers)


def _check_end(document: Document, layers: list[Operation], classes: int, findings: Findings) -> None:
    path: KeyPath = ("network", len(layers) - 1)
    if not isinstance(layers[-1], NeuronOp):
        findings.add(
            document.finding(
                path,
                seen=f"a last layer of type {layers[-1].type_name}",
                expected="spiking neurons: the loss counts their spikes",
                fix="add a layer of type lif",
            )
        )
    elif layers[-1].after != (classes,):
        findings.add(
            document.finding(path, seen=f"{_said(layers[-1].after)} at the end", expected=f"{classes}, one for each class of the data")
        )
    if not any(layer.weights for layer in layers):
        findings.add(document.finding(("network",), seen="no layer with weights", expected="at least one"))


def _said(size: Size) -> str:
    return f"{size[2]} channels of {size[0]} x {size[1]}" if len(size) == 3 else f"{size[0]} values"


def _map(site: _Site, kind: str) -> tuple[int, int, int] | None:
    """The size of a map that comes in; None, and a finding, where values come in."""
    if len(site.before) == 3:
        return site.before[0], site.before[1], site.before[2]
    site.wrong("type", kind, f"a layer that takes {_said(site.before)}", "a map is flat after flatten and linear")
    return None


def _conv(site: _Site, form: ConvForm) -> Operation | None:
    size = _map(site, form.type)
    if size is None:
        return None
    geometry = Geometry(kernel=_two(form.kernel), stride=_two(form.stride), dilation=_two(form.dilation), padding=_two(form.padding),
                        groups=form.groups)  # fmt: skip
    for key, value in (("the input channels", size[2]), ("channels", form.channels)):
        if value % form.groups:
            site.wrong("groups", form.groups, f"a divisor of {key}, {value}")
            return None
    P, Q = geometry.output_size(size[0], size[1])
    if P < 1 or Q < 1:
        site.wrong("kernel", form.kernel, f"a kernel that fits in {size[0]} x {size[1]} with padding {form.padding}")
        return None
    return Conv2dOp(name=site.name, before=site.before, after=(P, Q, form.channels), geometry=geometry, bias=form.bias)


def _linear(site: _Site, form: DenseForm) -> Operation | None:
    if len(site.before) != 1:
        site.wrong("type", "linear", f"a layer that takes {_said(site.before)}", "put a flatten before it")
        return None
    return LinearOp(name=site.name, before=site.before, after=(form.features,), bias=form.bias)


def _pool(site: _Site, form: PoolForm) -> Operation | None:
    size = _map(site, form.type)
    if size is None:
        return None
    window, stride = _two(form.size), _two(form.stride or form.size)
    P, Q = pooled_size(size[0], size[1], window, stride)
    if P < 1 or Q < 1:
        site.wrong("size", form.size, f"a window that fits in {size[0]} x {size[1]}")
        return None
    return PoolOp(name=site.name, before=site.before, after=(P, Q, size[2]), largest=form.type == "max_pool", size=window, stride=stride)


def _norm(site: _Site, form: BatchNormForm) -> Operation:
    return BatchNormOp(name=site.name, before=site.before, after=site.before, momentum=form.momentum)


def _dropout(site: _Site, form: DropoutForm) -> Operation:
    return DropoutOp(name=site.name, before=site.before, after=site.before, share=form.share, number=site.number)


def _tcja(site: _Site, form: TcjaForm) -> Operation:
    return TcjaOp(name=site.name, before=site.before, after=site.before, steps=site.steps, temporal_kernel=form.temporal_kernel,
                  channel_kernel=form.channel_kernel)  # fmt: skip


def _flatten(site: _Site, form: LayerForm) -> Operation | None:
    size = _map(site, form.type)
    return None if size is None else FlattenOp(name=site.name, before=site.before, after=(math.prod(size),))


def _spiking(site: _Site, form: SpikingForm) -> Operation | None:
    if site.state and form.learn_threshold:
        site.wrong("learn_threshold", "true", "false where the potential is quantised: the grid follows the threshold")
        return None
    leak: Charge = "if" if form.type == "if" else "decay" if form.decay is not None else "lif"
    neuron = Neuron(
        charge=leak, tau=form.tau or 2.0, decay=form.decay or 0.9, threshold=form.threshold, reset=form.reset, u_reset=form.u_reset,
        surrogate=form.surrogate, alpha=form.alpha, through_reset=form.through_reset, beta=form.beta if form.type == "alif" else 0.0,
        rho=form.rho, state_bits=site.state.bits if site.state else None, state_range=site.state.range if site.state else 2.0,
        learn_leak=form.learn_leak, learn_threshold=form.learn_threshold,
    )  # fmt: skip
    return NeuronOp(name=site.name, before=site.before, after=site.before, neuron=neuron)


def _two(pair: list[int]) -> tuple[int, int]:
    return pair[0], pair[1]


_MAKERS: dict[str, Callable[[_Site, Any], Operation | None]] = {
    "conv2d": _conv, "linear": _linear, "avg_pool": _pool, "max_pool": _pool, "batch_norm": _norm, "dropout": _dropout, "tcja": _tcja,
    "flatten": _flatten, "lif": _spiking, "alif": _spiking, "if": _spiking,
}  # fmt: skip
