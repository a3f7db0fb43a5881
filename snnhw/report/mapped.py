"""What `snnhw map` prints and writes: a record an input, and its mapping in Timeloop's format."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from snnhw.engines.map import MapOutcome
from snnhw.report.folder import unlike, write_text
from snnhw.report.quantities import microjoules, percent
from snnhw.report.records import model_record, plain, refusal_record, search_record

SUFFIXES = (".map.yaml", ".map.json")
"""Of the files of an input: its mapping, and its record."""


def map_record(outcome: MapOutcome) -> dict[str, Any]:
    """The record of `snnhw model`, the mapping, and what the search says of it. seconds: of the search, which a result kept keeps."""
    if outcome.evaluation is None or outcome.report is None:
        return refusal_record(outcome.file, outcome.error)
    return {**model_record(outcome.file, outcome.evaluation), "mapping": plain(outcome.mapping), **search_record(outcome.report),
            "seconds": outcome.report.seconds}


def map_line(outcome: MapOutcome) -> str:
    """The record as a line of JSON."""
    return json.dumps(map_record(outcome), ensure_ascii=False, allow_nan=False) + "\n"


def show_mapped(outcomes: Iterable[MapOutcome], output_format: str, file: IO[str]) -> None:
    """The outcomes of `snnhw map`: a table, or JSON lines."""
    if output_format == "json":
        file.writelines(map(map_line, outcomes))
        return
    from snnhw.report.table import print_refusals

    print_refusals("", ("input", "energy uJ", "cycles", "util.", "gap", "why not"), map(_row, outcomes), file, numbers=(1, 2, 3, 4))


def write_mapped(outcomes: Iterable[MapOutcome], folder: Path) -> None:
    """`<stem>.map.yaml` and `<stem>.map.json` of each input. Of an input without a mapping an older mapping is removed.

    Inputs of one name get numbers. Each file is written beside and renamed. Raises OutputError.
    """
    listed = list(outcomes)
    for outcome, stem in zip(listed, unlike(Path(outcome.file).stem for outcome in listed), strict=True):
        mapping, record = (folder / f"{stem}{suffix}" for suffix in SUFFIXES)
        if outcome.mapping_yaml:
            write_text(outcome.mapping_yaml, mapping)
        else:
            mapping.unlink(missing_ok=True)
        write_text(map_line(outcome), record)


def _row(outcome: MapOutcome) -> tuple[Sequence[str], str]:
    one = outcome.evaluation
    if one is None or outcome.report is None:
        return (outcome.file, "", "", "", ""), outcome.error
    figures = (outcome.file, microjoules(one.energy_pJ), f"{one.cycles:,}", percent(one.utilization), gap_text(outcome.report.gap))
    return figures, ""


def gap_text(gap: float | None) -> str:
    """How far from the optimum a mapping may be, in words for a table."""
    return "" if gap is None else percent(gap)


def notes_of(outcomes: Iterable[MapOutcome]) -> Iterator[str]:
    """The notes of all inputs, each once."""
    yield from dict.fromkeys(note for outcome in outcomes for note in outcome.notes)
