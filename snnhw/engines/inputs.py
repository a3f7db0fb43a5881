"""Reading what an evaluation needs, from files or from presets by name."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from pathlib import Path
from typing import Any

from snn_workload import Run, read_run
from snnhw.spec.architecture import Architecture
from snnhw.spec.mapper import MapperConfig
from snnhw.spec.presets import find


def load_architecture(source: str | Path, variables: MappingType[str, Any] | None = None) -> Architecture:
    """The accelerator in a YAML file, or the preset of that name (`eyeriss_snn`). variables: values for the file's variables.

    Raises SpecError with everything that is wrong with the file.
    """
    from snnhw.spec.nodes import read_architecture

    return read_architecture(find("arch", source), variables)


def load_run(source: str | Path) -> Run:
    """The network in a run file or a table, or the preset of that name (`tcja_dvs_gesture/w8`). Raises SpecError."""
    return read_run(find("workloads", source))


def load_mapper(source: str | Path) -> MapperConfig:
    """How to search, from a YAML file or the preset of that name (`default`). Raises SpecError."""
    from snnhw.spec.mapper_file import read_mapper

    return read_mapper(find("mappers", source))
