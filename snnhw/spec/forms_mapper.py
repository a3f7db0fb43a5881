"""The form of a mapper file: how a search runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field, WithJsonSchema

from snnhw.spec.document import read_document
from snnhw.spec.forms import Count, CountOrZero, Form, Positive, check, wrong
from snnhw.spec.mapper import Causality, MapperConfig, Metric

VERSIONS = ("0.1",)
_TIMELOOP = "an option of timeloop-mapper's search; snnhw has max_evaluations, max_seconds and seed"


def _version(value: Any) -> Any:
    if str(value) not in VERSIONS:
        raise wrong(f"one of {', '.join(VERSIONS)}")
    return str(value)


def _metrics(value: Any) -> Any:
    metrics = [value] if isinstance(value, str) else value
    if isinstance(metrics, list) and not metrics:
        raise wrong("at least one of energy, cycles, edp")
    return metrics


class MapperForm(Form):
    """How a search runs. Absent keys have the defaults that are given here."""

    spellings: ClassVar = {"optimization_metrics": "metrics", "optimization_metric": "metrics", "optimization-metrics": "metrics"}
    unsupported: ClassVar = dict.fromkeys(
        ("algorithm", "search_size", "timeout", "victory_condition", "num_threads", "max_permutations_per_if_visit", "sync_interval",
         "filter_revisits", "live_status", "diagnostics", "log_stats", "log_suboptimal", "penalize_consecutive_bypass_fails"), _TIMELOOP)

    version: Annotated[str, BeforeValidator(_version), WithJsonSchema({"enum": [*VERSIONS, 0.1]})] = Field(
        default="0.1", description="version of this form")
    metrics: Annotated[list[Metric], BeforeValidator(_metrics)] = Field(
        default=["edp"], description="what a good mapping has little of; the first decides, the next break ties")
    max_evaluations: Count | None = Field(default=100_000, description="mappings to evaluate for one layer, at most; null is unlimited")
    max_seconds: Positive | None = Field(default=None, description="seconds of searching for one layer, at most; null is unlimited")
    causality: Causality = Field(default="strict", description="what time steps may do: strict is one after another, layer lets a layer "
                                 "take several at once, free asks nothing")
    seed: CountOrZero = Field(default=0, description="of the random choices; the same seed gives the same result")


class MapperFileForm(Form):
    """A mapper file."""

    mapper: MapperForm = Field(description="how a search runs")


def read_mapper(path: str | Path) -> MapperConfig:
    """How to search, from a YAML file. Raises SpecError with everything that is wrong with it."""
    document = read_document(path)
    form = check(MapperFileForm, document).mapper
    if form.max_evaluations is None and form.max_seconds is None:
        raise document.error(("mapper",), seen="neither max_evaluations nor max_seconds",
                             expected="at least one of them, or the search never ends")
    if len(set(form.metrics)) != len(form.metrics):
        raise document.error(("mapper", "metrics"), seen=", ".join(form.metrics), expected="each metric once")
    return MapperConfig(name=Path(path).name.removesuffix(".yaml"), metrics=tuple(form.metrics), max_evaluations=form.max_evaluations,
                        max_seconds=form.max_seconds, causality=form.causality, seed=form.seed)
