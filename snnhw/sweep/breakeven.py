"""Break-even: from which weight sparsity on a machine that compresses and skips weights costs less than one that does neither."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, TypeAlias

from snn_workload import Layer, MeasuredDensity, Run, read_run
from snnhw.engines.evaluate import Membrane, evaluate
from snnhw.errors import EngineError, Finding, SpecError
from snnhw.spec.load import load_architecture
from snnhw.spec.mapper import Causality
from snnhw.sweep.crossing import Crossing, Verdict, crossing

Metric: TypeAlias = Literal["energy", "latency", "edp"]
METRICS: tuple[Metric, ...] = ("energy", "latency", "edp")
FORMATS = ("RLE", "CP", "UOP", "UB")
KNOWN_FORMATS = (*FORMATS, "B")
BITS = (2, 3, 4, 6, 8)
GRID = (0.0, 0.25, 0.5, 0.75, 0.95)
"""Sparsities at which every layer is evaluated; `crossing` halves one of the steps between them."""

RESOLUTION = 0.02
TOTAL = "total"
VARIABLE = "weight_format"
DENSE = "none"
"""The value of the variable with which weights are stored as they are and none is skipped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakEvenRow:
    """One answer. layer: its name, or `total`, all layers at one sparsity; bits: of a weight, None where the architecture fixes them;
    verdict, sparsity, below, islands: see Crossing."""

    layer: str
    bits: int | None
    format: str
    metric: Metric
    verdict: Verdict
    sparsity: float | None
    below: float | None = None
    islands: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakEven:
    """All answers: by bits, format, layer (in network order, the total last) and metric. resolution: of a sparsity; grid: where it was
    asked in any case."""

    name: str
    architecture: str
    resolution: float
    grid: tuple[float, ...]
    rows: tuple[BreakEvenRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakEvenProgress:
    """Pairs of bits and format that are done, and all of them, as a sweep's bar wants them."""

    points: int
    done: int = 0
    failed: int = 0
    last: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """All that a process needs for one width and format. format: DENSE asks nothing and is the other side of each comparison."""

    arch: str | Path
    run: Run
    bits: int | None
    format: str
    metrics: tuple[Metric, ...]
    settings: Mapping[str, Any]
    variables: Mapping[str, Any]
    resolution: float
    costs: dict[tuple[str, str, float], tuple[float, int]] = field(default_factory=dict)

    def cost(self, layer: Layer, weight_format: str, sparsity: float) -> tuple[float, int]:
        """Energy in pJ and cycles of a layer."""
        key = (layer.name, weight_format, sparsity)
        if key not in self.costs:
            share = round(1.0 - sparsity, 6)
            given = replace(layer, densities=replace(layer.densities, weights=MeasuredDensity(mean=share, max=share)))
            run = replace(self.run, entries=(given,), standalone=True)
            result = evaluate(self.arch, run, variables={**self.variables, VARIABLE: weight_format}, **self.settings)
            if result.interrupted:
                raise KeyboardInterrupt
            self.costs[key] = (result.energy_pJ, result.cycles)
        return self.costs[key]

    def value(self, layers: Sequence[Layer], metric: Metric, weight_format: str, sparsity: float) -> float:
        """A metric of some layers, one after another."""
        costs = [self.cost(layer, weight_format, sparsity) for layer in layers]
        energy, cycles = sum(energy for energy, _ in costs), sum(cycles for _, cycles in costs)
        return {"energy": energy, "latency": float(cycles), "edp": energy * cycles}[metric]


def breakeven(arch: str | Path, stats: str | Path | Run, *, bits: Sequence[int] | None = None, formats: Sequence[str] = FORMATS,
              metrics: Sequence[Metric] = METRICS, mapper: str | Path = "quick", variables: Mapping[str, Any] | None = None,
              causality: Causality | None = None, membrane: Membrane = "carried", seed: int | None = None,
              resolution: float = RESOLUTION, jobs: int = 1, cache: bool = True,
              progress: Callable[[BreakEvenProgress], None] | None = None) -> BreakEven:
    """For each layer, format and width of weights, and for the network, the sparsity from which on compressed weights cost less.

    The other side is the same architecture with weight_format none and weights of density 1; spikes are as the run and the architecture
    have them on both sides. Each side stands at the best mapping that the search finds (mapper, seed, causality, membrane: as in evaluate).
    Costs need not be monotone, so the answer is the smallest sparsity from which on compression pays at every one that was tried: those of
    GRID, and of the halvings of the step in which it begins to (snnhw.sweep.crossing). `total` has one sparsity for all layers.

    bits: widths of weights, None for 2, 3, 4, 6 and 8, or for the architecture's own where it has no variable weight_bits. Raises SpecError
    for an architecture without a variable weight_format, and for wrong values.
    """
    run = stats if isinstance(stats, Run) else read_run(stats)
    given = dict(variables or {})
    widths = _checked(arch, given, bits, formats, metrics, resolution)
    settings = {"mapper": mapper, "causality": causality, "membrane": membrane, "seed": seed, "cache": cache}
    questions = [_Question(arch=arch, run=_with_bits(run, width), bits=width, format=one, metrics=tuple(metrics), settings=settings,
                           variables=given, resolution=resolution) for width in widths for one in formats]
    answers = list(_answered(questions, jobs, progress))
    return BreakEven(name=run.name, architecture=load_architecture(arch, given).name, resolution=resolution, grid=GRID,
                     rows=tuple(row for answer in answers for row in answer))


def _rows(question: _Question) -> tuple[BreakEvenRow, ...]:
    """The answers for one width and format."""
    layers = question.run.layers
    groups = [(layer.name, (layer,)) for layer in layers] + ([(TOTAL, layers)] if len(layers) > 1 else [])
    return tuple(_row(question, name, group, metric) for name, group in groups for metric in question.metrics)


def _row(question: _Question, name: str, layers: Sequence[Layer], metric: Metric) -> BreakEvenRow:
    dense = question.value(layers, metric, DENSE, 0.0)
    found: Crossing = crossing(lambda sparsity: question.value(layers, metric, question.format, sparsity) < dense, GRID,
                               question.resolution)
    return BreakEvenRow(layer=name, bits=question.bits, format=question.format, metric=metric, verdict=found.verdict, sparsity=found.value,
                        below=found.below, islands=found.islands)


def _answered(questions: Sequence[_Question], jobs: int, progress: Callable[[BreakEvenProgress], None] | None
              ) -> Iterator[tuple[BreakEvenRow, ...]]:
    """The answers in order, with several processes where jobs is above 1."""
    def tell(done: int, last: str) -> None:
        if progress is not None:
            progress(BreakEvenProgress(points=len(questions), done=done, last=last))

    tell(0, "")
    if jobs == 1 or len(questions) == 1:
        for done, question in enumerate(questions, 1):
            yield _rows(question)
            tell(done, _label(question))
        return
    pool = ProcessPoolExecutor(min(jobs, len(questions)), multiprocessing.get_context("spawn"), _begin)
    try:
        futures: dict[Future[tuple[BreakEvenRow, ...]], _Question] = {pool.submit(_rows, one): one for one in questions}
        for done, future in enumerate(as_completed(futures), 1):
            _result(future)
            tell(done, _label(futures[future]))
        yield from (future.result() for future in futures)
        pool.shutdown()
    except BaseException:
        processes = list((pool._processes or {}).values())
        pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.terminate()
        raise


def _begin() -> None:
    """Ctrl-C is the first process's to answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _result(future: Future[tuple[BreakEvenRow, ...]]) -> None:
    from concurrent.futures.process import BrokenProcessPool

    try:
        future.result()
    except BrokenProcessPool:
        raise EngineError("a process that searched ended early (out of memory?); try fewer --jobs") from None


def _label(question: _Question) -> str:
    return f"{question.format}" + ("" if question.bits is None else f" at {question.bits} bit")


def _with_bits(run: Run, bits: int | None) -> Run:
    """The run with weights of so many bits in all layers."""
    if bits is None:
        return run
    return replace(run, entries=tuple(replace(one, bits=replace(one.bits, weights=bits)) if isinstance(one, Layer) else one
                                      for one in run.entries))


def _checked(arch: str | Path, variables: Mapping[str, Any], bits: Sequence[int] | None, formats: Sequence[str], metrics: Sequence[str],
             resolution: float) -> tuple[int | None, ...]:
    """The widths to ask for. Raises SpecError with all that is wrong."""
    declared = load_architecture(arch, variables).variables
    findings = []
    if VARIABLE not in declared:
        findings.append(Finding(file=str(arch), key="variables", seen=f"no {VARIABLE}",
                                expected="a variable that says how weights are stored: none, UB, B, CP, RLE or UOP",
                                fix="declare it and let representation_format and skipping on Weights follow it, as eyeriss_snn does"))
    if bits is not None and "weight_bits" not in declared:
        findings.append(Finding(file=str(arch), key="variables", seen="no weight_bits", expected="it, for --bits",
                                fix="leave out --bits: the architecture's own width stands then"))
    findings += [Finding(file=f"--set {name}", seen=str(variables[name]), expected="it to be left out: break-even varies it")
                 for name in (VARIABLE, "weight_bits") if name in variables]
    findings += [Finding(file="--bits", seen=str(one), expected="1 <= x <= 16") for one in bits or () if not 1 <= one <= 16]
    findings += [Finding(file="--formats", seen=one, expected=f"one of {', '.join(KNOWN_FORMATS)}") for one in formats
                 if one not in KNOWN_FORMATS]
    findings += [Finding(file="--metric", seen=one, expected=f"one of {', '.join(METRICS)}") for one in metrics if one not in METRICS]
    if not 0.0 < resolution <= 0.25:
        findings.append(Finding(file="--resolution", seen=f"{resolution:g}", expected="0 < x <= 0.25"))
    if findings:
        raise SpecError(findings)
    if "weight_bits" not in declared:
        return (None,)
    return tuple(dict.fromkeys(BITS if bits is None else bits))
