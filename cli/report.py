"""snnhw report: a page about results."""

from __future__ import annotations

from pathlib import Path

import click
from snnhw_cli import options
from snnhw_cli.messages import say


@click.command("report")
@click.argument("results", nargs=-1, required=True, metavar="RESULT...")
@click.option("-o", "--output", "page", type=click.Path(path_type=Path), default=Path("report.html"), show_default=True, metavar="FILE",
              help="The page, one HTML file that loads nothing.")
@options.quiet
def command(*, results: tuple[str, ...], page: Path, quiet: bool) -> int:
    """A page about results: energy, data movement, roofline, mappings, time steps, sources of energies; several also side by side.

    RESULT is a result.json, a folder with one, a point of a sweep (DIR:KEY), or the folder of a sweep, whose Pareto front can then be
    explored. Needs the extra `report` (plotly).
    """
    from snnhw.sweep.report import write_report

    write_report(results, page)
    if not quiet:
        say(f"written to {page}")
    return 0
