"""The study's tables: beside each figure what we get, what is published, and the ratio. What is not published is an empty cell."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from snn_workload import Layer, read_run
from snnhw.spec.presets import located
from snnhw.study.data import table
from snnhw.study.exchange import Exchanged
from snnhw.study.networks import BITS, Network, layer_sparsity, mean_sparsity
from snnhw.study.points import FORMATS, SPIKE_FORMATS, UNCOMPRESSED, Results
from snnhw.sweep.pareto import Candidate, ranked

Cell: TypeAlias = str | int | float | None
SPARSITY_NETWORKS = ("w2", "prune80", "cumulative80", "joint80")
CYCLE_SECONDS = 1e-9
"""Published cycles become an EDP at the clock of our architecture; none is published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """name: of its file; columns, rows: cells, None where nothing is published; notes: what a reader must know."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = field(default=())

    @property
    def csv(self) -> str:
        """The table as CSV, numbers in full."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self.columns)
        writer.writerows(["" if cell is None else cell for cell in row] for row in self.rows)
        return text.getvalue()

    def column(self, name: str) -> list[Cell]:
        """The cells of a column."""
        index = self.columns.index(name)
        return [row[index] for row in self.rows]


def published_energy() -> dict[tuple[int, str], tuple[float, int]]:
    """Energy in uJ and cycles of the quantised networks, by bits and format."""
    return {(int(row["bits"]), row["format"]): (float(row["energy_uJ"]), int(row["cycles"])) for row in table("quantization")}


def uncompressed_energy() -> dict[tuple[int, str], float]:
    """Published energy in uJ without weight compression, by bits and format of the spikes."""
    return {(int(row["bits"]), row["spike_format"]): float(row["energy_uJ"]) for row in table("uncompressed")}


def sparsity_table(networks: Sequence[Network], results: Results) -> Table:
    """Energy and EDP over weight sparsity, for quantised and pruned networks in each format (figure 1)."""
    published = published_energy()

    def rows() -> Iterator[tuple[Cell, ...]]:
        for network in networks:
            if network.method not in ("quantisation", "pruning"):
                continue
            sparsity = network_sparsity(network)
            for one in FORMATS:
                point = results.of(network.name, one)
                energy, cycles = published.get((network.bits, one), (None, None)) if network.method == "quantisation" else (None, None)
                edp = None if energy is None or cycles is None else energy * 1e-6 * cycles * CYCLE_SECONDS
                yield (network.method, network.name, round(100 * sparsity, 2), one, point.energy_uJ, energy, ratio(point.energy_uJ, energy),
                       point.cycles, cycles, ratio(point.cycles, cycles), point.edp_Js, edp, ratio(point.edp_Js, edp))

    return Table(name="sparsity", title="Energy and EDP over weight sparsity",
                 columns=("method", "network", "sparsity %", "format", "energy uJ", "published uJ", "ratio", "cycles", "published cycles",
                          "cycle ratio", "EDP Js", "published EDP Js", "EDP ratio"), rows=tuple(rows()),
                 notes=("Published EDP: published energy times published cycles at 1 ns, which is our clock.",))


def bits_table(results: Results) -> Table:
    """Energy over bits, weights compressed or not (figure 2)."""
    compressed, plain = published_energy(), uncompressed_energy()

    def rows() -> Iterator[tuple[Cell, ...]]:
        for one in SPIKE_FORMATS:
            for bits in BITS:
                ours, without = results.of(f"w{bits}", one).energy_uJ, results.of(f"w{bits}", UNCOMPRESSED, one).energy_uJ
                energy, other = compressed[bits, one][0], plain[bits, one]
                yield (one, bits, ours, energy, ratio(ours, energy), without, other, ratio(without, other),
                       "yes" if ours < without else "no", "yes" if energy < other else "no")

    return Table(name="bits", title="Energy over bit width, weights compressed or not",
                 columns=("format", "bits", "compressed uJ", "published uJ", "ratio", "uncompressed uJ", "published uncompressed uJ",
                          "uncompressed ratio", "pays", "published pays"), rows=tuple(rows()))


def crossover(bits: Sequence[int], compressed: Sequence[float], uncompressed: Sequence[float]) -> float | None:
    """The bits at which two lines meet, compression paying below: by straight lines between the widths; None where they don't."""
    gaps = [with_ - without for with_, without in zip(compressed, uncompressed, strict=True)]
    for i in range(len(bits) - 1):
        if gaps[i] < 0 <= gaps[i + 1]:
            return bits[i] + (bits[i + 1] - bits[i]) * gaps[i] / (gaps[i] - gaps[i + 1])
    return None


def breakdown_table(results: Results) -> Table:
    """pJ per compute of each component and transfer (figure 3). A compute is an operation that happens."""
    names = ("w2", "w8", "prune80")
    points = [results.of(name, "RLE") for name in names]

    def per_compute(index: int, component: str) -> float:
        return points[index].components.get(component, 0.0) * 1e6 / points[index].computes

    def rows() -> Iterator[tuple[Cell, ...]]:
        listed = {row["ours"] for row in table("breakdown")}
        for row in table("breakdown"):
            ours = [per_compute(i, row["ours"]) for i in range(3)]
            given = [float(row[name]) for name in names]
            yield row["component"], *(cell for i in range(3) for cell in (ours[i], given[i], ratio(ours[i], given[i])))
        others = [sum(per_compute(i, name) for name in points[i].components if name not in listed) for i in range(3)]
        yield "neurons, outgoing spikes", *(cell for other in others for cell in (other, None, None))
        totals = [sum(float(row[name]) for row in table("breakdown")) for name in names]
        ours = [point.energy_uJ * 1e6 / point.computes for point in points]
        yield "total", *(cell for i in range(3) for cell in (ours[i], totals[i], ratio(ours[i], totals[i])))

    heads = (cell for name in ("ternary", "8 bit", "8 bit, 80 % pruned")
             for cell in (f"{name} pJ", f"published {name} pJ", f"{name} ratio"))
    return Table(name="breakdown", title="Energy by component and transfer, pJ per compute", columns=("component", *heads),
                 rows=tuple(rows()),
                 notes=("Ours: energy over operations that happen, zeros skipped. What a published compute is, is not said.",))


def accuracy_table(networks: Sequence[Network], results: Results) -> Table:
    """Accuracy against energy and EDP in RLE, with the fronts of each method (figure 4)."""
    fronts = {metric: front_of(networks, results, metric) for metric in ("energy_uJ", "edp_Js")}
    published = published_energy()

    def rows() -> Iterator[tuple[Cell, ...]]:
        for network in networks:
            point = results.of(network.name, "RLE")
            energy = published[network.bits, "RLE"][0] if network.method == "quantisation" else None
            places = (None if network.accuracy is None else "front" if network.name in fronts[metric] else "dominated" for metric in fronts)
            yield (network.method, network.name, network.bits, network.pruning, network.accuracy, point.energy_uJ, energy,
                   ratio(point.energy_uJ, energy), point.edp_Js, *places)

    return Table(name="accuracy", title="Accuracy against energy and EDP (RLE)",
                 columns=("method", "network", "bits", "pruned %", "published accuracy", "energy uJ", "published uJ", "ratio", "EDP Js",
                          "energy front", "EDP front"), rows=tuple(rows()),
                 notes=("Accuracies are the published ones; where none is published the point is on no front.",))


def front_of(networks: Sequence[Network], results: Results, metric: str) -> frozenset[str]:
    """The networks that no other of their method beats, less energy (or EDP) and more accuracy being better."""
    chosen: set[str] = set()
    for method in {network.method for network in networks}:
        candidates = [Candidate(key=network.name, inputs={}, values=(getattr(results.of(network.name, "RLE"), metric), network.accuracy))
                      for network in networks if network.method == method and network.accuracy is not None]
        chosen |= {one.key for one in ranked(candidates, (1.0, -1.0)) if one.on_front}
    return frozenset(chosen)


def layers_table(networks: Sequence[Network]) -> Table:
    """Weight sparsity of each layer in percent (figure 5)."""
    by_name = {network.name: network for network in networks}
    chosen = [by_name[name] for name in SPARSITY_NETWORKS]
    ours = [_shares(network) for network in chosen]

    def rows() -> Iterator[tuple[Cell, ...]]:
        for index, row in enumerate(table("layers")):
            cells: list[Cell] = []
            for network, shares in zip(chosen, ours, strict=True):
                used, given = round(100 * shares[index], 2), float(row[network.base])
                cells += [used, given, ratio(used, given)]
            yield row["name"], *cells

    heads = (cell for network in chosen for cell in (f"{network.name} %", f"published {network.name} %", f"{network.name} ratio"))
    return Table(name="layers", title="Weight sparsity by layer", columns=("layer", *heads), rows=tuple(rows()),
                 notes=("These go in as published.",))


def mappings_table(moved: Sequence[Exchanged]) -> Table:
    """The layers that take a mapping found at another point: which point, and what the layer cost with its own (searched) and costs now."""
    def rows() -> Iterator[tuple[Cell, ...]]:
        for one in moved:
            yield (*one.key, one.searched.name, *one.origin, one.searched.energy_pJ / 1e6, one.chosen.energy_pJ / 1e6, one.searched.cycles,
                   one.chosen.cycles)

    return Table(name="mappings", title="Mappings found at other points",
                 columns=("network", "weight format", "spike format", "layer", "from network", "from weight format", "from spike format",
                          "searched uJ", "energy uJ", "searched cycles", "cycles"), rows=tuple(rows()),
                 notes=(f"{len(moved)} layers take a mapping that was found at another point (mappings.csv), all others their own.",))


def network_sparsity(network: Network) -> float:
    """Share of zero weights in the whole network."""
    return mean_sparsity(_shares(network))


def _shares(network: Network) -> tuple[float, ...]:
    run = read_run(located(f"tcja_dvs_gesture/{network.base}", "workloads"))
    return layer_sparsity(network, tuple(layer for layer in run.entries if isinstance(layer, Layer)))


def ratio(ours: float, published: float | None) -> float | None:
    """Ours over published; None where nothing is published."""
    return None if not published else ours / published
