"""What a report is made of: results, points and sweeps, in any mixture."""

import json
import os

import pytest
from report.results import layer, network
from sweep.test_pareto import folder  # noqa: F401  (a fixture)

from snnhw.errors import OutputError, SpecError
from snnhw.report.folder import write_result
from snnhw.sweep.compare import compare_results
from snnhw.sweep.pareto import pareto_front
from snnhw.sweep.report import report_data, write_report


@pytest.fixture
def results(tmp_path):
    write_result(network(), tmp_path / "a")
    write_result(network(layer("fc1", scale=2.0)), tmp_path / "b")
    return tmp_path / "a", tmp_path / "b"


def test_a_folder_a_file_and_a_result_are_taken_alike(results):
    one, two = results
    data = report_data([one, two / "result.json", network()])
    assert [one["label"] for one in data["results"]] == ["a", "b", "net"]
    assert data["results"][0]["totals"] == data["results"][2]["totals"]


def test_sources_of_one_name_can_be_told_apart(results):
    one, two = results
    write_result(network(), two / "a")
    assert [found["label"] for found in report_data([one, two / "a"])["results"]] == [str(one), str(two / "a")]
    assert [found["label"] for found in report_data([network(), network()])["results"]] == ["net on chip (1)", "net on chip (2)"]


def test_several_stand_side_by_side_with_the_ratios_of_compare(results):
    lines = report_data(results)["comparison"]
    assert [line["ratios"] for line in lines] == [tuple(line.ratios) for line in compare_results(results).lines]
    assert report_data(results[:1])["comparison"] == []


def test_layers_that_failed_are_named(results):
    one, _ = results
    record = json.loads((one / "result.json").read_text())
    (one / "result.json").write_text(json.dumps({**record, "failures": [{"layer": "fc3", "error": "nothing fits", "status": 3}]}))
    assert report_data([one])["results"][0]["failures"] == [("fc3", "nothing fits")]


def test_a_sweep_is_its_points_with_all_their_numbers(folder):  # noqa: F811
    (sweep,) = report_data([folder])["sweeps"]
    assert (len(sweep["points"]), sweep["failed"]) == (7, 1)
    assert [sweep["names"][sweep[axis]] for axis in ("x", "y")] == ["energy_pJ", "accuracy"]
    energy = sweep["names"].index("energy_pJ")
    front = pareto_front(folder, "energy_pJ", "accuracy").front
    by_key = {one["key"]: one for one in sweep["points"]}
    assert [by_key[one.key[:12]]["values"][energy] for one in front] == [one.x for one in front]
    assert ["weight_bits", "8"] in [list(pair) for pair in sweep["points"][0]["inputs"]]


def test_what_is_no_result_is_refused_and_nothing_is_written(tmp_path):
    (tmp_path / "no.json").write_text('{"schema": "snnhw.run/1"}')
    with pytest.raises(SpecError, match=r"no\.json: schema: seen 'snnhw\.run/1', expected \"snnhw\.result/1\""):
        write_report([tmp_path / "no.json"], tmp_path / "out.html")
    with pytest.raises(SpecError, match="at least one result or sweep"):
        write_report([], tmp_path / "out.html")
    assert os.listdir(tmp_path) == ["no.json"]


def test_a_page_appears_whole_or_not_at_all(results, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    target = tmp_path / "out.html"
    target.write_text("before")
    monkeypatch.setattr("os.replace", full)
    with pytest.raises(OutputError, match="No space left on device"):
        write_report(results, target)
    assert target.read_text() == "before"
    assert sorted(os.listdir(tmp_path)) == ["a", "b", "out.html"]


def test_a_page_cannot_be_a_folder(results, tmp_path):
    with pytest.raises(OutputError, match="it is a folder"):
        write_report(results, tmp_path)
