"""snnhw show: results, architectures and mappings on the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from snnhw_cli import options
from snnhw_cli.progress import waiting


@click.command("show")
@click.argument("result", metavar="[RESULT]", required=False)
@click.option("--arch", default=None, metavar="FILE", shell_complete=options.presets_of("arch"),
              help="Architecture: a YAML file, or the name of a preset (eyeriss_snn).")
@click.option("--mapping", is_flag=True, help="Show the mapping of each layer as a loop nest instead.")
@click.option("--layer", "layers", multiple=True, metavar="NAME", help="With --mapping: of this layer alone; may be repeated.")
@options.variables
@options.ert
@options.estimators
@options.quiet
def command(*, result: str | None, arch: str | None, mapping: bool, layers: tuple[str, ...], pairs: tuple[tuple[str, Any], ...],
            ert: tuple[Path, ...], estimators: tuple[str, ...] | None, quiet: bool) -> int:
    """A result as tables and bars, an architecture as a tree, or mappings as loop nests.

    RESULT is a result.json, a folder with one, or a point of a sweep (DIR:KEY); with --mapping also a mapping in Timeloop's format, as in
    mappings/ of a result. --set, --ert and --estimators go with --arch.
    """
    from snnhw.look.show import architecture_tree, show, show_tree

    if (result is None) == (arch is None):
        raise click.UsageError("name one thing to show: snnhw show RESULT, or snnhw show --arch ARCH")
    if arch is not None:
        if mapping or layers:
            raise click.UsageError("--mapping and --layer go with RESULT, not with --arch")
        settings = options.settings_of(pairs)
        with waiting("asking for energies", quiet=quiet), options.told_of_settings(arch, settings):
            tree = architecture_tree(arch, variables=settings, ert=ert, estimators=estimators)
        show_tree(tree)
        return 0
    if pairs or ert or estimators:
        raise click.UsageError("--set, --ert and --estimators go with --arch")
    show(str(result), mapping=mapping, layers=layers)
    return 0
