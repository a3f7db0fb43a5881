"""The report of results and sweeps: one HTML file that needs nothing else."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from snnhw.errors import Finding, SpecError
from snnhw.model.result import NetworkResult
from snnhw.report.folder import check_file_writable, write_text
from snnhw.report.page.data import Named, page_data
from snnhw.report.page.render import check_plotly, render_page
from snnhw.sweep.compare import compare_results, load_result
from snnhw.sweep.pareto import values_of
from snnhw.sweep.store import FILE, Row, Store

KEY_DIGITS = 12
AXES = (("energy_pJ", "accuracy"), ("energy_pJ", "latency_s"), ("energy_pJ", "cycles"))
"""What is drawn first: the first pair that a sweep has and that differs between its points."""


def write_report(sources: Sequence[str | Path | NetworkResult], target: str | Path) -> None:
    """Write one page about results and sweeps.

    sources: results, files result.json, folders of one, points of a sweep (DIR:KEY), or folders of sweeps. Two and more results also stand
    side by side. Raises SpecError for what is none of these and where plotly is not there, OutputError where target cannot be written.
    """
    if not sources:
        raise SpecError(Finding(file="report", seen="no result", expected="at least one result or sweep"))
    target = Path(target)
    check_file_writable(target)
    check_plotly()
    write_text(render_page(report_data(sources)), target)


def report_data(sources: Sequence[str | Path | NetworkResult]) -> dict[str, Any]:
    """What the page shows, as plain data."""
    results: list[Named] = []
    sweeps: list[dict[str, Any]] = []
    labels = _labels(sources)
    for source, label in zip(sources, labels, strict=True):
        if not isinstance(source, NetworkResult) and (Path(source) / FILE).is_file():
            sweeps.append(sweep_data(source, label, f"s{len(sweeps) + 1}"))
        else:
            result = source if isinstance(source, NetworkResult) else load_result(source)
            results.append(Named(label=label, result=result, failures=() if isinstance(source, NetworkResult) else _failures(Path(source))))
    lines = compare_results([one.result for one in results]).lines if len(results) > 1 else ()
    return page_data(results, sweeps, [asdict(line) for line in lines])


def sweep_data(folder: str | Path, label: str, identity: str) -> dict[str, Any]:
    """The points of a sweep that are done. names: of the figures and of inputs that are numbers, those that differ between points first;
    points: key, inputs as (name, text) and values in the order of names, None where one has none; x, y: positions of the first axes."""
    with Store(folder) as store:
        rows = list(store.rows())
    done = [row for row in rows if row.status == "done"]
    numbers = [{name: value for name, value in values_of(row).items() if isinstance(value, int | float) and not isinstance(value, bool)}
               for row in done]
    inputs = {name for row in done for name in dict(_inputs(row))}
    names = sorted(dict.fromkeys(name for one in numbers for name in one), key=lambda name: (name in inputs) + 2 * ("." in name))
    differ = [name for name in names if len({one.get(name) for one in numbers}) > 1]
    names = differ + [name for name in names if name not in set(differ)]
    x, y = _axes(names, differ, inputs)
    return {"id": identity, "label": label, "failed": len(rows) - len(done), "names": names,
            "x": names.index(x) if x in names else 0, "y": names.index(y) if y in names else 0,
            "points": [{"key": row.key[:KEY_DIGITS], "inputs": _inputs(row), "values": [one.get(name) for name in names]}
                       for row, one in zip(done, numbers, strict=True)]}


def _axes(names: Sequence[str], differ: Sequence[str], inputs: Collection[str]) -> tuple[str, ...]:
    """What is drawn first: two figures that differ between points, else energy over an input that does."""
    for pair in AXES:
        if set(pair) <= set(differ):
            return pair
    changing = [name for name in differ if name in inputs]
    return (changing[0], "energy_pJ") if changing and "energy_pJ" in names else (*differ, *names, "", "")[:2]


def _inputs(row: Row) -> list[tuple[str, str]]:
    inputs = {name: value for name, value in row.inputs.items() if name != "variables"} | row.inputs.get("variables", {})
    return [(name, str(value)) for name, value in inputs.items()]


def _labels(sources: Sequence[str | Path | NetworkResult]) -> list[str]:
    """What the page calls each source: the folder's name, or its path where two are the same; never a place outside it if one will do."""
    short = [source.name if isinstance(source, NetworkResult) else _short(Path(source)) for source in sources]
    longer = [f"{source.name} on {source.architecture}" if isinstance(source, NetworkResult) else str(source) for source in sources]
    labels = [long if short.count(name) > 1 else name for name, long in zip(short, longer, strict=True)]
    return [f"{label} ({i})" if labels.count(label) > 1 else label for i, label in enumerate(labels, 1)]


def _short(path: Path) -> str:
    path = path.parent if path.name == "result.json" and path.parent.name else path
    return path.name or path.absolute().name


def _failures(source: Path) -> tuple[tuple[str, str], ...]:
    """Layers that a result.json lists as failed, which a result that is read does not carry."""
    file = source / "result.json" if source.is_dir() else source
    try:
        found = json.loads(file.read_text(encoding="utf-8")).get("failures", [])
    except (OSError, ValueError, AttributeError):  # a point of a sweep; what is no result was refused before
        return ()
    return tuple((str(one.get("layer", "")), str(one.get("error", ""))) for one in found if isinstance(one, dict))
