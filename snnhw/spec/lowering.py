"""From several word widths at one level to one level per tensor, which is all that Timeloop can express.

A level that holds 1-bit spikes, 2-bit weights and 16-bit state becomes three levels, one inside the other, each of which keeps one tensor
and has its word width. The loops and the fan-out go to the innermost of them, so that each tensor's tile stays what it was; the others keep
their order, with one iteration each, since Sparseloop's analysis of rows looks at the outermost loop of a level even if it is one. A tensor
that the level may not keep gets no level. What a chain of levels cannot say is listed: that the tensors share one capacity and one
bandwidth, that each moves at its own width over the wires below, and three things that depend on what lies between a tensor's level and the
next one that keeps it.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field, replace

from snnhw.spec.architecture import Architecture, Network, StorageLevel
from snnhw.spec.lowering_constraints import lower_constraints
from snnhw.spec.mapping import LevelMapping, Mapping
from snnhw.spec.reference import ActionEnergy, ComponentCost, ReferenceTable
from snnhw.spec.sparse import SparseOptimizations


@dataclass(frozen=True, slots=True, kw_only=True)
class Lowered:
    """An architecture with one word width per level, and what goes with it.

    lost: what Timeloop cannot say of it, one sentence each. levels: by each level of before, those that stand for it, outermost first.
    """

    architecture: Architecture
    mapping: Mapping | None
    reference: ReferenceTable
    lost: tuple[str, ...] = ()
    levels: MappingType[str, tuple[str, ...]] = field(default_factory=dict)


def lower_word_bits(architecture: Architecture, tensors: tuple[str, ...], reference: ReferenceTable,
                    mapping: Mapping | None = None, dimensions: tuple[str, ...] = ()) -> Lowered:
    """Splits each level that has several word widths. tensors: names of the problem's tensors, which also order the new levels.

    dimensions: the problem's; the constraints of the architecture are lowered with it, which a mapping alone does not need.
    """
    kept = {level.name: _held(architecture, level, tensors, mapping) for level in architecture.storage}
    split = {level.name: _names(level, kept[level.name]) for level in architecture.storage}
    storage = tuple(new for level in architecture.storage for new in _levels(level, kept[level.name], split[level.name]))
    lost = tuple(sentence for level in architecture.storage if len(split[level.name]) > 1
                 for sentence in (*_lost(level), *_lost_alternatives(level.name, architecture.sparse)))
    lost += tuple(_lost_between(architecture, split, tensors, mapping))
    return Lowered(
        architecture=replace(architecture, storage=storage, sparse=_sparse(architecture.sparse, split),
                             constraints=lower_constraints(architecture.constraints, split, tensors, dimensions)),
        mapping=mapping and Mapping(levels=tuple(new for level in mapping.levels for new in _mappings(level, split[level.level]))),
        reference=_reference(reference, split), lost=lost, levels={level: tuple(names.values()) for level, names in split.items()})


def _held(architecture: Architecture, level: StorageLevel, tensors: tuple[str, ...], mapping: Mapping | None) -> tuple[str, ...]:
    """The tensors that may stand at a level: those that no constraint bars from it, and those that the mapping keeps there."""
    barred = {tensor for one in architecture.constraints.storage if one.level == level.name for tensor in one.bypass}
    held = frozenset() if mapping is None else mapping.level(level.name).keep
    return tuple(tensor for tensor in tensors if tensor in held or tensor not in barred)


def _names(level: StorageLevel, tensors: tuple[str, ...]) -> dict[str, str]:
    """Tensor -> name of the level that holds it, outermost first; the level's own name where one width is enough."""
    if len({level.bits_of(tensor) for tensor in tensors}) < 2:
        return {"": level.name}
    return {tensor: f"{level.name}_{tensor}" for tensor in tensors}


def _levels(level: StorageLevel, tensors: tuple[str, ...], names: dict[str, str]) -> list[StorageLevel]:
    if "" in names:
        bits = next((level.bits_of(tensor) for tensor in tensors), level.word_bits)
        return [replace(level, word_bits=bits, tensor_word_bits={})]
    *outer, _ = names
    result = []
    for tensor, name in names.items():
        bits = level.bits_of(tensor)
        result.append(replace(
            level, name=name, word_bits=bits, tensor_word_bits={}, width_bits=max(bits, level.width_bits // bits * bits),
            network=Network() if tensor in outer else level.network,
            read_bandwidth=_in_words(level.read_bandwidth, level.word_bits, bits),
            write_bandwidth=_in_words(level.write_bandwidth, level.word_bits, bits),
            shared_bandwidth=_in_words(level.shared_bandwidth, level.word_bits, bits)))
    return result


def _in_words(limit: float | None, before: int, after: int) -> float | None:
    """A bandwidth in words of another width."""
    return None if limit is None else limit * before / after


def _lost(level: StorageLevel) -> list[str]:
    sentences = []
    if level.depth_words is not None:
        sentences.append(f"{level.name}: its tensors share one capacity; each of the levels that stand for it has all of it")
    if any(limit is not None for limit in (level.read_bandwidth, level.write_bandwidth, level.shared_bandwidth)):
        sentences.append(f"{level.name}: its tensors share one bandwidth; each of the levels that stand for it has all of it")
    if level.network.wire_energy_pJ_per_bit_mm > 0:
        sentences.append(f"{level.name}: tensors move at one width over its wires, that of the innermost level that stands for it")
    return sentences


def _lost_alternatives(level: str, sparse: SparseOptimizations) -> list[str]:
    groups: dict[tuple[str, int], set[str]] = {}
    for action in sparse.actions:
        if action.level == level and action.option_group is not None:
            groups.setdefault((action.kind, action.option_group), set()).add(action.target)
    return [f"{level}: of the alternatives of {kind} {' and '.join(sorted(targets))} one is used; each of the levels that stand for it "
            "uses its own" for (kind, _), targets in groups.items() if len(targets) > 1]


def _lost_between(architecture: Architecture, split: dict[str, dict[str, str]], tensors: tuple[str, ...],
                  mapping: Mapping | None) -> Iterator[str]:
    """Tensors whose next inner level is split, and not the first of those that stand for it: there are levels without loops above it."""
    keeps = {level.name: frozenset(tensors) for level in architecture.storage} | {
        level.level: level.keep for level in (mapping.levels if mapping else ())}
    for i, level in enumerate(architecture.storage[:-1]):
        below = architecture.storage[i + 1:]
        fans_out = below[0].mesh.instances > level.mesh.instances
        for tensor in tensors:
            behind = [inner.name for inner in below if tensor in keeps[inner.name] and tensor in list(split[inner.name])[1:]]
            keeper = next((inner.name for inner in below if tensor in keeps[inner.name]), None)
            if fans_out and below[0].name in behind:
                yield f"{level.name}: what neighbours below it hand on of {tensor}; in Timeloop they do so only right below the array"
            reached = keeper in behind if mapping else behind
            if tensor in keeps[level.name] and reached and _has_spare_rank(level.name, tensor, architecture.sparse):
                yield (f"{level.name}: ranks of {tensor} without a loop; in Timeloop their metadata is that of the innermost loop outside "
                       "the next level that keeps it, be it of one iteration")


def _has_spare_rank(level: str, tensor: str, sparse: SparseOptimizations) -> bool:
    """Whether a compressed format has several ranks, so that there may be no loop for the innermost."""
    return any(f.level == level and f.tensor == tensor and len(f.ranks) > 1 and any(rank.format in ("B", "CP", "RLE") for rank in f.ranks)
               for f in sparse.formats)


def _mappings(level: LevelMapping, names: dict[str, str]) -> list[LevelMapping]:
    if "" in names:
        return [level]
    *outer, (last_tensor, last) = names.items()
    inner = replace(level, level=last, keep=level.keep & {last_tensor})
    once = tuple(replace(loop, bound=1, residual=None) for loop in level.temporal)
    return [*(LevelMapping(level=name, temporal=once, keep=level.keep & {tensor}) for tensor, name in outer), inner]


def _sparse(sparse: SparseOptimizations, split: dict[str, dict[str, str]]) -> SparseOptimizations:
    def place(level: str, tensor: str) -> str:
        return split.get(level, {}).get(tensor, level)
    return replace(sparse, formats=tuple(replace(f, level=place(f.level, f.tensor)) for f in sparse.formats),
                   actions=tuple(replace(a, level=place(a.level, a.target)) for a in sparse.actions))


def _reference(reference: ReferenceTable, split: dict[str, dict[str, str]]) -> ReferenceTable:
    """The same costs for each new level; only the outermost leaks, so that the whole leaks once."""
    components = dict(reference.components)
    for level, names in split.items():
        if "" in names or level not in components:
            continue
        cost = components.pop(level)
        for i, name in enumerate(names.values()):
            components[name] = cost if i == 0 else _without_leak(cost)
            components[name] = replace(components[name], name=name)
    return ReferenceTable(components=components)


def _without_leak(cost: ComponentCost) -> ComponentCost:
    return replace(cost, area_um2=0.0 if cost.area_um2 is not None else None,
                   actions={name: ActionEnergy(energy_pJ=0.0) if name == "leak" else action for name, action in cost.actions.items()})
