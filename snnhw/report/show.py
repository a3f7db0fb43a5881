"""Results to stdout, in the format that a command was asked for."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from typing import IO, TYPE_CHECKING, Literal, Protocol, TypeAlias

from snnhw.model.result import Evaluation, NetworkResult
from snnhw.report.folder import json_text
from snnhw.report.layers_csv import layers_csv
from snnhw.report.quantities import microjoules, percent
from snnhw.report.records import model_record, plain, refusal_record
from snnhw.spec.reference import ReferenceTable

if TYPE_CHECKING:
    from snnhw.engines.causality import CausalityComparison

Format: TypeAlias = Literal["table", "json", "csv"]


class Outcome(Protocol):
    """One input of `snnhw model`: its evaluation, or why there is none."""

    @property
    def file(self) -> str:
        """The input, as the user named it."""

    @property
    def evaluation(self) -> Evaluation | None:
        """What the model says; None where it says nothing."""

    @property
    def error(self) -> str:
        """Why it says nothing."""


def show_result(result: NetworkResult, output_format: str, file: IO[str], comparison: CausalityComparison | None = None) -> None:
    """A network's result: tables, the text of result.json, or that of layers.csv. comparison: what causality costs, in the first two."""
    if output_format != "table":
        file.write(json_text(result, comparison) if output_format == "json" else layers_csv(result))
        return
    from snnhw.report.table import print_result

    print_result(result, file)
    if comparison is not None:
        from snnhw.report.causality import print_causality

        print_causality(comparison, file)


def to_lines(outcomes: Iterable[Outcome]) -> str:
    """One JSON object a line, one line an input."""
    return "".join(json.dumps(_record(outcome), ensure_ascii=False, allow_nan=False) + "\n" for outcome in outcomes)


def show_outcomes(outcomes: Iterable[Outcome], output_format: str, file: IO[str]) -> None:
    """The outcomes of `snnhw model`: a table, or JSON lines."""
    if output_format == "json":
        file.write(to_lines(outcomes))
        return
    from snnhw.report.table import print_rows

    print_rows("", ("input", "energy uJ", "cycles", "util.", "why not"), map(_outcome_row, outcomes), file, numbers=(1, 2, 3))


def show_reference(reference: ReferenceTable, output_format: str, file: IO[str]) -> None:
    """Energies and areas of components: a table with the sources below, JSON, or CSV."""
    if output_format == "json":
        file.write(json.dumps(plain(reference), indent=2, ensure_ascii=False, allow_nan=False) + "\n")
        return
    columns = ("component", "action", "pJ", "area um2", "estimator", "source")
    rows = list(_reference_rows(reference))
    if output_format == "csv":
        csv.writer(file, lineterminator="\n").writerows([columns, *rows])
        return
    _print_reference(rows, file)


def _print_reference(rows: list[tuple[str, ...]], file: IO[str]) -> None:
    """Actions of one cost share a row, what costs nothing has none; estimators and sources are numbered and listed below."""
    from snnhw.report.table import print_lines, print_rows

    paid = [row for row in rows if float(row[2]) > 0]
    sources = {row[4:]: f"[{i + 1}]" for i, row in enumerate({row[4:]: row for row in paid}.values())}
    grouped: dict[tuple[str, ...], list[str]] = {}
    for component, action, *costs in paid:
        grouped.setdefault((component, *costs), []).append(action)
    listed = [(component, ", ".join(actions), pJ, area, sources[estimator, source])
              for (component, pJ, area, estimator, source), actions in grouped.items()]
    print_rows("", ("component", "action", "pJ", "area um2", "source"), listed, file, numbers=(2, 3))
    print_lines(["What has no row costs nothing. `leak` is in pJ per cycle, areas are of one instance.",
                 *(f"{number} {estimator}: {source}" for (estimator, source), number in sources.items())], file)


def _record(outcome: Outcome) -> dict[str, object]:
    if outcome.evaluation is None:
        return refusal_record(outcome.file, outcome.error)
    return model_record(outcome.file, outcome.evaluation)


def _outcome_row(outcome: Outcome) -> tuple[str, ...]:
    one = outcome.evaluation
    if one is None:
        return outcome.file, "", "", "", outcome.error
    return outcome.file, microjoules(one.energy_pJ), f"{one.cycles:,}", percent(one.utilization), ""


def _reference_rows(reference: ReferenceTable) -> Iterator[tuple[str, ...]]:
    for cost in reference.components.values():
        area = "" if cost.area_um2 is None else f"{cost.area_um2:.4g}"
        for action, energy in cost.actions.items():
            yield cost.name, action, f"{energy.energy_pJ:.4g}", area, energy.estimator, energy.source
