"""snnhw evaluate: architecture x run file -> energy, latency, EDP."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
from snnhw_cli import INTERRUPTED, options
from snnhw_cli.logs import log
from snnhw_cli.messages import say, say_error
from snnhw_cli.progress import progress_bar, tell_if_compiling, waiting


@click.command("evaluate")
@options.arch
@options.stats
@options.output
@options.mapper
@options.variables
@click.option("--causality", type=options.Policies(), default=None, metavar="POLICY,...",
              help="What a mapping may do with time steps: strict, layer or free [default: the mapper's]; several are compared.")
@click.option("--membrane", type=click.Choice(["carried", "per_step"]), default="carried", show_default=True,
              help="Whether Outputs are the state carried from step to step, or one value per step.")
@click.option("--density", type=click.Choice(["mean", "max", "dense"]), default="mean", show_default=True,
              help="Which of the measured densities: the mean, the max (worst case), or none at all.")
@click.option("--engine", type=click.Choice(["native", "timeloop", "hybrid"]), default="native", show_default=True,
              help="Who searches and evaluates: snnhw, the real Timeloop, or snnhw with timeloop-model as judge.")
@options.ert
@options.estimators
@click.option("--uncertainty", type=click.IntRange(min=2, max=1_000_000), default=None, metavar="DRAWS",
              help="Draw the component energies again so often, within their uncertainties: the spread of energy and EDP.")
@click.option("--against", type=click.Path(path_type=Path), multiple=True, metavar="RESULT",
              help="An earlier result (folder or result.json): how probable it is that the order of the two holds; with --uncertainty.")
@options.seed
@options.jobs
@options.cache
@options.output_format
@options.quiet
def command(*, arch: str, stats: str, output: Path | None, mapper: str, pairs: tuple[tuple[str, Any], ...], causality: Any,
            membrane: Any, density: Any, engine: str, ert: tuple[Path, ...],
            estimators: tuple[str, ...] | None, uncertainty: int | None, against: tuple[Path, ...], seed: int | None, jobs: int,
            cache: bool, output_format: str, quiet: bool) -> int:
    """Energy, latency and EDP of a spiking network on an accelerator, at the best mapping found for each layer.

    Bit widths come from the run file: the variables weight_bits, state_bits and input_bits are set from it where the architecture has them.
    -o writes result.json, layers.csv, mappings/ and timeloop/. Of several policies of causality the first is shown and written in full,
    the others in a table beside it and under "causality" in result.json. Layers that the real Timeloop fails at are named on stderr and do
    not stop the others; the exit status is then 4, or 3 where nothing fitted them. With --uncertainty the orders of several policies
    are judged too.
    """
    from snnhw.engines.causality import compare_causality
    from snnhw.engines.evaluate import evaluate
    from snnhw.report.folder import check_writable, write_result
    from snnhw.report.read import read_result
    from snnhw.report.show import show_result
    from snnhw.report.table import grouped_notes
    from snnhw.report.uncertainty import judged, print_uncertainty, uncertainty_record
    from snnhw.spec.words import counted

    if against and uncertainty is None:
        raise click.UsageError("--against needs --uncertainty, such as --uncertainty 200")
    others = [(str(path), read_result(path)) for path in against]
    if output is not None:
        check_writable(output)
    tell_if_compiling(quiet=quiet)
    given: dict[str, Any] = {"mapper": mapper, "variables": options.settings_of(pairs), "membrane": membrane, "density": density,
                             "engine": engine, "seed": seed, "jobs": jobs, "cache": cache, "ert": ert, "estimators": estimators}
    comparison = None
    with options.told_of_settings(arch, given["variables"]), progress_bar(quiet=quiet) as progress:
        if causality is not None and len(causality) > 1:
            comparison = compare_causality(arch, stats, policies=causality, progress=progress, **given)
            result, interrupted = comparison.first, comparison.interrupted
        else:
            result = evaluate(arch, stats, causality=causality and causality[0], progress=progress, **given)
            interrupted = result.interrupted
    with waiting("drawing energies", quiet=quiet):
        spread = None if uncertainty is None or not result.layers else judged(result, comparison, others, uncertainty, seed)
    more = None if spread is None else {"uncertainty": uncertainty_record(*spread)}
    if output is not None and result.layers:
        write_result(result, output, comparison, more)
    show_result(result, output_format, sys.stdout, comparison, more)
    for note in grouped_notes(result):
        log.warning("%s", note)
    if spread is not None and output_format == "table":
        print_uncertainty(*spread, sys.stdout)
    if interrupted:
        written = f", written to {output}" if output is not None and result.layers else ""
        say(f"interrupted: {counted(len(result.layers), 'layer')} done{written}")
        return INTERRUPTED
    for failure in result.failures:
        say_error(f"layer {failure.layer}: {failure.error}")
    if output is not None and not quiet:
        say(f"written to {output}: result.json, layers.csv, mappings/, timeloop/")
    return result.exit_code
