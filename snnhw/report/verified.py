"""A verification as tables or JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import IO

from snnhw.engines.verify import Figure, Verification
from snnhw.report.table import print_lines, print_rows


def show_verification(name: str, verification: Verification, output_format: str, file: IO[str]) -> None:
    """Timeloop's figures of each layer and how far ours are from them, and the largest difference of each kind of figure."""
    if output_format == "json":
        file.write(json.dumps(verification_record(name, verification), indent=2, ensure_ascii=False, allow_nan=False) + "\n")
        return
    columns = ("layer", "energy uJ", "difference", "cycles", "difference")
    print_rows(f"{name} against timeloop-model", columns, _layer_rows(verification), file, numbers=range(1, 5))
    print_rows("largest differences", ("figure", "difference", "layer", "where", "snnhw", "timeloop"),
               [(one.kind, _share(one), one.layer, one.where, f"{one.ours:,.6g}", f"{one.theirs:,.6g}") for one in verification.largest
                if one.difference > 0], file, numbers=(1, 4, 5))
    agree = "agrees" if verification.agrees else "does not agree"
    print_lines([f"energy and cycles of every layer within {verification.tolerance:.3%}: {agree}", f"judge: {verification.engine}"], file)


def verification_record(name: str, verification: Verification) -> dict[str, object]:
    """Plain data: energy and cycles of each layer, the largest difference of each kind, and failures. A difference from 0 is null."""
    figures = [one for one in verification.figures if one.kind in ("energy", "cycles")]
    return {"name": name, "engine": verification.engine, "tolerance": verification.tolerance, "agrees": verification.agrees,
            "layers": [_record(one) for one in figures], "largest": [_record(one) for one in verification.largest],
            "failures": [{"layer": layer, "error": error} for layer, error in verification.failures]}


def _record(figure: Figure) -> dict[str, object]:
    difference = figure.difference
    return {"figure": figure.kind, "layer": figure.layer, "where": figure.where, "snnhw": figure.ours, "timeloop": figure.theirs,
            "difference": None if difference == float("inf") else difference}


def _layer_rows(verification: Verification) -> Iterator[tuple[str, ...]]:
    pairs = [one for one in verification.figures if one.kind in ("energy", "cycles")]
    for energy, cycles in zip(pairs[::2], pairs[1::2], strict=True):
        yield energy.layer, f"{energy.theirs / 1e6:,.6g}", _share(energy), f"{cycles.theirs:,.0f}", _share(cycles)


def _share(figure: Figure) -> str:
    return f"{figure.difference:.2g}" if figure.difference < 1e-5 else f"{figure.difference:.4%}"
