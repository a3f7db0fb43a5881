"""The mapper section of timeloop-mapper."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from spec.flat_inputs import ARCHITECTURE, PROBLEM, fault_of, notes_of, read_flat

from snnhw.spec.mapper import MapperConfig
from snnhw.spec.timeloop_mapper import TimeloopMapperOptions, mapper_config

BASE = ARCHITECTURE + PROBLEM


def options_of(tmp_path: Path, mapper: str) -> TimeloopMapperOptions | None:
    """The options of the small input with this mapper."""
    return read_flat(tmp_path, f"{BASE}mapper: {mapper}\n", "mapper").timeloop_mapper


def test_the_defaults_are_those_of_timeloop() -> None:
    """As its mapper.cpp has them."""
    default = TimeloopMapperOptions()
    assert (default.algorithm, default.optimization_metrics, default.num_threads) == ("hybrid", ("edp",), None)
    assert (default.search_size, default.timeout, default.victory_condition, default.sync_interval) == (0, 1000, 500, 0)
    assert (default.log_interval, default.max_permutations_per_if_visit, default.max_temporal_loops_in_a_mapping) == (1, 16, -1)


@pytest.mark.parametrize(
    ("mapper", "changes"),
    [
        ("{}", {}),
        ("{version: '0.4', out_prefix: x}", {}),
        ("{algorithm: random-pruned}", {"algorithm": "random_pruned"}),
        ("{optimization-metrics: [delay, energy]}", {"optimization_metrics": ("delay", "energy")}),
        ("{optimization_metric: energy}", {"optimization_metrics": ("energy",)}),
        (
            "{num-threads: 2, search-size: 400, timeout: 7, victory-condition: 0}",
            {"num_threads": 2, "search_size": 400, "timeout": 7, "victory_condition": 0},
        ),
        ("{heartbeat: 7}", {"timeout": 7}),
        ("{live_status: False, diagnostics: True, log_stats: 1}", {"diagnostics": True, "log_stats": True}),
        ("{log_all: true}", {"log_suboptimal": True}),
    ],
)
def test_options_are_read(tmp_path: Path, mapper: str, changes: dict[str, object]) -> None:
    """Hyphens or underscores, old names, and all that is not said as Timeloop has it."""
    assert options_of(tmp_path, mapper) == replace(TimeloopMapperOptions(), **changes)  # type: ignore[arg-type]


def test_what_options_mean_here() -> None:
    """Metrics keep their order, delay is cycles, a size is a budget, and time steps have no meaning."""
    options = TimeloopMapperOptions(optimization_metrics=("delay", "energy", "delay"), search_size=40_000)
    assert mapper_config(options) == MapperConfig(
        name="timeloop-mapper", metrics=("cycles", "energy"), max_evaluations=40_000, causality="free"
    )


def test_a_small_size_counts_as_ten_thousand() -> None:
    assert mapper_config(TimeloopMapperOptions(search_size=1500)).max_evaluations == 10_000


def test_without_a_size_the_budget_is_ours() -> None:
    """Timeloop then stops by its timeout, which counts something else."""
    assert mapper_config(TimeloopMapperOptions()).max_evaluations == MapperConfig().max_evaluations


def test_options_without_effect_are_noted(tmp_path: Path) -> None:
    """All that differ from their defaults, in one note; and a search_size that is too small to count."""
    text = f"{BASE}mapper: {{algorithm: random, timeout: 5, search_size: 3, victory_condition: 9, num_threads: 2}}\n"
    assert notes_of(tmp_path, text, "mapper") == [
        "without effect in snnhw's own search: mapper.algorithm, mapper.num_threads, mapper.timeout, mapper.victory_condition",
        "mapper.search_size 3: 10,000 mappings are evaluated, which takes a second or two; --max-evaluations sets another limit"]


@pytest.mark.parametrize(
    ("mapper", "fault"),
    [
        (
            "{algorithm: randm}",
            'in.yaml:35: mapper.algorithm: seen "randm", expected one of hybrid, random, random_pruned, exhaustive, linear_pruned; '
            'did you mean "random"?',
        ),
        ("{search_size: -1}", "in.yaml:35: mapper.search_size: seen -1, expected an integer >= 0"),
        ("{num_threads: 0}", "in.yaml:35: mapper.num_threads: seen 0, expected an integer >= 1"),
        ("{diagnostics: maybe}", 'in.yaml:35: mapper.diagnostics: seen "maybe", expected true or false'),
        ("{serch_size: 3}", 'in.yaml:35: mapper.serch_size: seen an unknown key; did you mean "search_size"?'),
        (
            "{optimization_metrics: [edp, speed]}",
            'in.yaml:35: mapper.optimization_metrics[1]: seen "speed", expected one of edp, energy, delay',
        ),
        (
            "{optimization_metrics: [last-level-accesses]}",
            'in.yaml:35: mapper.optimization_metrics[0]: seen "last-level-accesses", which snnhw does not support, expected one '
            'of edp, energy, delay',
        ),
        (
            "{optimization_metric: accesses-2}",
            'in.yaml:35: mapper.optimization_metric: seen "accesses-2", which snnhw does not support, expected one of edp, energy, delay',
        ),
        ("{optimization_metrics: []}", "in.yaml:35: mapper.optimization_metrics: seen [], expected metrics: edp, energy, delay"),
        ("3", "in.yaml:35: mapper: seen 3, expected a mapping"),
    ],
)
def test_a_wrong_option_says_what_is_right(tmp_path: Path, mapper: str, fault: str) -> None:
    """File, line, key, what is seen and what would be right."""
    assert fault_of(tmp_path, f"{BASE}mapper: {mapper}\n", "mapper") == fault
