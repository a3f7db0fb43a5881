"""Events of a sensor: structured arrays of x, y, t (microseconds) and p (0 or 1), and frames made of them."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from snn_workload.data.dataset import Array
from snnhw.errors import Finding, SpecError

EVENT = np.dtype([("x", "<i2"), ("y", "<i2"), ("t", "<i8"), ("p", "i1")])
MAX_BYTES = 2**32
"""A recording above 4 GiB is refused: none of the data sets here has one."""


def events_of(x: Any, y: Any, t: Any, p: Any) -> Array:
    """Columns of one length as a structured array of dtype EVENT."""
    found = np.empty(len(x), EVENT)
    for name, column in (("x", x), ("y", y), ("t", t), ("p", p)):
        found[name] = column
    return found


def broken(file: str, seen: str, expected: str, fix: str = "the file is cut off or damaged; fetch it again") -> SpecError:
    """The error for a file that does not hold to its layout."""
    return SpecError(Finding(file=file, seen=seen, expected=expected, fix=fix))


def read_bytes(path: Any, what: str) -> bytes:
    """All bytes of a file. Raises SpecError where there is none, or it can't be read."""
    try:
        with open(path, "rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise SpecError(Finding(file=str(path), seen="no such file", expected=what)) from None
    except OSError as error:
        raise SpecError(Finding(file=str(path), seen=f"a file that cannot be read ({error.strerror})", expected=what)) from None
    if len(raw) > MAX_BYTES:
        raise SpecError(Finding(file=str(path), seen="more than 4 GiB", expected=what))
    return raw


def check_places(events: Array, size: tuple[int, int], file: str) -> Array:
    """The events, all of which lie on a sensor of (height, width). Raises SpecError, naming the first that does not."""
    outside = (events["x"] < 0) | (events["x"] >= size[1]) | (events["y"] < 0) | (events["y"] >= size[0])
    if outside.any():
        first = int(np.flatnonzero(outside)[0])
        raise broken(file, f"event {first} at x = {events['x'][first]}, y = {events['y'][first]}", f"x < {size[1]} and y < {size[0]}")
    return events


def frames(events: Array, steps: int, size: tuple[int, int], by: Literal["number", "duration"] = "duration",
           reduced: tuple[int, int] | None = None) -> Array:  # fmt: skip
    """Events -> spikes (T, H, W, 2), uint8: 1 where at least one event of a polarity fell on a pixel in a step.

    size: height and width of the sensor; reduced: those of the frame, several pixels of the sensor falling on one. by: each step has the
    same number of events (the last those left over), or the same share of the time from the first event to the last. No events: no spikes.
    """
    height, width = reduced or size
    found = np.zeros((steps, height, width, 2), np.uint8)
    if len(events) == 0:
        return found
    if by == "number":
        step = np.minimum(np.arange(len(events)) // max(1, len(events) // steps), steps - 1)
    else:
        begin, span = int(events["t"].min()), int(events["t"].max() - events["t"].min()) + 1
        step = (events["t"] - begin) * steps // span
    rows = events["y"].astype(np.int64) * height // size[0]
    columns = events["x"].astype(np.int64) * width // size[1]
    found[step, rows, columns, events["p"].astype(np.int64)] = 1
    return found
