"""What the study published, and what was fitted to it: the tables of workloads/iscas23."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from snnhw.errors import Finding, SpecError
from snnhw.spec.presets import preset_folder

FOLDER = "iscas23"
FIT_KEYS = ("camera_density", "spike_density", "dram_energy", "chip_scale")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """The fitted parameters. camera_density: of the events that enter the first layer; spike_density: of the inputs of all others and of
    all outputs; dram_energy: pJ per bit; chip_scale: factor on the built-in energies of everything on the chip."""

    camera_density: float
    spike_density: float
    dram_energy: float
    chip_scale: float

    @property
    def variables(self) -> dict[str, float]:
        """What the architecture is told of it."""
        return {"dram_energy": self.dram_energy, "chip_scale": self.chip_scale}


def data_file(name: str) -> Path:
    """A file of the study's folder, in the checkout or in the installed package. Raises SpecError where it is not there."""
    root = preset_folder("workloads")
    path = None if root is None else root / FOLDER / name
    if path is None or not path.is_file():
        raise SpecError(Finding(file=f"workloads/{FOLDER}/{name}", seen="no such file", expected="the data of the study",
                                fix="install snnhw again"))
    return path


@cache
def table(name: str) -> tuple[Mapping[str, str], ...]:
    """The rows of a table, as text by column. Lines that begin with # say where it is from."""
    with data_file(f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(line for line in file if not line.startswith("#")))


def fit_record() -> dict[str, Any]:
    """The record of the fit: parameters, bounds, objective, errors, date and version."""
    record: dict[str, Any] = yaml.safe_load(data_file("fit.yaml").read_text(encoding="utf-8"))
    return record


def read_fit() -> Fit:
    """The fitted parameters. Raises SpecError where the record lacks one."""
    values = fit_record().get("parameters", {})
    missing = [key for key in FIT_KEYS if not isinstance(values.get(key), int | float)]
    if missing:
        raise SpecError(Finding(file=str(data_file("fit.yaml")), key="parameters", seen=f"no number for {', '.join(missing)}",
                                expected="one each", fix="python workloads/iscas23/fit.py"))
    return Fit(**{key: float(values[key]) for key in FIT_KEYS})
