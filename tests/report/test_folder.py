"""An output folder appears whole or not at all, and nothing foreign in it is touched."""

import errno
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from report.results import layer, network

from snnhw.errors import OutputError
from snnhw.report import folder as module
from snnhw.report.folder import check_file_writable, check_writable, file_names, write_result, write_text


def files_below(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


WRITTEN = ["layers.csv", "mappings/fc1.yaml", "mappings/fc2.yaml", "result.json"]


def test_a_new_folder_gets_its_parents_and_all_files(tmp_path):
    write_result(network(), tmp_path / "out" / "demo")
    assert files_below(tmp_path) == [f"out/demo/{name}" for name in WRITTEN]
    assert (tmp_path / "out/demo/mappings/fc2.yaml").read_text().endswith("# fc2\n")


def test_a_new_folder_has_ordinary_permissions(tmp_path):
    os.mkdir(tmp_path / "ordinary")
    write_result(network(), tmp_path / "demo")
    write_text("x", tmp_path / "text")
    (tmp_path / "plain").write_text("x")
    assert (tmp_path / "demo").stat().st_mode == (tmp_path / "ordinary").stat().st_mode
    assert (tmp_path / "demo/result.json").stat().st_mode == (tmp_path / "plain").stat().st_mode
    assert (tmp_path / "text").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_second_result_replaces_the_first_and_leaves_foreign_files(tmp_path):
    write_result(network(), tmp_path / "demo")
    (tmp_path / "demo/notes.txt").write_text("mine")
    (tmp_path / "demo/mappings/own.yaml").write_text("mine")
    write_result(network(layer("other")), tmp_path / "demo")
    assert files_below(tmp_path / "demo") == ["layers.csv", "mappings/other.yaml", "mappings/own.yaml", "notes.txt", "result.json"]
    assert [one["name"] for one in json.loads((tmp_path / "demo/result.json").read_text())["layers"]] == ["other"]


def test_mappings_in_a_folder_without_a_result_of_ours_stay(tmp_path):
    (tmp_path / "mappings").mkdir()
    (tmp_path / "mappings/fc9.yaml").write_text("mine")
    (tmp_path / "result.json").write_text('{"schema": "another"}')
    write_result(network(), tmp_path)
    assert files_below(tmp_path) == ["layers.csv", "mappings/fc1.yaml", "mappings/fc2.yaml", "mappings/fc9.yaml", "result.json"]


def test_a_full_disk_leaves_nothing_behind(tmp_path, monkeypatch):
    def full(*given):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module, "json_text", full)
    with pytest.raises(OutputError, match=r"demo: cannot be written \(No space left on device\); choose another place with -o"):
        write_result(network(), tmp_path / "out" / "demo")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_an_older_result_as_it_was(tmp_path, monkeypatch):
    write_result(network(), tmp_path)
    before = {name: (tmp_path / name).read_bytes() for name in WRITTEN}
    monkeypatch.setattr(module, "json_text", lambda *given: (_ for _ in ()).throw(OSError(errno.ENOSPC, "No space left on device")))
    with pytest.raises(OutputError):
        write_result(network(layer("other")), tmp_path)
    assert {name: (tmp_path / name).read_bytes() for name in files_below(tmp_path)} == before


def test_a_result_with_a_figure_that_is_no_number_is_not_written(tmp_path):
    broken = network(replace(layer(), evaluation=replace(layer().evaluation, energy_pJ=float("nan"))))
    with pytest.raises(OutputError, match="Out of range float values are not JSON compliant"):
        write_result(broken, tmp_path / "demo")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("below", ["file", "file/demo", "file/a/demo"])
def test_a_folder_cannot_stand_where_a_file_is(tmp_path, below):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be the output folder"):
        check_writable(tmp_path / below)
    assert files_below(tmp_path) == ["file"]


def test_a_folder_that_takes_no_files_is_refused():
    with pytest.raises(OutputError, match=r"^/proc/snnhw-out: cannot be written \("):
        check_writable(Path("/proc/snnhw-out"))


def test_checking_leaves_nothing_behind(tmp_path):
    check_writable(tmp_path / "a" / "b")
    check_file_writable(tmp_path / "a" / "b.jsonl")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_no_place_for_a_file(tmp_path):
    with pytest.raises(OutputError, match="cannot be written, it is a folder; name a file"):
        check_file_writable(tmp_path)


def test_a_file_is_replaced_as_a_whole(tmp_path):
    write_text("old", tmp_path / "sub" / "out.jsonl")
    write_text("new", tmp_path / "sub" / "out.jsonl")
    assert files_below(tmp_path) == ["sub/out.jsonl"]
    assert (tmp_path / "sub/out.jsonl").read_text() == "new"


def test_layer_names_become_file_names_that_differ():
    names = file_names(network(*map(layer, ["conv 1", "conv/1", "CONV_1", "../..", "", "a" * 300, "Faltung-ä"])))
    assert names == ["conv_1", "conv_1-2", "CONV_1-3", "_", "layer", "a" * 60, "Faltung-ä"]
