"""Spikes that leave a layer: written once to the level from which the next layer reads them, in the format they have there."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from snn_workload import NeuronWork
from snnhw.model.costs import storage_energies
from snnhw.model.result import SPIKE_WRITES, PartEnergy
from snnhw.spec.architecture import Architecture, StorageLevel
from snnhw.spec.reference import ReferenceTable
from snnhw.spec.sparse import RepresentationFormat

SPIKES = "Inputs"
"""The tensor whose bits, format and level the leaving spikes take: they are the inputs of the next layer."""

Remembered: TypeAlias = Callable[[str, Any, Callable[[], Any]], Any]


def computed(kind: str, inputs: Any, compute: Callable[[], Any]) -> Any:
    """Computes; for who remembers nothing."""
    return compute()


FILLS, METADATA_FILLS = 1, 10
"""Positions in costs.ACTIONS."""


def spike_writes(architecture: Architecture, reference: ReferenceTable, work: NeuronWork,
                 remembered: Remembered = computed) -> Iterator[PartEnergy]:
    """Energy of writing the spikes of all neurons and time steps to the outermost level. Nothing for a layer without neurons.

    One time step's spikes are one tile: uncompressed a word per neuron, else a word per spike, and the format's metadata with
    the loops of the whole map in its outermost rank. Rows are filled up across the map, not across time steps.
    remembered: looks up or computes the expected words of a format, which takes a compiled kernel.
    remembered: who computes the expected words of a format, which takes a compiled kernel.
    """
    if work.neurons == 0:
        return
    level = architecture.storage[0]
    stored = next((f for f in architecture.sparse.formats if f.level == level.name and f.tensor == SPIKES), None)
    energies = storage_energies(level, reference)
    share = work.spikes / (work.neurons * work.time_steps)
    words, bits = (float(work.neurons), 0.0) if stored is None else remembered(
        "packed_spikes", (level, stored, work.neurons, share), lambda: _packed(level, stored, work.neurons, share))
    name = f"{level.name}, outgoing spikes"
    rows = work.time_steps * math.ceil(words * level.bits_of(SPIKES) / level.width_bits)
    yield PartEnergy(component=name, action=SPIKE_WRITES[0], count=words * work.time_steps, energy_pJ=rows * energies[FILLS])
    if bits and level.metadata is not None:
        rows = work.time_steps * math.ceil(bits / level.metadata.width_bits)
        yield PartEnergy(component=name, action=SPIKE_WRITES[1], count=float(rows), energy_pJ=rows * energies[METADATA_FILLS])


def _packed(level: StorageLevel, stored: RepresentationFormat, neurons: int, share: float) -> tuple[float, float]:
    """Expected words of data and bits of metadata of one time step's spikes."""
    import numpy as np

    from snnhw.model.density import FIXED_STRUCTURED
    from snnhw.model.formats import CODES, expected_words
    from snnhw.model.sparse_plan import word_bits

    rank = stored.ranks[0]
    words = np.zeros((1, 2), np.float64)
    law = np.array((FIXED_STRUCTURED, share, neurons, 0, 0), np.float64)
    tiles = np.array(((1, 1), (neurons, neurons)), np.int64)
    data, _ = expected_words(np.array((CODES[rank.format],)), np.array((neurons,)), tiles, tiles[1], law, False, False, True, words)
    metadata, payload = word_bits(rank, level)
    return data, float(words[0, 0] * metadata + words[0, 1] * payload)
