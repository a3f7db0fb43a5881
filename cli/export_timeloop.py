"""snnhw export timeloop: inputs that the real binaries run as they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from snnhw_cli import options
from snnhw_cli.messages import say, say_error, say_note
from snnhw_cli.progress import waiting


@click.command("timeloop")
@options.arch
@options.stats
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FOLDER", required=True, help="Folder to write the inputs to.")
@options.mapper
@options.variables
@click.option("--causality", type=click.Choice(["strict", "layer", "free"]), default=None, help="What a mapping may do with time steps.")
@click.option("--membrane", type=click.Choice(["carried", "per_step"]), default="carried", show_default=True,
              help="Whether Outputs are the state carried from step to step, or one value per step.")
@click.option("--density", type=click.Choice(["mean", "max", "dense"]), default="mean", show_default=True,
              help="Which of the measured densities.")
@click.option("--result", type=click.Path(path_type=Path), metavar="RESULT", default=None,
              help="A result of snnhw evaluate: its mappings are written as inputs of timeloop-model beside.")
@options.quiet
def command(*, arch: str, stats: str, output: Path, mapper: str, pairs: tuple[tuple[str, Any], ...], causality: Any, membrane: Any,
            density: Any, result: Path | None, quiet: bool) -> int:
    """Complete inputs of the real Timeloop for each layer of a network: architecture, problem, constraints, mapper, ERT and ART.

    FOLDER gets LAYER.mapper.yaml, which `timeloop-mapper LAYER.mapper.yaml` searches, and with --result LAYER.model.yaml, which
    `timeloop-model LAYER.model.yaml` evaluates. What Timeloop cannot say is named, on stderr and at the head of each file.
    Exit status 4 where a layer cannot be said at all; the others are written.
    """
    from snnhw.engines.export_timeloop import export_timeloop
    from snnhw.report.exported import write_exported
    from snnhw.report.folder import check_writable
    from snnhw.report.read import read_result
    from snnhw.spec.words import counted

    check_writable(output)
    given = None if result is None else read_result(result)
    settings = options.settings_of(pairs)
    with waiting("writing inputs", quiet=quiet), options.told_of_settings(arch, settings):
        exported = export_timeloop(arch, stats, mapper=mapper, variables=settings, causality=causality,
                                   membrane=membrane, density=density, result=given)
    write_exported(exported, output)
    for refusal in exported.refusals:
        say_error(refusal)
    for sentence in exported.lost:
        say_note(sentence, quiet=quiet)
    if not quiet:
        say(f"written to {output}: {counted(len(exported.files), 'file')}")
    return exported.exit_code
