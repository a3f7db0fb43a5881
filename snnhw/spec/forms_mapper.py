"""The form of a mapper file: how a search runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, ClassVar, TypeAlias, get_args

from pydantic import BeforeValidator, Discriminator, Field, Tag, WithJsonSchema

from snnhw.spec.document import read_document
from snnhw.spec.forms import Count, CountOrZero, Flag, Form, NonNegative, Positive, check, wrong
from snnhw.spec.mapper import Algorithm, Causality, MapperConfig, Metric, Name, Product, powers

VERSIONS = ("0.1",)
_TIMELOOP = "an option of timeloop-mapper's search; snnhw has max_evaluations, max_seconds, victory_condition, timeout and seed"


def _version(value: Any) -> Any:
    if str(value) not in VERSIONS:
        raise wrong(f"one of {', '.join(VERSIONS)}")
    return str(value)


def _metrics(value: Any) -> Any:
    metrics = [value] if isinstance(value, str | dict) else value
    if isinstance(metrics, list) and not metrics:
        raise wrong("at least one of energy, cycles, edp")
    if isinstance(metrics, list) and any(isinstance(metric, dict) and not any(metric.values()) for metric in metrics):
        raise wrong("in a product a power above 0 of energy, of cycles, or of both")
    return metrics


class ProductForm(Form):
    """A weighted product: energy to one power times cycles to another. An absent power is 0."""

    energy: NonNegative = Field(default=0.0, description="power of the energy")
    cycles: NonNegative = Field(default=0.0, description="power of the cycles")


MetricForm: TypeAlias = Annotated[Annotated[Name, Tag("name")] | Annotated[ProductForm, Tag("product")],
                                  Discriminator(lambda value: "product" if isinstance(value, dict | ProductForm) else "name")]


class MapperForm(Form):
    """How a search runs. Absent keys have the defaults that are given here."""

    spellings: ClassVar = {"optimization_metrics": "metrics", "optimization_metric": "metrics", "optimization-metrics": "metrics"}
    unsupported: ClassVar = dict.fromkeys(
        ("search_size", "num_threads", "max_permutations_per_if_visit", "sync_interval",
         "filter_revisits", "live_status", "diagnostics", "log_stats", "log_suboptimal", "penalize_consecutive_bypass_fails"), _TIMELOOP)

    version: Annotated[str, BeforeValidator(_version), WithJsonSchema({"enum": [*VERSIONS, 0.1]})] = Field(
        default="0.1", description="version of this form")
    metrics: Annotated[list[MetricForm], BeforeValidator(_metrics)] = Field(
        default=["edp"], description="what a good mapping has little of: energy, cycles, edp, or a product of powers such as "
                                     "{energy: 1, cycles: 2}; the first decides, the next break ties")
    max_evaluations: Count | None = Field(default=100_000, description="mappings to evaluate for one layer, at most; null is unlimited")
    max_seconds: Positive | None = Field(default=None, description="seconds of searching for one layer, at most; null is unlimited")
    causality: Causality = Field(default="strict", description="what time steps may do: strict is one after another, layer lets a layer "
                                 "take several at once, free asks nothing")
    seed: CountOrZero = Field(default=0, description="of the random choices; the same seed gives the same result")
    victory_condition: Count | None = Field(default=None, description="of random alone: mappings that fit, in a row and no better than "
                                            "the best before, that end the search; null is none")
    timeout: Count | None = Field(default=None, description="of random alone: candidates in a row that don't fit, that end the search; "
                                  "null is 5,000,000")
    algorithm: Algorithm = Field(default="best", description="best is snnhw's own; random draws mappings as timeloop-mapper does, and "
                                 "max_evaluations then counts those that fit")


    imperfect: Flag = Field(default=False, description="whether factors may leave a shorter last pass, as in Timeloop's ruby mapspace; "
                            "a result is then never proven optimal")


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
    metrics = tuple(map(_metric, form.metrics))
    if len(set(metrics)) != len(metrics):
        raise document.error(("mapper", "metrics"), seen=", ".join(map(str, metrics)), expected="each metric once")
    return MapperConfig(name=Path(path).name.removesuffix(".yaml"), metrics=metrics, max_evaluations=form.max_evaluations,
                        max_seconds=form.max_seconds, causality=form.causality, seed=form.seed, algorithm=form.algorithm,
                        victory_condition=form.victory_condition, timeout=form.timeout, imperfect=form.imperfect)


def _metric(form: Name | ProductForm) -> Metric:
    """The metric of an entry; a product that has a name of its own is that one."""
    if not isinstance(form, ProductForm):
        return form
    named: dict[tuple[float, float], Metric] = {powers(name): name for name in get_args(Name)}
    product = Product(energy=form.energy, cycles=form.cycles)
    return named.get(powers(product), product)
