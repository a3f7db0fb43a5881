"""snnhw export: files for other programs, one file of ours a format."""

from __future__ import annotations

import click
from snnhw_cli.lazy import LazyGroup

FORMATS = {
    "timeloop": "Complete inputs of the real timeloop-mapper and timeloop-model, one a layer.",
    "arch": "An architecture alone, in the dialect of the timeloop binaries.",
    "nir": "A trained network as a NIR graph.",
}


@click.group("export", cls=LazyGroup, summaries=FORMATS, modules={name: f"snnhw_cli.export_{name}" for name in FORMATS})
def command() -> None:
    """Files for other programs."""
