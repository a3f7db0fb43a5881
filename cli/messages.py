"""Messages on stderr; what is said there stands in the log too."""

from __future__ import annotations

import click
from snnhw_cli.logs import log


def say(text: str) -> None:
    """A message."""
    click.echo(text, err=True)
    log.info("%s", text)


def say_note(text: str, *, quiet: bool = False) -> None:
    """What a reader must know of a result; only in the log where nobody wants to read it."""
    if not quiet:
        click.echo(f"note: {text}", err=True)
    log.warning("%s", text)


def say_error(text: str, word: str = "error") -> None:
    """What went wrong, each of its lines with the word before it."""
    click.echo("\n".join(f"{word}: {line}" for line in text.splitlines()), err=True)
    log.error("%s", text)
