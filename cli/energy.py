"""snnhw energy: what each component of an architecture costs, and who says so."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
from snnhw_cli import options
from snnhw_cli.messages import say
from snnhw_cli.progress import waiting


@click.command("energy")
@click.argument("positional", metavar="[ARCH]", required=False, shell_complete=options.presets_of("arch"))
@click.option("--arch", default=None, metavar="FILE", shell_complete=options.presets_of("arch"),
              help="Architecture: a YAML file, or the name of a preset (eyeriss_snn).")
@options.variables
@options.ert
@options.estimators
@options.output
@options.output_format
@options.quiet
def command(*, positional: str | None, arch: str | None, pairs: tuple[tuple[str, Any], ...], ert: tuple[Path, ...],
            estimators: tuple[str, ...] | None, output: Path | None, output_format: str, quiet: bool) -> int:
    """Energy of each action and area of each component, with the estimator and the source of every figure.

    -o writes ERT.yaml and ART.yaml, which the timeloop binaries read beside the architecture.
    """
    from snnhw.engines.energy import architecture_costs, energy_sources
    from snnhw.report.energy import FILES, show_reference, write_reference
    from snnhw.report.folder import check_writable

    source = positional or arch
    if source is None or (positional and arch and positional != arch):
        raise click.UsageError("name one architecture: snnhw energy ARCH")
    if output is not None:
        check_writable(output)
    settings = options.settings_of(pairs)
    with waiting("asking for energies", quiet=quiet), options.told_of_settings(source, settings):
        sources = energy_sources(ert, estimators)
        architecture, reference = architecture_costs(source, settings, sources)
    if output is not None:
        write_reference(architecture, reference, output)
    show_reference(architecture, reference, sources.standing(), output_format, sys.stdout)
    if output is not None and not quiet:
        say(f"written to {output}: {', '.join(FILES)}")
    return 0
