"""snnhw pareto: the points of a sweep that nothing else beats."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from snnhw_cli import options
from snnhw_cli.messages import say
from snnhw_cli.progress import waiting


@click.command("pareto")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--x", required=True, metavar="NAME", help=options.NUMBER)
@click.option("--y", required=True, metavar="NAME", help="The other one.")
@options.maximize
@options.where
@click.option("--figure", type=click.Path(path_type=Path), default=None, metavar="FILE",
              help="Draw it as well: .png, .svg or .pdf (extra figures).")
@options.output_format
@options.quiet
def command(*, folder: Path, x: str, y: str, maximize: tuple[str, ...], where: str | None, figure: Path | None, output_format: str,
            quiet: bool) -> int:
    """The front of the points of the sweep in DIR, the points that are dominated, and the front's knee.

    Less is better, but of accuracy, and of what --maximize names. Exit status 3 where no point has both figures.
    """
    from snnhw.look.drawing import check_figure
    from snnhw.look.plot import draw_front
    from snnhw.spec.words import counted
    from snnhw.sweep.pareto import pareto_front
    from snnhw.sweep.show import show_front

    if figure is not None:
        check_figure(figure, "--figure")
    with waiting("reading points", quiet=quiet):
        front = pareto_front(folder, x, y, maximize=maximize or None, where=where)
    show_front(front, output_format, sys.stdout)
    if figure is not None and front.points:
        draw_front(front, figure)
    if front.left_out and not quiet:
        say(f"left out: {counted(front.left_out, 'point')} without {front.x} or {front.y}")
    if front.failed and not quiet:
        say(f"left out: {counted(front.failed, 'point')} that failed")
    return 0 if front.points else 3
