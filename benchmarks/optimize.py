"""How many evaluations `snnhw optimize` needs to reach what the whole grid has, beside drawing points at random.

    .venv/bin/python benchmarks/optimize.py [--folder DIR] [--seeds 5] [--trials 120] [--jobs 1]

The grid is evaluated first, as `snnhw sweep` does (mnist_784_400 on eyeriss_snn, the mapper quick): array, buffer, pads and formats, with
a filter. Then searches with several seeds run on figures looked up in that store, in folders of their own; their trials are counted until
the best point, or the whole front, of the grid is found. "At random" is the mean of 200 random orders of the grid.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from snnhw.sweep.objectives import objectives_of
from snnhw.sweep.optimize import optimize
from snnhw.sweep.pareto import Candidate, front_of
from snnhw.sweep.plan import Plan
from snnhw.sweep.plan_form import read_plan
from snnhw.sweep.point import Outcome, Work
from snnhw.sweep.run import run_sweep
from snnhw.sweep.store import Row, Store

PLAN = """sweep:
  version: 0.1
  base: {arch: eyeriss_snn, stats: mnist_784_400, mapper: quick}
  grid:
    variables:
      pe_columns: [7, 14, 28]
      pe_rows: [6, 12, 24]
      buffer_depth: {first: 1600, last: 25600, factor: 2}
      weight_words: [56, 112, 224]
      weight_format: [none, RLE, UOP]
  where: pe_columns * pe_rows <= 400
"""
SEARCHES = (("edp",), ("energy", "latency"), ("energy", "latency", "area"))
TABLE = "SNNHW_BENCHMARK_TABLE"


def looked_up(work: Work) -> Outcome:
    """The outcome of a point as the sweep of the whole grid has it."""
    with Store(os.environ[TABLE]) as store:
        row = store.row(work.key)
    assert row is not None
    return Outcome(key=work.key, status=row.status, figures=row.figures, error=row.error, exit_code=row.exit_code)


def rows_of(folder: str | Path) -> list[Row]:
    """All points, in the order in which they were finished."""
    with Store(folder) as store:
        return list(store.rows_after(0))


def values_of(row: Row, names: Sequence[str]) -> tuple[float, ...] | None:
    """The figures of a point's objectives; None where it failed."""
    found = tuple(value for one in objectives_of(names) if (value := one.value(row.figures)) is not None)
    return found if len(found) == len(names) and row.status == "done" else None


def front_values(rows: Sequence[Row], names: Sequence[str]) -> set[tuple[float, ...]]:
    """The different values on the front."""
    points = [Candidate(key=row.key, inputs=row.inputs, values=values) for row in rows if (values := values_of(row, names)) is not None]
    return {one.values for one in front_of(points, [one.figure for one in objectives_of(names)], ()).front}


def needed(rows: Sequence[Row], names: Sequence[str], wanted: set[tuple[float, ...]], share: float) -> int | None:
    """Evaluations after which a share of the wanted values has been found; None where it has not."""
    missing = set(wanted)
    for i, row in enumerate(rows):
        missing.discard(values_of(row, names) or ())
        if len(missing) <= (1 - share) * len(wanted) + 1e-9:
            return i + 1
    return None


def at_random(rows: Sequence[Row], names: Sequence[str], wanted: set[tuple[float, ...]], share: float) -> float:
    """The same of points in random order, the mean of 200 orders."""
    import random

    source, ordered = random.Random(0), list(rows)
    counts = []
    for _ in range(200):
        source.shuffle(ordered)
        counts.append(needed(ordered, names, wanted, share) or len(rows))
    return statistics.mean(counts)


@contextlib.contextmanager
def folder_of(given: str | None) -> Iterator[str]:
    """The folder that was asked for, or one for now."""
    with tempfile.TemporaryDirectory() as other:
        yield given or other


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", help="of the whole grid's sweep, kept for the next time")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--trials", type=int, default=120)
    parser.add_argument("--jobs", type=int, default=1)
    given = parser.parse_args()
    with folder_of(given.folder) as folder, tempfile.TemporaryDirectory() as work:
        file = Path(work, "plan.yaml")
        file.write_text(PLAN)
        plan = read_plan(file)
        begun = time.perf_counter()
        report = run_sweep(plan, folder, jobs=given.jobs)
        print(f"{report.points} points, {report.failed} failed; {time.perf_counter() - begun:.0f} s for those not there yet; "
              f"load {os.getloadavg()[0]:.1f}\n", flush=True)
        os.environ[TABLE] = str(Path(folder).resolve())
        rows = rows_of(folder)
        print("| objectives | to find | of the grid | searches that find it | evaluations: mean (least to most) | at random | ms a trial |")
        print("| --- | --- | --: | --: | --: | --: | --: |")
        for names in SEARCHES:
            wanted = front_values(rows, names)
            begun = time.process_time()
            runs = [searched(plan, Path(work, f"{'-'.join(names)}-{seed}"), names, given.trials, seed) for seed in range(given.seeds)]
            each = 1000 * (time.process_time() - begun) / (given.seeds * given.trials)
            for share in (1.0,) if len(wanted) == 1 else (0.8, 1.0):
                counts = [count for one in runs if (count := needed(one, names, wanted, share)) is not None]
                what = "the optimum" if len(wanted) == 1 else f"{share:.0%} of the front's {len(wanted)}"
                said = f"{statistics.mean(counts):.0f} ({min(counts)} to {max(counts)})" if counts else "-"
                print(f"| {', '.join(names)} | {what} | {len(rows)} | {len(counts)} of {len(runs)} | {said} | "
                      f"{at_random(rows, names, wanted, share):.0f} | {each:.0f} |", flush=True)


def searched(plan: Plan, folder: Path, names: Sequence[str], trials: int, seed: int) -> list[Row]:
    """The points of a search, in their order."""
    optimize(plan, folder, objectives=names, trials=trials, seed=seed, evaluate=looked_up, cache=False)
    return rows_of(folder)


if __name__ == "__main__":
    main()
