"""snnhw reproduce: a published study on our model."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from snnhw_cli import INTERRUPTED, options
from snnhw_cli.messages import say
from snnhw_cli.progress import sweep_bar, tell_if_compiling


@click.command("reproduce")
@click.argument("study", metavar="STUDY")
@click.option("-o", "--output", "home", required=True, type=click.Path(path_type=Path), metavar="DIR",
              help="Folder of the study: new, or one to go on with.")
@click.option("--figures", type=options.Names(), default="pdf,png,svg", show_default=True, metavar="FORMAT,...",
              help="Formats of the figures (extra figures).")
@click.option("--no-figures", is_flag=True, help="Tables alone; needs no matplotlib.")
@options.jobs
@options.cache
@options.output_format
@options.quiet
def command(*, study: str, home: Path, figures: tuple[str, ...], no_figures: bool, jobs: int, cache: bool, output_format: str,
            quiet: bool) -> int:
    """Make the figures of STUDY (iscas23) on our model, and beside each a table: ours, published, ratio.

    Writes NAME.csv, NAME.pdf, .png and .svg of each, study.json, the run files and the store of the evaluations to DIR, and prints the
    tables. Stopped, the same command goes on.
    """
    from snnhw.spec.words import counted
    from snnhw.study.reproduce import reproduce
    from snnhw.study.show import show_study

    tell_if_compiling(quiet=quiet)
    with sweep_bar(quiet=quiet) as progress:
        done = reproduce(study, home, jobs=jobs, figures=() if no_figures else figures, cache=cache, progress=progress)
    if done.interrupted:
        say(f"interrupted: {counted(done.points, 'point')} done; the same command goes on")
        return INTERRUPTED
    show_study(done, output_format, sys.stdout)
    return 0
