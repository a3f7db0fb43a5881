"""CACTI, as the package hwcomponents-cacti brings it (extra `cacti`, Python >= 3.12), for SRAM and DRAM."""

from __future__ import annotations

import logging
import subprocess
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from snnhw.energy.dram import DEFAULT_TYPE, NO_LEAKAGE
from snnhw.energy.figure import Figure
from snnhw.energy.kinds import kind_of
from snnhw.energy.memory import Memory
from snnhw.energy.request import NoEstimate, Request
from snnhw.energy.storage import storage_cost
from snnhw.spec.reference import ComponentCost

PACKAGE = "hwcomponents-cacti"
NODES_NM = (7, 90)
UNCERTAINTY = {"sram": 0.25, "dram": 0.4}
"""Of CACTI's figures against silicon, as those of the built-in tables that were fitted to it."""

_DRAM_WIDTHS = {"HBM": 2048, "HBM2": 2048, "HBM3": 2048, "HBM4": 4096}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cacti:
    """CACTI 7 by its package."""

    name: str = "cacti"

    @property
    def absent(self) -> str:
        """Where the package is not installed."""
        return "" if find_spec("hwcomponents_cacti") else 'not installed (pip install "snnhw[cacti]", Python >= 3.12)'

    def cost(self, request: Request) -> ComponentCost:
        """SRAM and DRAM; what stands beside them (address generators, clock gates) is the built-in model's."""
        if request.role == "compute" or kind_of(request.class_name, request.subclass) not in ("sram", "dram"):
            raise NoEstimate("it knows SRAM and DRAM only")
        return storage_cost(request, _memory)


def _memory(kind: str, request: Request, capacity_bits: float, width_bits: int) -> Memory:
    if kind == "dram":
        given = str(request.attributes.get("type", DEFAULT_TYPE))
        return _dram(given, width_bits)
    if kind != "sram":
        raise NoEstimate("it knows SRAM and DRAM only")
    if request.voltage_V is not None:
        raise NoEstimate("CACTI takes no supply voltage")
    node = request.own_node_nm
    if not NODES_NM[0] <= node <= NODES_NM[1]:
        raise NoEstimate(f"{node:g} nm is not in {NODES_NM[0]} to {NODES_NM[1]} nm")
    banks = request.number("n_banks", 1)
    read, write, leak, area = _sram(node, round(capacity_bits), width_bits, request.ports, round(banks))
    source = (f"CACTI 7 (Balasubramonian et al., TACO 14(2) 2017), run for {capacity_bits / 8:g} B in rows of {width_bits} bits "
              f"at {node:g} nm")
    return Memory(read_pJ=_figure(read * 1e12, source, "sram"), write_pJ=_figure(write * 1e12, source, "sram"),
                  leak_mW=_figure(leak * 1e3, source, "sram"), area_um2=_figure(area * 1e12, source, "sram"))


def _dram(kind: str, width_bits: int) -> Memory:
    """Energy per bit of a bus that the package takes, times the bits of a row. It costs no area of the chip."""
    models = {name.upper(): name for name in ("LPDDR4", "LPDDR", "DDR3", "HBM2", "HBM3", "HBM4")}
    name = models.get(kind.upper())
    if name is None:
        raise NoEstimate(f"it has no DRAM of type {kind}, only {', '.join(models)}")
    bus = _DRAM_WIDTHS.get(name, 64)
    energy = float(_run(lambda package: getattr(package, name)(width=bus).read().energy))
    access = _figure(energy * 1e12 / bus * width_bits, f"{name} by {PACKAGE}, its energy per bit", "dram")
    return Memory(read_pJ=access, write_pJ=access, leak_mW=NO_LEAKAGE, area_um2=None)


@cache
def _sram(node_nm: float, capacity_bits: int, width_bits: int, ports: int, banks: int) -> tuple[float, float, float, float]:
    """Read and write in J, leakage in W, area in m2."""
    def run(package: Any) -> tuple[float, float, float, float]:
        made = package.SRAM(tech_node=node_nm * 1e-9, width=width_bits, size=capacity_bits, depth=capacity_bits / width_bits,
                            n_rw_ports=ports, n_banks=banks)
        return made.read_energy, made.write_energy, made.cacti_leak_power, made.cacti_area

    return _run(run)


def _run(ask: Callable[[Any], Any]) -> Any:
    """What the package says; NoEstimate with its reason where it fails, its program not running on this machine for instance."""
    try:
        import hwcomponents_cacti as package

        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)  # the package leaves its settings file open
            return ask(package)
    except Exception as error:  # the package raises plain exceptions, and asserts
        reason = _program_error() or str(error).partition(". Please")[0] or type(error).__name__
        logging.getLogger(__name__).debug("hwcomponents-cacti: %s", error)
        raise NoEstimate(f"it failed: {reason}") from error


def _program_error() -> str:
    """Why the program that the package brings does not start here; "" where it does."""
    spec = find_spec("hwcomponents_cacti")
    folder = Path(spec.origin).parent / "cacti" if spec is not None and spec.origin else Path()
    remedy = f"build it from the sources beside it: make -C {folder} clean && make -C {folder}"
    try:
        done = subprocess.run([folder / "cacti"], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.SubprocessError) as error:
        return f"its program does not start ({error}); {remedy}"
    lines = [line for line in done.stderr.splitlines() if "not found" in line]
    return f"its program does not start ({lines[0].strip()}); {remedy}" if lines else ""


def _figure(value: float, source: str, family: str) -> Figure:
    return Figure(value=value, source=source, uncertainty=UNCERTAINTY[family], estimator=f"CACTI ({PACKAGE} {_version()})", family=family)


@cache
def _version() -> str:
    try:
        return version(PACKAGE)
    except PackageNotFoundError:
        return "of unknown version"
