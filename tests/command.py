"""Running the command as a user does, without a process of its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from snnhw_cli import main

ARCH = """architecture:
  version: 0.4
  nodes:
  - !Container
    name: system
    attributes: {technology: "28nm", global_cycle_seconds: 1e-9}
  - !Component
    name: DRAM
    class: DRAM
    attributes: {width: 64, datawidth: 8}
  - !Component
    name: GLB
    class: SRAM
    attributes: {width: 64, datawidth: 8, depth: 64}
  - !Component
    name: mac
    class: intmac
    attributes: {datawidth: 8}
"""
RUN = """{
  "schema": "snnhw.run/1",
  "name": "two",
  "time_steps": 4,
  "layers": [
    {"name": "fc1", "type": "linear", "shape": {"C": 8, "M": 4}, "bits": {"state": 8},
     "density": {"inputs": 0.1}},
    {"name": "fc2", "type": "linear", "shape": {"C": 4, "M": 2}, "bits": {"state": 8}}
  ]
}
"""
MAPPER = "mapper: {version: 0.1, max_evaluations: 50}\n"


@dataclass(frozen=True)
class Done:
    """How a command ended, and what it said."""

    status: int
    out: str
    err: str


@dataclass(frozen=True)
class Snnhw:
    """The command, in a folder of its own that holds arch.yaml, run.json and mapper.yaml."""

    folder: Path
    capsys: pytest.CaptureFixture[str]

    def __call__(self, *args: str) -> Done:
        self.capsys.readouterr()
        status = main(args)
        said = self.capsys.readouterr()
        return Done(status=status, out=said.out, err=said.err)

    def write(self, name: str, text: str) -> str:
        (self.folder / name).write_text(text)
        return name

    def files(self) -> list[str]:
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*"))


EVALUATE = ("evaluate", "--arch", "arch.yaml", "--stats", "run.json", "--mapper", "mapper.yaml")
