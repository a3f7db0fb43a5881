"""From what was counted to what Timeloop prints: shares, bypassed levels, first reads that are not made, rounding.

The steps and their order are Timeloop's (tiling.cpp: CollapseTiles; network-legacy.cpp), in exact arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import floor

from simulator.counts import SimulatedTensor, SimulatedTransfers
from simulator.ledger import Group
from simulator.machine import Machine
from simulator.nest import Nest


@dataclass(slots=True)
class Row:
    """One tensor at one level on its way through the roll-up, averages over the instances.

    words and word_hops: what enters the network, by group, and its words times their hops; share: what one child receives of the parent;
    gone: the level does not keep the tensor.
    """

    words: dict[Group, Fraction]
    word_hops: dict[Group, float]
    links: Fraction
    fanout: int
    instances: int
    tile_size: int
    partition: int = 0
    served: Fraction = Fraction(0)
    share: Fraction = Fraction(0)
    peers: Fraction = Fraction(0)
    gone: bool = False

    def total(self) -> Fraction:
        return sum(self.words.values(), Fraction(0))

    def delivered(self) -> Fraction:
        return sum((words * group[0] for group, words in self.words.items()), Fraction(0))

    def leave(self) -> None:
        self.gone, self.tile_size, self.partition, self.served, self.share = True, 0, 0, Fraction(0), Fraction(0)


def rows_of(nest: Nest, machine: Machine, tensor: str, instances: list[int]) -> list[Row]:
    """The rows of one tensor, outermost level first, as they were counted."""
    rows = []
    for level, used, ledgers, sizes in zip(nest.levels, instances, machine.ledgers, machine.tile_sizes, strict=True):
        words: dict[Group, Fraction] = {}
        hops: dict[Group, float] = {}
        mine = [by_tensor[tensor] for by_tensor in ledgers.values()]
        for ledger in mine:
            for group, (count, word_hops) in ledger.records.items():
                words[group] = words.get(group, Fraction(0)) + Fraction(count, len(mine))
                hops[group] = hops.get(group, 0.0) + word_hops / len(mine)
        rows.append(Row(words=words, word_hops=hops, links=Fraction(sum(ledger.links for ledger in mine), len(mine)),
                        fanout=level.fanout, instances=used, tile_size=sizes[tensor]))
    return rows


def roll_up(rows: list[Row], keeps: list[bool], partition_boxes: list[int]) -> None:
    """Fill in partition, served, share and peers of each row, and empty those of levels that do not keep the tensor.

    partition_boxes: words of the boxes that partitions are shares of, one a level but the outermost.
    """
    _partitions(rows, partition_boxes)
    for parent, child in pairwise(rows):
        child.share = parent.delivered() / parent.fanout
    for row in rows:
        row.served = row.total()
    _bypass(rows, keeps)
    for parent, child in pairwise(rows):
        child.peers = parent.links / child.instances


def _partitions(rows: list[Row], boxes: list[int]) -> None:
    rows[0].partition = rows[0].tile_size
    for parent, child, box in zip(rows, rows[1:], boxes, strict=False):
        child.partition = parent.partition * child.tile_size // box


def _bypass(rows: list[Row], keeps: list[bool]) -> None:
    """What a bypassed level would serve is served by the next outer one. Nothing is left of the levels above the outermost keeper."""
    for i in reversed(range(len(rows))):
        outer = next((row for row in reversed(rows[:i]) if not row.gone), None)
        if keeps[i]:
            continue
        if outer is not None:
            factor = rows[i].served * outer.fanout / outer.delivered()
            outer.words = {group: words * factor for group, words in outer.words.items()}
            outer.links, outer.served = Fraction(0), outer.total()
        rows[i].leave()
    for row, kept in zip(rows, keeps, strict=True):
        if kept:
            row.share = Fraction(0)
            break
        row.words, row.word_hops, row.links = {}, {}, Fraction(0)


def stored(row: Row, read_write: bool, is_outermost: bool, distinct: Fraction) -> SimulatedTensor:
    """Reads, fills and updates of one level that keeps the tensor."""
    received, served = row.share + row.peers, row.served + row.peers
    if read_write:
        reads = rounded(served - row.partition)
        fills = rounded(received if is_outermost else received - row.partition)
        updates = rounded(row.served)
    else:
        reads, fills, updates = rounded(served), floor(received), 0
    return SimulatedTensor(tile_size=row.tile_size, partition_size=row.partition, reads=reads, fills=fills, updates=updates,
                           temporal_reductions=reads if read_write else 0, served=row.served, received=row.share, from_peers=row.peers,
                           distinct=distinct, instances=row.instances)


def transferred(row: Row, read_write: bool, reduces: bool) -> SimulatedTransfers:
    """What one network carries. Sums that the outer level cannot add up itself go down and up again, but for the first time.

    Timeloop takes the whole partition off each group, so a group may end up without words; then its hops do not count either.
    """
    words = dict(row.words)
    if read_write and not reduces:
        words = {group: 2 * count - row.partition for group, count in words.items()}
    total = sum(words.values(), Fraction(0))
    reductions = sum((count * (size - 1) for (size, _), count in words.items()), Fraction(0)) if read_write else Fraction(0)
    word_hops = sum(row.word_hops[group] for group, count in words.items() if count > 0)
    hops = word_hops / float(total) if total > 0 else 0.0
    return SimulatedTransfers(ingresses=total, hops=hops, link_transfers=row.links, spatial_reductions=reductions, multicast=words)


def rounded(value: Fraction) -> int:
    """The nearest integer, halves away from zero."""
    return floor(value + Fraction(1, 2)) if value >= 0 else -floor(Fraction(1, 2) - value)
