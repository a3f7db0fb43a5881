"""snnhw plot: figures for papers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from snnhw_cli import options
from snnhw_cli.messages import say
from snnhw_cli.progress import waiting


@click.command("plot")
@click.argument("results", nargs=-1, required=True, metavar="RESULT...")
@click.option("--kind", required=True, type=click.Choice(["breakdown", "layers", "roofline", "pareto", "formats"]), help="What to draw.")
@click.option("-o", "--output", "drawn", required=True, type=click.Path(path_type=Path), metavar="FILE",
              help="The figure: .pdf, .svg or .png.")
@click.option("--width", default="column", show_default=True, metavar="column|page|INCHES", help="3.5 or 7.16 inches, or so many.")
@click.option("--height", type=float, default=None, metavar="INCHES", help="[default: what the kind needs]")
@click.option("--unit", type=click.Choice(["uJ", "pJ/compute", "both"]), default=None,
              help="Of breakdown and formats: energy, energy per compute, or both [default: both; uJ of formats].")
@click.option("--label", "labels", multiple=True, metavar="TEXT", help="Of breakdown: below the bars, one for each result.")
@click.option("--shares", is_flag=True, help="Of layers: each layer as 100 %.")
@click.option("--x", default=None, metavar="NAME", help=options.NUMBER)
@click.option("--y", default=None, metavar="NAME", help="The other one.")
@options.maximize
@options.where
@click.option("--by", "variable", default=None, metavar="NAME", help="Of formats: the variable that differs [default: weight_format].")
@options.quiet
def command(*, results: tuple[str, ...], drawn: Path, variable: str | None, quiet: bool, **others: Any) -> int:
    """A figure of results or of a sweep, ready for a paper: fonts embedded, colours that everybody can tell apart, transfers hatched.

    \b
    breakdown  energy by component, of one result or several side by side
    layers     energy of each layer by component, of one result
    roofline   how fast each layer runs, and which bandwidth bounds it
    pareto     the front of the sweep in a folder: --x, --y, --maximize, --where
    formats    one network in several weight formats: of a sweep's folder (--where), or of results

    RESULT is a result.json, a folder with one, a point of a sweep (DIR:KEY), or the folder of a sweep for pareto and formats.
    """
    from snnhw.look.plot import plot

    with waiting("drawing", quiet=quiet):
        plot(results, drawn, by=variable, **others)
    if not quiet:
        say(f"written to {drawn}")
    return 0
