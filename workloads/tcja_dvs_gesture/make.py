"""Writes the run files of this folder from published.tsv: `python make.py [FOLDER]`.

Eight networks: w2, w3, w4, w6, w8 (quantised weights), prune80 (8 bit), cumulative and joint (3 bit). Where the study gives weight
sparsity for each layer, that stands in the file; where it gives the average of the network, that stands for each layer and is
marked as assumed. Spike densities are not published: one figure stands for all of them and is marked as assumed.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from snn_workload import Bits, Conv2d, Layer, LayerDensities, Linear, MeasuredDensity, Run, TcjaChannel, TcjaTemporal, write_run

HERE = Path(__file__).resolve().parent
TIME_STEPS = 20
STATE_BITS = 16
SPIKE_DENSITY = 0.05
SOURCE = (
    "C. J. Schaefer, P. Taheri, M. Horeni, S. Joshi, The Hardware Impact of Quantization and Pruning for Weights in Spiking Neural"
    " Networks, arXiv 2302.04174"
)
SPIKES_ASSUMED = (
    f"Spike densities are not published. {SPIKE_DENSITY:g} is assumed for the inputs and the outputs of every layer, the events of the"
    " camera included; the study says only that spikes are extremely sparse."
)

# Weight bits of each network, accuracy where it is published, and, where sparsity is not published layer by layer, its average in percent
# (weighted by parameters).
NETWORKS = {
    "w2": (2, 0.9757, None), "w3": (3, 0.9757, 31.6), "w4": (4, 0.9757, 15.1), "w6": (6, 0.9757, 3.6), "w8": (8, 0.9757, 0.9),
    "prune80": (8, 0.9757, None), "cumulative": (3, None, None), "joint": (3, None, None),
}  # fmt: skip


def rows() -> list[dict[str, str]]:
    """The rows of published.tsv, as text."""
    with open(HERE / "published.tsv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader((line for line in file if not line.startswith("#")), delimiter="\t"))


def kind(row: dict[str, str]) -> Conv2d | Linear | TcjaTemporal | TcjaChannel:
    """The shape of a row."""
    T, C, M, P, Q, R, S = (int(row[letter]) for letter in "TCMPQRS")
    if row["type"] == "conv2d":
        return Conv2d(C=C, M=M, P=P, Q=Q, R=R, S=S)
    if row["type"] == "linear":
        return Linear(C=C, M=M)
    attention = TcjaTemporal if row["type"] == "tcja_temporal" else TcjaChannel
    return attention(T=T, C=C, M=M, Q=Q, S=S)


def share(percent: float) -> float:
    """Density from sparsity in percent, to the digits that the study has."""
    return round(1 - percent / 100, 4)


def layer(row: dict[str, str], network: str) -> Layer:
    """One layer of one network."""
    weight_bits, _, average = NETWORKS[network]
    shape = kind(row)
    density = share(average if average is not None else float(row[network]))
    spikes = MeasuredDensity(mean=SPIKE_DENSITY, max=SPIKE_DENSITY, assumed=True)
    weights = MeasuredDensity(mean=density, max=density, assumed=average is not None)
    outputs = spikes if shape.has_neurons else LayerDensities().outputs
    bits = Bits(weights=weight_bits, inputs=1, state=STATE_BITS)
    return Layer(name=row["name"], kind=shape, bits=bits, densities=LayerDensities(weights=weights, inputs=spikes, outputs=outputs))


def run(network: str) -> Run:
    """One network."""
    _, accuracy, average = NETWORKS[network]
    assumptions = (SPIKES_ASSUMED,)
    if average is not None:
        assumptions += (f"Weight sparsity is published for the whole network only: its average of {average:g} % stands for each layer.",)
    entries = tuple(layer(row, network) for row in rows())
    name = f"tcja-dvs-gesture-{network}"
    return Run(name=name, time_steps=TIME_STEPS, entries=entries, accuracy=accuracy, assumptions=assumptions, source=SOURCE)


def main(folder: Path) -> None:
    """Write all run files to a folder."""
    for network in NETWORKS:
        write_run(run(network), folder / f"{network}.json")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
