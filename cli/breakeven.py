"""snnhw breakeven: from which weight sparsity on compression pays."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
from snnhw_cli import options
from snnhw_cli.progress import sweep_bar, tell_if_compiling


class Widths(click.ParamType):
    """Widths in bits, a comma between them."""

    name = "bits,..."

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, ...]:
        """The widths in the order that they are given."""
        if isinstance(value, tuple):
            return value
        texts = [text.strip() for text in str(value).split(",")]
        for text in texts:
            if not (text.isascii() and text.isdecimal()):
                self.fail(f"'{text}' is not a whole number of bits.", param, ctx)
        return tuple(map(int, texts))


@click.command("breakeven")
@options.arch
@options.stats
@click.option("--bits", type=Widths(), default=None, metavar="N,...", help="Widths of weights [default: 2,3,4,6,8].")
@click.option("--formats", type=options.Names(), default="RLE,CP,UOP,UB", show_default=True, metavar="NAME,...", help="Formats of weights.")
@click.option("--metric", "metrics", type=options.Names(), default="energy,latency,edp", show_default=True, metavar="NAME,...",
              help="What has to be less: energy, latency (or cycles), edp.")
@click.option("--resolution", type=float, default=0.02, show_default=True, metavar="SHARE", help="How closely a sparsity is found.")
@click.option("--mapper", default="quick", show_default=True, metavar="FILE", help=options.MAPPER)
@options.variables
@options.seed
@options.jobs
@options.cache
@options.output_format
@options.quiet
def command(*, arch: str, stats: str, bits: tuple[int, ...] | None, formats: tuple[str, ...], metrics: tuple[str, ...], resolution: float,
            mapper: str | Path, pairs: tuple[tuple[str, Any], ...], seed: int | None, jobs: int, cache: bool, output_format: str,
            quiet: bool) -> int:
    """For each layer, format and width of weights, and for the network: the weight sparsity from which on the machine that compresses
    weights and skips zeros costs less than the one with weights as they are.

    The architecture needs a variable weight_format, as eyeriss_snn has. Costs need not be monotone: the answer is the smallest sparsity
    from which on compression pays at every one that was tried.
    """
    from snnhw.sweep.breakeven import breakeven
    from snnhw.sweep.show_breakeven import show_breakeven

    tell_if_compiling(quiet=quiet)
    chosen = tuple(dict.fromkeys("latency" if one == "cycles" else one for one in metrics))
    with sweep_bar(quiet=quiet) as progress:
        found = breakeven(arch, stats, bits=bits, formats=formats, metrics=chosen, mapper=mapper, variables=options.settings_of(pairs),
                          seed=seed, resolution=resolution, jobs=jobs, cache=cache, progress=progress)
    show_breakeven(found, output_format, sys.stdout)
    return 0
