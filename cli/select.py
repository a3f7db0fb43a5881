"""snnhw select: among trained models, the one with the highest reward."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
from snnhw_cli import options
from snnhw_cli.progress import tell_if_compiling, waiting


class Numbers(click.ParamType):
    """Numbers, a comma between them."""

    name = "number,..."

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[float, ...]:
        """The numbers in the order that they are given; each finite and at least 0."""
        if isinstance(value, tuple):
            return value
        found = [options.scalar(text.strip()) for text in str(value).split(",")]
        if not all(isinstance(one, int | float) and not isinstance(one, bool) and one >= 0 for one in found):
            self.fail(f'seen "{value}", expected numbers x with x >= 0, such as 0,0.1,0.5', param, ctx)
        return tuple(float(one) for one in found)


@click.command("select")
@click.argument("runs", nargs=-1, required=True, metavar="RUN...", type=click.Path(path_type=Path))
@click.option(
    "--mu",
    "mus",
    type=Numbers(),
    default="0,0.1,0.5,1",
    show_default=True,
    metavar="MU,...",
    help="What memory costs in the reward; several.",
)
@click.option("--arch", "on", default=None, metavar="FILE", shell_complete=options.presets_of("arch"),
              help="Accelerator that energies are evaluated on [default: none are].")
@options.mapper
@click.option("--memory", "memory_KiB", type=click.FloatRange(min=0), default=None, metavar="KIB", help="Largest memory of the weights.")
@click.option(
    "--energy", "energy_uJ", type=click.FloatRange(min=0), default=None, metavar="UJ", help="Largest energy of an inference; needs --arch."
)
@options.jobs
@options.cache
@options.output_format
@options.quiet
def command(
    *,
    runs: tuple[Path, ...],
    mus: tuple[float, ...],
    on: str | None,
    mapper: str,
    memory_KiB: float | None,
    energy_uJ: float | None,
    jobs: int,
    cache: bool,
    output_format: str,
    quiet: bool,
) -> int:
    """Among trained models, the one with the highest reward = accuracy - mu * (memory / memory at FP32), for each mu.

    RUN is a run file, or a folder that snnhw train has written. Exit status 3 where no model is within the limits for any mu.
    """
    from snnhw.sweep.select import select, selection_text

    if on is not None:
        tell_if_compiling(quiet=quiet)
    with waiting("evaluating" if on is not None else "reading", quiet=quiet):
        selection = select(runs, mus=mus, arch=on, mapper=mapper, memory_KiB=memory_KiB, energy_uJ=energy_uJ, jobs=jobs, cache=cache)
    sys.stdout.write(selection_text(selection, output_format))
    return 0 if any(choice.model for choice in selection.choices) else 3
