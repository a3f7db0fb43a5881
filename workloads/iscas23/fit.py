"""Fits what the study does not publish to its table of quantised networks, and writes fit.yaml: `python workloads/iscas23/fit.py [FOLDER]`.

Three parameters, for all bits and formats the same: two spike densities (a grid, each point with mappings of its own) and the energy of the
DRAM (linear in the counts, so least squares of the relative errors within bounds; the chip's energies can be let free in the same way).
Mappings are searched at the energies of the round before. Nothing but quantization.csv is looked at. Takes some minutes; results are
cached.
"""

from __future__ import annotations

import datetime
import itertools
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml

from snnhw import __version__
from snnhw.engines.evaluate import evaluate
from snnhw.study.data import Fit, table
from snnhw.study.networks import Network, networks, run_of

HERE = Path(__file__).resolve().parent
CAMERA = (0.085, 0.1, 0.12)
SPIKES = (0.001,)
DRAM_BOUNDS = (4.0, 14.0)
"""pJ per bit: the range of published figures of LPDDR4 (snnhw/energy/tables/dram.csv)."""

CHIP_BOUNDS = (1.0, 1.0)
"""Held at the built-in figures: what is on the chip takes 2 to 5 % of the energy, so the table does not determine it. Left free between 0.5
and 4 it ran to either end, whichever mappings it started from, for 0.5 % of error."""

ROUNDS = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A row of the table. published: uJ."""

    network: Network
    format: str
    published: float


def entries() -> tuple[Entry, ...]:
    """The rows of the published table."""
    by_bits = {network.bits: network for network in networks() if network.method == "quantisation"}
    return tuple(Entry(network=by_bits[int(row["bits"])], format=row["format"], published=float(row["energy_uJ"]))
                 for row in table("quantization"))


def parts(entry: Entry, fit: Fit, layers: slice, seen: dict[object, tuple[float, float]]) -> np.ndarray:
    """Energy in uJ of some layers at 1 pJ per bit of DRAM, and of all else at a scale of 1. (2,)"""
    from dataclasses import replace

    key = (entry.network.name, entry.format, fit, layers.start)
    if key not in seen:
        run = run_of(entry.network, fit)
        run = replace(run, entries=run.entries[layers], standalone=True)
        variables = {"weight_format": entry.format, "spike_format": entry.format, **fit.variables}
        result = evaluate("eyeriss_iscas23", run, mapper="iscas23", variables=variables)
        dram = sum(level.energy_pJ for layer in result.layers for level in layer.evaluation.levels if level.name == "DRAM")
        dram += sum(part.energy_pJ for layer in result.layers for part in layer.parts if part.component.startswith("DRAM"))
        seen[key] = (dram / 1e6 / fit.dram_energy, (result.energy_pJ - dram) / 1e6 / fit.chip_scale)
    return np.array(seen[key])


def solved(counts: np.ndarray, published: np.ndarray) -> tuple[float, float, float]:
    """The two energies within their bounds, and the mean absolute relative error. counts: (rows, 2) in uJ; published: (rows,) in uJ."""
    weighted = counts / published[:, None]
    free = np.linalg.lstsq(weighted, np.ones(len(published)), rcond=None)[0]
    candidates = [free] if all(low <= x <= high for x, (low, high) in zip(free, (DRAM_BOUNDS, CHIP_BOUNDS), strict=True)) else []
    for axis, bounds in enumerate((DRAM_BOUNDS, CHIP_BOUNDS)):  # the optimum of a convex problem lies inside or on an edge
        other, limits = 1 - axis, (CHIP_BOUNDS, DRAM_BOUNDS)[axis]
        for value in bounds:
            left = 1.0 - weighted[:, axis] * value
            best = float(np.clip(weighted[:, other] @ left / (weighted[:, other] @ weighted[:, other]), *limits))
            candidates.append(np.array((value, best) if axis == 0 else (best, value)))
    chosen = min(candidates, key=lambda x: float(((weighted @ x - 1.0) ** 2).sum()))
    return float(chosen[0]), float(chosen[1]), float(np.abs(weighted @ chosen - 1.0).mean())


def best(cameras: tuple[float, ...], spikes: tuple[float, ...], energies: tuple[float, float]) -> tuple[Fit, float]:
    """The best point of a grid of densities, with the energies that go with it. energies: at which mappings are searched."""
    rows, seen = entries(), dict[object, tuple[float, float]]()
    published = np.array([row.published for row in rows])
    found: list[tuple[float, Fit]] = []
    for spike, camera in itertools.product(spikes, cameras):
        fit = Fit(camera_density=camera, spike_density=spike, dram_energy=energies[0], chip_scale=energies[1])
        rest = Fit(camera_density=cameras[0], spike_density=spike, dram_energy=energies[0], chip_scale=energies[1])
        counts = np.array([parts(row, fit, slice(0, 1), seen) + parts(row, rest, slice(1, None), seen) for row in rows])
        dram, chip, error = solved(counts, published)
        found.append((error, Fit(camera_density=camera, spike_density=spike, dram_energy=round(dram, 3), chip_scale=round(chip, 3))))
        print(f"{found[-1][1]} mean error {error:.2%}", file=sys.stderr, flush=True)
    error, fit = min(found, key=lambda one: one[0])
    return fit, error


def record(fit: Fit, error: float, rounds: int) -> dict[str, object]:
    """What is written."""
    return {
        "parameters": {"camera_density": fit.camera_density, "spike_density": fit.spike_density, "dram_energy": fit.dram_energy,
                       "chip_scale": fit.chip_scale},
        "bounds": {"camera_density": list(CAMERA), "spike_density": list(SPIKES), "dram_energy": list(DRAM_BOUNDS),
                   "chip_scale": list(CHIP_BOUNDS)},
        "objective": "mean absolute relative error over the 20 energies of quantization.csv; energies: least squares",
        "mean_absolute_error": round(error, 4), "rounds": rounds, "architecture": "eyeriss_iscas23", "mapper": "iscas23",
        "date": datetime.date.today().isoformat(), "version": __version__,
    }  # fmt: skip


def main(folder: Path) -> None:
    """Fit, and write the record."""
    fit, error = best(CAMERA, SPIKES, (8.0, 1.0))
    rounds = 1
    while rounds < ROUNDS:  # mappings at the new energies
        rounds += 1
        again, error = best((fit.camera_density,), (fit.spike_density,), (fit.dram_energy, fit.chip_scale))
        if abs(again.dram_energy / fit.dram_energy - 1) < 0.01 and abs(again.chip_scale / fit.chip_scale - 1) < 0.01:
            break
        fit = again
    text = ("# What workloads/iscas23/fit.py fitted to quantization.csv. Bounds of densities: the points of the grid (docs/study.md).\n"
            + yaml.safe_dump(record(fit, error, rounds), sort_keys=False))
    target = folder / "fit.yaml"
    beside = target.with_suffix(".part")
    beside.write_text(text, encoding="utf-8")
    beside.replace(target)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
