"""Recordings in AEDAT 3.1 (DVS128 Gesture) and AEDAT 2.0 (CIFAR10-DVS).

AEDAT 3.1: lines of text up to "#!END-HEADER", then packets, little-endian. A packet has a head of 28 bytes: type, source (int16 each),
bytes of an event, offset of its time stamp, overflow of time stamps, capacity, number, valid (int32 each). A polarity event (type 1) is a
word of 32 bits (bit 0 valid, bit 1 polarity, bits 2 to 16 y, bits 17 to 31 x) and a time stamp in microseconds (int32); the overflow
counts 2^31. Source: https://docs.inivation.com, "AEDAT 3.1". The gesture set: Amir et al., CVPR 2017.

AEDAT 2.0: lines that start with "#", then events of 8 bytes, big-endian: an address of 32 bits and a time stamp in microseconds. DVS128 has
polarity in bit 0 (0 is brighter), x in bits 1 to 7, counted from the right, y in bits 8 to 14. Source: https://docs.inivation.com, "AEDAT
2.0"; the set: Li et al., Frontiers in Neuroscience 11:309, 2017.
"""

from __future__ import annotations

import csv
import struct
from pathlib import Path

import numpy as np

from snn_workload.data.dataset import Array
from snn_workload.data.events import EVENT, broken, check_places, events_of, read_bytes

SENSOR = (128, 128)
HEAD = struct.Struct("<hhiiiiii")
POLARITY = 1
POLARITY_BYTES = 8
COLUMNS = ("class", "startTime_usec", "endTime_usec")


def read_aedat3(path: Path) -> Array:
    """The valid polarity events of an AEDAT 3.1 file; packets of other types are passed over. Raises SpecError."""
    raw, file = read_bytes(path, "a recording in AEDAT 3.1"), str(path)
    if not raw.startswith(b"#!AER-DAT3.1"):
        raise broken(
            file, f"a file that begins with {raw[:12]!r}", 'one that begins with "#!AER-DAT3.1"', "is it a recording in AEDAT 3.1?"
        )
    end = raw.find(b"#!END-HEADER")
    at = raw.find(b"\n", end) + 1 if end >= 0 else 0
    if at == 0:
        raise broken(file, "no line #!END-HEADER", "the end of the header")
    parts = []
    while at < len(raw):
        if at + HEAD.size > len(raw):
            raise broken(file, f"{len(raw) - at} bytes at byte {at}", f"the {HEAD.size} bytes of a packet's head")
        kind, _, size, _, overflow, _, number, valid = HEAD.unpack_from(raw, at)
        at += HEAD.size
        if size <= 0 or number < 0 or not 0 <= valid <= number or overflow < 0:
            raise broken(file, f"a packet of {number} events of {size} bytes, {valid} valid, at byte {at - HEAD.size}", "counts that agree")
        if at + size * number > len(raw):
            raise broken(file, f"{len(raw) - at} bytes at byte {at}", f"{number} events of {size} bytes")
        if kind == POLARITY:
            if size != POLARITY_BYTES:
                raise broken(file, f"polarity events of {size} bytes at byte {at - HEAD.size}", f"{POLARITY_BYTES}")
            words = np.frombuffer(raw, "<u4", 2 * number, at).reshape(number, 2)
            words = words[(words[:, 0] & 1) == 1]
            data, stamp = words[:, 0], words[:, 1].astype(np.int64) + (overflow << 31)
            parts.append(events_of(data >> 17, data >> 2 & 0x7FFF, stamp, data >> 1 & 1))
        at += size * number
    return check_places(np.concatenate(parts) if parts else np.empty(0, EVENT), SENSOR, file)


def read_labels(path: Path) -> list[tuple[int, int, int]]:
    """The trials of a recording: class (from 1), first and last microsecond. Raises SpecError with the line."""
    text = read_bytes(path, f"a table with the columns {', '.join(COLUMNS)}").decode("utf-8-sig", "replace")
    rows = list(csv.reader(text.splitlines()))
    if not rows or [cell.strip() for cell in rows[0]] != list(COLUMNS):
        raise broken(str(path), f"the columns {', '.join(rows[0]) if rows else ''}", ", ".join(COLUMNS), "is it a table of labels?")
    found = []
    for line, row in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in row):
            continue
        try:
            label, begin, end = (int(cell) for cell in row)
        except ValueError:
            raise broken(f"{path}:{line}", ",".join(row), "three whole numbers") from None
        if label < 1 or end < begin:
            raise broken(f"{path}:{line}", ",".join(row), "a class from 1 on, and an end that is not before the start")
        found.append((label, begin, end))
    return found


def cut_trials(events: Array, trials: list[tuple[int, int, int]]) -> list[tuple[Array, int]]:
    """The events of each trial, both ends included, and its class from 0."""
    return [(events[(events["t"] >= begin) & (events["t"] <= end)], label - 1) for label, begin, end in trials]


def read_aedat2(path: Path) -> Array:
    """The events of a DVS128 in an AEDAT 2.0 file. Raises SpecError."""
    raw, file = read_bytes(path, "a recording in AEDAT 2.0"), str(path)
    if not raw.startswith(b"#!AER-DAT2.0"):
        raise broken(
            file, f"a file that begins with {raw[:12]!r}", 'one that begins with "#!AER-DAT2.0"', "is it a recording in AEDAT 2.0?"
        )
    at = 0
    while raw[at : at + 1] == b"#":
        end = raw.find(b"\n", at)
        if end < 0:
            raise broken(file, "a header without end", "lines that end")
        at = end + 1
    if (len(raw) - at) % 8:
        raise broken(file, f"{(len(raw) - at) % 8} bytes after the last whole event", "whole events of 8 bytes")
    words = np.frombuffer(raw, ">u4", offset=at).reshape(-1, 2)
    words = words[words[:, 0] >> 15 == 0]  # higher bits mark what is no event of the sensor
    address = words[:, 0]
    return events_of(127 - (address >> 1 & 0x7F), address >> 8 & 0x7F, words[:, 1].astype(np.int64), 1 - (address & 1))
