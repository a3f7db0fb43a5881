"""The golden cases of timeloop-mapper: our EDP over its best, and the time that ours takes over its own.

    .venv/bin/python benchmarks/timeloop_mapper.py

Each input of tests/golden/mapper is searched twice by one thread: within 1/20 of the wall time that the reference took with two threads,
and until the mapspace is closed. The reference's times are those of its record, taken on another machine; kernels are compiled before.
"""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

from snnhw.search import SearchOutcome, search
from snnhw.spec.constraints import Constraints
from snnhw.spec.mapper import MapperConfig
from snnhw.spec.timeloop_input import TimeloopInput, read_timeloop_input

GOLDEN = Path(__file__).parents[1] / "tests" / "golden" / "mapper"
SHARE = 1 / 20


def timed(given: TimeloopInput, **limits: object) -> tuple[SearchOutcome, float]:
    """One search of an input with its own constraints and metrics, and the CPU seconds that it took."""
    assert given.mapper is not None
    assert given.reference is not None
    config: MapperConfig = replace(given.mapper, max_evaluations=None, **limits)  # type: ignore[arg-type]
    began = time.process_time()
    outcome = search(given.architecture, given.problem, Constraints(), given.reference, config)
    return outcome, time.process_time() - began


def main() -> None:
    """Print a table."""
    inputs = {path.stem: read_timeloop_input([path], "mapper") for path in sorted(GOLDEN.glob("*.yaml"))}
    for kind in ("dense", "sparse"):  # compiles
        timed(next(given for name, given in inputs.items() if name.startswith(kind)), max_seconds=1.0)
    print(f"{'case':14s} {'reference s':>11s} {'1/20 of it':>10s} {'EDP then':>9s} {'closed in':>10s} {'EDP':>6s}  optimal")
    for name, given in inputs.items():
        record = json.loads((GOLDEN / f"{name}.json").read_text())
        best = record["cycles"] * record["energy_uJ"] * 1e6
        limit = record["seconds"] * SHARE
        soon, _ = timed(given, max_seconds=limit)
        closed, seconds = timed(given)
        ratios = [outcome.evaluation.energy_pJ * outcome.evaluation.cycles / best for outcome in (soon, closed)]
        print(f"{name:14s} {record['seconds']:11.1f} {limit:8.2f} s {ratios[0]:9.3f} {seconds:8.2f} s {ratios[1]:6.3f} "
              f" {closed.report.optimal}", flush=True)


if __name__ == "__main__":
    main()
