"""snnhw init: a new project."""

from __future__ import annotations

from pathlib import Path

import click
from snnhw_cli import options
from snnhw_cli.messages import say


@click.command("init")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@options.quiet
def command(*, folder: Path, quiet: bool) -> int:
    """A project that runs as it is: an accelerator, a network, a mapper and a plan of a sweep, each explained, and schemas for editors.

    Nothing is overwritten: where one of its files is there already, none is written.
    """
    from snnhw.project.init import init

    names = init(folder)
    click.echo("\n".join(str(folder.joinpath(name)) for name in names))
    if not quiet:
        say(f"next: cd {folder} && snnhw evaluate --arch arch.yaml --stats network.yaml --mapper mapper.yaml")
    return 0
