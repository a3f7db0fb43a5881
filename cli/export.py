"""snnhw export: files for other programs. One file a format, imported when it runs."""

from __future__ import annotations

from importlib import import_module

import click

FORMATS = {
    "timeloop": "Complete inputs of the real timeloop-mapper and timeloop-model, one a layer.",
    "nir": "A trained network as a NIR graph.",
}


class Formats(click.Group):
    """A group that imports the module of a format only when it is asked for; `export_NAME.py` holds it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All formats, in the order of FORMATS."""
        return list(FORMATS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a format, imported now; None if there is none."""
        if cmd_name not in FORMATS:
            return None
        command: click.Command = import_module(f"snnhw_cli.export_{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of formats, without importing any."""
        with formatter.section("Formats"):
            formatter.write_dl(list(FORMATS.items()))


@click.group("export", cls=Formats)
def command() -> None:
    """Files for other programs."""
