"""The `mapper` section of timeloop-mapper: its options with their defaults, and what they mean for a search of ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, cast

from snnhw.spec.flat_section import Path, Section, as_integer, shown
from snnhw.spec.mapper import MapperConfig, Metric

Algorithm: TypeAlias = Literal["hybrid", "random", "random_pruned", "exhaustive", "linear_pruned"]
ALGORITHMS: tuple[Algorithm, ...] = ("hybrid", "random", "random_pruned", "exhaustive", "linear_pruned")
METRICS: dict[str, Metric] = {"edp": "edp", "energy": "energy", "delay": "cycles"}
_UNSUPPORTED_METRICS = ("last_level_accesses", "ordered_accesses")
_SWITCHES = ("filter_revisits", "log_stats", "log_suboptimal", "log_all_mappings", "log_mappings_yaml", "log_mappings_verbose",
             "log_orojenesis_mappings", "live_status", "diagnostics", "penalize_consecutive_bypass_fails", "emit_whoop_nest")


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeloopMapperOptions:
    """How timeloop-mapper is to search (its mapper.cpp). num_threads None: one for each core.

    search_size: valid mappings to evaluate, 0 is unlimited; timeout: invalid mappings in a row, of one thread, that end a search;
    victory_condition: valid mappings in a row that are no better, 0 is off; max_permutations_per_if_visit: of random_pruned.
    """

    algorithm: Algorithm = "hybrid"
    optimization_metrics: tuple[str, ...] = ("edp",)
    num_threads: int | None = None
    search_size: int = 0
    timeout: int = 1000
    victory_condition: int = 500
    sync_interval: int = 0
    log_interval: int = 1
    max_permutations_per_if_visit: int = 16
    max_temporal_loops_in_a_mapping: int = -1
    filter_revisits: bool = False
    log_stats: bool = False
    log_suboptimal: bool = False
    log_all_mappings: bool = False
    log_mappings_yaml: bool = False
    log_mappings_verbose: bool = False
    log_orojenesis_mappings: bool = False
    live_status: bool = False
    diagnostics: bool = False
    penalize_consecutive_bypass_fails: bool = False
    emit_whoop_nest: bool = False


def mapper_options(section: Section) -> TimeloopMapperOptions:
    """The options of a `mapper` section. Closes the section; problems go to its report."""
    section.ignore("version", "out_prefix")
    options = TimeloopMapperOptions(
        algorithm=cast(Algorithm, section.text("algorithm", default="hybrid", choices=ALGORITHMS)),
        optimization_metrics=_metrics(section),
        num_threads=section.integer("num_threads", default=None), search_size=section.integer("search_size", default=0, least=0),
        timeout=section.integer("timeout", "heartbeat", default=1000, least=0),
        victory_condition=section.integer("victory_condition", default=500, least=0),
        sync_interval=section.integer("sync_interval", default=0, least=0), log_interval=section.integer("log_interval", default=1),
        max_permutations_per_if_visit=section.integer("max_permutations_per_if_visit", default=16),
        max_temporal_loops_in_a_mapping=section.integer("max_temporal_loops_in_a_mapping", default=-1, least=-1),
        log_suboptimal=section.flag("log_suboptimal", "log_all"),
        **{name: section.flag(name) for name in _SWITCHES if name != "log_suboptimal"})
    section.close(("template",))
    return options


def _metrics(section: Section) -> tuple[str, ...]:
    """`optimization_metric` (one) or `optimization_metrics` (a list, the first decides)."""
    taken = section.take("optimization_metric", "optimization_metrics")
    if taken is None:
        return ("edp",)
    value, path = taken
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list) or not items:
        section.report.add(path, seen=shown(value), expected=f"metrics: {', '.join(METRICS)}")
        return ("edp",)
    return tuple(_metric(item, path if isinstance(value, str) else (*path, i), section) for i, item in enumerate(items))


def _metric(item: object, path: Path, section: Section) -> str:
    text = str(item).replace("-", "_")
    if text in METRICS:
        return text
    number = as_integer(text.removeprefix("accesses_"))
    known = text in _UNSUPPORTED_METRICS or (text.startswith("accesses_") and number is not None)
    section.report.add(path, seen=f"{shown(item)}, which snnhw does not support" if known else shown(item),
                       expected=f"one of {', '.join(METRICS)}")
    return "edp"


def mapper_config(options: TimeloopMapperOptions) -> MapperConfig:
    """What the options mean here: metrics and budget. Time steps have no meaning in a Timeloop input, so causality is free.

    A search_size of 1,500 takes timeloop-mapper a minute and this search a quarter of a second, which leaves three of the eight golden
    cases 5 to 8 % above the reference's EDP; so it counts from LEAST_EVALUATIONS on.
    """
    metrics = tuple(dict.fromkeys(METRICS[metric] for metric in options.optimization_metrics))
    budget = max(options.search_size, LEAST_EVALUATIONS) if options.search_size else MapperConfig().max_evaluations
    return MapperConfig(name="timeloop-mapper", metrics=metrics, causality="free", max_evaluations=budget)


_HONOURED = ("optimization_metrics", "search_size")

LEAST_EVALUATIONS = 10_000
"""Mappings that a search of ours evaluates at least where an input has a smaller search_size: fewer leave the result to luck."""


def notes_of(options: TimeloopMapperOptions) -> tuple[str, ...]:
    """Options that differ from Timeloop's defaults and change nothing in a search of ours, as one note; empty if there are none."""
    default = TimeloopMapperOptions()
    names = [name for name in TimeloopMapperOptions.__slots__
             if name not in _HONOURED and getattr(options, name) != getattr(default, name)]
    notes = [f"without effect in snnhw's own search: mapper.{', mapper.'.join(names)}"] if names else []
    if 0 < options.search_size < LEAST_EVALUATIONS:
        notes.append(f"mapper.search_size {options.search_size:,}: {LEAST_EVALUATIONS:,} mappings are evaluated, which takes a second or"
                     f" two; --max-evaluations sets another limit")
    return tuple(notes)
