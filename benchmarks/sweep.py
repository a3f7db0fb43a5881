"""Points a second of a sweep in 1 and 2 processes, locally and on Dask, and how much of a point's time is overhead.

    .venv/bin/python benchmarks/sweep.py [--points 100] [--empty 400] [--dask]

Two kinds of points: real ones (tiny_snn, mnist_784_400, the mapper quick, without the result cache), and empty ones that hand back a result
of the usual size at once, so that all of their time is overhead: making keys, claiming, sending, one transaction each. Times run from the
first points of each process to the last one, so that starting the processes, which is printed by itself, is not in them. Overhead of a
real point is what its processes were there for, less what they say they evaluated.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

from snnhw.sweep.plan import Axis, Plan
from snnhw.sweep.point import Outcome, Work
from snnhw.sweep.run import SweepProgress, run_sweep
from snnhw.sweep.store import Store

WARM = 2
"""Points of each process that are left out: the first loads the compiled model."""

RESULT_BYTES = 12_000
"""Of the compressed result of the flagship's eleven layers."""


def empty(work: Work) -> Outcome:
    """A point that takes no time."""
    return Outcome(key=work.key, status="done", figures={"energy_pJ": 1.0, "cycles": 1}, result=os.urandom(RESULT_BYTES))


def measure(plan: Plan, kind: str, jobs: int, dask: bool) -> str:
    """One run in a fresh folder, as a row of the table."""
    times: list[float] = []

    def note(step: SweepProgress) -> None:
        times.append(time.perf_counter())

    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        more = {"evaluate": empty} if kind == "empty" else {}
        run_sweep(plan, folder, jobs=jobs, dask=f"local:{jobs}" if dask else None, cache=False, progress=note, **more)  # type: ignore[arg-type]
        with Store(folder) as store:
            seconds = [row.seconds for row in sorted(store.rows(), key=lambda row: row.finished)][WARM * jobs:]
        size = Path(folder, "sweep.sqlite").stat().st_size
    rate = len(seconds) / (times[-1] - times[WARM * jobs - 1])
    mean = sum(seconds) / len(seconds)
    each = jobs / rate
    return (f"| {kind} | {'Dask' if dask else 'local'} | {jobs} | {len(times)} | {times[0] - begun:.1f} | {rate:.1f} | {1000 * mean:.1f} | "
            f"{1000 * (each - mean):.1f} | {100 * (each - mean) / each:.1f} % | {size / len(times) / 1000:.1f} |")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, default=100)
    parser.add_argument("--empty", type=int, default=400)
    parser.add_argument("--dask", action="store_true")
    given = parser.parse_args()
    base = {"arch": "tiny_snn", "stats": "mnist_784_400", "mapper": "quick"}
    print("| points | where | workers | number | s to the first | points/s | ms in a point | ms overhead | overhead | kB a point |")
    print("| --- | --- | --: | --: | --: | --: | --: | --: | --: | --: |")
    for kind, number in (("empty", given.empty), ("real", given.points)):
        plan = Plan(base=base, grid=(Axis(name="seed", values=tuple(range(number))),))
        for dask in (False, True) if given.dask else (False,):
            for jobs in (1, 2):
                print(measure(plan, kind, jobs, dask), flush=True)


if __name__ == "__main__":
    main()
