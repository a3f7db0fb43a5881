"""Presets by name, and files that win over them."""

from __future__ import annotations

from pathlib import Path

import pytest

from snnhw.errors import SpecError
from snnhw.spec.presets import located, preset_files


def test_mappers_have_names() -> None:
    """Those that travel with the package."""
    assert tuple(preset_files("mappers")) == ("default", "exhaustive", "iscas23", "quick", "timeloop")


def test_a_name_is_a_file() -> None:
    """With its suffix or without."""
    assert located("default", "mappers").name == "default.yaml"
    assert located("default.yaml", "mappers") == located("default", "mappers")


def test_a_preset_in_a_folder_is_named_with_it() -> None:
    """`folder/name`."""
    assert located("tcja_dvs_gesture/w8", "workloads").name == "w8.json"


def test_a_file_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever its name."""
    monkeypatch.chdir(tmp_path)
    Path("default").write_text("mapper: {}\n")
    assert located("default", "mappers") == Path("default")


def test_what_is_neither_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the presets, and a near miss."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SpecError) as caught:
        located("defualt", "mappers")
    assert str(caught.value) == (
        'defualt: seen no such file, expected the YAML of a mapper, or a preset: default, exhaustive, iscas23, quick, timeloop; did you '
        'mean "default"?')
    with pytest.raises(SpecError, match=r'^"": seen no such file, expected the YAML of a mapper'):
        located("", "mappers")


def test_a_name_that_no_file_can_have_is_told() -> None:
    """Cleaned of what a terminal would not like."""
    with pytest.raises(SpecError, match=r'^"a b": seen no such file'):
        located("a\0b", "arch")
    with pytest.raises(SpecError, match="seen no such file"):
        located("a" * 5000, "arch")
