"""The roofline of a result: how fast each layer runs, and which bandwidth or the compute bounds it. Pure data, for figures and reports.

S. Williams, A. Waterman, D. Patterson, Roofline: an insightful visual performance model for multicore architectures, CACM 52 (4), 2009.
Here for every storage level with a bandwidth, and in operations a cycle and words of the level instead of flop/s and bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from snnhw.engines.remaking import remade
from snnhw.model.result import LayerResult, LevelResult, NetworkResult, TensorCounts
from snnhw.spec.architecture import Architecture, StorageLevel

Direction: TypeAlias = Literal["reads", "writes", "words"]
"""What a bandwidth bounds: reads, writes (fills and updates), or both together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roof:
    """Words that all instances of a level move in a cycle; None where nothing bounds them."""

    level: str
    direction: Direction
    words_per_cycle: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RooflinePoint:
    """A layer under one roof. operations: those that take a cycle of an instance, which skipped ones do not; words: of all instances,
    in words of the level; cycles: of the layer; bounds: whether this roof is what the layer's cycles come from."""

    layer: str
    level: str
    direction: Direction
    operations: float
    words: float
    cycles: int
    bounds: bool = False

    @property
    def intensity(self) -> float:
        """Operations a word; infinite where no word is moved."""
        return self.operations / self.words if self.words > 0 else float("inf")

    @property
    def performance(self) -> float:
        """Operations a cycle."""
        return self.operations / self.cycles if self.cycles else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Roofline:
    """peak: operations that all compute instances do in a cycle; roofs: from the outermost level inwards; points: layer by layer, one under
    each roof that the layer moves words under."""

    peak: float
    roofs: tuple[Roof, ...]
    points: tuple[RooflinePoint, ...]

    def of_layer(self, name: str) -> tuple[RooflinePoint, ...]:
        """The points of a layer."""
        return tuple(point for point in self.points if point.layer == name)


def roofline(result: NetworkResult) -> Roofline:
    """The roofline of a result, on the architecture that its provenance holds. Raises SpecError where it holds none."""
    made = remade(result)
    return roofline_of((layer, made.of(layer)[0]) for layer in result.layers)


def roofline_of(layers: Iterable[tuple[LayerResult, Architecture]]) -> Roofline:
    """The roofline of layers, each with its architecture. Levels without a bandwidth have no roof; the outermost is there in any case, with
    words_per_cycle None if it has none."""
    listed = list(layers)
    if not listed:
        return Roofline(peak=0.0, roofs=(), points=())
    first = listed[0][1]
    roofs = tuple(roof for i, level in enumerate(first.storage) for roof in _roofs(level, is_outermost=i == 0))
    return Roofline(peak=float(first.compute.mesh.instances), roofs=roofs,
                    points=tuple(point for layer, architecture in listed for point in _points(layer, architecture, roofs)))


def _roofs(level: StorageLevel, *, is_outermost: bool) -> Iterator[Roof]:
    limits: tuple[tuple[Direction, float | None], ...] = (
        ("reads", level.read_bandwidth), ("writes", level.write_bandwidth), ("words", level.shared_bandwidth))
    found = [Roof(level=level.name, direction=direction, words_per_cycle=limit * level.mesh.instances)
             for direction, limit in limits if limit is not None]
    yield from found or ([Roof(level=level.name, direction="words", words_per_cycle=None)] if is_outermost else [])


def _points(layer: LayerResult, architecture: Architecture, roofs: Iterable[Roof]) -> Iterator[RooflinePoint]:
    compute, *storage = layer.evaluation.levels
    results = {level.name: level for level in storage}
    operations = compute.computes + compute.gated_computes
    slowest = max((level.cycles for level in storage), default=0)
    for roof in roofs:
        level = results.get(roof.level)
        if level is None:
            continue
        reads, writes = words_moved(level, architecture.level(roof.level))
        words = {"reads": reads, "writes": writes, "words": reads + writes}[roof.direction]
        if words > 0:
            bounds = roof.words_per_cycle is not None and level.cycles == slowest > compute.cycles
            yield RooflinePoint(layer=layer.name, level=roof.level, direction=roof.direction, operations=operations, words=words,
                                cycles=layer.cycles, bounds=bounds and _is_tightest(level, architecture.level(roof.level), roof.direction))


def words_moved(level: LevelResult, spec: StorageLevel) -> tuple[float, float]:
    """Words read, and words written (fills and updates), at all instances of a level, gated ones and metadata included, in words of the
    level: what a bandwidth counts (docs/model.md, part 6)."""
    reads = writes = 0.0
    for name, counts in level.tensors.items():
        scale = spec.bandwidth_scale.get(name, 1.0) * spec.bits_of(name) / spec.word_bits * counts.instances
        format_words = spec.metadata.word_bits / spec.bits_of(name) if spec.metadata else 0.0
        reads += scale * (counts.reads + counts.gated_reads + format_words * (counts.metadata_reads + counts.gated_metadata_reads))
        writes += scale * (_written(counts) + format_words * _metadata_written(counts))
    return reads, writes


def _written(counts: TensorCounts) -> float:
    return counts.fills + counts.updates + counts.gated_fills + counts.gated_updates


def _metadata_written(counts: TensorCounts) -> float:
    return counts.metadata_fills + counts.metadata_updates + counts.gated_metadata_fills + counts.gated_metadata_updates


def _is_tightest(level: LevelResult, spec: StorageLevel, direction: Direction) -> bool:
    """Whether, of the bandwidths of a level, this one is asked for most."""
    reads, writes = words_moved(level, spec)
    asked = {"reads": reads / spec.read_bandwidth if spec.read_bandwidth else 0.0,
             "writes": writes / spec.write_bandwidth if spec.write_bandwidth else 0.0,
             "words": (reads + writes) / spec.shared_bandwidth if spec.shared_bandwidth else 0.0}
    return asked[direction] == max(asked.values())
