"""snnhw schema: JSON Schemas of our files, for editors."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.command("schema")
@click.argument("kind", type=click.Choice(["arch", "mapper", "plan", "problem", "run", "training"]))
@click.option("-o", "--output", "target", type=click.Path(path_type=Path), default=None, metavar="FILE",
              help="Write it to a file, not to stdout.")
def command(*, kind: str, target: Path | None) -> int:
    """The JSON Schema of a kind of file, by which editors complete and check keys.

    A first line of a YAML file says where its schema is:

        # yaml-language-server: $schema=arch.schema.json
    """
    from snnhw.project.schemas import schema
    from snnhw.report.folder import check_file_writable, write_text

    if target is None:
        sys.stdout.write(schema(kind))
        return 0
    check_file_writable(target)
    write_text(schema(kind), target)
    return 0
