"""Where things are kept between runs, and what they depend on."""

from pathlib import Path

import pytest

from snnhw import caches


@pytest.fixture
def clean(monkeypatch):
    for name in ("SNNHW_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_the_users_own_folder_comes_first(clean):
    clean.setenv("HOME", "/home/x")
    assert caches.cache_base() == Path("/home/x/.cache/snnhw")
    clean.setenv("XDG_CACHE_HOME", "/xdg")
    assert caches.cache_base() == Path("/xdg/snnhw")
    clean.setenv("SNNHW_CACHE", "/own")
    assert caches.cache_base() == Path("/own")


def test_a_digest_is_that_of_the_sources(tmp_path, clean):
    """Every file below a package counts, by name and content."""
    clean.setattr(caches, "__file__", str(tmp_path / "caches.py"))
    (tmp_path / "model" / "inner").mkdir(parents=True)
    digests = []
    for path, text in (("a.py", "x"), ("a.py", "y"), ("b.py", "y"), ("inner/c.py", ""), ("note.txt", "no source")):
        (tmp_path / "model" / path).write_text(text)
        digests.append(caches.source_digest.__wrapped__("model"))
    assert len(set(digests)) == 4
    assert digests[3] == digests[4]
    assert {len(digest) for digest in digests} == {64}


def test_kernels_lie_below_the_base_or_where_that_cannot_be_written_elsewhere(tmp_path, clean):
    clean.setenv("SNNHW_CACHE", str(tmp_path))
    folder = caches.kernel_folder.__wrapped__()
    assert folder.parent == tmp_path / "kernels"
    (tmp_path / "file").write_text("")
    clean.setenv("SNNHW_CACHE", str(tmp_path / "file"))
    clean.setattr(caches.tempfile, "gettempdir", lambda: str(tmp_path / "tmp"))
    other = caches.kernel_folder.__wrapped__()
    assert other.is_dir()
    assert other.is_relative_to(tmp_path / "tmp")
    assert other.name == folder.name


def test_compiling_is_said_to_be_left_until_the_kernel_that_every_evaluation_ends_with_is_there(tmp_path, clean):
    """Others may be there before, where the first compilation was interrupted."""
    clean.setattr(caches, "kernel_folder", lambda: tmp_path)
    assert caches.needs_compiling()
    (tmp_path / "model_0").mkdir()
    (tmp_path / "model_0" / "reuse.tile_side-33.py311.nbi").touch()
    assert caches.needs_compiling()
    (tmp_path / "model_0" / "kernel.run-133.py311.nbi").touch()
    assert not caches.needs_compiling()
