"""The commands that have to do with the real Timeloop, as a user runs them."""

import json

import pytest
import yaml
from command import EVALUATE
from engines.fake_timeloop import fake_programs, without_path


@pytest.fixture
def programs(tmp_path, monkeypatch):
    monkeypatch.setenv("SNNHW_TIMELOOP", str(fake_programs(tmp_path / "bin")))


def test_doctor_names_engines_and_estimators(snnhw, monkeypatch):
    without_path(monkeypatch)
    done = snnhw("doctor")
    assert (done.status, done.err) == (0, "")
    assert "engine native: here\n" in done.out
    assert "engine timeloop-model: not here\n  adds     --engine timeloop and hybrid" in done.out
    names = [part["name"] for part in json.loads(snnhw("doctor", "--format", "json").out)]
    assert names == ["native", "timeloop-model", "timeloop-mapper", "built-in tables", "accelergy", "cacti"]


def test_without_timeloop_its_engine_is_one_clear_error(snnhw, monkeypatch):
    without_path(monkeypatch)
    before = snnhw.files()
    for engine in ("timeloop", "hybrid"):
        done = snnhw(*EVALUATE, "--engine", engine, "-o", "out")
        assert (done.status, done.out) == (4, "")
        assert done.err.startswith("error: timeloop-model is not here (")
    assert snnhw.files() == before


def test_a_failed_layer_is_named_and_the_others_are_written(snnhw, programs, monkeypatch):
    monkeypatch.setenv("FAKE_TIMELOOP", "fc1:abort")
    done = snnhw(*EVALUATE, "--engine", "timeloop", "-o", "out", "-q")
    assert done.status == 4
    assert done.err.startswith("error: layer fc1: timeloop-mapper was ended by SIGABRT")
    record = json.loads((snnhw.folder / "out/result.json").read_text())
    assert [layer["name"] for layer in record["layers"]] == ["fc2"]
    assert [(one["layer"], one["status"]) for one in record["failures"]] == [("fc1", 4)]
    assert record["provenance"]["engine"].startswith("timeloop timeloop-model sha256:")


def test_verify_prints_the_largest_difference_of_each_figure(snnhw, programs):
    snnhw(*EVALUATE, "-o", "out")
    done = snnhw("verify", "out")
    assert done.status == 4
    assert done.err == ""  # no marks of progress where nobody would see them move
    assert "largest differences" in done.out
    assert "does not agree" in done.out
    record = json.loads(snnhw("verify", "out/result.json", "--format", "json", "-q").out)
    assert {one["figure"] for one in record["largest"]} >= {"energy", "cycles", "reads", "energy of a network"}


def test_verify_of_no_result_is_a_wrong_input(snnhw, programs):
    done = snnhw("verify", "run.json")
    assert done.status == 2
    assert done.err == 'error: run.json: schema: seen \'snnhw.run/1\', expected "snnhw.result/1"\n'


def test_export_writes_an_input_for_each_layer_and_with_a_result_its_mapping(snnhw):
    given = ("export", "timeloop", "--arch", "arch.yaml", "--stats", "run.json", "--mapper", "mapper.yaml", "-o", "inputs")
    done = snnhw(*given)
    assert (done.status, done.err) == (0, "written to inputs: 2 files\n")
    assert [name for name in snnhw.files() if name.startswith("inputs/")] == ["inputs/fc1.mapper.yaml", "inputs/fc2.mapper.yaml"]
    snnhw(*EVALUATE, "-o", "out")
    assert snnhw(*given, "--result", "out", "-q").status == 0
    searched, judged = (yaml.safe_load((snnhw.folder / f"inputs/fc1.{kind}.yaml").read_text()) for kind in ("mapper", "model"))
    assert {"mapper", "architecture_constraints"} <= set(searched) | {"architecture_constraints"}
    assert "mapping" in judged
    assert "mapper" not in judged
    written = yaml.safe_load((snnhw.folder / "out/timeloop/fc1.yaml").read_text())
    assert judged == written


def test_what_cannot_be_said_is_named_and_the_rest_is_written(snnhw):
    text = (snnhw.folder / "arch.yaml").read_text().replace("depth: 64", "depth: 3000000000")
    snnhw.write("arch.yaml", text)
    done = snnhw("export", "timeloop", "--arch", "arch.yaml", "--stats", "run.json", "-o", "inputs")
    assert done.status == 4
    assert "error: layer fc1: the real Timeloop cannot be asked this: level GLB: depth 3000000000 is above 2147483647" in done.err


def test_an_unknown_format_of_export_is_a_wrong_input(snnhw):
    assert snnhw("export", "verilog").status == 2
