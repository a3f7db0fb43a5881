"""The order of a graph's nodes: graphs within graphs are laid flat, and circles (recurrent connections) are cut at neurons.

What a neuron puts out reaches the nodes behind it in a circle one step later, as in snnTorch's RLeaky, u[t] = f(u[t-1], x[t] + V s[t-1]),
and Norse's recurrent cells: the continuous graph does not say how long it takes, and nothing shorter than a step can be run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

Edge: TypeAlias = tuple[str, str]


class CircleError(ValueError):
    """A circle without neurons. names: its nodes."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        super().__init__(", ".join(names))


@dataclass(frozen=True, kw_only=True)
class Order:
    """run: names in the order in which they run, where values of `late` edges are those of the step before; shapes: names so that each
    comes after those that it has its shape from, without the edges `back`."""

    run: tuple[str, ...]
    shapes: tuple[str, ...]
    late: frozenset[Edge]
    back: frozenset[Edge]


def flat(graph: Any, above: str = "") -> tuple[dict[str, Any], list[Edge]]:
    """Nodes and edges of a graph of the package nir, those of graphs within it as `outer.inner`. Inputs and outputs within are left out:
    what led to them leads to what they lead to."""
    nodes: dict[str, Any] = {}
    edges = [(f"{above}{a}", f"{above}{b}") for a, b in graph.edges]
    for name, node in graph.nodes.items():
        full = f"{above}{name}"
        if type(node).__name__ != "NIRGraph":
            nodes[full] = node
            continue
        inner, more = flat(node, f"{full}.")
        doors = {kind: [one for one in node.nodes if type(node.nodes[one]).__name__ == kind] for kind in ("Input", "Output")}
        if len(doors["Input"]) != 1 or len(doors["Output"]) != 1:
            nodes[full] = node
            continue
        entry, way_out = f"{full}.{doors['Input'][0]}", f"{full}.{doors['Output'][0]}"
        edges = [(way_out if a == full else a, entry if b == full else b) for a, b in edges] + more
        nodes |= inner
        for door in (entry, way_out):
            del nodes[door]
            edges = _without(door, edges)
    return nodes, edges


def ordered(names: Sequence[str], edges: Sequence[Edge], neurons: Iterable[str]) -> Order:
    """The order of nodes, those that others wait for first. names: the input first. Raises CircleError for a circle without neurons."""
    spiking = set(neurons)

    def at_neuron(circle: Sequence[str]) -> Edge:
        for i in reversed(range(len(circle))):
            if circle[i] in spiking:
                return circle[i], circle[(i + 1) % len(circle)]
        raise CircleError(circle)

    late = _cuts(names, edges, at_neuron)
    back = _cuts(names, edges, lambda circle: (circle[-1], circle[0]))
    return Order(run=_sorted(names, edges, late), shapes=_sorted(names, edges, back), late=late, back=back)


def _without(door: str, edges: Sequence[Edge]) -> list[Edge]:
    into = [a for a, b in edges if b == door]
    out_of = [b for a, b in edges if a == door]
    return [edge for edge in edges if door not in edge] + [(a, b) for a in into for b in out_of]


def _cuts(names: Sequence[str], edges: Sequence[Edge], choose: Callable[[Sequence[str]], Edge]) -> frozenset[Edge]:
    """Edges without which there is no circle, one chosen of each circle that is found."""
    cuts: set[Edge] = set()
    while circle := _circle(names, [edge for edge in edges if edge not in cuts]):
        cuts.add(choose(circle))
    return frozenset(cuts)


def _circle(names: Sequence[str], edges: Sequence[Edge]) -> list[str]:
    """The first circle that is met on the way from the first names, from where it is entered; [] where there is none."""
    after: dict[str, list[str]] = {name: [b for a, b in edges if a == name] for name in names}
    done: set[str] = set()
    for start in names:
        path, ways = [start], [iter(after[start])]
        while path:
            following = next((name for name in ways[-1] if name not in done), None)
            if following is None:
                done.add(path.pop())
                ways.pop()
            elif following in path:
                return path[path.index(following):]
            else:
                path.append(following)
                ways.append(iter(after[following]))
    return []


def _sorted(names: Sequence[str], edges: Sequence[Edge], cuts: frozenset[Edge]) -> tuple[str, ...]:
    sources = {name: {a for a, b in edges if b == name and (a, b) not in cuts} for name in names}
    order: list[str] = []
    left = list(names)
    while left:
        new = [name for name in left if sources[name] <= set(order)]
        order += new
        left = [name for name in left if name not in new]
    return tuple(order)
