"""Plans, and what processes do with their points in tests: figures that follow from the point, at once, slowly, or not at all."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import replace
from pathlib import Path

from snnhw.errors import EngineError
from snnhw.sweep.point import Outcome
from snnhw.sweep.work import packed

PLAN = """sweep:
  version: 0.1
  base: {arch: tiny_snn, stats: mnist_784_400, mapper: quick}
  grid:
    variables:
      weight_bits: [8, 9, 10]
    seed: [0, 1, 2, 3]
"""


def plan_file(folder: Path, text: str = PLAN) -> Path:
    file = folder / "plan.yaml"
    file.write_text(text)
    return file


def _log(work, word):
    """A line for each time that a process begins with a point, where a test wants them."""
    if "SWEEP_LOG" in os.environ:
        with open(os.environ["SWEEP_LOG"], "a") as log:
            log.write(f"{word} {work.point.text}\n")


def at_once(work):
    _log(work, "begun")
    variables = dict(work.point.variables)
    energy = 100.0 * variables.get("weight_bits", 1) + (work.point.seed or 0)
    return Outcome(key=work.key, status="done", figures={"energy_pJ": energy, "cycles": 7, "accuracy": 0.5},
                   result=packed({"of": work.point.text}), seconds=0.01)


def slowly(work):
    time.sleep(0.25)
    return at_once(work)


def seed_1_fails(work):
    if work.point.seed == 1 and not os.environ.get("SWEEP_MENDED"):
        return replace(at_once(work), status="failed", figures={}, result=b"", error="layer fc: nothing fits", exit_code=3)
    return at_once(work)


def seed_2_kills(work):
    """The process dies each time."""
    _log(work, "began")
    if work.point.seed == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return at_once(work)


def seed_2_kills_once(work):
    """The process dies the first time, as a file says."""
    first = Path(os.environ["SWEEP_FOLDER"]) / work.key
    if work.point.seed == 2 and not first.exists():
        first.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return at_once(work)


def other_version(work):
    raise EngineError("a worker runs another version")


def large(work):
    """Results that do not compress."""
    return replace(at_once(work), result=os.urandom(20_000))
