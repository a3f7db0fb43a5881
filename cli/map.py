"""snnhw map: what timeloop-mapper does, on its own input files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from snnhw_cli import INTERRUPTED, options
from snnhw_cli.messages import say, say_error, say_note
from snnhw_cli.progress import progress_bar, tell_if_compiling

from snnhw import SpecError

if TYPE_CHECKING:
    from snnhw.engines.map import MapOutcome


@click.command("map")
@click.argument("paths", nargs=-1, required=True, metavar="FILE_OR_FOLDER...", type=click.Path(path_type=Path))
@options.one
@options.output
@options.json_file
@click.option("--format", "output_format", type=click.Choice(["table", "json"]), default="table", show_default=True,
              help="What to print to stdout; with --json FILE nothing is.")
@options.own_mapper
@options.seed
@click.option("--max-evaluations", type=click.IntRange(min=1), default=None, help="Mappings to evaluate for one input, at most.")
@click.option("--max-seconds", type=click.FloatRange(min=0, min_open=True), default=None, help="Seconds to search for one input, at most.")
@options.jobs
@options.cache
@options.quiet
def command(*, paths: tuple[Path, ...], one: bool, output: Path | None, json_path: Path | None, output_format: str, mapper: str | None,
            seed: int | None, max_evaluations: int | None, max_seconds: float | None, jobs: int, cache: bool, quiet: bool) -> int:
    """The best mapping found for Timeloop inputs that leave it open (flat dialects of v0.2 to v0.4), and its counts, energy and cycles.

    A folder stands for its *.yaml files, sorted. Each input gives one record; one that is wrong or that nothing fits gives one with its
    error. -o writes NAME.map.yaml, the mapping in Timeloop's format, and NAME.map.json, the record. --mapper, --seed and the limits go
    before the mapper section of an input. Sparse figures are those of `snnhw model --corrected`.
    Exit status 2 where an input is wrong, else 3 where nothing fits one.
    """
    from snnhw.engines.map import map_files
    from snnhw.engines.model import hint_of_parts
    from snnhw.report.folder import check_file_writable, check_writable, write_text
    from snnhw.report.mapped import map_line, notes_of, show_mapped, write_mapped
    from snnhw.spec.words import counted

    if output is not None:
        check_writable(output)
    if json_path is not None:
        check_file_writable(json_path)
    tell_if_compiling(quiet=quiet)
    with progress_bar(quiet=quiet) as progress:
        result = map_files(paths, one=one, mapper=mapper, seed=seed, max_evaluations=max_evaluations, max_seconds=max_seconds, jobs=jobs,
                           cache=cache, progress=progress)
    if output is not None:
        write_mapped(result.outcomes, output)
    if json_path is not None:
        write_text("".join(map(map_line, result.outcomes)), json_path)
    else:
        show_mapped(result.outcomes, output_format, sys.stdout)
    for outcome in result.outcomes:
        if outcome.error:
            say_error(_said(outcome))
    hint = "" if one else hint_of_parts([outcome.error for outcome in result.outcomes])
    if hint:
        say_note(hint)
    for note in notes_of(result.outcomes):
        say_note(note, quiet=quiet)
    if result.interrupted:
        say(f"interrupted: {counted(len(result.outcomes), 'input')} done")
        return INTERRUPTED
    return result.exit_code


def _said(outcome: MapOutcome) -> str:
    """The error of an input; that of a wrong one names its file itself."""
    return outcome.error if outcome.status == SpecError.exit_code else f"{outcome.file}: {outcome.error}"
