"""Files for other programs, into a folder."""

from __future__ import annotations

from pathlib import Path

from snnhw.engines.export_timeloop import Exported
from snnhw.report.folder import safe_names, write_text


def write_exported(exported: Exported, folder: Path) -> None:
    """LAYER.mapper.yaml and LAYER.model.yaml for each layer that has them. Raises OutputError."""
    layers = list(dict.fromkeys(layer for layer, _ in exported.files))
    names = dict(zip(layers, safe_names(layers), strict=True))
    for (layer, kind), text in exported.files.items():
        write_text(text, folder / f"{names[layer]}.{kind}.yaml")
