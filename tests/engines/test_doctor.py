"""What is here and what is not."""

import pytest
from engines.fake_timeloop import fake_programs, without_path

from snnhw.engines.doctor import doctor
from snnhw.engines.timeloop_find import fingerprint


@pytest.fixture(autouse=True)
def nowhere(monkeypatch):
    without_path(monkeypatch)


def by_name():
    return {part.name: part for part in doctor()}


def test_the_native_engine_and_its_tables_are_always_here():
    parts = by_name()
    assert (parts["native"].found, parts["built-in tables"].found) == (True, True)
    assert "numba" in parts["native"].version


def test_what_is_not_here_says_what_it_would_add_and_how_to_get_it():
    missing = [part for part in doctor() if not part.found]
    assert {part.name for part in missing} == {"timeloop-model", "timeloop-mapper", "accelergy", "cacti"}
    for part in missing:
        assert part.adds
        assert part.get
        assert (part.version, part.where) == ("", "")


def test_what_is_here_says_which_build_and_who_led_to_it(tmp_path, monkeypatch):
    folder = fake_programs(tmp_path, "timeloop-model")
    monkeypatch.setenv("SNNHW_TIMELOOP", str(folder))
    parts = by_name()
    assert parts["timeloop-model"].where == f"{folder / 'timeloop-model'} (by SNNHW_TIMELOOP)"
    assert parts["timeloop-model"].version == f"sha256:{fingerprint(folder / 'timeloop-model')}"
    assert not parts["timeloop-mapper"].found


def test_a_variable_that_leads_nowhere_is_said_not_raised(tmp_path, monkeypatch):
    monkeypatch.setenv("SNNHW_TIMELOOP", str(tmp_path / "nowhere"))
    assert "nowhere: neither timeloop-model nor timeloop-mapper is there" in by_name()["timeloop-model"].get
