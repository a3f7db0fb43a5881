"""snnhw map: a mapping and a record an input, and a status that says how it went."""

import json

import snnhw_cli
from spec.flat_inputs import ARCHITECTURE, PROBLEM, changed

from snnhw.search import search

INPUT = changed(ARCHITECTURE, ("depth: 12,", "depth: 512,")) + PROBLEM + "mapper: {search_size: 20000}\n"
TOO_SMALL = (changed(INPUT, ("depth: 512,", "depth: 1,"))
             + "mapspace: {targets: [{target: pad, type: bypass, keep: [Weights, Inputs, Outputs]}]}\n")


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_an_input_gives_a_mapping_and_a_record(snnhw):
    snnhw.write("a.yaml", INPUT)
    done = snnhw("map", "a.yaml", "-o", "new/out", "--json", "all.jsonl")
    assert (done.status, done.out, done.err) == (0, "", "")
    assert sorted(path.name for path in (snnhw.folder / "new/out").iterdir()) == ["a.map.json", "a.map.yaml"]
    (record,) = lines(snnhw.folder / "all.jsonl")
    assert lines(snnhw.folder / "new/out/a.map.json") == [record]
    assert [key for key in record if key not in ("levels", "networks", "utilization")] == [
        "file", "valid", "cycles", "energy_pJ", "mapping", "evaluated", "pruned", "left", "ended_by", "objective", "lower_bound", "gap",
        "optimal", "seconds"]
    assert (record["file"], record["valid"], record["evaluated"]) == ("a.yaml", True, 2070)
    again = json.loads(snnhw("model", "--one", "a.yaml", "new/out/a.map.yaml", "--format", "json").out)
    assert {key: again[key] for key in ("cycles", "energy_pJ", "levels")} == {key: record[key] for key in ("cycles", "energy_pJ", "levels")}


def test_a_second_run_writes_the_same_bytes(snnhw):
    snnhw.write("a.yaml", INPUT)
    snnhw("map", "a.yaml", "-o", "one")
    snnhw("map", "a.yaml", "-o", "two")
    for name in ("a.map.yaml", "a.map.json"):
        assert (snnhw.folder / "one" / name).read_bytes() == (snnhw.folder / "two" / name).read_bytes()


def test_options_go_before_the_file(snnhw):
    snnhw.write("a.yaml", INPUT)
    evaluated = [json.loads(snnhw("map", "a.yaml", "--format", "json", *more).out)["evaluated"]
                 for more in ((), ("--max-evaluations", "7"), ("--mapper", "mapper.yaml"), ("--max-evaluations", "7", "--no-cache"))]
    assert evaluated == [2070, 7, 50, 7]


def test_a_wrong_input_and_one_that_nothing_fits_are_records(snnhw):
    snnhw.write("a.yaml", INPUT)
    snnhw.write("bad.yaml", "problem: {}\n")
    snnhw.write("small.yaml", TOO_SMALL)
    (snnhw.folder / "out").mkdir()
    snnhw.write("out/small.map.yaml", "of a run before")
    done = snnhw("map", "small.yaml", "a.yaml", "-o", "out", "--json", "x.jsonl", "--jobs", "1")
    small, fine = lines(snnhw.folder / "x.jsonl")
    assert done.status == 3
    assert (fine["valid"], small["valid"], list(small)) == (True, False, ["file", "valid", "error"])
    assert small["error"].startswith("no mapping can fit: pad holds 16 bits, and the smallest tiles")
    assert done.err == f"error: small.yaml: {small['error']}\n"
    assert sorted(path.name for path in (snnhw.folder / "out").iterdir()) == ["a.map.json", "a.map.yaml", "small.map.json"]
    done = snnhw("map", "bad.yaml", "small.yaml", "none.yaml", "--format", "json", "--quiet")
    assert done.status == 2
    assert [json.loads(line)["valid"] for line in done.out.splitlines()] == [False, False, False]
    assert done.err.splitlines()[-1] == "error: none.yaml: seen no such file, expected a YAML or JSON file"


def test_inputs_of_one_name_get_numbers(snnhw):
    (snnhw.folder / "in").mkdir()
    snnhw.write("a.yaml", INPUT)
    snnhw.write("in/a.yaml", INPUT)
    assert snnhw("map", "a.yaml", "in", "-o", "out").status == 0
    assert sorted(path.name for path in (snnhw.folder / "out").iterdir()) == ["a-2.map.json", "a-2.map.yaml", "a.map.json", "a.map.yaml"]


def test_a_table_and_notes(snnhw):
    snnhw.write("a.yaml", changed(INPUT, ("search_size: 20000", "search_size: 20000, num_threads: 3")))
    done = snnhw("map", "a.yaml")
    assert (done.status, done.err) == (0, "note: without effect in snnhw's own search: mapper.num_threads\n")
    assert done.out.splitlines()[1]== "| input  | energy uJ | cycles |  util. |  gap | why not |"


def test_ctrl_c_writes_what_is_done(snnhw, monkeypatch):
    snnhw.write("a.yaml", INPUT)
    snnhw.write("b.yaml", changed(INPUT, ("P: 8", "P: 16")))
    searched = []

    def interrupted(*args):
        searched.append(args)
        if len(searched) == 2:
            raise KeyboardInterrupt
        return search(*args)

    monkeypatch.setattr("snnhw.search.search", interrupted)
    done = snnhw("map", "a.yaml", "b.yaml", "--json", "x.jsonl")
    assert (done.status, done.err) == (snnhw_cli.INTERRUPTED, "interrupted: 1 input done\n")
    assert [record["file"] for record in lines(snnhw.folder / "x.jsonl")] == ["a.yaml"]


def test_where_nothing_can_be_written_nothing_is_searched(snnhw):
    snnhw.write("a.yaml", INPUT)
    done = snnhw("map", "a.yaml", "-o", "a.yaml")
    assert (done.status, done.err) == (4, "error: a.yaml: cannot be the output folder, a file is there; choose another with -o\n")
