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


def test_json_holds_the_whole_table_and_who_was_asked(snnhw):
    record = json.loads(snnhw("energy", "--arch", "arch.yaml", "--format", "json").out)
    assert record["components"]["DRAM"]["actions"]["read"]["energy_pJ"] > 0
    assert [line.partition(":")[0] for line in record["asked"]] == ["ert", "accelergy", "cacti", "builtin"]


def rows_of(done):
    return {(row["component"], row["action"]): row for row in csv.DictReader(io.StringIO(done.out))}


def test_the_architecture_may_stand_without_an_option(snnhw):
    assert rows_of(snnhw("energy", "arch.yaml", "--format", "csv")) == rows_of(snnhw("energy", "--arch", "arch.yaml", "--format", "csv"))


def test_without_an_architecture_the_command_says_how(snnhw):
    done = snnhw("energy")
    assert done.status == 2
    assert "name one architecture: snnhw energy ARCH" in done.err


def test_energy_per_bit_is_that_of_the_row(snnhw):
    row = rows_of(snnhw("energy", "arch.yaml", "--format", "csv"))["DRAM", "read"]
    assert (row["pJ"], row["pJ_per_bit"]) == ("512", "8")


def test_set_reaches_the_energies(snnhw):
    wide, narrow = (rows_of(snnhw("energy", "eyeriss_snn", "--set", f"state_bits={bits}", "--format", "csv")) for bits in (16, 8))
    assert float(narrow["neuron_unit", "add"]["pJ"]) < float(wide["neuron_unit", "add"]["pJ"])


def test_the_tables_that_are_written_are_asked_first(snnhw):
    done = snnhw("energy", "arch.yaml", "-o", "out")
    assert (done.status, done.err) == (0, "written to out: ERT.yaml, ART.yaml\n")
    text = (snnhw.folder / "out" / "ERT.yaml").read_text()
    snnhw.write("mine.yaml", text.replace("energy: 512.0", "energy: 99.5"))
    rows = rows_of(snnhw("energy", "arch.yaml", "--ert", "mine.yaml", "--ert", "out/ART.yaml", "--format", "csv"))
    assert (rows["DRAM", "read"]["pJ"], rows["DRAM", "read"]["estimator"]) == ("99.5", "ERT of the input")
    assert rows["DRAM", "read"]["source"] == "mine.yaml, table DRAM"


def test_nothing_is_written_where_a_cost_is_missing(snnhw):
    done = snnhw("energy", "arch.yaml", "--estimators", "ert", "-o", "out")
    assert done.status == 2
    assert "energy estimate: DRAM.read: seen no ERT is given (class DRAM; attributes" in done.err
    assert not (snnhw.folder / "out").exists()


def test_an_unknown_estimator_is_named(snnhw):
    done = snnhw("energy", "arch.yaml", "--estimators", "builtin,oracle")
    assert (done.status, done.err) == (
        2, 'error: estimators: seen "oracle", expected one of ert, accelergy, cacti, builtin, placeholder\n')


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
                        "expected an architecture, a run file, a table of layers, a mapper, a plan of a sweep, a training, a result, "
                        "an ERT or ART, an input of the timeloop binaries, or a part of one\n")
