"""snnhw export arch: an architecture alone, for the timeloop binaries."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from snnhw_cli import options
from snnhw_cli.messages import say, say_note


@click.command("arch")
@click.argument("arch", metavar="ARCH")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", required=True, help="The file to write.")
@options.variables
@click.option("--energies/--no-energies", default=True, show_default=True, help="Write ERT and ART too, so that Accelergy is not asked.")
@options.ert
@options.estimators
@options.quiet
def command(*, arch: str, output: Path, pairs: tuple[tuple[str, Any], ...], energies: bool, ert: tuple[Path, ...],
            estimators: tuple[str, ...] | None, quiet: bool) -> int:
    """Write an architecture in Timeloop's flat dialect: components, constraints, sparse optimisations, ERT and ART.

    With a problem and a mapper, or a mapping, beside it the real timeloop-mapper and timeloop-model run it; so do `snnhw map --one` and
    `snnhw model --one`. What Timeloop cannot say is named, on stderr and at the head of the file. Whole inputs of a network's layers:
    `snnhw export timeloop`.
    """
    from snnhw.engines.export_arch import export_architecture
    from snnhw.report.folder import check_file_writable, write_text

    check_file_writable(output)
    exported = export_architecture(arch, options.settings_of(pairs), energies=energies, ert=ert, estimators=estimators)
    write_text(exported.text, output)
    for sentence in exported.lost:
        say_note(sentence, quiet=quiet)
    if not quiet:
        say(f"written to {output}")
    return 0
