"""snnhw energy: what each component of an architecture costs, and who says so."""

from __future__ import annotations

import sys
from typing import Any

import click
from snnhw_cli import options


@click.command("energy")
@options.arch
@options.variables
@options.output_format
def command(*, arch: str, pairs: tuple[tuple[str, Any], ...], output_format: str) -> int:
    """Energy of each action and area of each component, with the estimator and the source of every figure."""
    from snnhw.engines.energy import estimate_energy
    from snnhw.report.show import show_reference

    show_reference(estimate_energy(arch, options.settings_of(pairs)), output_format, sys.stdout)
    return 0
