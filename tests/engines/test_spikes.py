"""Spikes that leave a layer, written in the format of the level that the next layer reads them from."""

from __future__ import annotations

from dataclasses import replace

import pytest
from engines.small import arch_file

from snn_workload import NeuronWork
from snnhw.energy import estimate
from snnhw.engines.spikes import spike_writes
from snnhw.spec.architecture import MetadataStore
from snnhw.spec.load import load_architecture
from snnhw.spec.reference import ReferenceTable
from snnhw.spec.sparse import FormatRank, RepresentationFormat, SparseOptimizations

WORK = NeuronWork(neurons=1000, time_steps=3, spikes=300.0)  # a tenth of the neurons in each step


def machine(tmp_path, rank_format=None):
    plain = load_architecture(arch_file(tmp_path))
    if rank_format is None:
        return plain
    dram = replace(plain.storage[0], metadata=MetadataStore(width_bits=32, depth_words=None, word_bits=4))
    stored = RepresentationFormat(level="DRAM", tensor="Inputs", ranks=(FormatRank(format=rank_format, metadata_word_bits=4),))
    return replace(plain, storage=(dram, *plain.storage[1:]), sparse=SparseOptimizations(formats=(stored,)))


def written(architecture, work=WORK) -> dict[str, tuple[float, float]]:
    reference = estimate(architecture)
    return {part.action: (part.count, part.energy_pJ) for part in spike_writes(architecture, reference, work)}


def test_without_a_format_every_neuron_writes_one_bit_a_step_in_whole_rows(tmp_path):
    architecture = machine(tmp_path)
    write_pJ = estimate(architecture).components["DRAM"].actions["write"].energy_pJ
    assert written(architecture) == {"write_spikes": (3000.0, pytest.approx(3 * 16 * write_pJ))}  # 1000 bits are 16 rows of 64


@pytest.mark.parametrize(("rank_format", "metadata_bits"), [("RLE", 100 * 4), ("CP", 100 * 4), ("UB", 1000 * 4), ("UOP", 0)])
def test_with_a_format_only_spikes_are_written_and_the_metadata_beside_them(tmp_path, rank_format, metadata_bits):
    architecture = machine(tmp_path, rank_format)
    found = written(architecture)
    assert found["write_spikes"][0] == pytest.approx(300.0)
    rows = -(-metadata_bits // 32) * 3
    assert found.get("write_spike_metadata", (0.0, 0.0))[0] == rows


def test_layers_without_neurons_and_steps_without_spikes_write_no_spike(tmp_path):
    assert written(machine(tmp_path), NeuronWork(neurons=0, time_steps=3, spikes=0.0)) == {}
    assert written(machine(tmp_path, "RLE"), NeuronWork(neurons=10, time_steps=3, spikes=0.0))["write_spikes"] == (0.0, 0.0)


def test_an_energy_table_without_the_level_is_an_error_that_names_it(tmp_path):
    from snnhw.errors import SpecError

    with pytest.raises(SpecError, match="energy reference table: DRAM: seen entries for nothing, expected an entry for DRAM"):
        list(spike_writes(machine(tmp_path), ReferenceTable(), WORK))
