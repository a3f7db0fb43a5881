"""The roofline's points follow from the counts, and no layer is above a roof."""

from dataclasses import replace

import pytest
from report.results import layer

from snnhw.model.result import LevelResult, TensorCounts
from snnhw.report.roofline import roofline_of, words_moved
from snnhw.spec.architecture import Architecture, Compute, Mesh, StorageLevel

PAD = StorageLevel(name="pad", class_name="regfile", mesh=Mesh(x=4), word_bits=8, read_bandwidth=2.0, write_bandwidth=1.0)
CHIP = Architecture(name="chip", storage=(StorageLevel(name="DRAM", class_name="DRAM", is_dram=True), PAD),
                    compute=Compute(name="adder", class_name="intmac", mesh=Mesh(x=4)))


def with_pad(**counts):
    """A layer of 100 cycles with 30 operations, whose pad moves so many words at each of 3 instances."""
    one = layer()
    compute, _, dram = one.evaluation.levels
    pad = LevelResult(name="pad", cycles=100, tensors={"Outputs": TensorCounts(instances=3, **counts)})
    return replace(one, evaluation=replace(one.evaluation, levels=(replace(compute, cycles=60), pad, dram)))


def test_a_level_with_bandwidths_has_a_roof_for_each_and_the_outermost_one_in_any_case():
    found = roofline_of([(with_pad(reads=10, fills=4), CHIP)])
    assert found.peak == 4
    assert [(roof.level, roof.direction, roof.words_per_cycle) for roof in found.roofs] == [
        ("DRAM", "words", None), ("pad", "reads", 8.0), ("pad", "writes", 4.0)]


def test_words_are_those_of_all_instances_with_gated_ones_and_skipped_ones_left_out():
    one = with_pad(reads=10, gated_reads=5, skipped_reads=100, fills=2, updates=3, gated_updates=1)
    reads, writes = words_moved(one.evaluation.levels[1], PAD)
    assert (reads, writes) == (45.0, 18.0)
    points = {point.direction: point for point in roofline_of([(one, CHIP)]).of_layer("fc") if point.level == "pad"}
    assert points["reads"].intensity == pytest.approx(30 / 45)
    assert points["writes"].performance == pytest.approx(30 / 100)


def test_words_of_another_width_count_in_words_of_the_level():
    reads, _ = words_moved(with_pad(reads=10).evaluation.levels[1], replace(PAD, tensor_word_bits={"Outputs": 16}))
    assert reads == 60.0


def test_the_bandwidth_that_is_asked_for_most_is_what_bounds_a_layer():
    """The pad takes longer than the compute; 10 writes at 1 word a cycle are more than 10 reads at 2."""
    points = [point for point in roofline_of([(with_pad(reads=10, fills=10), CHIP)]).points if point.bounds]
    assert [(point.level, point.direction) for point in points] == [("pad", "writes")]


def test_nothing_bounds_a_layer_whose_compute_takes_longest():
    one = with_pad(reads=10)
    compute, pad, dram = one.evaluation.levels
    levels = (replace(compute, cycles=100), pad, dram)
    assert not any(point.bounds for point in roofline_of([(replace(one, evaluation=replace(one.evaluation, levels=levels)), CHIP)]).points)


def test_no_layers_no_roof():
    assert roofline_of([]).roofs == ()
