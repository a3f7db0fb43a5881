"""snnhw check: lint files."""

from __future__ import annotations

from pathlib import Path

import click
from snnhw_cli import options
from snnhw_cli.messages import say_error
from snnhw_cli.progress import waiting


@click.command("check")
@click.argument("paths", nargs=-1, required=True, metavar="FILE_OR_FOLDER...", type=click.Path(path_type=Path))
@options.quiet
def command(*, paths: tuple[Path, ...], quiet: bool) -> int:
    """Read files of any kind that snnhw reads, and say everything that is wrong with them. Exit status 2 if anything is.

    Architectures, run files, tables of layers, mappers, plans of sweeps, trainings, ERT and ART, results, inputs of the timeloop
    binaries and their parts; what a file is, its content says. A folder stands for all such files in it. --quiet says nothing of files
    that are fine.
    """
    from snnhw.project.check import NONE_OF_OURS, check

    with waiting("reading", quiet=quiet):
        checked = check(paths)
    for one in checked:
        if one.error:
            say_error(one.error)
        elif not quiet:
            click.echo(f"{one.file}: {'passed over' if one.kind == NONE_OF_OURS else 'fine'}, {one.kind}")
    return 2 if any(one.error for one in checked) else 0
