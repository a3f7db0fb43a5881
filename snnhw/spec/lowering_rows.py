"""Rows of levels that hold compressed tensors, cut to the sizes that Timeloop can count.

Sparseloop counts rows of compressed tiles with a table that has rows of 1, 2, 4, 8, 16 and 32 words; on any other it aborts. A level of
other rows gets the longest of these that its own divide into: so many times more rows, each at that share of the energy.
"""

from __future__ import annotations

from dataclasses import replace

from snnhw.spec.architecture import StorageLevel
from snnhw.spec.lowering import Lowered
from snnhw.spec.reference import ComponentCost, ReferenceTable

COUNTED = (32, 16, 8, 4, 2, 1)
"""Words of a row that Timeloop can count (NVlabs/timeloop, include/model/buffer.hpp, VectorWidthCoefficientTable)."""

COMPRESSED = frozenset({"RLE", "CP", "B"})
_NOT_BY_ROW = ("leak", "metadata", "compression")


def lower_rows(lowered: Lowered) -> Lowered:
    """The same, with rows that Timeloop can count at each level that holds a compressed tensor. Wants one word width per level."""
    held = {entry.level for entry in lowered.architecture.sparse.formats if any(rank.format in COMPRESSED for rank in entry.ranks)}
    cuts = {level.name: _pieces(level) for level in lowered.architecture.storage if level.name in held}
    storage = tuple(_cut(level, cuts.get(level.name, 1)) for level in lowered.architecture.storage)
    lost = tuple(f"{name}: Timeloop cannot count compressed tiles in its rows, which stand as {pieces} shorter ones"
                 for name, pieces in cuts.items() if pieces > 1)
    costs = {name: _cut_cost(cost, cuts.get(name, 1)) for name, cost in lowered.reference.components.items()}
    return replace(lowered, architecture=replace(lowered.architecture, storage=storage),
                   reference=ReferenceTable(components=costs), lost=(*lowered.lost, *lost))


def _pieces(level: StorageLevel) -> int:
    """In how many a row has to be cut."""
    words = level.width_bits // (level.word_bits * level.cluster_size)
    return words // next(size for size in COUNTED if words % size == 0) if words else 1


def _cut(level: StorageLevel, pieces: int) -> StorageLevel:
    if pieces == 1:
        return level
    depth = None if level.depth_words is None else level.depth_words * pieces
    return replace(level, width_bits=level.width_bits // pieces, depth_words=depth)


def _cut_cost(cost: ComponentCost, pieces: int) -> ComponentCost:
    actions = {name: action if any(word in name for word in _NOT_BY_ROW) else replace(action, energy_pJ=action.energy_pJ / pieces)
               for name, action in cost.actions.items()}
    return cost if pieces == 1 else replace(cost, actions=actions)
