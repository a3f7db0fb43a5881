"""snnhw cache: what is kept, and removing it."""

import pytest
from command import EVALUATE

from snnhw.engines import cache


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(cache, "cache_base", lambda: tmp_path / "base")
    monkeypatch.setattr(cache, "results_folder", lambda: tmp_path / "base" / "results")
    return tmp_path / "base"


def test_an_empty_cache(snnhw, folder):
    assert snnhw("cache", "info").out == f"{folder}\nresults: 0, 0.0 MB\ncompiled kernels: 0.0 MB\n"
    assert snnhw("cache", "clear").out == "removed 0 results\n"


def test_what_is_kept_is_found_again_until_it_is_cleared(snnhw, folder):
    first = snnhw(*EVALUATE, "--format", "json").out
    assert snnhw("cache", "info").out.splitlines()[1] == "results: 2, 0.0 MB"
    assert snnhw(*EVALUATE, "--format", "json").out == first
    assert snnhw("cache", "clear").out == "removed 2 results\n"
    assert snnhw(*EVALUATE, "--format", "json", "--no-cache").out == first
    assert snnhw("cache", "info").out.splitlines()[1] == "results: 0, 0.0 MB"
