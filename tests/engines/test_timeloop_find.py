"""Where the programs are looked for."""

import sys

import pytest
from engines.fake_timeloop import fake_programs, without_path

from snnhw.engines.timeloop_find import Programs, find_programs, fingerprint, program
from snnhw.errors import EngineError


@pytest.fixture(autouse=True)
def nowhere(monkeypatch):
    without_path(monkeypatch)


@pytest.mark.parametrize("place", ["", "bin", "build"])
def test_the_variable_names_their_folder_or_that_above(tmp_path, monkeypatch, place):
    folder = fake_programs(tmp_path / place)
    monkeypatch.setenv("SNNHW_TIMELOOP", str(tmp_path))
    assert find_programs() == Programs(model=folder / "timeloop-model", mapper=folder / "timeloop-mapper", by="SNNHW_TIMELOOP")


def test_the_variable_may_name_a_program_itself(tmp_path, monkeypatch):
    fake_programs(tmp_path, "timeloop-model")
    monkeypatch.setenv("SNNHW_TIMELOOP", str(tmp_path / "timeloop-model"))
    assert program("timeloop-model") == tmp_path / "timeloop-model"
    with pytest.raises(EngineError, match=r"^timeloop-mapper is not here \(SNNHW_TIMELOOP leads to the other program alone\)"):
        program("timeloop-mapper")


def test_the_variable_goes_before_path_and_is_not_passed_over(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(fake_programs(tmp_path / "path")))
    assert find_programs().by == "PATH"
    monkeypatch.setenv("SNNHW_TIMELOOP", str(tmp_path / "wrong"))
    with pytest.raises(EngineError, match=r"SNNHW_TIMELOOP=.*wrong: neither timeloop-model nor timeloop-mapper is there"):
        find_programs()


def test_a_file_that_may_not_be_run_is_no_program(tmp_path, monkeypatch):
    (fake_programs(tmp_path, "timeloop-model") / "timeloop-model").chmod(0o644)
    monkeypatch.setenv("SNNHW_TIMELOOP", str(tmp_path))
    with pytest.raises(EngineError, match="it may not be run"):
        find_programs()


def test_those_beside_pytimeloop_are_found_last_and_it_is_not_imported(tmp_path, monkeypatch):
    package = tmp_path / "lib/site/pytimeloop"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise RuntimeError\n")
    fake_programs(package / "bin")
    monkeypatch.syspath_prepend(str(package.parent))
    found = find_programs()
    assert (found.by, found.model) == ("pytimeloop", package / "bin/timeloop-model")
    assert "pytimeloop" not in sys.modules


def test_builds_are_told_apart(tmp_path):
    fake_programs(tmp_path)
    before = fingerprint(tmp_path / "timeloop-model")
    assert len(before) == 12
    assert before == fingerprint(tmp_path / "timeloop-mapper")
    (tmp_path / "timeloop-model").write_text("another")
    assert fingerprint(tmp_path / "timeloop-model") != before
