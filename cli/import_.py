"""snnhw import: files of others turned into ours, one file of ours a format."""

from __future__ import annotations

import click
from snnhw_cli.lazy import LazyGroup

FORMATS = {
    "arch": "An accelerator of Timeloop's files as one architecture.",
    "nir": "A NIR graph of another framework, run on data, as a run file.",
}


@click.group("import", cls=LazyGroup, summaries=FORMATS, modules={name: f"snnhw_cli.import_{name}" for name in FORMATS})
def command() -> None:
    """Files of other tools, turned into files of ours."""
