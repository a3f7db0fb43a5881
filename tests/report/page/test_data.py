"""The page's numbers are those of result.json: every split adds up, and what is drawn of a mapping is the mapping."""

import json
from dataclasses import replace

import pytest
from report.page.conftest import EVIL
from report.results import layer, network

from snnhw.model.result import StepFigures
from snnhw.report.page import roofs
from snnhw.report.page.data import Named, page_data, result_data
from snnhw.report.page.flows import layer_flows
from snnhw.report.page.nest import array_records, nest_text
from snnhw.report.page.palette import component_styles, tensor_styles
from snnhw.report.page.sources import prices
from snnhw.report.read import read_result
from snnhw.report.roofline import Roof, Roofline, RooflinePoint

pytestmark = pytest.mark.xdist_group("page")


@pytest.fixture(scope="module")
def data(evaluated):
    return result_data(Named(label="out", result=read_result(evaluated)), "r1")


@pytest.fixture(scope="module")
def record(evaluated):
    return json.loads((evaluated / "result.json").read_text())


def test_totals_and_layers_are_those_of_result_json(data, record):
    for name in ("energy_pJ", "cycles", "latency_s", "edp_Js", "operations"):
        assert data["totals"][name] == record["totals"][name]
    for name in ("name", "energy_pJ", "cycles", "edp_Js", "operations", "utilization"):
        assert [one[name] for one in data["layers"]] == [one[name] for one in record["layers"]]
    assert data["totals"]["pJ_per_SOP"] == record["efficiency"]["pJ_per_SOP"]


@pytest.mark.parametrize("split", ["component", "tensor", "transfer"])
def test_each_split_adds_up_to_the_energy_of_each_layer(data, record, split):
    sums = [sum(row) for row in data["splits"][split]["pJ"]]
    assert sums == pytest.approx([one["energy_pJ"] for one in record["layers"]], rel=1e-12)
    assert len(data["splits"][split]["parts"]) > 2


def test_components_and_tensors_are_those_of_result_json(data, record):
    for split, key in (("component", "components"), ("tensor", "tensors")):
        table = data["splits"][split]
        ours = {name: sum(row[i] for row in table["pJ"]) for i, name in enumerate(table["parts"])}
        assert ours == pytest.approx({one["name"]: one["energy_pJ"] for one in record[key] if one["energy_pJ"] > 0})


def test_flows_carry_all_the_energy_of_tensors_and_leaving_spikes(data, record):
    """Compute, neuron updates and leakage move nothing."""
    moved = [sum(flow["energy_pJ"] for flow in one["flows"]) for one in data["flows"]["layers"]]
    expected = [sum(one["energy_pJ"] for one in part["tensors"] if one["kind"] == "tensor" or one["name"] == "outgoing spikes")
                for part in (record, *record["layers"])]
    assert moved == pytest.approx(expected, rel=1e-9)
    assert data["flows"]["layers"][0]["name"] == "whole network"


def test_flows_count_the_words_that_levels_read_and_are_updated_with(data, record):
    levels = {level["name"]: level for level in record["layers"][0]["evaluation"]["levels"]}
    for flow in data["flows"]["layers"][1]["flows"]:
        if flow["tensor"] == "outgoing spikes":
            continue
        level, count = (flow["source"], "reads") if flow["way"] == "in" else (flow["target"], "updates")
        counts = levels[level]["tensors"][flow["tensor"]]
        assert flow["words"] == pytest.approx(counts[count] * counts["instances"])
        assert flow["bits"] == pytest.approx(8 * flow["words"])


def test_a_flow_by_hand():
    """pad keeps Outputs alone; DRAM keeps the operands, which go straight to the compute, Inputs over wires of 2 uJ."""
    found = {(one.tensor, one.source, one.target, one.way): one for one in layer_flows(layer(), None, {})}
    assert set(found) == {("Weights", "DRAM", "adder", "in"), ("Inputs", "DRAM", "adder", "in"), ("Outputs", "pad", "adder", "in"),
                          ("Outputs", "adder", "pad", "out")}
    assert found["Inputs", "DRAM", "adder", "in"].energy_pJ == pytest.approx(6e6)
    assert found["Weights", "DRAM", "adder", "in"].words == 30
    assert found["Weights", "DRAM", "adder", "in"].bits is None
    halves = [found["Outputs", "pad", "adder", "in"].energy_pJ, found["Outputs", "adder", "pad", "out"].energy_pJ]
    assert halves == pytest.approx([1.5e6, 1.5e6])


def test_the_energy_of_a_level_is_split_by_what_each_access_costs():
    table = {("pad", "read"): 1.0, ("pad", "write"): 3.0}
    found = {(one.source, one.way): one.energy_pJ for one in layer_flows(layer(), None, table) if one.tensor == "Outputs"}
    assert found == pytest.approx({("pad", "in"): 0.75e6, ("adder", "out"): 2.25e6})


def test_the_loop_nest_says_every_loop_where_it_is():
    assert nest_text(layer()) == ("DRAM  [Weights, Inputs, Outputs]\nfor T in 0..2\n  for C in 0..3\n    parallel for M in 0..5 on meshX\n"
                                  "      pad  [Outputs]\n      adder: one operation")


def test_what_is_unrolled_is_drawn_on_the_array(evaluated, data):
    """4 x 2 instances; the bounds along each side are those of the mapping, and as many squares are filled."""
    for one, drawn in zip(read_result(evaluated).layers, data["layers"], strict=True):
        (array,) = drawn["arrays"]
        loops = one.mapping.level("GLB")
        used = [1, 1]
        for side, found in enumerate((loops.spatial_x, loops.spatial_y)):
            for loop in found:
                used[side] *= loop.bound
        assert (array["columns"], array["rows"]) == (4, 2)
        assert [array["used_columns"], array["used_rows"]] == used
        assert sum(cell["used"] for cell in array["cells"]) == used[0] * used[1]
        assert len(array["cells"]) == 8


def test_without_an_architecture_the_array_is_what_is_used():
    (array,) = array_records(layer(), None)
    assert (array["columns"], array["rows"], array["x"], array["inner"]) == (5, 1, "M 5", "pad + adder")
    assert [cell["label"] for cell in array["cells"]] == [f"M={i}" for i in range(5)]


def test_roofs_are_the_bandwidths_of_the_architecture_and_bound_what_waits_for_them(data):
    stated = {one["name"]: one["words_per_cycle"] for one in data["roofline"]["roofs"]}
    assert stated == {"DRAM words": None, "GLB reads": 0.5, "GLB writes": 4.0}
    assert data["roofline"]["peak"] == 8
    assert set(data["roofline"]["bound"]) <= {*stated, "compute"}
    for point in data["roofline"]["points"]:
        assert point["performance"] <= 8 * (1 + 1e-9)


@pytest.mark.parametrize(("limits", "bound", "opens"), [
    ((None, 2.0, 4.0), None, 1), ((None, 2.0, 4.0), "C", 2), ((None, None, None), None, 0)])
def test_the_roofline_opens_where_there_is_something_to_see(monkeypatch, limits, bound, opens):
    """On the roof that bounds a layer; else on the first that has a bandwidth, so not on a DRAM that has none."""
    found = [Roof(level=name, direction="words", words_per_cycle=limit) for name, limit in zip("ABC", limits, strict=True)]
    points = [RooflinePoint(layer="a", level=name, direction="words", operations=8, words=2, cycles=4, bounds=name == bound)
              for name in "ABC"]
    monkeypatch.setattr(roofs, "roofline_of", lambda _: Roofline(peak=4.0, roofs=tuple(found), points=tuple(points)))
    assert roofs.roof_record([layer()], [object()])["tightest"] == opens


def test_steps_are_those_of_the_run(data, record):
    (steps,) = data["steps"]
    assert steps["name"] == EVIL
    assert steps["spikes"] == pytest.approx([0.8, 1.6, 2.4, 3.2])
    assert steps["energy_pJ"] == record["layers"][0]["steps"]["energy_pJ"]


def test_spikes_of_a_step_are_the_density_times_the_inputs_of_one_step():
    """Three inputs in each of two steps."""
    steps = StepFigures(density=(0.5, 1.0), energy_pJ=(1.0, 2.0), cycles=(1.0, 1.0), at_mean_energy_pJ=3.0, at_mean_cycles=2)
    found = result_data(Named(label="n", result=network(replace(layer(), steps=steps))), "r1")["steps"]
    assert found[0]["spikes"] == [1.5, 3.0]


def test_every_energy_has_its_source_and_uncertainty(data, record):
    assert len(data["sources"]["energies"]) == len(record["provenance"]["energies"]) > 10
    assert all(one["source"] and one["uncertainty"] is not None for one in data["sources"]["energies"])
    assert ("seed", "0") in data["sources"]["facts"]
    assert prices(record["provenance"])["GLB", "read"] > 0


def test_what_the_architecture_says_is_left_out_where_it_is_not_known():
    found = result_data(Named(label="n", result=network()), "r1")
    assert found["roofline"] is None
    assert not found["flows"]["bits"]
    assert "provenance.inputs.stats" in found["unknown"]


def test_a_component_has_one_colour_on_the_whole_page_and_wires_that_of_their_level(evaluated):
    result = read_result(evaluated)
    alone = page_data([Named(label="a", result=result)])["styles"]["component"]
    both = page_data([Named(label="a", result=result), Named(label="b", result=network())])["styles"]["component"]
    assert {name: both[name] for name in alone} == alone
    assert both["DRAM <==> pad"] == {"colour": both["DRAM"]["colour"], "pattern": "/"}
    plain = [tuple(style.values()) for name, style in both.items() if "<==>" not in name]
    assert len(set(plain)) == len(plain)


def test_many_components_and_tensors_stay_different():
    from snnhw.report.breakdown import Share

    shares = [Share(name=str(i), kind="storage", energy_pJ=1) for i in range(40)]
    assert len({tuple(style.values()) for style in component_styles(shares).values()}) == 40
    assert len({tuple(style.values()) for style in tensor_styles(str(i) for i in range(20)).values()}) == 21


def test_a_result_without_layers_has_a_page_of_its_own():
    empty = replace(network(), layers=(), interrupted=True)
    found = result_data(Named(label="n", result=empty), "r1")
    assert found["layers"] == []
    assert found["roofline"] is None
