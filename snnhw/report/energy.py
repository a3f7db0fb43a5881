"""Energies and areas of components: on the screen, and as ERT.yaml and ART.yaml."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from snnhw.energy.actions import ACCESSES
from snnhw.report.folder import write_text
from snnhw.report.records import plain
from snnhw.report.sources import said_once
from snnhw.spec.architecture import Architecture
from snnhw.spec.reference import ActionEnergy, ReferenceTable
from snnhw.spec.reference_file import art_text, ert_text

FILES = ("ERT.yaml", "ART.yaml")


def show_reference(architecture: Architecture, reference: ReferenceTable, asked: Sequence[str], output_format: str, file: IO[str]) -> None:
    """Energies and areas of components: a table with the sources below, JSON, or CSV. asked: a sentence for each estimator."""
    if output_format == "json":
        record = {**plain(reference), "asked": list(asked)}
        file.write(json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
        return
    rows = list(_rows(architecture, reference))
    if output_format == "csv":
        csv.writer(file, lineterminator="\n").writerows([_COLUMNS, *rows])
        return
    _print(rows, asked, file)


def write_reference(architecture: Architecture, reference: ReferenceTable, folder: Path) -> None:
    """Write ERT.yaml and ART.yaml, which the timeloop binaries read beside the architecture, into a folder. Raises OutputError."""
    for name, text in zip(FILES, (ert_text(architecture, reference), art_text(architecture, reference)), strict=True):
        write_text(text, folder / name)


_COLUMNS = ("component", "action", "pJ", "pJ_per_bit", "area_um2", "leak_mW", "uncertainty", "estimator", "source")


def _rows(architecture: Architecture, reference: ReferenceTable) -> Iterator[tuple[str, ...]]:
    """A row for each action. leak_mW is the component's leakage as power, at the clock of the architecture."""
    bits = action_bits(architecture)
    for cost in reference.components.values():
        area = "" if cost.area_um2 is None else f"{cost.area_um2:.4g}"
        leak = f"{cost.actions['leak'].energy_pJ / (architecture.cycle_seconds * 1e9):.4g}" if "leak" in cost.actions else ""
        for action, energy in cost.actions.items():
            idle = action == "leak" or "gated" in action or "skipped" in action
            width = None if idle else bits.get((cost.name, "metadata" if "metadata" in action else "data"))
            per_bit = "" if not width else f"{energy.energy_pJ / width:.4g}"
            yield (cost.name, action, f"{energy.energy_pJ:.4g}", per_bit, area, leak, _share(energy), energy.estimator, energy.source)


def action_bits(architecture: Architecture) -> dict[tuple[str, str], float]:
    """Bits that one action moves or works on: a row of a level or of its metadata store, a word of the compute or of a part."""
    bits: dict[tuple[str, str], float] = {}
    for level in architecture.storage:
        if not level.is_dummy:
            bits[level.name, "data"] = level.width_bits
            bits[level.name, "metadata"] = level.metadata.width_bits if level.metadata and level.metadata.width_bits else level.width_bits
    bits[architecture.compute.name, "data"] = architecture.compute.word_bits
    for part in architecture.parts:
        width = next((part.attributes[key] for key in ("datawidth", "state_bits", "width") if key in part.attributes), None)
        if isinstance(width, int | float) and width > 0:
            bits[part.name, "data"] = width
    return bits


def _share(energy: ActionEnergy) -> str:
    return "" if energy.uncertainty is None else f"{energy.uncertainty:.2g}"


def _print(rows: list[tuple[str, ...]], asked: Sequence[str], file: IO[str]) -> None:
    """Actions of one cost share a row, what costs nothing has none; estimators and sources are numbered and listed below."""
    from snnhw.report.table import print_lines, print_rows

    paid = [row for row in rows if float(row[2]) > 0]
    sources = {row[7:]: f"[{i + 1}]" for i, row in enumerate({row[7:]: row for row in paid}.values())}
    grouped: dict[tuple[str, ...], list[str]] = {}
    for component, action, pJ, per_bit, _, _, sure, *said in paid:
        grouped.setdefault((component, pJ, per_bit, f"{float(sure):.0%}" if sure else "", sources[tuple(said)]), []).append(action)
    listed = [(component, shortened(actions), *figures) for (component, *figures), actions in grouped.items()]
    print_rows("", ("component", "action", "pJ", "pJ/bit", "+-", "by"), listed, file, numbers=(2, 3, 4))
    standing = {row[0]: (row[0], row[4] or "unknown", row[5] or "none") for row in rows}
    print_rows("", ("component", "area um2", "leakage mW"), [one for one in standing.values() if one[1:] != ("unknown", "none")], file,
               numbers=(1, 2))
    short, letters = said_once([source for _, source in sources])
    print_lines(["What has no row costs nothing. pJ: of one action, of leak in one cycle; area and leakage: of one instance; +-: one "
                 "standard deviation.",
                 *(f"{number} {estimator}: {source}" for ((estimator, _), number), source in zip(sources.items(), short, strict=True)),
                 *letters,
                 *(f"{row[0]}.{row[1]} is taken as 0: {row[8]}" for row in rows if row[7] == "nobody"),
                 "Estimators in the order in which they were asked: " + "; ".join(asked) + "."], file)


def shortened(actions: Sequence[str]) -> str:
    """Names of actions for a narrow column: all four accesses of a kind as `gated_*`, else the first in full and the others' ends."""
    kinds: dict[str, list[str]] = {}
    for action in actions:
        verb = next((verb for verb in ACCESSES if action.endswith(f"_{verb}")), "")
        kinds.setdefault(action.removesuffix(verb) if verb else "", []).append(verb or action)
    said = []
    for prefix, verbs in kinds.items():
        if prefix and set(verbs) == set(ACCESSES):
            said.append(f"{prefix}*")
        else:
            said += [f"{prefix}{verbs[0]}", *(f"_{verb}" if prefix else verb for verb in verbs[1:])]
    return ", ".join(said)
