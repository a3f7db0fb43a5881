"""Mapper files."""

from __future__ import annotations

from pathlib import Path

import pytest

from snnhw.errors import SpecError
from snnhw.spec.load import load_mapper
from snnhw.spec.mapper import MapperConfig
from snnhw.spec.presets import preset_files


def fault(tmp_path: Path, text: str) -> str:
    """What is wrong with a mapper file, with the folder left out."""
    (tmp_path / "m.yaml").write_text(text)
    with pytest.raises(SpecError) as caught:
        load_mapper(tmp_path / "m.yaml")
    return str(caught.value).replace(f"{tmp_path}/", "")


def test_the_default_is_the_default() -> None:
    """The preset says what MapperConfig says."""
    assert load_mapper("default") == MapperConfig()


@pytest.mark.parametrize("name", preset_files("mappers"))
def test_every_preset_can_be_read(name: str) -> None:
    """And is named after its file."""
    assert load_mapper(name).name == name


def test_all_keys(tmp_path: Path) -> None:
    """A single metric needs no list; numbers may have an exponent."""
    (tmp_path / "m.yaml").write_text("mapper: {version: 0.1, metrics: energy, max_evaluations: 1e3, max_seconds: 5, causality: free, "
                                     "seed: 7}\n")
    assert load_mapper(tmp_path / "m.yaml") == MapperConfig(name="m", metrics=("energy",), max_evaluations=1000, max_seconds=5.0,
                                                            causality="free",
                                                            seed=7)


@pytest.mark.parametrize(("text", "said"), [
    ("mapper: {metrics: [edp, speed]}\n", 'm.yaml:1: mapper.metrics[1]: seen "speed", expected one of energy, cycles, edp'),
    ("mapper: {metrics: []}\n", "m.yaml:1: mapper.metrics: seen [], expected at least one of energy, cycles, edp"),
    ("mapper: {metrics: [edp, edp]}\n", "m.yaml:1: mapper.metrics: seen edp, edp, expected each metric once"),
    ("mapper: {max_evaluations: 0}\n", "m.yaml:1: mapper.max_evaluations: seen 0, expected a number x with x >= 1"),
    ("mapper: {max_seconds: -1}\n", "m.yaml:1: mapper.max_seconds: seen -1, expected a number x with x > 0"),
    ("mapper: {max_evaluations: null}\n", "m.yaml:1: mapper: seen neither max_evaluations nor max_seconds, expected at least one of them, "
     "or the search never ends"),
    ("mapper: {causality: strikt}\n",
     'm.yaml:1: mapper.causality: seen "strikt", expected one of strict, layer, free; did you mean "strict"?'),
    ("mapper: {seed: -1}\n", "m.yaml:1: mapper.seed: seen -1, expected a number x with x >= 0"),
    ("mapper: {algorithm: random}\n", "m.yaml:1: mapper.algorithm: seen the key algorithm, expected none: known to Timeloop, not "
                                      "supported by snnhw "
     "(an option of timeloop-mapper's search; snnhw has max_evaluations, max_seconds and seed); remove it"),
    ("mapper: {version: 0.4}\n", "m.yaml:1: mapper.version: seen 0.4, expected one of 0.1"),
    ("maper: {}\n", 'm.yaml:1: mapper: seen nothing, expected how a search runs; add mapper\n'
     'm.yaml:1: maper: seen the unknown key maper, expected one of mapper; did you mean "mapper"?'),
])
def test_what_is_wrong_is_told(tmp_path: Path, text: str, said: str) -> None:
    """In plain words."""
    assert fault(tmp_path, text) == said
