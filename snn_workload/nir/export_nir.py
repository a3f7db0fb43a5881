"""From a trained network to a NIR graph.

NIR has neurons in continuous time, reset to a potential, that spike above a threshold; what of a network that can't say is named. A step
of length dt becomes tau = dt / share of leak; the threshold is the next number below, since neurons here spike at it. Max pooling of
spikes is a sum that is above 0: SumPool2d, then Threshold.
"""

from __future__ import annotations

import itertools
import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from snn_workload.train.network import Network
from snn_workload.train.operation import Size
from snn_workload.train.restore import restored
from snn_workload.train.spiking import NeuronOp
from snn_workload.train.stateless import FlattenOp, PoolOp
from snn_workload.train.tensors import Array, Params
from snn_workload.train.weighted import Conv2dOp, LinearOp
from snnhw.errors import Finding, OutputError, SpecError


def export_nir(source: str | Path, output: str | Path, dt: float) -> tuple[str, ...]:
    """Write the trained network of a run folder as a NIR graph, whole or not at all; returns the names of its nodes.

    dt: length of a step, in the unit that the graph's time constants shall have. Raises SpecError, naming what NIR can't say, OutputError.
    """
    try:
        import nir
    except ImportError:
        raise SpecError(
            Finding(file=str(output), seen="NIR, without the package nir", expected="nir installed", fix="pip install 'snnhw[train]'")
        ) from None
    if not (math.isfinite(dt) and dt > 0):
        raise SpecError(Finding(file="--dt", seen=f"{dt:g}", expected="a length of time x with x > 0"))
    network, params = restored(Path(source))
    findings: list[Finding] = []
    nodes = dict(_nodes(nir, network, params, dt, findings, str(source)))
    if findings:
        raise SpecError(findings)
    names = ["input", *nodes, "output"]
    graph = nir.NIRGraph(
        nodes={
            "input": nir.Input(np.array(_first(network.before))),
            **nodes,
            "output": nir.Output(np.array(_first(network.layers[-1].after))),
        },
        edges=list(itertools.pairwise(names)),
        type_check=False,
    )
    _write(nir, graph, Path(output))
    return tuple(nodes)


def _write(nir: Any, graph: Any, target: Path) -> None:
    if not target.parent.is_dir():
        raise OutputError(f"{target}: cannot be written (there is no folder {target.parent})")
    beside = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        nir.write(beside, graph)
        beside.replace(target)
    except OSError as error:
        raise OutputError(f"{target}: cannot be written ({error.strerror or error})") from None
    finally:
        beside.unlink(missing_ok=True)


def _first(size: Size) -> Size:
    """Channels first."""
    return (size[2], size[0], size[1]) if len(size) == 3 else size


def _nodes(nir: Any, network: Network, params: Params, dt: float, findings: list[Finding], file: str) -> Iterator[tuple[str, Any]]:
    spikes = False
    for layer in network.layers:
        if isinstance(layer, Conv2dOp):
            yield layer.name, _conv(nir, layer, params)
            spikes = False
        elif isinstance(layer, LinearOp):
            weight, bias = params[f"{layer.name}.weight"].T, params.get(f"{layer.name}.bias")
            yield layer.name, nir.Linear(weight=weight) if bias is None else nir.Affine(weight=weight, bias=bias)
            spikes = False
        elif isinstance(layer, NeuronOp):
            wrong = _not_said(layer)
            if wrong:
                findings.append(Finding(file=file, key=f"layer {layer.name}", seen=wrong, expected="what NIR can say"))
            else:
                yield layer.name, _neurons(nir, layer, params, dt)
            spikes = True
        elif isinstance(layer, PoolOp):
            yield from _pooling(nir, layer, spikes, findings, file)
            spikes = spikes and layer.largest
        elif isinstance(layer, FlattenOp):
            yield layer.name, nir.Flatten(input_type=np.array(_first(layer.before)), start_dim=0, end_dim=-1)
        else:
            findings.append(
                Finding(file=file, key=f"layer {layer.name}", seen=f"a layer of type {layer.type_name}", expected="what NIR can say")
            )


def _conv(nir: Any, layer: Conv2dOp, params: Params) -> Any:
    weight, g = np.transpose(params[f"{layer.name}.weight"], (3, 2, 0, 1)), layer.geometry
    bias = params.get(f"{layer.name}.bias", np.zeros(layer.after[2], np.float32))
    return nir.Conv2d(
        input_shape=(layer.before[0], layer.before[1]),
        weight=np.ascontiguousarray(weight),
        stride=g.stride,
        padding=g.padding,
        dilation=g.dilation,
        groups=g.groups,
        bias=bias,
    )


def _not_said(layer: NeuronOp) -> str:
    neuron = layer.neuron
    if neuron.reset == "soft":
        return "a soft reset"
    if neuron.beta:
        return "an adaptive threshold"
    return "a quantised membrane potential" if neuron.state_bits else ""


def _neurons(nir: Any, layer: NeuronOp, params: Params, dt: float) -> Any:
    own: Params = {key: params[f"{layer.name}.{key}"] for key in ("leak", "threshold") if f"{layer.name}.{key}" in params}
    a, b, _, theta, _, rest = layer.constants(own, np.float64)[:6]
    shape = _first(layer.after)

    def full(value: float) -> Array:
        return np.full(shape, value, np.float32)

    below = np.nextafter(full(theta), np.float32(-np.inf))
    if a == 1:
        return nir.IF(r=full(b / dt), v_threshold=below, v_reset=full(rest))
    share = 1 - a
    return nir.LIF(
        tau=full(dt / share),
        r=full(b / share),
        v_leak=full(rest if layer.neuron.charge == "lif" else 0.0),
        v_threshold=below,
        v_reset=full(rest),
    )


def _pooling(nir: Any, layer: PoolOp, spikes: bool, findings: list[Finding], file: str) -> Iterator[tuple[str, Any]]:
    how: dict[str, Any] = {"kernel_size": np.array(layer.size), "stride": np.array(layer.stride), "padding": np.array((0, 0))}
    if not layer.largest:
        yield layer.name, nir.AvgPool2d(**how)
    elif spikes:
        yield layer.name, nir.SumPool2d(**how)
        yield f"{layer.name}_any", nir.Threshold(threshold=np.zeros(_first(layer.after), np.float32))
    else:
        findings.append(
            Finding(file=file, key=f"layer {layer.name}", seen="max pooling of values that are no spikes", expected="what NIR can say")
        )
