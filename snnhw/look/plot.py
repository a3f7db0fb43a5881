"""Figures of results and sweeps, ready for a paper."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

from snnhw.errors import Finding, SpecError
from snnhw.look.drawing import Draw, check_figure, write_figure
from snnhw.look.energy_figures import Unit, breakdown_figure, layers_figure
from snnhw.look.formats import FORMAT, bars_of_results, bars_of_sweep
from snnhw.look.labels import labels_of
from snnhw.look.pareto_figure import pareto_figure
from snnhw.look.roofline_figure import roofline_figure
from snnhw.look.stacks import component_bar
from snnhw.look.style import LEAST_HEIGHT, MOST_INCHES, inches
from snnhw.model.result import NetworkResult
from snnhw.report.roofline import roofline
from snnhw.spec.words import near
from snnhw.sweep.compare import load_result
from snnhw.sweep.pareto import Front, pareto_front
from snnhw.sweep.store import FILE

Kind: TypeAlias = Literal["breakdown", "layers", "roofline", "pareto", "formats"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Source: TypeAlias = str | Path | NetworkResult

HEIGHTS: dict[str, float] = {"breakdown": 2.6, "layers": 2.6, "roofline": 2.4, "pareto": 2.6, "formats": 2.6}
"""Inches, before the legend of a roofline."""

OPTIONS: dict[str, tuple[Kind, ...]] = {
    "unit": ("breakdown", "formats"), "labels": ("breakdown",), "shares": ("layers",), "x": ("pareto",), "y": ("pareto",),
    "maximize": ("pareto",), "where": ("pareto", "formats"), "by": ("formats",)}
"""Which kinds an option is for."""


def plot(results: Source | Sequence[Source], output: str | Path, *, kind: Kind, width: str | float = "column", height: float | None = None,
         unit: Unit | None = None, labels: Sequence[str] = (), shares: bool = False, x: str | None = None, y: str | None = None,
         maximize: Sequence[str] = (), where: str | None = None, by: str | None = None) -> None:
    """Draw a figure to a file (.pdf, .svg, .png): the same results give the same bytes.

    results: results (files, folders, DIR:KEY of a sweep, or read); for `pareto`, and for `formats` in place of results, a sweep's folder.
    kind: breakdown (stacks by component, several results side by side; unit: uJ, pJ/compute or both; labels: below the bars), layers (each
    layer's stack; shares: as 100 %), roofline (of one result), pareto (x, y, maximize, where: as pareto_front), formats (a bar for each
    value of the variable `by`, weight_format if not said). width: column, page, or inches; height: inches.
    Raises SpecError for what is wrong with the inputs or does not belong together, OutputError where the file can't be written.
    """
    sources = [results] if isinstance(results, str | Path | NetworkResult) else list(results)
    given = {"unit": unit, "labels": labels, "shares": shares, "x": x, "y": y, "maximize": maximize, "where": where, "by": by}
    _check(kind, sources, given)
    size_x = inches(width)
    check_figure(Path(output))
    if kind == "pareto":
        draw_front(pareto_front(_folder(sources[0]), str(x), str(y), maximize=maximize or None, where=where), output, size_x, height)
        return
    draw, rows = _drawing(kind, sources, unit=unit, labels=labels, shares=shares, where=where, by=by or FORMAT)
    write_figure(draw, output, (size_x, _height(height, HEIGHTS[kind] + 0.115 * ceil(rows / max(1, int(size_x / 1.75))))))


def draw_front(front: Front, output: str | Path, width: float = 3.5, height: float | None = None) -> None:
    """Draw a front to a file. width, height: in inches. Raises SpecError and OutputError as plot."""
    if not front.points:
        raise SpecError(Finding(file="pareto", seen=f"no point with both {front.x} and {front.y}", expected="at least one to draw"))
    write_figure(pareto_figure(front), output, (width, _height(height, HEIGHTS["pareto"])))


def _drawing(kind: Kind, sources: Sequence[Source], *, unit: Unit | None, labels: Sequence[str], shares: bool, where: str | None,
             by: str) -> tuple[Draw, int]:
    """What to draw, and how many entries of a legend need room below."""
    if kind == "formats" and len(sources) == 1 and _is_sweep(sources[0]):
        return breakdown_figure(bars_of_sweep(_folder(sources[0]), by, where), unit or "uJ"), 0
    loaded = [one if isinstance(one, NetworkResult) else load_result(one) for one in sources]
    for result in loaded:
        if not result.layers:
            raise SpecError(Finding(file=result.name, key="layers", seen="none", expected="at least one layer to draw"))
    if kind == "formats":
        return breakdown_figure(bars_of_results(loaded, list(map(_name, sources)), by), unit or "uJ"), 0
    if kind == "breakdown":
        titles = labels or labels_of(loaded, list(map(_name, sources)))
        return breakdown_figure([component_bar(title, one.layers) for title, one in zip(titles, loaded, strict=True)], unit or "both"), 0
    if kind == "layers":
        return layers_figure(loaded[0], shares=shares), 0
    found = roofline(loaded[0])
    return roofline_figure(found), len(found.roofs) + 1


def _check(kind: str, sources: Sequence[Source], given: dict[str, Any]) -> None:
    """Raises SpecError for an unknown kind, a number of results that it does not take, and options that say nothing to it."""
    if kind not in KINDS:
        raise SpecError(Finding(file="--kind", seen=str(kind), expected=f"one of {', '.join(KINDS)}", fix=near(str(kind), KINDS)))
    findings = [Finding(file=f"--{_option(name)}", seen=f"with --kind {kind}", expected=f"--kind {' or '.join(OPTIONS[name])}")
                for name, value in given.items() if value and kind not in OPTIONS[name]]
    findings += [Finding(file=f"--{name}", seen="nothing", expected="a figure such as energy_pJ, or a number among the inputs")
                 for name in ("x", "y") if kind == "pareto" and not given[name]]
    labels = given["labels"]
    if labels and kind == "breakdown" and len(labels) != len(sources):
        findings.append(Finding(file="--label", seen=f"{len(labels)} labels", expected=f"{len(sources)}, one for each result"))
    several = kind == "breakdown" or (kind == "formats" and not (len(sources) == 1 and not _is_sweep(sources[0])))
    if not sources or (len(sources) > 1 and not several) or (kind == "formats" and len(sources) == 1 and not several):
        wanted = {"pareto": "the folder of one sweep", "formats": "the folder of a sweep, or two or more results",
                  "breakdown": "at least one result"}.get(kind, "one result")
        findings.append(Finding(file=f"--kind {kind}", seen=f"{len(sources)} results" if len(sources) != 1 else str(_name(sources[0])),
                                expected=wanted))
    if kind == "pareto" and len(sources) == 1 and not _is_sweep(sources[0]):
        findings.append(Finding(file=_name(sources[0]), seen="no sweep", expected="the folder of one, which --kind pareto draws",
                                fix="snnhw sweep PLAN.yaml -o DIR makes one"))
    if findings:
        raise SpecError(findings)


def _option(name: str) -> str:
    return "label" if name == "labels" else name


def _is_sweep(source: Source) -> bool:
    return not isinstance(source, NetworkResult) and (Path(source) / FILE).is_file()


def _folder(source: Source) -> Path:
    return Path(str(source))


def _name(source: Source) -> str:
    return f"{source.name} on {source.architecture}" if isinstance(source, NetworkResult) else str(source)


def _height(given: float | None, default: float) -> float:
    if given is not None and not LEAST_HEIGHT <= given <= MOST_INCHES:
        raise SpecError(Finding(file="--height", seen=f"{given:g}", expected=f"inches x with {LEAST_HEIGHT:g} <= x <= {MOST_INCHES:g}"))
    return default if given is None else given
