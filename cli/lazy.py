"""A group of commands whose modules are imported only when they run."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from importlib import import_module
from typing import Any

import click
from snnhw_cli.logs import logged


class LazyGroup(click.Group):
    """summaries: a line of help for each command; modules: where its `command` is. Help comes from the summaries alone."""

    def __init__(self, *args: Any, summaries: Mapping[str, str], modules: Mapping[str, str], **others: Any) -> None:
        super().__init__(*args, **others)
        self.summaries, self.modules = summaries, modules

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, in the order of the summaries."""
        return list(self.summaries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name, imported now; None if there is none."""
        if cmd_name not in self.summaries:
            return None
        command: click.Command = import_module(self.modules[cmd_name]).command
        return logged(command)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with a near miss in the message."""
        if args and not args[0].startswith("-") and args[0] not in self.summaries:
            near = get_close_matches(args[0], self.summaries, 1)
            ctx.fail(f'no command "{args[0]}"' + (f'; did you mean "{near[0]}"?' if near else f"; there are {', '.join(self.summaries)}"))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self.summaries.items()))
