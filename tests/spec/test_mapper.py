"""Mapper files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from snnhw.errors import SpecError
from snnhw.spec.forms_mapper import MapperForm
from snnhw.spec.load import load_mapper
from snnhw.spec.mapper import MapperConfig, Metric, Product, powers
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
                                     "seed: 7, victory_condition: 8, timeout: 9, algorithm: random}\n")
    assert load_mapper(tmp_path / "m.yaml") == MapperConfig(name="m", metrics=("energy",), max_evaluations=1000, max_seconds=5.0,
                                                            causality="free", seed=7, victory_condition=8, timeout=9, algorithm="random")


def test_a_metric_may_be_a_product_of_powers(tmp_path: Path) -> None:
    """Alone or in a list; one that has a name is the metric of that name; an absent power is 0."""
    def metrics(text: str) -> tuple[Metric, ...]:
        (tmp_path / "m.yaml").write_text(f"mapper: {{metrics: {text}}}\n")
        return load_mapper(tmp_path / "m.yaml").metrics

    assert metrics("{energy: 1, cycles: 2}") == (Product(energy=1.0, cycles=2.0),)
    assert metrics("[{energy: 0.5}, cycles]") == (Product(energy=0.5, cycles=0.0), "cycles")
    assert metrics("[{energy: 1, cycles: 1}, {energy: 1}, {cycles: 1.0}]") == ("edp", "energy", "cycles")


def test_every_key_stands_in_the_documentation() -> None:
    """With its default."""
    page = (Path(__file__).parents[2] / "docs" / "mapper.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| `?\[?([\w.]+)\]?`? \|", page, re.MULTILINE))
    assert {key: rows.get(key) for key in MapperForm.model_fields} == {
        key: "null" if field.default is None else str(field.default[0] if key == "metrics" else field.default)
        for key, field in MapperForm.model_fields.items()}


def test_powers_of_each_metric() -> None:
    """Energy first."""
    assert [powers(metric) for metric in ("energy", "cycles", "edp")] == [(1, 0), (0, 1), (1, 1)]
    assert powers(Product(energy=3, cycles=0.5)) == (3, 0.5)
    assert str(Product(energy=3, cycles=0.5)) == "energy^3 * cycles^0.5"
    assert str(Product(energy=0, cycles=2)) == "cycles^2"


def test_limits_of_the_presets() -> None:
    """`exhaustive` has no budget of evaluations, `timeloop` counts as timeloop-mapper does, and neither goes on for ever."""
    exhaustive, timeloop = load_mapper("exhaustive"), load_mapper("timeloop")
    assert (exhaustive.algorithm, exhaustive.max_evaluations, exhaustive.max_seconds) == ("best", None, 600)
    assert (timeloop.algorithm, timeloop.max_evaluations, timeloop.victory_condition, timeloop.timeout) == ("random", 1500, None, 500_000)


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
    ("mapper: {search_size: 9}\n", "m.yaml:1: mapper.search_size: seen the key search_size, expected none: known to Timeloop, not "
     "supported by snnhw (an option of timeloop-mapper's search; snnhw has max_evaluations, max_seconds, victory_condition, timeout and "
     "seed); remove it"),
    ("mapper: {algorithm: random_pruned}\n", 'm.yaml:1: mapper.algorithm: seen "random_pruned", expected one of best, random; did you mean '
     '"random"?'),
    ("mapper: {timeout: 0}\n", "m.yaml:1: mapper.timeout: seen 0, expected a number x with x >= 1"),
    ("mapper: {victory_condition: -1}\n", "m.yaml:1: mapper.victory_condition: seen -1, expected a number x with x >= 1"),
    ("mapper: {metrics: [{energy: -1}]}\n", "m.yaml:1: mapper.metrics[0].energy: seen -1, expected a number x with x >= 0"),
    ("mapper: {metrics: [{energy: 0}]}\n", "m.yaml:1: mapper.metrics: seen [a mapping], expected in a product a power above 0 of "
     "energy, of cycles, or of both"),
    ("mapper: {metrics: {}}\n", "m.yaml:1: mapper.metrics: seen an empty mapping, expected in a product a power above 0 of energy, of "
     "cycles, or of both"),
    ("mapper: {metrics: [edp, {delay: 1}]}\n", "m.yaml:1: mapper.metrics[1].delay: seen the unknown key delay, expected one of cycles, "
     "energy"),
    ("mapper: {metrics: {energy: 2, cycles: 1}, metric: edp}\n", 'm.yaml:1: mapper.metric: seen the unknown key metric, expected one of '
     'algorithm, causality, imperfect, max_evaluations, max_seconds, metrics, optimization-metrics, optimization_metric, '
     'optimization_metrics, seed, timeout, version, victory_condition; did you mean "metrics"?'),
    ("mapper: {metrics: [{energy: 1, cycles: 2}, {cycles: 2.0, energy: 1}]}\n",
     "m.yaml:1: mapper.metrics: seen energy^1 * cycles^2, energy^1 * cycles^2, expected each metric once"),
    ("mapper: {metrics: [edp, {energy: 1, cycles: 1}]}\n", "m.yaml:1: mapper.metrics: seen edp, edp, expected each metric once"),
    ("mapper: {version: 0.4}\n", "m.yaml:1: mapper.version: seen 0.4, expected one of 0.1"),
    ("maper: {}\n", 'm.yaml:1: mapper: seen nothing, expected how a search runs; add mapper\n'
     'm.yaml:1: maper: seen the unknown key maper, expected one of mapper; did you mean "mapper"?'),
])
def test_what_is_wrong_is_told(tmp_path: Path, text: str, said: str) -> None:
    """In plain words."""
    assert fault(tmp_path, text) == said
