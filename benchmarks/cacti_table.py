"""Runs CACTI over memories of 256 B to 1 MB and prints the points between which tables/sram.csv draws straight lines.

    python benchmarks/cacti_table.py 22 32 45 >points.csv

Needs Python >= 3.12 with hwcomponents-cacti, whose program and settings (default_cfg.cfg) are used; every size is run as it stands, without
that package's own rules of thumb for narrow and shallow memories. CACTI chooses another organisation of sub-arrays every few steps, and its
figures jump there, by up to 40 %. So each column (node and row width) is halved until a straight line between two points, through the
logarithms of capacity and figure, meets CACTI at the middle, or until a jump stands between neighbours. Powers of two of rows
are tried in any case, with the sizes beside them, since CACTI treats some of these alone in another way. About 6000 runs of 0.2 s.
"""

from __future__ import annotations

import csv
import math
import subprocess
import sys
import tempfile
from itertools import pairwise
from pathlib import Path

import hwcomponents_cacti

HOME = Path(hwcomponents_cacti.__file__).parent
WIDTHS = (8, 16, 24, 32, 40, 48, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512)
SMALLEST, LARGEST = 256 * 8, 2**20 * 8
PRESETS = {64: (819200, 884736), 32: (131072,)}
"""Sizes in bits by row width that are points in any case: the buffers of Eyeriss, 100 KB and 108 KB, and the metadata beside them."""

FEWEST_ROWS = 16
TOLERANCE = math.log(1.04)
CLOSEST = math.log(1.02)
FIGURES = {" Dynamic read energy (nJ)": 1e3, " Dynamic write energy (nJ)": 1e3, " Standby leakage per bank(mW)": 1.0, " Area (mm2)": 1e6}
"""Columns of CACTI's output, and what makes pJ, pJ, mW and um2 of them."""


def cacti(node_nm: int, capacity_bits: int, width_bits: int, folder: Path) -> tuple[float, ...] | None:
    """Logarithms of read and write energy in pJ, leakage in mW and area in um2; None where CACTI finds no organisation."""
    given = {"size (bytes)": capacity_bits // 8, "read-write port": 1, "block size (bytes)": width_bits // 8,
             "technology (u)": node_nm / 1000, "output/input bus width": width_bits, "UCA bank": 1, "cache type": '"ram"',
             "tag size (b)": 0, "associativity": 1}
    infile, outfile = folder / "in", folder / "in.out"
    infile.write_text((HOME / "default_cfg.cfg").read_text() + "\n" + "".join(f"-{key} {value}\n" for key, value in given.items()))
    outfile.unlink(missing_ok=True)
    subprocess.run(["./cacti", "-infile", str(infile)], cwd=HOME / "cacti", capture_output=True, check=False)
    if not outfile.exists():
        return None
    with outfile.open() as file:
        row = list(csv.DictReader(file))[-1]
    return tuple(math.log(float(row[name]) * unit) for name, unit in FIGURES.items())


def column(node_nm: int, width_bits: int, folder: Path) -> dict[int, tuple[float, ...]]:
    """Figures by capacity in bits."""
    found: dict[int, tuple[float, ...] | None] = {}

    def at(rows: int) -> tuple[float, ...] | None:
        if rows not in found:
            found[rows] = cacti(node_nm, rows * width_bits, width_bits, folder)
        return found[rows]

    steps = [max(FEWEST_ROWS, round(SMALLEST * 2 ** (i / 2) / width_bits)) for i in range(25)]
    steps += [2**k + beside for k in range(4, 21) for beside in (-1, 0, 1) if 2**k * width_bits > SMALLEST]
    steps = sorted({rows for rows in steps if rows >= FEWEST_ROWS and rows * width_bits <= LARGEST})
    waiting = list(pairwise(steps))
    while waiting:
        low, high = waiting.pop()
        middle = round(math.sqrt(low * high))
        if middle in (low, high) or math.log(high / low) < CLOSEST:
            continue
        ends, seen = (at(low), at(high)), at(middle)
        if None in (*ends, seen) or far(low, high, middle, *ends, seen) > TOLERANCE:
            waiting += [(low, middle), (middle, high)]
    named = {bits: values for bits in PRESETS.get(width_bits, ()) if (values := at(bits // width_bits)) is not None}
    points = thinned({rows * width_bits: values for rows, values in sorted(found.items()) if values is not None})
    return dict(sorted((points | named).items()))


def far(low: int, high: int, middle: int, below: tuple[float, ...], above: tuple[float, ...], seen: tuple[float, ...]) -> float:
    """By how much, in logarithms, the straight line from low to high misses what is seen at the middle."""
    part = math.log(middle / low) / math.log(high / low)
    return max(abs((1 - part) * a + part * b - c) for a, b, c in zip(below, above, seen, strict=True))


def thinned(points: dict[int, tuple[float, ...]]) -> dict[int, tuple[float, ...]]:
    """The points without those that the others give within half of the tolerance."""
    sizes = list(points)

    def kept(first: int, last: int) -> list[int]:
        inside = [(far(sizes[first], sizes[last], sizes[i], points[sizes[first]], points[sizes[last]], points[sizes[i]]), i)
                  for i in range(first + 1, last)]
        worst, at = max(inside, default=(0.0, first))
        return [*kept(first, at), *kept(at, last)] if worst > TOLERANCE / 2 else [last]

    return {sizes[i]: points[sizes[i]] for i in [0, *kept(0, len(sizes) - 1)]} if len(sizes) > 1 else points


def main() -> None:
    """Print the points as rows of tables/sram.csv begin: node_nm, capacity_bits, width_bits, read_pJ, write_pJ, leak_mW, area_um2."""
    with tempfile.TemporaryDirectory() as folder:
        for node_nm in map(int, sys.argv[1:]):
            for width_bits in WIDTHS:
                for capacity_bits, values in column(node_nm, width_bits, Path(folder)).items():
                    print(node_nm, capacity_bits, width_bits, *(f"{math.exp(value):.4g}" for value in values), sep=",", flush=True)


if __name__ == "__main__":
    main()
