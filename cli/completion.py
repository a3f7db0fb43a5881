"""snnhw completion: what a shell needs to complete commands, options and presets."""

from __future__ import annotations

import click

PLACES = {"bash": 'eval "$(snnhw completion bash)"', "zsh": 'eval "$(snnhw completion zsh)"', "fish": "snnhw completion fish | source"}
"""The line for each shell's start-up file."""


@click.command("completion")
@click.argument("shell", type=click.Choice(list(PLACES)))
def command(*, shell: str) -> int:
    """A script that makes a shell complete commands, options, choices, files, and presets for --arch, --stats and --mapper.

    \b
    bash   echo 'eval "$(snnhw completion bash)"' >> ~/.bashrc
    zsh    echo 'eval "$(snnhw completion zsh)"' >> ~/.zshrc      (after compinit)
    fish   echo 'snnhw completion fish | source' >> ~/.config/fish/config.fish
    """
    from click.shell_completion import get_completion_class
    from snnhw_cli import snnhw

    made = get_completion_class(shell)
    if made is None:
        raise click.UsageError(f"this version of click knows no completion for {shell}")
    click.echo(made(snnhw, {}, "snnhw", "_SNNHW_COMPLETE").source())
    return 0
