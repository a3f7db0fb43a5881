"""snnhw compare: results side by side."""

from __future__ import annotations

import sys
from typing import Any

import click
from snnhw_cli import options


@click.command("compare")
@click.argument("results", nargs=-1, required=True, metavar="RESULT...")
@click.option("--by", multiple=True, type=click.Choice(["component", "tensor", "layer"]), default=("component",), show_default=True,
              help="What the table splits energy by; may be repeated. JSON and CSV have all.")
@options.output_format
def command(*, results: tuple[str, ...], by: Any, output_format: str) -> int:
    """Two or more results side by side, with their ratios to the first.

    RESULT is a result.json, a folder with one, or a point of a sweep: DIR:KEY with the first digits of its key.
    """
    from snnhw.sweep.compare import compare_results
    from snnhw.sweep.show import show_comparison

    show_comparison(compare_results(results), output_format, by, sys.stdout)
    return 0
