"""What causality costs, as a table and as plain data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any

from snnhw.engines.causality import TOTAL, CausalityComparison, Figures
from snnhw.report.quantities import microjoules, significant
from snnhw.report.records import plain


def causality_record(comparison: CausalityComparison) -> list[dict[str, Any]]:
    """For each policy the figures of the network and of each layer. Shares of `free` are absent where it was not evaluated."""
    return [{"causality": policy, **_figures(total), "layers": [{"name": one.layer, **_figures(one)} for one in layers]}
            for policy in comparison.policies for *layers, total in (comparison.figures(policy),)]


def print_causality(comparison: CausalityComparison, file: IO[str]) -> None:
    """Energy, cycles and EDP of each layer and of the network under each policy, and their share of those under `free`.

    Notes that the first result has not are below.
    """
    from snnhw.report.table import grouped_notes, print_lines, print_rows

    rows = list(_rows(comparison))
    print_rows("", ("layer", "causality", "energy uJ", "cycles", "EDP J*s", "EDP/free"), rows, file, numbers=(2, 3, 4, 5))
    if any(_is_below(one) for policy in comparison.policies for one in comparison.figures(policy)):
        print_lines(["A mapping that causality allows is allowed without it, so a share of free below 1 says that the search found less in "
                     "the larger mapspace; give it a larger budget."], file)
    said = set(grouped_notes(comparison.first))
    more = dict.fromkeys(note for result in comparison.results[1:] for note in grouped_notes(result) if note not in said)
    print_lines((f"note: {note}" for note in more), file)


def _figures(one: Figures) -> dict[str, Any]:
    return {name: value for name, value in plain(one).items() if name != "layer"}


def _rows(comparison: CausalityComparison) -> Iterator[tuple[str, ...]]:
    """Layer after layer, the network last; the policies of a layer stand together."""
    for figures in zip(*(comparison.figures(policy) for policy in comparison.policies), strict=False):
        for policy, one in zip(comparison.policies, figures, strict=True):
            share = "" if one.edp_to_free is None else f"{one.edp_to_free:.3f}"
            yield one.layer, policy, microjoules(one.energy_pJ), f"{one.cycles:,}", significant(one.edp_Js), share


def _is_below(one: Figures) -> bool:
    return one.layer != TOTAL and one.edp_to_free is not None and one.edp_to_free < 1
