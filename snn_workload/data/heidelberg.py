"""Spiking Heidelberg Digits and Spiking Speech Commands: HDF5 files with spikes of 700 channels of a cochlea model.

spikes/times: for each example its times in seconds (float16 or float32); spikes/units: its channels; labels: its class.
Source: Cramer et al., IEEE TNNLS 33(7), 2022.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from snn_workload.data.dataset import Array
from snn_workload.data.events import broken, events_of
from snnhw.errors import Finding, SpecError

CHANNELS = 700


def read_heidelberg(path: Path, limit: int | None = None) -> tuple[list[Array], Array]:
    """All examples (events with x the channel, y = p = 0) and their labels. limit: at most so many. Raises SpecError."""
    try:
        import h5py
    except ImportError:
        raise SpecError(
            Finding(file=str(path), seen="HDF5, without h5py", expected="h5py installed", fix="pip install 'snnhw[train]'")
        ) from None
    if not path.is_file():
        raise SpecError(Finding(file=str(path), seen="no such file", expected="an HDF5 file of spikes"))
    try:
        with h5py.File(path, "r") as file:
            times, units, labels = file["spikes/times"], file["spikes/units"], np.asarray(file["labels"], np.int64)
            if not len(times) == len(units) == len(labels):
                raise broken(str(path), f"{len(times)} times, {len(units)} units, {len(labels)} labels", "as many of each")
            count = min(len(labels), limit or len(labels))
            pairs = [(np.asarray(times[i], np.float64), np.asarray(units[i], np.int64)) for i in range(count)]
    except (OSError, KeyError, RuntimeError, TypeError, ValueError) as error:
        raise broken(
            str(path), f"a file that can't be read ({str(error).splitlines()[0][:120]})", "HDF5 with spikes/times, spikes/units and labels"
        ) from None
    return [_events(one, channels, i, path) for i, (one, channels) in enumerate(pairs)], labels[:count]


def _events(times: Array, units: Array, number: int, path: Path) -> Array:
    where = f"{path}: spikes[{number}]"
    if times.shape != units.shape:
        raise broken(where, f"{times.size} times and {units.size} units", "as many of each")
    if not np.isfinite(times).all() or (times < 0).any():
        raise broken(where, "a time that is negative or no number", "seconds x with x >= 0")
    if ((units < 0) | (units >= CHANNELS)).any():
        raise broken(where, f"channel {int(units.max())}", f"a channel x with 0 <= x < {CHANNELS}")
    zeros = np.zeros(len(times), np.int64)
    return events_of(units, zeros, np.rint(times * 1e6).astype(np.int64), zeros)
