"""snnhw doctor: which engines and estimators are here."""

from __future__ import annotations

import sys

import click


@click.command("doctor")
@click.option("--format", "output_format", type=click.Choice(["table", "json"]), default="table", show_default=True,
              help="What to print to stdout.")
def command(*, output_format: str) -> int:
    """Which engines and estimators are here: version, where found, what each adds, and how to get those that are not.

    Nothing of them is needed: snnhw does everything but these with what pip installs.
    """
    from snnhw.engines.doctor import doctor
    from snnhw.report.examined import show_doctor

    show_doctor(doctor(), output_format, sys.stdout)
    return 0
