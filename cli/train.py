"""snnhw train: from a configuration to a trained network and its sparsity."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
from snnhw_cli import options
from snnhw_cli.messages import say
from snnhw_cli.training_bar import training_bar


@click.command("train")
@click.argument("config", metavar="CONFIG", shell_complete=options.presets_of("workloads/training"))
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FOLDER", default=None, help="Folder to write results to.")
@click.option(
    "--resume", is_flag=True, help="Go on from the last checkpoint in the folder; the weights become those of an undisturbed run."
)
@click.option(
    "--set",
    "keys",
    type=options.Setting("optimiser.epochs=5"),
    multiple=True,
    metavar="KEY=VALUE",
    help="Value of a key of the configuration, such as optimiser.epochs=5; may be repeated.",
)
@click.option(
    "--seed",
    "train_seed",
    type=click.IntRange(min=0),
    default=None,
    help="Seed of weights, order and draws [default: the configuration's].",
)
@options.quiet
def command(
    *, config: str, output: Path | None, resume: bool, keys: tuple[tuple[str, Any], ...], train_seed: int | None, quiet: bool
) -> int:
    """Train a spiking network and measure its sparsity on data that is held out.

    CONFIG is a YAML file, or the name of a preset (digits). -o writes run.json, which evaluate reads, checkpoints/, log.jsonl and
    config.json.
    """
    from snn_workload.train.show import trained_text
    from snn_workload.train.train import train

    if resume and output is None:
        raise click.UsageError("--resume needs -o, the folder to go on in")
    settings = options.settings_of(keys) | ({} if train_seed is None else {"seed": train_seed})
    with training_bar(quiet=quiet) as progress:
        trained = train(config, output, settings=settings, resume=resume, progress=progress, say=None if quiet else say)
    sys.stdout.write(trained_text(trained.run))
    if output is not None and not quiet:
        say(f"written to {output}: run.json, checkpoints/, log.jsonl, config.json")
    return 0

