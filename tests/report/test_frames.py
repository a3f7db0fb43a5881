"""Frames and layers.csv say the same."""

import csv
import io
from dataclasses import replace

import pytest
from report.results import layer, network, problem

from snnhw.report.frames import components_frame, layers_frame, tensors_frame
from snnhw.report.layers_csv import layers_csv


def test_layers_frame_has_a_row_a_layer_with_totals_and_parts():
    frame = layers_frame(network())
    assert list(frame["layer"]) == ["fc1", "fc2"]
    assert list(frame["energy_pJ"]) == pytest.approx([25e6, 2e6])
    assert list(frame["pJ:DRAM"]) == pytest.approx([11e6, 1.1e6])
    assert list(frame["tensor_pJ:Inputs"]) == pytest.approx([6e6, 0.6e6])
    assert frame["energy_pJ"].sum() == pytest.approx(network().energy_pJ)


@pytest.mark.parametrize(("frame", "what"), [(components_frame, "component"), (tensors_frame, "tensor")])
def test_a_frame_of_shares_adds_up_in_each_layer(frame, what):
    rows = frame(network())
    assert list(rows.columns) == ["layer", what, "kind", "energy_pJ", "leakage_pJ", "share"]
    assert dict(rows.groupby("layer")["energy_pJ"].sum()) == pytest.approx({"fc1": 25e6, "fc2": 2e6})
    assert dict(rows.groupby("layer")["share"].sum()) == pytest.approx({"fc1": 1, "fc2": 1})


def test_frames_of_a_network_without_layers_are_empty():
    empty = replace(network(), layers=())
    assert len(layers_frame(empty)) == len(components_frame(empty)) == len(tensors_frame(empty)) == 0


def test_the_csv_has_the_columns_of_all_layers_in_groups():
    conv = replace(problem("conv"), dimensions=("T", "C", "M", "P"), bounds={"T": 2, "C": 3, "M": 5, "P": 7})
    result = network(layer("fc"), replace(layer("conv", parts=False), problem=conv))
    rows = list(csv.DictReader(io.StringIO(layers_csv(result))))
    assert list(rows[0]) == ["layer", "type", "T", "C", "M", "P", "operations", "energy_pJ", "cycles", "latency_s", "edp_Js", "utilization",
                             "evaluated", "pruned", "left", "lower_bound", "gap", "optimal",
                             "pJ:DRAM", "pJ:DRAM <==> pad", "pJ:pad", "pJ:pad <==> adder", "pJ:adder", "pJ:neuron",
                             "tensor_pJ:Weights", "tensor_pJ:Inputs", "tensor_pJ:Outputs", "tensor_pJ:compute",
                             "tensor_pJ:outgoing spikes", "tensor_pJ:neuron updates", "tensor_pJ:leakage"]
    assert [row["P"] for row in rows] == ["", "7"]
    assert float(rows[1]["pJ:DRAM"]) == 11e6


def test_a_layer_name_is_never_a_formula():
    assert "'=cmd()" in layers_csv(network(layer("=cmd()")))
