"""Run files by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from snn_workload import read_run
from snnhw.errors import SpecError
from snnhw.spec.presets import preset_files

NETWORKS = ("cumulative", "joint", "prune80", "w2", "w3", "w4", "w6", "w8")


def test_every_workload_has_a_name() -> None:
    """The folder and the file, without .json; data that the files were made from has none."""
    assert tuple(preset_files("workloads")) == ("mnist_784_400", *(f"tcja_dvs_gesture/{name}" for name in NETWORKS))


def test_a_name_reads_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From any folder."""
    monkeypatch.chdir(tmp_path)
    assert read_run("tcja_dvs_gesture/w8").name == "tcja-dvs-gesture-w8"


def test_an_unknown_name_is_told_with_a_near_miss() -> None:
    """The message lists what there is."""
    with pytest.raises(SpecError, match=r'^tcja_dvs_gesture/w9: seen no such file, .*mnist.*; did you mean "tcja_dvs_gesture/w\d"\?$'):
        read_run("tcja_dvs_gesture/w9")


@pytest.mark.parametrize("source", ["none.json", "none.csv"])
def test_a_file_that_is_not_there_is_told(tmp_path: Path, source: str) -> None:
    """A name with a suffix is a file."""
    with pytest.raises(SpecError, match=f"{source}: seen no such file"):
        read_run(tmp_path / source)


def test_a_directory_is_no_run_file(tmp_path: Path) -> None:
    """It is told what it is."""
    with pytest.raises(SpecError, match="seen a directory"):
        read_run(tmp_path)
