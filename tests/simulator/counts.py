"""What the simulator counted."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from fractions import Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedTensor:
    """One tensor at one storage level, in words per instance. A level that does not keep the tensor has none of these.

    served: words that leave an instance, on average, before rounding; received: words that reach it from its parent; from_peers: those
    that come over a link from a neighbour; distinct: different words that one instance sees in the whole run, on average
    (only if all iterations ran); partition_size: Timeloop's idea of `distinct`. instances: those that the mapping uses.
    """

    tile_size: int
    partition_size: int
    reads: int
    fills: int
    updates: int
    temporal_reductions: int
    served: Fraction
    received: Fraction
    from_peers: Fraction
    distinct: Fraction
    instances: int

    @property
    def is_integral(self) -> bool:
        """Whether reads, fills and updates are what they are without rounding."""
        return all(value.denominator == 1 for value in (self.served, self.received, self.from_peers))


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedTransfers:
    """One tensor on one network, per instance of the outer level.

    multicast: (instances that one word reaches, groups of that size at a time) -> words that enter the network for them.
    hops: average over the words, 0 where nothing enters.
    """

    ingresses: Fraction
    hops: float
    link_transfers: Fraction
    spatial_reductions: Fraction
    multicast: MappingType[tuple[int, int], Fraction] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedLevel:
    """One storage level. cycles: what it would need alone with its bandwidths."""

    name: str
    cycles: int
    tensors: MappingType[str, SimulatedTensor]


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedNetwork:
    """The network between a level and the next inner one, named `outer <==> inner`."""

    name: str
    tensors: MappingType[str, SimulatedTransfers]


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedCounts:
    """Everything that was counted. levels and networks run from the outermost to the innermost.

    computes: operations of all instances; compute_instances: those that the mapping uses; cycles: of the whole run.
    """

    computes: int
    compute_instances: int
    cycles: int
    levels: tuple[SimulatedLevel, ...]
    networks: tuple[SimulatedNetwork, ...]

    def level(self, name: str) -> SimulatedLevel:
        """The storage level of a name; KeyError if there is none."""
        return {level.name: level for level in self.levels}[name]

    def network(self, name: str) -> SimulatedNetwork:
        """The network of a name; KeyError if there is none."""
        return {network.name: network for network in self.networks}[name]
