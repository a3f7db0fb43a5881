"""Words, bits and energy that each tensor moves between the levels that keep it: what the Sankey diagram shows.

Operands go from the outermost level in to the compute; results go back out. A word that a level reads goes in, a word that it is updated
with comes from within. Multicast makes more words arrive than were read, so what flows into a level need not be what flows out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, TypeAlias

from snnhw.model.costs import ACTIONS, action_names
from snnhw.model.result import SPIKE_WRITES, LayerResult, LevelResult, TensorCounts
from snnhw.spec.architecture import Architecture

Way: TypeAlias = Literal["in", "out"]
Prices: TypeAlias = Mapping[tuple[str, str], float]
"""pJ of an action of a component, by (component, action)."""

SPIKES = "outgoing spikes"
_VERBS = ("reads", "fills", "updates")


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One tensor from one level to another. words: of all instances, sent; arriving: those that come to the other end, None where no count
    is kept there (the compute); bits: of the words sent, None where widths are not known; energy_pJ: of the accesses and the wires."""

    tensor: str
    source: str
    target: str
    way: Way
    words: float
    arriving: float | None
    bits: float | None
    energy_pJ: float


def layer_flows(layer: LayerResult, architecture: Architecture | None, prices: Prices) -> Iterator[Flow]:
    """The flows of a layer. All their energies together are those of its tensors and its outgoing spikes."""
    compute, *storage = layer.evaluation.levels
    levels = list(reversed(storage))
    for tensor in layer.problem.tensors:
        keepers = [level for level in levels if tensor.name in level.tensors]
        energies = [_by_verb(level, tensor.name, prices) for level in keepers]
        for i, (outer, inner) in enumerate(pairwise((*keepers, compute))):
            yield from _between(layer, tensor.name, outer, inner, energies[i:i + 2], architecture, is_first=i == 0,
                                comes_back=tensor.read_write)
    yield from _spikes(layer, levels, compute, architecture)


def flow_record(layers: Sequence[LayerResult], architectures: Sequence[Architecture | None], prices: Prices) -> dict[str, Any]:
    """The flows of the network and of each layer; levels from the outermost to the compute. bits: whether widths are known."""
    groups = [list(layer_flows(layer, architecture, prices)) for layer, architecture in zip(layers, architectures, strict=True)]
    levels = [level.name for level in reversed(layers[0].evaluation.levels)] if layers else []
    named = [(layer.name, flows) for layer, flows in zip(layers, groups, strict=True)]
    return {"levels": levels, "bits": all(flow.bits is not None for flows in groups for flow in flows),
            "layers": [{"name": name, "flows": [_plain(flow) for flow in flows if flow.words > 0 or flow.energy_pJ > 0]}
                       for name, flows in ([("whole network", summed(groups))] if len(layers) > 1 else []) + named]}


def summed(groups: Iterable[Iterable[Flow]]) -> list[Flow]:
    """Flows of the same tensor between the same levels added up."""
    found: dict[tuple[str, str, str, Way], Flow] = {}
    for flow in (flow for flows in groups for flow in flows):
        key = (flow.tensor, flow.source, flow.target, flow.way)
        found[key] = flow if key not in found else Flow(
            tensor=flow.tensor, source=flow.source, target=flow.target, way=flow.way, words=found[key].words + flow.words,
            arriving=_added(found[key].arriving, flow.arriving), bits=_added(found[key].bits, flow.bits),
            energy_pJ=found[key].energy_pJ + flow.energy_pJ)
    return list(found.values())


def _between(layer: LayerResult, tensor: str, outer: LevelResult, inner: LevelResult, energies: Sequence[Mapping[str, float]],
             architecture: Architecture | None, *, is_first: bool, comes_back: bool) -> Iterator[Flow]:
    counts, below = outer.tensors[tensor], inner.tensors.get(tensor)
    wires = _wires(layer, tensor, outer.name, inner.name)
    own, next_ = energies[0], energies[1] if len(energies) > 1 else {}
    width = None if architecture is None else architecture.level(outer.name).bits_of(tensor)
    read = own["reads"] + next_.get("fills", 0.0) + (own["fills"] if is_first else 0.0)
    words = counts.reads * counts.instances
    yield Flow(tensor=tensor, source=outer.name, target=inner.name, way="in", words=words, bits=None if width is None else words * width,
               arriving=None if below is None else below.fills * below.instances,
               energy_pJ=read + (0.0 if comes_back else wires + own["updates"]))
    if comes_back:
        words = counts.updates * counts.instances
        yield Flow(tensor=tensor, source=inner.name, target=outer.name, way="out", words=words, arriving=words,
                   bits=None if width is None else words * width, energy_pJ=own["updates"] + wires)


def _wires(layer: LayerResult, tensor: str, outer: str, inner: str) -> float:
    """Energy of a tensor on the networks from a level in to another, in pJ."""
    inside, energy = False, 0.0
    for network in layer.evaluation.networks:
        start, _, end = network.name.partition(" <==> ")
        inside = inside or start == outer
        if inside and tensor in network.tensors:
            energy += network.tensors[tensor].energy_pJ
        if end == inner:
            inside = False
    return energy


def _by_verb(level: LevelResult, tensor: str, prices: Prices) -> dict[str, float]:
    """The energy of a tensor at a level as that of reads, fills and updates, in proportion to their counts and what each costs."""
    counts = level.tensors[tensor]
    weights = {verb: sum(_weight(counts, count, level.name, prices) for count in ACTIONS if count.endswith(verb)) for verb in _VERBS}
    total = sum(weights.values())
    if total <= 0:
        return {"reads": counts.energy_pJ, "fills": 0.0, "updates": 0.0}
    return {verb: counts.energy_pJ * weight / total for verb, weight in weights.items()}


def _weight(counts: TensorCounts, count: str, level: str, prices: Prices) -> float:
    """What a count costs; where a table has nothing of the level, all that is not stopped by a SAF costs the same."""
    number: float = getattr(counts, count)
    if not any(component == level for component, _ in prices):
        return number if count in _VERBS else 0.0
    return number * next((prices[level, name] for name in action_names(count) if (level, name) in prices), 0.0)


def _spikes(layer: LayerResult, levels: Sequence[LevelResult], compute: LevelResult, architecture: Architecture | None) -> Iterator[Flow]:
    """Spikes that leave, written to the outermost level."""
    writes = [part for part in layer.parts if part.action in SPIKE_WRITES]
    words = sum(part.count for part in writes if part.action == SPIKE_WRITES[0])
    if writes and levels:
        level = levels[0].name
        bits = None if architecture is None else words * architecture.level(level).bits_of("Inputs")
        yield Flow(tensor=SPIKES, source=compute.name, target=level, way="out", words=words, arriving=words, bits=bits,
                   energy_pJ=sum(part.energy_pJ for part in writes))


def _plain(flow: Flow) -> dict[str, Any]:
    return {"tensor": flow.tensor, "source": flow.source, "target": flow.target, "way": flow.way, "words": flow.words,
            "arriving": flow.arriving, "bits": flow.bits, "energy_pJ": flow.energy_pJ}


def _added(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one + other
