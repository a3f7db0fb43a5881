"""N-MNIST recordings: files of 5 bytes an event.

Byte 0 x, byte 1 y, byte 2 bit 7 polarity, the other 23 bits the time in microseconds. An event with y = 240 is none: it says that 2^13
microseconds have to be added to all that follow. Source: Orchard et al., Frontiers in Neuroscience 9:437, 2015, and the reader published
with it.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from snn_workload.data.dataset import Array
from snn_workload.data.events import broken, check_places, events_of, read_bytes

SENSOR = (34, 34)
OVERFLOW_ROW = 240
OVERFLOW = 2**13


def read_nmnist(path: Path) -> Array:
    """The events of one recording. Raises SpecError where it is cut off or holds events outside of 34 x 34."""
    raw = read_bytes(path, "an N-MNIST recording (.bin)")
    if len(raw) % 5 or not raw:
        raise broken(str(path), f"{len(raw)} bytes", "whole events of 5 bytes")
    rows = np.frombuffer(raw, np.uint8).reshape(-1, 5).astype(np.int64)
    time = (rows[:, 2] & 0x7F) << 16 | rows[:, 3] << 8 | rows[:, 4]
    marks = rows[:, 1] == OVERFLOW_ROW
    time = (time + np.cumsum(marks) * OVERFLOW)[~marks]
    rows = rows[~marks]
    return check_places(events_of(rows[:, 0], rows[:, 1], time, rows[:, 2] >> 7), SENSOR, str(path))
