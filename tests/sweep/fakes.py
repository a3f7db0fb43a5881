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


SPACE = """sweep:
  version: 0.1
  base: {arch: tiny_snn, stats: mnist_784_400, mapper: quick}
  grid:
    variables:
      weight_bits: {first: 8, last: 16}
      state_bits: [16, 24, 20, 32]
    causality: [strict, layer, free]
  where: [weight_bits != 12, state_bits != 20 or causality == "free"]
"""
"""108 points, of which 80 pass: 8 of 9 weight_bits, and of state_bits and causality 10 of 12 pairs."""


def bowl(work):
    """Energy is least at weight_bits 13, state_bits 24, layer; cycles at weight_bits 8, state_bits 16, free. 15 bits fit nowhere."""
    _log(work, "begun")
    variables = dict(work.point.variables)
    bits, state = variables.get("weight_bits", 8), variables.get("state_bits", 16)
    if bits == 15:
        return Outcome(key=work.key, status="failed", error="layer fc: nothing fits", exit_code=3)
    energy = (bits - 13) ** 2 + abs(state - 24) + {"layer": 0, "free": 2}.get(work.point.causality, 5)
    cycles = bits + state + {"free": 0, "layer": 10}.get(work.point.causality, 20)
    return Outcome(key=work.key, status="done", figures={"energy_pJ": float(energy), "cycles": cycles, "accuracy": None}, seconds=0.01)


def bowl_slowly(work):
    time.sleep(0.2)
    return bowl(work)


class Inline:
    """A runner without processes. most: points after which Ctrl-C comes."""

    def __init__(self, evaluate, most=None):
        self.evaluate, self.most = evaluate, most
        self.works = []

    slots = 1

    def put(self, work):
        self.works.append(work)

    def take(self):
        if self.most == 0:
            raise KeyboardInterrupt
        self.most = None if self.most is None else self.most - 1
        return [self.evaluate(self.works.pop(0))]

    def close(self):
        self.works.clear()
