"""snnhw doctor: which engines and estimators are here."""

from __future__ import annotations

import sys

import click
from snnhw_cli import options
from snnhw_cli.progress import waiting


@click.command("doctor")
@click.option("--format", "output_format", type=click.Choice(["table", "json"]), default="table", show_default=True,
              help="What to print to stdout.")
@options.quiet
def command(*, output_format: str, quiet: bool) -> int:
    """Which engines and estimators are here: version, where found, what each adds, and how to get those that are not.

    Nothing of them is needed: snnhw does everything but these with what pip installs.
    """
    from snnhw.engines.doctor import doctor
    from snnhw.report.examined import show_doctor

    with waiting("looking", quiet=quiet):
        parts = doctor()
    show_doctor(parts, output_format, sys.stdout)
    return 0
