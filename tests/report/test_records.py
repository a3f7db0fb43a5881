"""result.json holds the whole result, the same bytes each time."""

import json
from dataclasses import replace

import pytest
from report.results import layer, network

from snnhw.errors import SpecError
from snnhw.model.result import SearchReport
from snnhw.report.folder import json_text
from snnhw.report.layers_csv import layers_csv
from snnhw.report.read import read_result
from snnhw.report.records import evaluation_record, model_record, network_record, refusal_record, search_record


def without_seconds(result):
    layers = tuple(replace(one, search=replace(one.search, seconds=0.0)) for one in result.layers)
    return replace(result, layers=layers)


def test_totals_are_those_of_the_result():
    record = network_record(network())
    assert record["schema"] == "snnhw.result/1"
    assert record["totals"] == pytest.approx({"energy_pJ": 27e6, "cycles": 150, "latency_s": 150 * 5e-9, "edp_Js": 27e-6 * 150 * 5e-9,
                                              "operations": 60})
    assert record["layers"][0]["edp_Js"] == pytest.approx(25e-6 * 100 * 5e-9)


def test_a_result_is_read_back_equal_but_for_the_seconds_of_its_searches(tmp_path):
    (tmp_path / "result.json").write_text(json_text(network(interrupted=True)))
    assert read_result(tmp_path / "result.json") == without_seconds(network(interrupted=True))
    assert read_result(tmp_path) == without_seconds(network(interrupted=True))


def test_search_time_changes_no_byte():
    slower = replace(network(), layers=tuple(replace(one, search=SearchReport(evaluated=1000, pruned=20, seconds=9.0))
                                             for one in network().layers))
    assert json_text(slower) == json_text(network())
    assert "seconds" not in json.loads(json_text(slower))["layers"][0]["search"]


def test_a_record_says_what_a_search_did_and_how_good_its_result_is(tmp_path):
    report = SearchReport(evaluated=9, pruned=1, seconds=0.0, left=4, lower_bound=3.0, objective=4.0)
    assert search_record(report) == {"evaluated": 9, "pruned": 1, "left": 4, "ended_by": "budget", "objective": 4.0, "lower_bound": 3.0,
                                     "gap": 0.25, "optimal": False}
    result = network(replace(layer(), search=report))
    (tmp_path / "result.json").write_text(json_text(result))
    assert read_result(tmp_path) == result
    assert "0.5,9,1,4,3.0,0.25,False," in layers_csv(result)


def test_sets_stand_sorted():
    assert network_record(network())["layers"][0]["mapping"]["levels"][0]["keep"] == ["Inputs", "Outputs", "Weights"]


def test_the_record_of_an_evaluation_leaves_out_figures_that_are_zero_but_the_plain_ones():
    record = evaluation_record(layer().evaluation)
    assert record["levels"][0] == {"name": "adder", "computes": 30, "gated_computes": 0.0, "skipped_computes": 7, "energy_pJ": 4e6,
                                   "cycles": 100, "tensors": {}}
    assert record["levels"][2]["tensors"]["Weights"] == {"tile_size": 15, "reads": 30, "fills": 0.0, "updates": 0.0, "metadata_reads": 2.5,
                                                         "instances": 1, "energy_pJ": 6e6}
    assert record["networks"][1] == {"name": "pad <==> adder", "tensors": {}}


def test_model_records_say_whether_the_mapping_is_valid():
    record = model_record("a.yaml", layer().evaluation)
    assert record | {"levels": []} == {"file": "a.yaml", "valid": True, **evaluation_record(layer().evaluation), "levels": []}
    assert record["levels"][2]["tensors"]["Weights"]["format_reads"] == 2.5
    assert "metadata_reads" not in record["levels"][2]["tensors"]["Weights"]
    assert refusal_record("a.yaml", "too large") == {"file": "a.yaml", "valid": False, "error": "too large"}


@pytest.mark.parametrize(("text", "message"), [
    ("", "{file}:1: seen Expecting value, expected JSON"),
    ("[]", '{file}: schema: seen nothing, expected "snnhw.result/1"'),
    ('{"schema": "snnhw.run/1"}', "{file}: schema: seen 'snnhw.run/1', expected \"snnhw.result/1\""),
    ("[" * 100_000, "{file}: seen no JSON, expected a result.json of snnhw evaluate"),
])  # fmt: skip
def test_what_is_no_result_is_refused(tmp_path, text, message):
    file = tmp_path / "result.json"
    file.write_text(text)
    with pytest.raises(SpecError) as caught:
        read_result(file)
    assert str(caught.value) == message.format(file=file)


def test_a_result_with_a_wrong_figure_is_refused_with_its_key(tmp_path):
    record = network_record(network())
    record["layers"][1]["evaluation"]["cycles"] = "many"
    (tmp_path / "result.json").write_text(json.dumps(record))
    said = r"result\.json: layers\.1\.evaluation\.cycles: seen 'many', expected Input should be a valid integer"
    with pytest.raises(SpecError, match=said):
        read_result(tmp_path)


def test_a_missing_result_is_named(tmp_path):
    with pytest.raises(SpecError, match=r"none\.json: seen No such file or directory, expected a result\.json of snnhw evaluate"):
        read_result(tmp_path / "none.json")
