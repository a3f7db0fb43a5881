"""snnhw energy and snnhw check."""

import csv
import io
import json

from command import EVALUATE


def test_energies_come_with_their_sources(snnhw):
    rows = list(csv.DictReader(io.StringIO(snnhw("energy", "--arch", "arch.yaml", "--format", "csv").out)))
    assert {row["component"] for row in rows} >= {"DRAM", "GLB", "mac"}
    assert all(row["source"] and row["estimator"] for row in rows)


def test_the_table_of_energies_is_ascii_within_80_columns(snnhw):
    out = snnhw("energy", "--arch", "eyeriss_snn").out
    assert out.isascii()
    assert max(map(len, out.splitlines())) <= 80
    assert "neuron_unit" in out
    assert "[1] snnhw 28 nm: " in out


def test_json_holds_the_whole_table(snnhw):
    record = json.loads(snnhw("energy", "--arch", "arch.yaml", "--format", "json").out)
    assert record["components"]["DRAM"]["actions"]["read"]["energy_pJ"] > 0


def test_check_says_what_each_file_is(snnhw):
    snnhw(*EVALUATE, "-o", "out")
    snnhw.write("table.csv", "name,weights,inputs,outputs,T,C,M,P,Q,R,S,HS,WS\nfc,1,0.1,0.1,4,8,4,1,1,1,1,1,1\n")
    done = snnhw("check", "arch.yaml", "run.json", "mapper.yaml", "out/result.json", "table.csv")
    assert (done.status, done.err) == (0, "")
    assert done.out.splitlines() == ["arch.yaml: fine, an architecture", "run.json: fine, a run file", "mapper.yaml: fine, a mapper",
                                     "out/result.json: fine, a result", "table.csv: fine, a table of layers"]


def test_check_goes_on_after_a_bad_file(snnhw):
    snnhw.write("bad.yaml", "what: 1\n")
    done = snnhw("check", "bad.yaml", "arch.yaml")
    assert done.status == 2
    assert done.out == "arch.yaml: fine, an architecture\n"
    assert done.err == ("error: bad.yaml: seen the keys what, "
                        "expected an architecture, a run file, a mapper, a result, or a Timeloop input\n")
