"""snnhw import nir: a network of another framework, run on data."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from snnhw_cli import options
from snnhw_cli.messages import say
from snnhw_cli.progress import waiting


@click.command("nir")
@click.argument("model", metavar="MODEL", type=click.Path(path_type=Path))
@click.option(
    "--data",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A .npz file: x (N, T, ...), and labels y (N,) where known.",
)
@options.dt
@click.option(
    "--run",
    "run_path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    default=Path("run.json"),
    show_default=True,
    help="The run file to write, which evaluate reads.",
)
@click.option("--weight-bits", type=click.IntRange(1, 16), default=None, help="Bits of a weight in hardware [default: 16].")
@click.option("--state-bits", type=click.IntRange(1, 32), default=None, help="Bits of a membrane potential in hardware [default: 16].")
@options.quiet
def command(*, model: Path, data: Path, dt: float, run_path: Path, weight_bits: int | None, state_bits: int | None, quiet: bool) -> int:
    """Run a NIR graph on data, count its spikes, and write a run file.

    MODEL is a .nir file from snnTorch, Norse, SpikingJelly, Sinabs or another framework. Its time constants are continuous, so --dt says
    how long a step is, in their unit. Nodes that can't be run are named.
    """
    from snn_workload.nir.import_nir import import_nir
    from snn_workload.train.show import trained_text

    with waiting("running the graph", quiet=quiet):
        run = import_nir(model, data, dt, run_path, weight_bits=weight_bits, state_bits=state_bits)
    sys.stdout.write(trained_text(run))
    if not quiet:
        say(f"written to {run_path}")
    return 0
