"""snnhw optimize: the best points of a plan without evaluating all of them."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from snnhw_cli import INTERRUPTED, options
from snnhw_cli.messages import say, say_error
from snnhw_cli.progress import optimize_bar, tell_if_compiling


@click.command("optimize")
@click.argument("plan", metavar="PLAN", type=click.Path(path_type=Path))
@click.option("-o", "--output", "folder", required=True, type=click.Path(path_type=Path), metavar="DIR",
              help="Folder of the sweep: new, or one to go on with.")
@click.option("--objective", "objectives", multiple=True, default=("edp",), show_default=True, metavar="NAME[:min|max]",
              help="energy_pJ, cycles, latency_s, edp_Js, area_um2 (energy, latency, edp, area), accuracy, "
                   "energy_pJ.COMPONENT; may be repeated.")
@click.option("--trials", type=click.IntRange(min=1), default=100, show_default=True,
              help="Evaluations in all; those of earlier runs of the same search count.")
@click.option("--seed", "draws", type=click.IntRange(min=0), default=0, show_default=True,
              help="With one job the same seed gives the same points.")
@options.jobs
@options.cache
@options.output_format
@options.quiet
def command(*, plan: Path, folder: Path, objectives: tuple[str, ...], trials: int, draws: int, jobs: int, cache: bool, output_format: str,
            quiet: bool) -> int:
    """Look for the points of PLAN (as of snnhw sweep) that are best in one objective, or on the front of several.

    Points are kept in DIR as those of a sweep; what is there, whoever evaluated it, is learnt from and not evaluated again. The same
    command goes on where it was stopped. At the end the front of all points known of PLAN is printed. Needs the extra optimize. Exit
    status 3 where no point is done.
    """
    from snnhw.spec.words import counted
    from snnhw.sweep.optimize import optimize
    from snnhw.sweep.show import show_front

    tell_if_compiling(quiet=quiet)
    with optimize_bar(quiet=quiet) as progress:
        report = optimize(plan, folder, objectives=objectives, trials=trials, seed=draws, jobs=jobs, cache=cache, progress=progress)
    for error in report.errors:
        say_error(error, "failed")
    show_front(report.front, output_format, sys.stdout)
    if report.interrupted:
        say(f"interrupted: {report.trials:,} of {counted(trials, 'trial')} done; the same command goes on")
        return INTERRUPTED
    if not quiet:
        say(f"{counted(report.trials, 'trial')}, {report.before:,} of them before"
            + ("; the plan has no other points" if report.exhausted else "")
            + (f"; {counted(report.front.failed, 'point')} failed" if report.front.failed else ""))
    return 0 if report.front.points else 3
