"""The twenty networks of the study: quantised, pruned, and both, as runs with the densities that are published, derived or fitted.

Weight sparsity by layer is published for ternary, for 80 % pruning, and for 3 bit with 80 % pruning (cumulative and joint). All else is
derived from one law: the weights of a layer have a Laplace distribution, so a share 1 - exp(-t / spread) of them is smaller than t.

Quantisation: a b-bit network has 2^(b-1) - 1 levels on either side of zero, and what is below half a level becomes zero. So t is that of
ternary divided by the levels, and the density of a layer is that of ternary to the power 1 / (2^(b-1) - 1). The averages that come out are
31.6, 15.0, 3.6 and 0.9 %; published are 31.6, 15.1, 3.6 and 0.9.

Pruning: one t for all layers. The published 80 % give t / spread of each layer, and t is moved until the average over all weights is the
wanted one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from snn_workload import Layer, MeasuredDensity, Run, read_run
from snnhw.spec.presets import located
from snnhw.study.data import Fit, table

PRUNED = (10, 20, 30, 40, 50, 60, 70, 80, 90)
BOTH = (40, 60, 80)
BITS = (2, 3, 4, 6, 8)
PUBLISHED_PRUNING = 80
TERNARY = "w2"
ISO_ACCURACY = 0.9757
"""Published for all quantised networks, and for pruning up to 80 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """One network of the study. base: the run file of tcja_dvs_gesture that it is made of; pruning: percent of all weights, None where
    nothing is pruned; accuracy: as published, None where it is not."""

    name: str
    method: str
    bits: int
    base: str
    pruning: int | None = None
    accuracy: float | None = None

    @property
    def derived(self) -> bool:
        """Whether its sparsity by layer is derived and not published."""
        return self.base != TERNARY and self.pruning != PUBLISHED_PRUNING


def networks() -> tuple[Network, ...]:
    """All of them, in the order of the tables."""
    quantised = (Network(name=f"w{bits}", method="quantisation", bits=bits, base=f"w{bits}", accuracy=ISO_ACCURACY) for bits in BITS)
    pruned = (Network(name=f"prune{share}", method="pruning", bits=8, base="prune80", pruning=share,
                      accuracy=ISO_ACCURACY if share <= PUBLISHED_PRUNING else None) for share in PRUNED)
    both = (Network(name=f"{method}{share}", method=method, bits=3, base=method, pruning=share)
            for method in ("cumulative", "joint") for share in BOTH)
    return (*quantised, *pruned, *both)


def run_of(network: Network, fit: Fit) -> Run:
    """The network as a run: weights as published or derived, spikes as fitted."""
    run = read_run(located(f"tcja_dvs_gesture/{network.base}", "workloads"))
    layers = tuple(layer for layer in run.entries if isinstance(layer, Layer))
    shares = layer_sparsity(network, layers)
    entries = tuple(_with_densities(layer, share, network, fit) for layer, share in zip(layers, shares, strict=True))
    return replace(run, name=f"iscas23-{network.name}", entries=entries, accuracy=network.accuracy, assumptions=_assumptions(network, fit))


def layer_sparsity(network: Network, layers: tuple[Layer, ...]) -> tuple[float, ...]:
    """Share of zero weights of each layer, in [0, 1]. layers: of the network's base."""
    if network.pruning is None:
        return tuple(quantised_sparsity(float(row[TERNARY]) / 100, network.bits) for row in table("layers"))
    published = tuple(1.0 - layer.densities.weights.mean for layer in layers)
    return published if network.pruning == PUBLISHED_PRUNING else pruned_sparsity(published, weight_counts(), network.pruning / 100)


def quantised_sparsity(ternary: float, bits: int) -> float:
    """Share of zero weights of a layer at so many bits, given its share in ternary (2 bits)."""
    return 1.0 - (1.0 - ternary) ** (1.0 / (2 ** (bits - 1) - 1))


def pruned_sparsity(known: tuple[float, ...], weights: tuple[int, ...], wanted: float) -> tuple[float, ...]:
    """Sparsity of each layer where one threshold prunes the share `wanted` of all weights, given what another threshold leaves."""
    low, high = 0.0, 64.0
    for _ in range(60):
        factor = (low + high) / 2.0
        shares = tuple(1.0 - (1.0 - share) ** factor for share in known)
        if sum(share * count for share, count in zip(shares, weights, strict=True)) < wanted * sum(weights):
            low = factor
        else:
            high = factor
    return shares


def weight_counts() -> tuple[int, ...]:
    """Weights of each layer."""
    return tuple(int(row["C"]) * int(row["M"]) * int(row["R"]) * int(row["S"]) for row in table("layers"))


def mean_sparsity(shares: tuple[float, ...]) -> float:
    """Share of zero weights of the whole network."""
    counts = weight_counts()
    return sum(share * count for share, count in zip(shares, counts, strict=True)) / sum(counts)


def _with_densities(layer: Layer, sparsity: float, network: Network, fit: Fit) -> Layer:
    density = round(1.0 - sparsity, 4)
    spikes = fit.camera_density if layer.name == "Conv1" else fit.spike_density
    inputs = MeasuredDensity(mean=spikes, max=spikes, assumed=True, source="fitted (workloads/iscas23/fit.yaml)")
    outputs = replace(inputs, mean=fit.spike_density, max=fit.spike_density)
    measured = replace(layer.densities, weights=MeasuredDensity(mean=density, max=density, assumed=network.derived), inputs=inputs)
    return replace(layer, densities=replace(measured, outputs=outputs) if layer.kind.has_neurons else measured)


def _assumptions(network: Network, fit: Fit) -> tuple[str, ...]:
    spikes = (f"Spike densities are not published; {fit.camera_density:g} for the events of the camera and {fit.spike_density:g} for all"
              " other spikes are fitted to the published energies (docs/study.md).")
    if network.pruning is not None and network.derived:
        return (spikes, f"Weight sparsity by layer is derived from what is published for {PUBLISHED_PRUNING} % pruning (docs/study.md).")
    if network.derived:
        return (spikes, "Weight sparsity by layer is derived from that of ternary; its average is the published one (docs/study.md).")
    return (spikes,)
