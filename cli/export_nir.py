"""snnhw export nir: a trained network for other frameworks."""

from __future__ import annotations

from pathlib import Path

import click
from snnhw_cli import options
from snnhw_cli.messages import say


@click.command("nir")
@click.argument("run", metavar="RUN", type=click.Path(path_type=Path))
@click.option("--model", required=True, type=click.Path(path_type=Path), metavar="FILE", help="The .nir file to write.")
@options.dt
@options.quiet
def command(*, run: Path, model: Path, dt: float, quiet: bool) -> int:
    """Write the network of a run folder, trained by snnhw train, as a NIR graph. What NIR can't say is named."""
    from snn_workload.nir.export_nir import export_nir

    names = export_nir(run, model, dt)
    click.echo("\n".join(names))
    if not quiet:
        say(f"written to {model}")
    return 0
