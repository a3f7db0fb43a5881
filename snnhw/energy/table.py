"""Reading the CSV tables of the built-in model."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TypeAlias

Row: TypeAlias = Mapping[str, str]

TABLES = ("dram", "logic", "sram", "sram_scaling", "technology", "wires")


@cache
def rows(name: str) -> tuple[Row, ...]:
    """All rows of one of TABLES, as text by column name. KeyError for another name."""
    if name not in TABLES:
        raise KeyError(name)
    text = files("snnhw.energy.tables").joinpath(f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))
