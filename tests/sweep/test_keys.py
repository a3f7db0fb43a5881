"""Keys: equal where the result must be, different where anything that it depends on is."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from snnhw.spec.presets import located
from snnhw.sweep import keys
from snnhw.sweep.keys import Sources
from snnhw.sweep.point import Point

POINT = Point(arch="tiny_snn", stats="mnist_784_400", mapper="quick", variables=(("weight_bits", 8),))


def key(point=POINT, folder=Path()):
    return Sources(folder).key(point)


def copied(folder):
    for kind, name in (("arch", "tiny_snn"), ("workloads", "mnist_784_400"), ("mappers", "quick")):
        file = located(name, kind)
        shutil.copy(file, folder / f"{kind}{file.suffix}")
    return Point(arch="arch.yaml", stats="workloads.json", mapper="mappers.yaml", variables=POINT.variables)


def test_a_key_is_the_same_each_time_and_of_64_digits():
    assert key() == key()
    assert len(key()) == 64


@pytest.mark.parametrize("change", [
    {"variables": (("weight_bits", 9),)}, {"variables": ()}, {"variables": (("weight_bits", "8"),)}, {"arch": "eyeriss_snn"},
    {"stats": "tcja_dvs_gesture/w2"}, {"mapper": "default"}, {"causality": "free"}, {"membrane": "per_step"}, {"density": "max"},
    {"seed": 1},
])
def test_every_input_is_in_the_key(change):
    assert key(replace(POINT, **change)) != key()


def test_what_the_mapper_says_anyway_changes_nothing():
    assert key(replace(POINT, causality="strict", seed=0)) == key()


def test_copies_under_other_names_have_the_same_key(tmp_path):
    assert key(copied(tmp_path), tmp_path) == key()


@pytest.mark.parametrize(("file", "old", "new"), [
    ("arch.yaml", "depth: 16", "depth: 17"), ("workloads.json", '"M": 400', '"M": 401'), ("mappers.yaml", "2000", "2001")])
def test_a_change_in_a_file_changes_the_key(tmp_path, file, old, new):
    point = copied(tmp_path)
    text = (tmp_path / file).read_text()
    assert old in text
    (tmp_path / file).write_text(text.replace(old, new))
    assert key(point, tmp_path) != key()


def test_a_file_that_an_architecture_includes_is_in_the_key(tmp_path):
    point = copied(tmp_path)
    text = (tmp_path / "arch.yaml").read_text()
    (tmp_path / "depth.txt").write_text("16")
    (tmp_path / "arch.yaml").write_text(text.replace("depth: 16", "depth: {{ include_text('depth.txt') }}"))
    before = key(point, tmp_path)
    assert key(point, tmp_path) == before
    (tmp_path / "depth.txt").write_text("32")
    assert key(point, tmp_path) != before


def test_the_version_is_in_the_key(monkeypatch):
    before = key()
    monkeypatch.setattr(keys, "__version__", "0.0.0")
    keys.origin.cache_clear()
    try:
        assert key() != before
    finally:
        monkeypatch.undo()
        keys.origin.cache_clear()
