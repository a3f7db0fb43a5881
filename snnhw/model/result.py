"""What the model says of one mapping, of one layer and of a network."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from typing import Any

from snnhw.spec.mapping import Mapping
from snnhw.spec.problem import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorCounts:
    """One tensor at one storage level: words per instance, as Timeloop prints them; energy_pJ is that of all instances.

    Plain names count what really happens, gated_ and skipped_ what a SAF stops, metadata_ words of the format.
    tile_size: words of the (dense) tile; instances: utilised on average.
    """

    tile_size: int = 0
    reads: float = 0.0
    fills: float = 0.0
    updates: float = 0.0
    gated_reads: float = 0.0
    gated_fills: float = 0.0
    gated_updates: float = 0.0
    skipped_reads: float = 0.0
    skipped_fills: float = 0.0
    skipped_updates: float = 0.0
    metadata_reads: float = 0.0
    metadata_fills: float = 0.0
    metadata_updates: float = 0.0
    gated_metadata_reads: float = 0.0
    gated_metadata_fills: float = 0.0
    gated_metadata_updates: float = 0.0
    skipped_metadata_reads: float = 0.0
    skipped_metadata_fills: float = 0.0
    skipped_metadata_updates: float = 0.0
    instances: float = 0.0
    energy_pJ: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelResult:
    """One level. For the compute level `energy_pJ` is its energy and `tensors` is empty; for storage it is the sum over tensors.

    cycles: what this level alone would take; leakage_pJ: of all its instances over the whole run.
    """

    name: str
    energy_pJ: float = 0.0
    leakage_pJ: float = 0.0
    cycles: int = 0
    computes: float = 0.0
    gated_computes: float = 0.0
    skipped_computes: float = 0.0
    tensors: MappingType[str, TensorCounts] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferCounts:
    """One tensor on one network: words that enter it, average hops of each, energy of all of them in pJ."""

    ingresses: float = 0.0
    hops: float = 0.0
    link_transfers: float = 0.0
    spatial_reductions: float = 0.0
    energy_pJ: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkTransfers:
    """The network between a level and the next inner one, named as Timeloop does: `DRAM <==> GLB`."""

    name: str
    tensors: MappingType[str, TransferCounts] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """One mapping, evaluated. levels: from the compute level outwards; networks: from the outermost inwards.

    energy_pJ is the sum of its parts: compute, tensors, networks, leakage. utilization: of the compute instances, in [0, 1].
    """

    cycles: int
    energy_pJ: float
    utilization: float
    levels: tuple[LevelResult, ...]
    networks: tuple[NetworkTransfers, ...]


LEAK = "leak"
"""The action of a part whose count is cycles times instances, and whose energy is leakage."""

SPIKE_WRITES = ("write_spikes", "write_spike_metadata")
"""Actions of a PartEnergy that write the spikes that leave a layer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartEnergy:
    """Energy of a part that no loop belongs to: the neuron unit's additions, say. count: actions over the whole layer."""

    component: str
    action: str
    count: float
    energy_pJ: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchReport:
    """What a search did, and how good its result is at least.

    evaluated: mappings; pruned: candidates, and whole sets of them, dropped unevaluated; left: sets of candidates not looked at when the
    budget was spent, None where that is not known. lower_bound: no mapping of the mapspace has a lower first metric (pJ, cycles, pJ cycles,
    or their product to powers), None where none was found. ended_by: see snnhw.search.search.
    """

    evaluated: int
    pruned: int
    seconds: float
    ended_by: str = "budget"
    left: int | None = None
    lower_bound: float | None = None
    objective: float | None = None
    optimal: bool = False

    @property
    def gap(self) -> float | None:
        """By how much the objective may be above the optimum, as a share of the objective; None without a bound."""
        if self.optimal:
            return 0.0
        if self.lower_bound is None or not self.objective:
            return None
        return max(0.0, 1.0 - self.lower_bound / self.objective)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFigures:
    """Figures of each time step of a layer's loop nest at its own spike density; all steps together are the layer's evaluation.

    at_mean_energy_pJ, at_mean_cycles: of the whole layer if every step had the mean density.
    """

    density: tuple[float, ...]
    energy_pJ: tuple[float, ...]
    cycles: tuple[float, ...]
    at_mean_energy_pJ: float
    at_mean_cycles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerResult:
    """A layer at the best mapping found. `parts` holds the neuron updates; `notes` what a reader must know of this layer.

    cycles and energy_pJ are those of the whole layer, parts included. mapping_yaml: the mapping in Timeloop's format, "" where it
    cannot be said there. steps: where the run file gives a density for each time step.
    """

    name: str
    layer_type: str
    problem: Problem
    mapping: Mapping
    evaluation: Evaluation
    parts: tuple[PartEnergy, ...] = ()
    search: SearchReport | None = None
    notes: tuple[str, ...] = ()
    mapping_yaml: str = ""
    steps: StepFigures | None = None

    @property
    def cycles(self) -> int:
        """Cycles of the layer."""
        return self.evaluation.cycles

    @property
    def energy_pJ(self) -> float:
        """Energy of the layer in pJ, parts included."""
        return self.evaluation.energy_pJ + sum(part.energy_pJ for part in self.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkResult:
    """A network, layer after layer. cycle_seconds: clock period in s; provenance: all that is needed to make it again."""

    name: str
    architecture: str
    cycle_seconds: float
    layers: tuple[LayerResult, ...]
    notes: tuple[str, ...] = ()
    provenance: MappingType[str, Any] = field(default_factory=dict)
    interrupted: bool = False

    @property
    def cycles(self) -> int:
        """Cycles of all layers, one after another."""
        return sum(layer.cycles for layer in self.layers)

    @property
    def energy_pJ(self) -> float:
        """Energy of all layers in pJ."""
        return sum(layer.energy_pJ for layer in self.layers)

    @property
    def operations(self) -> int:
        """Iterations of the loop bodies of all layers, dense."""
        return sum(layer.problem.operations for layer in self.layers)

    @property
    def latency_s(self) -> float:
        """Cycles times clock period, in s."""
        return self.cycles * self.cycle_seconds

    @property
    def edp_Js(self) -> float:
        """Energy-delay product of the whole network in J*s: its total energy times its total latency."""
        return self.energy_pJ * 1e-12 * self.latency_s
