"""snnhw model: one line an input, and a status that says whether all could be read."""

import json
from pathlib import Path

GOLDEN = Path(__file__).parents[1] / "golden" / "dense"


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def copies(snnhw, *names):
    for name in names:
        snnhw.write(f"{name}.yaml", (GOLDEN / f"{name}.yaml").read_text())


def test_records_are_written_one_a_line_in_the_order_of_the_files(snnhw):
    copies(snnhw, "003", "invalid-003")
    done = snnhw("model", "003.yaml", "invalid-003.yaml", "--json", "new/out.jsonl")
    assert (done.status, done.out) == (0, "")
    valid, refused = lines(snnhw.folder / "new/out.jsonl")
    assert (valid["file"], valid["valid"]) == ("003.yaml", True)
    assert valid["levels"][0]["name"] == "mac"
    assert valid["cycles"] == 20736
    assert refused == {"file": "invalid-003.yaml", "valid": False,
                       "error": "RF: tile of 58 words exceeds the 16 words it holds; cut a factor inside it"}


def test_a_broken_file_gets_its_line_and_status_2_and_the_others_theirs(snnhw):
    snnhw.write("bad.yaml", "problem: {}\n")
    copies(snnhw, "003")
    done = snnhw("model", "bad.yaml", "003.yaml", "--json", "out.jsonl")
    assert done.status == 2
    broken, fine = lines(snnhw.folder / "out.jsonl")
    assert (broken["file"], broken["valid"], fine["valid"]) == ("bad.yaml", False, True)
    assert broken["error"].startswith("bad.yaml:")
    assert done.err.startswith("error: bad.yaml:")
    assert "Traceback" not in done.err


def test_a_missing_file_is_broken(snnhw):
    done = snnhw("model", "none.yaml", "--format", "json")
    assert done.status == 2
    assert json.loads(done.out) == {"file": "none.yaml", "valid": False,
                                    "error": "none.yaml: seen no such file, expected a YAML or JSON file"}


def test_without_json_a_table_is_printed(snnhw):
    copies(snnhw, "003", "invalid-003")
    done = snnhw("model", "003.yaml", "invalid-003.yaml")
    assert done.status == 0
    assert max(map(len, done.out.splitlines())) <= 80
    assert "003.yaml" in done.out
    assert "tile of 58 words" in " ".join(done.out.split())


def test_no_argument_is_a_usage_error(snnhw):
    assert snnhw("model").status == 2
