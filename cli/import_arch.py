"""snnhw import arch: an accelerator of Timeloop's files as one file of ours."""

from __future__ import annotations

from pathlib import Path

import click
from snnhw_cli import options
from snnhw_cli.messages import say, say_note


class Renaming(click.ParamType):
    """`OLD=NEW`, or `OLD=` for a name that is left out."""

    name = "old=new"

    def convert(self, value: str | tuple[str, str], param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """The two names."""
        if isinstance(value, tuple):
            return value
        old, sign, new = value.partition("=")
        if not sign or not old.strip() or "=" in new:
            self.fail(f'seen "{value}", expected OLD=NEW, such as K=M, or OLD= to leave it out', param, ctx)
        return old.strip(), new.strip()


@click.command("arch")
@click.argument("paths", nargs=-1, required=True, metavar="TIMELOOP_FILE...", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", required=True, help="The architecture to write.")
@click.option("--rename", "pairs", type=Renaming(), multiple=True, metavar="OLD=NEW",
              help="Another name for a dimension or a tensor, such as K=M; K= leaves K out; may be repeated.")
@options.quiet
def command(*, paths: tuple[Path, ...], output: Path, pairs: tuple[tuple[str, str], ...], quiet: bool) -> int:
    """Turn the accelerator of Timeloop's files into one file that `snnhw evaluate --arch` takes.

    The files are parts of one input, in any mixture: architecture, components, constraints, sparse optimisations, variables, ERT and
    ART, of versions 0.2 to 0.4, flat or with nodes. Energies of an ERT go to a file beside, NAME.ert.yaml, for `--ert`. What is passed
    over is named on stderr; what has no counterpart here is an error. The way back is `snnhw export arch`.
    """
    from snnhw.engines.names import unknown_names
    from snnhw.report.folder import check_file_writable, write_text
    from snnhw.spec.importing import import_architecture

    check_file_writable(output)
    imported = import_architecture(paths, options.settings_of(pairs, "--rename"))
    tables = output.with_suffix(".ert.yaml")
    if imported.reference_text is not None:
        write_text(imported.reference_text, tables)
    write_text(imported.text, output)
    for note in (*imported.notes, *unknown_names(imported.architecture)):
        say_note(note, quiet=quiet)
    if not quiet:
        say(f"written to {output}" + (f", energies to {tables} (--ert {tables})" if imported.reference_text else ""))
    return 0
