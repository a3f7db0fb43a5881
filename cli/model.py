"""snnhw model: what timeloop-model does, on its own input files."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from snnhw_cli import options
from snnhw_cli.messages import say_error, say_note
from snnhw_cli.progress import counting, tell_if_compiling


@click.command("model")
@click.argument("paths", nargs=-1, required=True, metavar="FILE_OR_FOLDER...", type=click.Path(path_type=Path))
@options.one
@click.option("--corrected", is_flag=True, help="Do what is right where timeloop-model's own sparse counts are wrong.")
@options.json_file
@click.option("--format", "output_format", type=click.Choice(["table", "json"]), default="table", show_default=True,
              help="What to print to stdout; with --json FILE nothing is.")
@options.quiet
def command(*, paths: tuple[Path, ...], one: bool, corrected: bool, json_path: Path | None, output_format: str, quiet: bool) -> int:
    """Counts, energy and cycles of Timeloop inputs that have a fixed mapping (flat dialects of v0.2 to v0.4).

    A folder stands for its *.yaml files, sorted. Each input gives one record; a mapping that does not fit gives one with its error.
    The figures are those of timeloop-model, also where its sparse counts are known to be wrong (--corrected gives the right ones).
    Exit status 2 where an input could not be read, 0 otherwise.
    """
    from snnhw.engines.model import hint_of_parts, model
    from snnhw.report.folder import check_file_writable, write_text
    from snnhw.report.show import show_outcomes, to_lines

    if json_path is not None:
        check_file_writable(json_path)
    tell_if_compiling(quiet=quiet)
    with counting("inputs", quiet=quiet) as progress:
        outcomes = model(paths, one=one, corrected=corrected, progress=progress)
    if json_path is not None:
        write_text(to_lines(outcomes), json_path)
    else:
        show_outcomes(outcomes, output_format, sys.stdout)
    broken = [outcome for outcome in outcomes if outcome.is_broken]
    for outcome in broken:
        say_error(outcome.error)
    hint = "" if one else hint_of_parts([outcome.error for outcome in outcomes])
    if hint:
        say_note(hint)
    for note in dict.fromkeys(note for outcome in outcomes for note in outcome.notes):
        say_note(note, quiet=quiet)
    return 2 if broken else 0
