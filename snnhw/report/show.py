"""Results to stdout, in the format that a command was asked for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from collections.abc import Mapping as MappingType
from typing import IO, TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

from snnhw.model.result import Evaluation, NetworkResult
from snnhw.report.folder import json_text
from snnhw.report.layers_csv import layers_csv
from snnhw.report.quantities import microjoules, percent
from snnhw.report.records import model_record, refusal_record

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


def show_result(result: NetworkResult, output_format: str, file: IO[str], comparison: CausalityComparison | None = None,
                more: MappingType[str, Any] | None = None) -> None:
    """A network's result: tables, the text of result.json, or that of layers.csv. comparison: what causality costs, in the first two.

    more: further entries of the text of result.json.
    """
    if output_format != "table":
        file.write(json_text(result, comparison, more) if output_format == "json" else layers_csv(result))
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
    from snnhw.report.table import print_refusals

    print_refusals("", ("input", "energy uJ", "cycles", "util.", "why not"), map(_outcome_row, outcomes), file, numbers=(1, 2, 3))


def _record(outcome: Outcome) -> dict[str, object]:
    if outcome.evaluation is None:
        return refusal_record(outcome.file, outcome.error)
    return model_record(outcome.file, outcome.evaluation)


def _outcome_row(outcome: Outcome) -> tuple[Sequence[str], str]:
    one = outcome.evaluation
    if one is None:
        return (outcome.file, "", "", ""), outcome.error
    return (outcome.file, microjoules(one.energy_pJ), f"{one.cycles:,}", percent(one.utilization)), ""
