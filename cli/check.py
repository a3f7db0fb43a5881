"""snnhw check: lint files."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("check")
@click.argument("paths", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
def command(*, paths: tuple[Path, ...]) -> int:
    """Read files of any kind that snnhw reads, and say everything that is wrong with them. Exit status 2 if anything is."""
    from snnhw.report.check import check

    checked = [check(path) for path in paths]
    for one in checked:
        if one.error:
            click.echo("\n".join(f"error: {line}" for line in one.error.splitlines()), err=True)
        else:
            click.echo(f"{one.file}: fine, {one.kind}")
    return 2 if any(one.error for one in checked) else 0
