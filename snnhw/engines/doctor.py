"""Which engines and estimators are on this machine, what each would add, and how to get those that are not."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from snnhw.engines.timeloop_find import HOW_TO_GET, MAPPER, MODEL, find_programs, fingerprint
from snnhw.errors import EngineError
from snnhw.version import __version__


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One engine or estimator. version and where: "" where it is not here; adds: what it is good for; get: how to come by it."""

    kind: str
    name: str
    found: bool
    version: str = ""
    where: str = ""
    adds: str = ""
    get: str = ""


def doctor() -> tuple[Part, ...]:
    """All engines and estimators that snnhw can use, those that are here and those that are not. Nothing is run."""
    return (*_engines(), *_estimators())


def _engines() -> Iterator[Part]:
    yield Part(kind="engine", name="native", found=True, version=_versions(__version__), where=str(Path(__file__).parents[1]),
               adds="everything: model, search, spiking parts", get="it is snnhw")
    wrong = ""
    try:
        programs = find_programs()
        paths, by = (programs.model, programs.mapper), programs.by
    except EngineError as error:
        paths, by, wrong = (None, None), "", f"{error}; "
    adds = {MODEL: "--engine timeloop and hybrid, snnhw verify: the reference itself as judge",
            MAPPER: "--engine timeloop: the reference's own search"}
    for name, path in zip((MODEL, MAPPER), paths, strict=True):
        yield Part(kind="engine", name=name, found=path is not None, adds=adds[name], get=wrong + HOW_TO_GET,
                   version=f"sha256:{fingerprint(path)}" if path else "", where=f"{path} (by {by})" if path else "")


def _estimators() -> Iterator[Part]:
    yield Part(kind="estimator", name="built-in tables", found=True, version=__version__, where=str(Path(__file__).parents[1] / "energy"),
               adds="energies and areas at 7 to 65 nm, each with its source", get="it is part of snnhw")
    program, package = shutil.which("accelergy"), find_spec("hwcomponents_cacti")
    yield Part(kind="estimator", name="accelergy", found=program is not None, version=_installed("accelergy") if program else "",
               where=program or "", adds="its plug-ins' energies, before ours; SNNHW_TIMELOOP_ACCELERGY=1: Timeloop asks it itself",
               get="it is in the image of docker/Dockerfile.timeloop, or at github.com/Accelergy-Project/accelergy with its plug-ins")
    yield Part(kind="estimator", name="cacti", found=package is not None, version=_installed("hwcomponents-cacti") if package else "",
               where=str(Path(package.origin).parent) if package and package.origin else "",
               adds="CACTI's own figures for SRAM and DRAM, before ours", get='pip install "snnhw[cacti]", with Python >= 3.12')


def _installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "of another Python"


def _versions(own: str) -> str:
    return f"{own} (numba {version('numba')}, numpy {version('numpy')})"
