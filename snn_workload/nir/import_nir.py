"""From a NIR graph and data to a run: the graph is run, its spikes counted."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from snn_workload.data.recordings import read_arrays
from snn_workload.densities import LayerDensities, MeasuredDensity
from snn_workload.layer import Bits, Carrier, Layer
from snn_workload.layers import Conv1d, Conv2d, Flatten, LayerKind, Linear, Pool2d, RecurrentLinear
from snn_workload.nir.graph import Graph, read_graph, run_graph
from snn_workload.nir.nodes import Ready
from snn_workload.run import Run
from snn_workload.run_file import write_run
from snn_workload.train.record import versions
from snn_workload.train.statistics import Tally
from snn_workload.train.tensors import Array
from snnhw.errors import Finding, SpecError

PORTION = 64
MEANING = {"scale": "scales", "threshold": "thresholds", "delay": "delays", "leaky": "integrators"}


@dataclass(slots=True)
class _Counts:
    """What was seen at each node."""

    steps: int
    inputs: dict[str, Tally] = field(default_factory=dict)
    outputs: dict[str, Tally] = field(default_factory=dict)
    ranges: dict[str, tuple[float, float]] = field(default_factory=dict)
    binary: dict[str, bool] = field(default_factory=dict)
    pending: dict[tuple[str, str], list[Array]] = field(default_factory=dict)

    def watch(self, name: str, node: Ready, state: Any, x: Array, y: Array) -> None:
        if node.weight is not None:
            self.pending.setdefault(("in", name), []).append(x)
            self.binary[name] = self.binary.get(name, True) and bool(np.isin(x, (0, 1)).all())
        if node.spikes and node.potential is not None:
            self.pending.setdefault(("out", name), []).append(y)
            u = node.potential(state, x)
            low, high = self.ranges.get(name, (math.inf, -math.inf))
            self.ranges[name] = min(low, float(u.min())), max(high, float(u.max()))

    def close(self) -> None:
        """All steps of a portion have been seen: count them, channels last."""
        for (side, name), values in self.pending.items():
            whole = np.stack(values)
            tallies = self.inputs if side == "in" else self.outputs
            tallies.setdefault(name, Tally()).add(np.moveaxis(whole, 2, -1), self.steps)
        self.pending.clear()


def import_nir(
    model: str | Path,
    data: str | Path,
    dt: float,
    output: str | Path | None = None,
    *,
    weight_bits: int | None = None,
    state_bits: int | None = None,
) -> Run:
    """Run a NIR graph on data and record its layers and densities.

    model: a .nir file. data: a .npz file with x (N, T, ...), the shape of the input after the time steps, channels first; with y (N,) the
    accuracy is worked out, as the output with the most spikes. dt: length of a step, in the unit of the graph's time constants.
    weight_bits, state_bits: what hardware would take, 16 where absent. output: the run file to write. Raises SpecError; nodes that can't
    be run are named.
    """
    if not (math.isfinite(dt) and dt > 0):
        raise SpecError(
            Finding(file="--dt", seen=f"{dt:g}", expected="a length of time x with x > 0, in the unit of the graph's time constants")
        )
    x, labels = read_arrays(Path(data))
    if x.ndim < 3 or 0 in x.shape:
        raise SpecError(
            Finding(
                file=str(data), key="x", seen=f"the shape {x.shape}", expected="(N, T, ...), with the input's shape after the time steps"
            )
        )
    graph = read_graph(Path(model), x.shape[2:], dt)
    counts, right = _Counts(steps=x.shape[1]), 0
    for i in range(0, len(x), PORTION):
        spikes = run_graph(graph, np.moveaxis(x[i : i + PORTION], 0, 1).astype(np.float32), counts.watch)
        counts.close()
        if labels is not None:
            outputs = int(np.prod(spikes.shape[2:]))
            if int(labels[i : i + PORTION].max(initial=0)) >= outputs:
                seen, expected = f"the label {int(labels.max())}", f"numbers below {outputs}, one an output"
                raise SpecError(Finding(file=str(data), key="y", seen=seen, expected=expected))
            right += int((spikes.sum(0).reshape(spikes.shape[1], -1).argmax(1) == labels[i : i + PORTION]).sum())
    run = _run(
        graph,
        counts,
        x,
        _Said(model=Path(model), data=Path(data), dt=dt, bits=Bits(weights=weight_bits or 16, state=state_bits or 16)),
        None if labels is None else right / len(x),
    )
    if output is not None:
        write_run(run, output)
    return run


@dataclass(frozen=True, kw_only=True)
class _Said:
    """What the user said."""

    model: Path
    data: Path
    dt: float
    bits: Bits


def _run(graph: Graph, counts: _Counts, x: Array, said: _Said, accuracy: float | None) -> Run:
    entries = tuple(_entries(graph, counts, said.bits))
    if not any(isinstance(entry, Layer) for entry in entries):
        raise SpecError(
            Finding(
                file=str(said.model), key="nodes", seen="no node with weights", expected="at least one of Affine, Linear, Conv1d, Conv2d"
            )
        )
    passed = sorted({MEANING[node.kind] for node in graph.nodes.values() if node.kind in MEANING})
    notes = [f"Nodes that no layer stands for: {', '.join(passed)}."] if passed else []
    notes += list(_late_notes(graph, entries))
    return Run(
        name=said.model.stem,
        time_steps=x.shape[1],
        entries=entries,
        accuracy=accuracy,
        assumptions=tuple(notes),
        versions=versions(),
        source=f"{said.model.name} run on {len(x)} examples of {said.data.name}, dt = {said.dt:g}",
        standalone=not graph.is_chain or bool(passed),
    )


def _late_notes(graph: Graph, entries: tuple[Layer | Carrier, ...]) -> Iterator[str]:
    if graph.late:
        cuts = ", ".join(f"{a} to {b}" for a, b in sorted(graph.late))
        yield f"Spikes take one step on the way back: {cuts}."
    own = [entry.name for entry in entries if any(b == entry.name for _, b in graph.late)]
    if own:
        yield f"Layers of their own although they lead back, so that the neurons behind them are counted again: {', '.join(own)}."


def _entries(graph: Graph, counts: _Counts, bits: Bits) -> Iterator[Layer | Carrier]:
    """One layer for each node with weights; those of a circle around the same neurons are one with the weights before them."""
    circles = dict(_circles(graph))
    for name, node in graph.nodes.items():
        if name in circles.values():
            continue
        if name in circles:
            yield _recurrent(_layer(graph, name, node, counts, bits), node, graph.nodes[circles[name]])
        elif node.weight is not None:
            yield _layer(graph, name, node, counts, bits)
        elif node.kind == "pool2d" and node.slide is not None:
            yield from _pooling(name, node)
        elif node.kind == "flatten" and len(node.before) == 3 and len(node.after) == 1:
            yield Carrier(name=name, kind=Flatten(C=node.before[0], P=node.before[1], Q=node.before[2], M=node.after[0]))


def _circles(graph: Graph) -> Iterator[tuple[str, str]]:
    """Of neurons whose spikes come back to them through one linear node, that node, by the one linear node that feeds them from before."""
    for name, node in graph.nodes.items():
        feeding = [one for one in graph.sources[name] if one in graph.nodes and graph.nodes[one].kind == "linear"]
        back = [one for one in feeding if graph.sources[one] == (name,) and (name, one) in graph.late]
        if node.spikes and len(back) == 1 and len(feeding) == len(graph.sources[name]) == 2:
            (forward,) = (one for one in feeding if one not in back)
            yield forward, back[0]


def _recurrent(layer: Layer, forward: Ready, back: Ready) -> Layer:
    """The layer with the weights of its circle, both matrices stacked."""
    assert forward.weight is not None
    assert back.weight is not None
    share = float(np.mean(np.concatenate([forward.weight.ravel(), back.weight.ravel()]) != 0))
    kind = RecurrentLinear(C=math.prod(forward.before), M=forward.after[0])
    return replace(layer, kind=kind, densities=replace(layer.densities, weights=MeasuredDensity(mean=share, max=share)))


def _pooling(name: str, node: Ready) -> Iterator[Carrier]:
    how = node.slide
    if how is not None and how.even_pads is not None:
        (R, S), pads = how.kernel, how.even_pads
        yield Carrier(
            name=name,
            kind=Pool2d(
                C=node.after[0],
                P=node.after[1],
                Q=node.after[2],
                R=R,
                S=S,
                stride=(how.stride[0], how.stride[1]),
                padding=(pads[0], pads[1]),
            ),
        )


def _layer(graph: Graph, name: str, node: Ready, counts: _Counts, bits: Bits) -> Layer:
    assert node.weight is not None
    neurons = _neurons_after(graph, name)
    share = float(np.count_nonzero(node.weight) / node.weight.size)
    outputs = {"outputs": counts.outputs[neurons].density()} if neurons else {}
    densities = LayerDensities(weights=MeasuredDensity(mean=share, max=share), inputs=counts.inputs[name].density(), **outputs)
    own = Bits(weights=bits.weights, inputs=1 if counts.binary[name] else 16, state=bits.state)
    state = counts.ranges.get(neurons) if neurons else None
    return Layer(
        name=name,
        kind=_kind(node),
        bits=own,
        densities=densities,
        state_range=(float(f"{state[0]:.6g}"), float(f"{state[1]:.6g}")) if state else None,
    )


def _kind(node: Ready) -> LayerKind:
    """The layer that a node stands for. Padding that differs at both ends is left out: it changes no count."""
    how = node.slide
    if how is None:
        return Linear(C=math.prod(node.before), M=node.after[0])
    pads = how.even_pads
    if len(how.kernel) == 1:
        return Conv1d(
            C=node.before[0],
            M=node.after[0],
            Q=how.after[0],
            S=how.kernel[0],
            stride=how.stride[0],
            dilation=how.dilation[0],
            groups=node.groups,
            padding=pads[0] if pads else None,
            input_size=node.before[1] if pads else None,
        )
    size = (node.before[1], node.before[2])
    return Conv2d(
        C=node.before[0],
        M=node.after[0],
        P=how.after[0],
        Q=how.after[1],
        R=how.kernel[0],
        S=how.kernel[1],
        groups=node.groups,
        stride=(how.stride[0], how.stride[1]),
        dilation=(how.dilation[0], how.dilation[1]),
        padding=(pads[0], pads[1]) if pads else None,
        input_size=size if pads else None,
    )


def _neurons_after(graph: Graph, name: str) -> str | None:
    """The neurons that a node's values go to, through nodes that keep their number; None where there are none."""
    after: dict[str, list[str]] = {}
    for target, sources in graph.sources.items():
        for source in sources:
            after.setdefault(source, []).append(target)
    while len(after.get(name, [])) == 1:
        name = after[name][0]
        if name not in graph.nodes or graph.nodes[name].weight is not None:
            return None
        if graph.nodes[name].spikes:
            return name
    return None
