"""snnhw verify: a result held against the real timeloop-model."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from snnhw_cli import options
from snnhw_cli.messages import say_error
from snnhw_cli.progress import waiting


@click.command("verify")
@click.argument("result", metavar="RESULT", type=click.Path(path_type=Path))
@click.option("--tolerance", type=click.FloatRange(min=0), default=0.001, show_default=True,
              help="Share by which energy and cycles of a layer may differ.")
@click.option("--format", "output_format", type=click.Choice(["table", "json"]), default="table", show_default=True,
              help="What to print to stdout.")
@options.quiet
def command(*, result: Path, tolerance: float, output_format: str, quiet: bool) -> int:
    """Evaluate every mapping of a result in the real timeloop-model, and print the largest difference of each figure.

    RESULT is a result.json or the folder of one. The energy compared is that of the loop nest, without neuron updates.
    Exit status 4 where a layer's energy or cycles differ by more than the tolerance, or timeloop-model fails at one.
    """
    from snnhw.engines.verify import verify
    from snnhw.report.read import read_result
    from snnhw.report.verified import show_verification

    given = read_result(result)
    with waiting("timeloop-model", quiet=quiet) as tell:
        verification = verify(given, tolerance=tolerance, progress=lambda layer: tell(f"timeloop-model: layer {layer}"))
    show_verification(given.name, verification, output_format, sys.stdout)
    for layer, error in verification.failures:
        say_error(f"layer {layer}: {error}")
    return verification.exit_code
