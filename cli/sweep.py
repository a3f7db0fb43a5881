"""snnhw sweep: many evaluations, kept in a store."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from snnhw_cli import INTERRUPTED, options
from snnhw_cli.messages import say, say_error, say_note
from snnhw_cli.progress import sweep_bar, tell_if_compiling


@click.command("sweep")
@click.argument("plan", metavar="PLAN", type=click.Path(path_type=Path))
@click.option("-o", "--output", "folder", required=True, type=click.Path(path_type=Path), metavar="DIR",
              help="Folder of the sweep: new, or one to go on with.")
@options.jobs
@click.option("--dask", metavar="ADDRESS|local:N", default=None,
              help="Evaluate on a Dask cluster (a scheduler's address), or on N Dask workers here, instead of in --jobs processes.")
@click.option("--retry-failed", is_flag=True, help="Try points again that failed before.")
@click.option("--dry-run", is_flag=True, help="Say how many points the plan has, and evaluate none.")
@options.cache
@options.output_format
@options.quiet
def command(*, plan: Path, folder: Path, jobs: int, dask: str | None, retry_failed: bool, dry_run: bool, cache: bool, output_format: str,
            quiet: bool) -> int:
    """Evaluate the points of PLAN that DIR lacks: architectures, run files, mappers and variables crossed, listed, or drawn.

    A point is kept in DIR/sweep.sqlite as soon as it is done, and never evaluated twice; the same command goes on where it was stopped.
    A point that fails is kept with its message and does not stop the others. --format json or csv prints all points that DIR was asked for.
    Exit status 3 where no point is done.
    """
    from snnhw.spec.words import counted
    from snnhw.sweep.plan_form import read_plan
    from snnhw.sweep.run import check_dask, run_sweep
    from snnhw.sweep.show import show_sweep

    chosen = read_plan(plan)
    if dask is not None:
        check_dask(dask)
    if dry_run:
        number = sum(1 for _ in chosen)
        click.echo(counted(number, "point"))
        if not number:
            say_note(chosen.refusal, quiet=quiet)
        return 0
    tell_if_compiling(quiet=quiet)
    with sweep_bar(quiet=quiet) as progress:
        report = run_sweep(chosen, folder, jobs=jobs, dask=dask, retry_failed=retry_failed, cache=cache, progress=progress)
    for error in report.errors:
        say_error(error, "failed")
    show_sweep(report, output_format, sys.stdout)
    if report.interrupted:
        say(f"interrupted: {counted(report.done, 'point')} done; the same command goes on")
        return INTERRUPTED
    if report.failed and not quiet:
        say(f"{counted(report.failed, 'point')} failed; --retry-failed tries them again")
    if not report.points:
        say_error(chosen.refusal)
    return 0 if report.done else 3
