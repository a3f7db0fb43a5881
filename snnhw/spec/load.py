"""Reading accelerators and mappers, from a file or by the name of a preset."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from snnhw.spec.architecture import Architecture
from snnhw.spec.mapper import MapperConfig
from snnhw.spec.presets import located


def load_architecture(source: str | Path, variables: Mapping[str, Any] | None = None) -> Architecture:
    """An accelerator from a YAML file, or by the name of a preset (`eyeriss_snn`). A file wins over a preset of its name.

    variables: values for the file's variables, such as {"weight_bits": 2}. Raises SpecError with everything that is wrong.
    """
    from snnhw.spec.nodes import read_architecture

    return read_architecture(located(source, "arch"), variables)


def load_mapper(source: str | Path) -> MapperConfig:
    """How to search, from a YAML file or by the name of a preset (`default`, `quick`). Raises SpecError with everything that is wrong."""
    from snnhw.spec.forms_mapper import read_mapper

    return read_mapper(located(source, "mappers"))
