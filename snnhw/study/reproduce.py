"""The published study in one call: its points evaluated, its tables and figures written."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from snn_workload.run_file import write_text
from snnhw.errors import Finding, OutputError, SpecError
from snnhw.look.drawing import FORMATS, check_figure, write_figure
from snnhw.report.folder import check_writable
from snnhw.study.claims import claims_table
from snnhw.study.data import Fit, fit_record, read_fit
from snnhw.study.exchange import Exchanged, exchanged
from snnhw.study.figures import drawings
from snnhw.study.networks import Network
from snnhw.study.networks import networks as all_networks
from snnhw.study.points import Results, evaluated, plan_of, read_searched, results_of, write_runs
from snnhw.study.tables import Table, accuracy_table, bits_table, breakdown_table, layers_table, mappings_table, sparsity_table
from snnhw.sweep.run import Listener

STUDIES = ("iscas23",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """What came out: tables by name, in order; files: what was written, relative to the folder; points: how many were evaluated or found;
    interrupted: whether Ctrl-C ended it before all were, and then nothing else is there."""

    folder: Path
    points: int
    tables: tuple[Table, ...] = ()
    files: tuple[str, ...] = field(default=())
    interrupted: bool = False


def reproduce(study: str, folder: str | Path, *, jobs: int = 1, figures: Sequence[str] = FORMATS, cache: bool = True,
              progress: Listener | None = None) -> Study:
    """Make a published study's figures and tables on our model, in a folder; see docs/study.md.

    study: iscas23. folder: new, or one to go on with: points that its store has are not evaluated again. jobs: processes. figures: formats
    (pdf, png, svg) of each figure; none leaves figures out. cache: whether results of searches are taken and kept. The same versions give
    the same bytes (but for the store, which holds times). Raises SpecError for an unknown study and where matplotlib is not there,
    OutputError where the folder cannot be written, EngineError where points fail.
    """
    # check
    _check(study, figures)
    target = Path(folder)
    check_writable(target)
    # evaluate
    fit, networks = read_fit(), all_networks()
    try:
        write_runs(networks, fit, target)
    except OSError as error:
        raise OutputError(f"{target}: cannot be written ({error.strerror or error})") from None
    plan = plan_of(networks, fit, target)
    report = evaluated(plan, target, jobs=jobs, cache=cache, progress=progress)
    if report.interrupted:
        return Study(folder=target, points=report.done, interrupted=True)
    # exchange: each point takes the best mapping that any has found
    points = read_searched(plan, target)
    moved = exchanged(points)
    # tables and figures
    tables = tables_of(networks, results_of(points, moved), moved)
    return Study(folder=target, points=report.points, tables=tables, files=write_study(tables, fit, target, figures))


def tables_of(networks: Sequence[Network], results: Results, moved: Sequence[Exchanged] = ()) -> tuple[Table, ...]:
    """All tables, in the order of the figures; then where mappings come from, and the claims."""
    return (sparsity_table(networks, results), bits_table(results), breakdown_table(results), accuracy_table(networks, results),
            layers_table(networks), mappings_table(moved), claims_table(results))


def write_study(tables: Sequence[Table], fit: Fit, folder: Path, figures: Sequence[str]) -> tuple[str, ...]:
    """Write tables, figures and study.json, which comes last. Returns the names of the files."""
    files: list[str] = []
    by_name = {table.name: table for table in tables}
    for table in tables:
        files.append(f"{table.name}.csv")
        write_text(table.csv, folder / files[-1])
    for name, (draw, size) in drawings(by_name).items() if figures else ():
        for kind in figures:
            files.append(f"{name}.{kind}")
            write_figure(draw, folder / files[-1], size)
    write_text(json.dumps(_record(by_name, fit), indent=2, ensure_ascii=False, allow_nan=False) + "\n", folder / "study.json")
    return (*files, "study.json")


def _record(tables: Mapping[str, Table], fit: Fit) -> dict[str, object]:
    """All tables and the fit as plain data."""
    return {"schema": "snnhw.study/1", "study": STUDIES[0], "fit": fit_record(), "variables": fit.variables,
            "tables": {name: {"title": table.title, "columns": table.columns, "rows": table.rows, "notes": table.notes}
                       for name, table in tables.items()}}


def _check(study: str, figures: Sequence[str]) -> None:
    if study not in STUDIES:
        raise SpecError(Finding(file="reproduce", seen=study, expected=f"one of {', '.join(STUDIES)}"))
    for kind in figures:
        check_figure(Path(f"figures.{kind}"))
