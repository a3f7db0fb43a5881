"""snnhw evaluate, from files to files."""

import csv
import io
import json

import snnhw_cli
from command import EVALUATE

from snnhw.engines import evaluate as engine_module
from snnhw.errors import SearchError
from snnhw.search import search


def test_a_result_is_printed_and_written(snnhw):
    done = snnhw(*EVALUATE, "-o", "out/demo")
    assert done.status == 0
    assert done.out.startswith("two on arch\n")
    assert done.out.isascii()
    assert max(map(len, done.out.splitlines())) <= 80
    assert done.err == "written to out/demo: result.json, layers.csv, mappings/, timeloop/\n"
    assert [name for name in snnhw.files() if name.startswith("out/demo/")] == [
        "out/demo/layers.csv", "out/demo/mappings", "out/demo/mappings/fc1.yaml", "out/demo/mappings/fc2.yaml", "out/demo/result.json",
        "out/demo/timeloop", "out/demo/timeloop/fc1.yaml", "out/demo/timeloop/fc2.yaml"]


def test_json_on_stdout_is_the_text_of_result_json(snnhw):
    done = snnhw(*EVALUATE, "-o", "out", "--format", "json", "--quiet")
    assert done.out == (snnhw.folder / "out/result.json").read_text()
    assert done.err == ""
    assert [layer["name"] for layer in json.loads(done.out)["layers"]] == ["fc1", "fc2"]


def test_csv_on_stdout_is_the_text_of_layers_csv(snnhw):
    done = snnhw(*EVALUATE, "-o", "out", "--format", "csv")
    assert done.out == (snnhw.folder / "out/layers.csv").read_text()
    assert [row["layer"] for row in csv.DictReader(io.StringIO(done.out))] == ["fc1", "fc2"]


def test_the_same_seed_gives_the_same_bytes(snnhw):
    first = snnhw(*EVALUATE, "--seed", "3", "--format", "json")
    assert snnhw(*EVALUATE, "--seed", "3", "--format", "json").out == first.out
    assert json.loads(first.out)["provenance"]["seed"] == 3


def test_the_totals_are_the_sums_of_the_layers(snnhw):
    record = json.loads(snnhw(*EVALUATE, "--format", "json").out)
    assert record["totals"]["cycles"] == sum(layer["cycles"] for layer in record["layers"])
    assert abs(record["totals"]["energy_pJ"] - sum(layer["energy_pJ"] for layer in record["layers"])) < 1e-6
    for split in ("components", "tensors"):
        assert abs(record["totals"]["energy_pJ"] - sum(share["energy_pJ"] for share in record[split])) < 1e-6
        assert abs(1 - sum(share["share"] for share in record[split])) < 1e-9


def test_settings_reach_the_architecture(snnhw):
    text = (snnhw.folder / "arch.yaml").read_text().replace("depth: 64", "depth: rows")
    snnhw.write("arch.yaml", "variables: {version: 0.4, rows: 16}\n" + text)
    record = json.loads(snnhw(*EVALUATE, "--set", "rows=32", "--format", "json").out)
    assert record["provenance"]["variables"]["rows"] == 32


def test_assumptions_and_notes_stand_below_the_tables(snnhw):
    text = (snnhw.folder / "run.json").read_text().replace('"time_steps"', '"assumptions": ["Nobody measured this."],\n  "time_steps"')
    snnhw.write("run.json", text)
    out = snnhw(*EVALUATE).out
    assert "note: Nobody measured this.\n" in out
    assert "density of weights is not given and taken as 1 (dense)" in " ".join(out.split())


def test_nothing_fits_is_status_3_and_leaves_nothing(snnhw, monkeypatch):
    def nothing(*args, **kwargs):
        raise SearchError("layer fc1: nothing fits")

    monkeypatch.setattr(engine_module, "evaluate", nothing)
    before = snnhw.files()
    done = snnhw(*EVALUATE, "-o", "out")
    assert (done.status, done.out, done.err) == (3, "", "error: layer fc1: nothing fits\n")
    assert snnhw.files() == before


def interrupt_after(monkeypatch, count):
    """Ctrl-C in the search of the layer after `count` others."""
    searched = []

    def interrupted(*args):
        if len(searched) == count:
            raise KeyboardInterrupt
        searched.append(args)
        return search(*args)

    monkeypatch.setattr("snnhw.search.search", interrupted)


def test_ctrl_c_writes_and_marks_what_is_done(snnhw, monkeypatch):
    interrupt_after(monkeypatch, 1)
    done = snnhw(*EVALUATE, "-o", "out")
    assert done.status == snnhw_cli.INTERRUPTED
    assert done.err == "interrupted: 1 layer done, written to out\n"
    record = json.loads((snnhw.folder / "out/result.json").read_text())
    assert record["interrupted"] is True
    assert [layer["name"] for layer in record["layers"]] == ["fc1"]


def test_ctrl_c_before_any_layer_is_done_writes_nothing(snnhw, monkeypatch):
    interrupt_after(monkeypatch, 0)
    before = snnhw.files()
    done = snnhw(*EVALUATE, "-o", "out")
    assert done.status == snnhw_cli.INTERRUPTED
    assert done.err == "interrupted: 0 layers done\n"
    assert snnhw.files() == before


def test_several_policies_of_causality_are_compared(snnhw):
    """The first is shown and written in full, and what the others give beside it."""
    done = snnhw(*EVALUATE, "--causality", "layer, free", "-o", "out")
    assert done.status == 0
    alone = snnhw(*EVALUATE, "--causality", "layer").out
    assert done.out.startswith(alone)
    table = [line for line in done.out[len(alone):].splitlines() if line.startswith("| ")]
    header, *rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table]
    assert header == ["layer", "causality", "energy uJ", "cycles", "EDP J*s", "EDP/free"]
    assert [row[:2] for row in rows] == [[name, policy] for name in ("fc1", "fc2", "total") for policy in ("layer", "free")]
    assert [row[5] for row in rows[1::2]] == ["1.000"] * 3
    record = json.loads((snnhw.folder / "out/result.json").read_text())
    assert [one["causality"] for one in record["causality"]] == ["layer", "free"]
    assert record["causality"][0]["edp_Js"] == record["totals"]["edp_Js"]
    assert record["causality"][0]["edp_to_free"] == record["causality"][0]["edp_Js"] / record["causality"][1]["edp_Js"]
    assert [one["name"] for one in record["causality"][1]["layers"]] == ["fc1", "fc2"]
    assert snnhw("check", "out/result.json").out == "out/result.json: fine, a result\n"
    assert json.loads(snnhw(*EVALUATE, "--causality", "layer,free", "--format", "json").out) == record
