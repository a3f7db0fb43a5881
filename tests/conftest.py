import pytest


@pytest.fixture(autouse=True)
def _results_of_its_own(tmp_path_factory, monkeypatch):
    """No test finds what another one, or the user, has kept in the result cache."""
    folder = tmp_path_factory.mktemp("results")
    monkeypatch.setattr("snnhw.engines.cache.results_folder", lambda: folder)
