"""What leaves one storage instance: how many words, to how many children at once, how far, and what the children take from each other."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from dataclasses import dataclass

Mesh = tuple[int, int]
Group = tuple[int, int]
Lacks = MappingType[int, int]


@dataclass(frozen=True, slots=True)
class Delivery:
    """Words for groups of one size: how many enter the network, and how many hops they make together."""

    words: int
    word_hops: float


class Ledger:
    """Sums of one tensor at one storage instance.

    records: (children in a group, groups of that size at one time) -> (words, words times hops); links: words that came from a neighbour.
    """

    __slots__ = ("_before", "links", "records")

    def __init__(self) -> None:
        self.records: dict[Group, tuple[int, float]] = {}
        self.links = 0
        self._before: Lacks = {}

    def note(self, words: int) -> None:
        """Words for an only child."""
        self._add((1, 1), words, 0.0)

    def deliver(self, lacks: Lacks, mesh: Mesh, times: int, link_transfers: bool) -> None:
        """Serve all children, `times` over. lacks: place in the array -> coordinates (bits) that the child there lacks now."""
        served = multicast(lacks, mesh)
        linked = {place for place in lacks if link_transfers and self._has_neighbour_with(place, lacks[place], mesh)}
        self._before = lacks
        if linked:
            rest = multicast({place: bits for place, bits in lacks.items() if place not in linked}, mesh)
            if sum(d.words for d in rest.values()) < sum(d.words for d in served.values()):
                served = rest
                self.links += sum(lacks[place].bit_count() for place in linked) * times
        for group, delivery in served.items():
            self._add(group, delivery.words * times, delivery.word_hops * times)

    def _has_neighbour_with(self, place: int, bits: int, mesh: Mesh) -> bool:
        return bits != 0 and any(self._before.get(other) == bits for other in neighbours(place, mesh))

    def _add(self, group: Group, words: int, word_hops: float) -> None:
        had_words, had_hops = self.records.get(group, (0, 0.0))
        self.records[group] = (had_words + words, had_hops + word_hops)


def neighbours(place: int, mesh: Mesh) -> list[int]:
    """Places above, below, left and right of a place; places are numbered row by row."""
    columns, rows = mesh
    column, row = place % columns, place // columns
    around = [(column, row - 1), (column, row + 1), (column - 1, row), (column + 1, row)]
    return [r * columns + c for c, r in around if 0 <= c < columns and 0 <= r < rows]


def multicast(lacks: Lacks, mesh: Mesh) -> dict[Group, Delivery]:
    """One read for all that lack the same. The hops of a word are averaged over all groups of its size."""
    alike: dict[int, list[int]] = {}
    for place, bits in lacks.items():
        if bits:
            alike.setdefault(bits, []).append(place)
    by_size: dict[int, list[tuple[int, float]]] = {}
    for bits, places in alike.items():
        by_size.setdefault(len(places), []).append((bits.bit_count(), hops(places, mesh)))
    result = {}
    for size, groups in by_size.items():
        words = sum(count for count, _ in groups)
        result[size, len(groups)] = Delivery(words, sum(h for _, h in groups) / len(groups) * words)
    return result


def hops(places: list[int], mesh: Mesh) -> float:
    """Hops of a tree from the middle of the left edge: along the middle row to the last column, then up and down each column."""
    columns, rows = mesh
    middle = (rows - 1) / 2
    reached: dict[int, list[int]] = {}
    for place in places:
        reached.setdefault(place % columns, []).append(place // columns)
    return max(reached) + sum(max(0.0, middle - min(r)) + max(0.0, max(r) - middle) for r in reached.values())
