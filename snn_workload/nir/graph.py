"""A NIR graph as an order of nodes, each with its shapes; and running it on data."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from snn_workload.nir.nodes import Ready, ready
from snn_workload.nir.order import CircleError, Edge, Order, flat, ordered
from snn_workload.nir.shapes import NodeFaultError, Shape
from snn_workload.train.tensors import Array
from snnhw.errors import Finding, SpecError

NEURONS = ("LIF", "IF", "CubaLIF", "LI", "I", "CubaLI")
EXPECTED = "a NIR graph that snnhw can run"


@dataclass(frozen=True, kw_only=True)
class Graph:
    """nodes: by name, in the order in which they run; sources: of each node, those whose values are added up for it; late: pairs of a
    source and a node that gets its value of the step before (0 in the first), as circles are cut there."""

    nodes: dict[str, Ready]
    sources: dict[str, tuple[str, ...]]
    inputs: str
    output: str
    late: frozenset[Edge] = frozenset()

    @property
    def is_chain(self) -> bool:
        """Whether each node feeds exactly the next one."""
        names = [self.inputs, *self.nodes, self.output]
        return all(self.sources[name] == (before,) for before, name in itertools.pairwise(names))


def read_graph(path: Path, shape: Shape, dt: float) -> Graph:
    """The graph of a file, for inputs of a shape. Raises SpecError: no such file, no NIR, and every node that can't be run, by name."""
    return graph_of(_read(path), str(path), shape, dt)


def _read(path: Path) -> Any:
    try:
        import nir
    except ImportError:
        raise SpecError(
            Finding(file=str(path), seen="NIR, without the package nir", expected="nir installed", fix="pip install 'snnhw[train]'")
        ) from None
    if not path.is_file():
        seen = "a folder" if path.is_dir() else "no such file"
        fix = "snnhw export nir makes one of a run folder" if path.is_dir() else ""
        raise SpecError(Finding(file=str(path), seen=seen, expected="a NIR graph (.nir)", fix=fix))
    try:
        return nir.read(path, type_check=False)
    except Exception as error:  # whatever h5py and nir make of a damaged file
        raise SpecError(
            Finding(
                file=str(path),
                seen=f"a file that can't be read ({str(error).splitlines()[0][:120] if str(error) else type(error).__name__})",
                expected="a NIR graph (.nir)",
            )
        ) from None


def graph_of(graph: Any, file: str, shape: Shape, dt: float) -> Graph:
    """A graph of the package nir, put in order and given shapes, which are computed here. Raises SpecError with all findings."""
    found, edges = flat(graph)
    kinds = {name: type(node).__name__ for name, node in found.items()}
    inputs = [name for name, kind in kinds.items() if kind == "Input"]
    outputs = [name for name, kind in kinds.items() if kind == "Output"]
    findings = [
        Finding(file=file, key=f"edges, {a} to {b}", seen="a node that is not there", expected=EXPECTED)
        for a, b in edges
        if a not in kinds or b not in kinds
    ]
    if len(inputs) != 1 or len(outputs) != 1:
        findings.append(Finding(file=file, key="nodes", seen=f"{len(inputs)} inputs and {len(outputs)} outputs", expected="one of each"))
    if findings:
        raise SpecError(findings)
    sources = {name: tuple(a for a, b in edges if b == name) for name in kinds}
    order = _ordered([inputs[0], *(name for name in kinds if name != inputs[0])], edges, kinds, file)
    shapes: dict[str, Shape] = {inputs[0]: _given_shape(found[inputs[0]], shape, file)}
    nodes: dict[str, Ready] = {}
    for name in order.shapes:
        if name == inputs[0]:
            continue
        before = _shape_before(name, tuple(one for one in sources[name] if (one, name) not in order.back), shapes, findings, file)
        if before is None:
            continue
        if name == outputs[0]:
            shapes[name] = before
            continue
        try:
            nodes[name] = ready(found[name], before, dt)
            shapes[name] = nodes[name].after
        except NodeFaultError as fault:
            findings.append(Finding(file=file, key=f"node {name} ({kinds[name]})", seen=str(fault), expected=EXPECTED))
    findings += [
        Finding(file=file, key=f"node {b}", seen=f"{shapes[a]} from {a}, {nodes[b].before} from others", expected="inputs of one shape")
        for a, b in sorted(order.back)
        if a in shapes and b in nodes and shapes[a] != nodes[b].before
    ]
    findings += [
        Finding(file=file, key=f"node {name} ({kinds[name]})", seen="a node that can't be run", expected=EXPECTED)
        for name in order.run
        if kinds[name] == "NIRGraph" and not any(f"node {name} " in one.key for one in findings)
    ]
    if findings:
        raise SpecError(findings)
    running = {name: nodes[name] for name in order.run if name in nodes}
    return Graph(nodes=running, sources=sources, inputs=inputs[0], output=outputs[0], late=order.late)


def _ordered(names: list[str], edges: list[Edge], kinds: dict[str, str], file: str) -> Order:
    """Raises SpecError, naming the nodes of a circle without neurons."""
    try:
        return ordered(names, edges, [name for name, kind in kinds.items() if kind in NEURONS])
    except CircleError as circle:
        raise SpecError(
            Finding(
                file=file,
                key="edges",
                seen=f"a circle through {', '.join(circle.names)}, without neurons",
                expected="circles (recurrent connections) with neurons in them",
            )
        ) from None


def _given_shape(node: Any, shape: Shape, file: str) -> Shape:
    """The shape of the data, which has to be that of the input node, where it names one; axes of one are no matter."""
    said = node.input_type.get("input") if isinstance(node.input_type, dict) else None
    if said is None or np.size(said) == 0:
        return shape
    wanted = tuple(int(n) for n in np.asarray(said).ravel())
    if [n for n in wanted if n != 1] != [n for n in shape if n != 1]:
        raise SpecError(
            Finding(
                file=file,
                key="input",
                seen=f"an input of {wanted}",
                expected=f"{shape}, the shape of the data",
                fix="x in the data is (N, T, ...), with the input's shape after the time steps",
            )
        )
    return wanted


def _shape_before(
    name: str, sources: tuple[str, ...], shapes: dict[str, Shape], findings: list[Finding], file: str
) -> Shape | None:
    """The shape that arrives at a node; None where a node before it could not be run."""
    there = [shapes.get(one) for one in sources]
    if not there:
        findings.append(Finding(file=file, key=f"node {name}", seen="no edge that leads to it", expected=EXPECTED))
        return None
    if None in there:
        return None
    if len(set(there)) > 1:
        findings.append(
            Finding(
                file=file, key=f"node {name}", seen=f"inputs of the shapes {', '.join(map(str, there))}", expected="inputs of one shape"
            )
        )
        return None
    return there[0]


def run_graph(graph: Graph, x: Array, watch: Callable[[str, Ready, Any, Array, Array], None]) -> Array:
    """x (T, B, ...) step by step -> what arrives at the output (T, B, ...). watch(name, node, state, x, y) sees every node and step."""
    states = {name: node.start(x.shape[1]) for name, node in graph.nodes.items()}
    past = {name: np.zeros((x.shape[1], *graph.nodes[name].after), np.float32) for name, _ in graph.late}
    found = []
    first = next(iter(graph.nodes.values())).before if graph.nodes else x.shape[2:]
    for now in x:
        values = {graph.inputs: now.reshape(len(now), *first) if np.prod(first) == np.prod(now.shape[1:]) else now}
        for name, node in graph.nodes.items():
            arriving = _sum(past[one] if (one, name) in graph.late else values[one] for one in graph.sources[name])
            state = states[name]
            states[name], values[name] = node.step(state, arriving)
            watch(name, node, state, arriving, values[name])
        found.append(_sum(values[one] for one in graph.sources[graph.output]))
        past = {name: values[name] for name in past}
    return np.stack(found)


def _sum(values: Iterable[Array]) -> Array:
    first, *others = values
    for one in others:
        first = first + one
    return first
