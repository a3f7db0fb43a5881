"""snnhw compare: results side by side."""

from __future__ import annotations

import sys
from functools import partial
from typing import Any

import click
from snnhw_cli import options
from snnhw_cli.progress import waiting


@click.command("compare")
@click.argument("results", nargs=-1, required=True, metavar="RESULT...")
@click.option("--by", multiple=True, type=click.Choice(["component", "tensor", "layer"]), default=("component",), show_default=True,
              help="What the table splits energy by; may be repeated. JSON and CSV have all.")
@click.option("--uncertainty", type=click.IntRange(min=2, max=1_000_000), default=None, metavar="DRAWS",
              help="Draw the component energies again so often, within their uncertainties: the spread of energy and EDP.")
@options.output_format
@options.quiet
def command(*, results: tuple[str, ...], by: Any, uncertainty: int | None, output_format: str, quiet: bool) -> int:
    """Two or more results side by side, with their ratios to the first.

    RESULT is a result.json, a folder with one, or a point of a sweep: DIR:KEY with the first digits of its key. With --uncertainty it says
    how probable it is that the order of the first and each other one holds.
    """
    from snnhw.engines.uncertainty import order_probability
    from snnhw.sweep.compare import compare_results
    from snnhw.sweep.show import show_comparison

    judge = None if uncertainty is None else partial(order_probability, draws=uncertainty)
    with waiting("comparing", quiet=quiet):
        comparison = compare_results(results, judge)
    show_comparison(comparison, output_format, by, sys.stdout)
    return 0
