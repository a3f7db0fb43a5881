"""A small flat Timeloop input for tests, and ways to read changed versions of it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

from snnhw.errors import MappingError, SpecError
from snnhw.spec.timeloop_input import TimeloopInput, read_timeloop_input

GOLDEN = Path(__file__).parents[1] / "golden"
SUITES = ("dense", "snn", "sparse", "imperfect", "mapper")

ARCHITECTURE = """\
architecture:
  version: '0.4'
  subtree:
  - name: system
    attributes: {technology: 45nm, global_cycle_seconds: 2e-9}
    local:
    - name: DRAM
      class: DRAM
      attributes: {width: 64, datawidth: 16}
    - name: GLB
      class: SRAM
      attributes: {width: 32, datawidth: 16, depth: 1024, metadata_storage_width: 16, metadata_datawidth: 4, metadata_storage_depth: 64}
    - name: pad[0..5]
      class: regfile
      attributes: {width: 16, datawidth: 16, depth: 12, meshX: 3}
    - name: mac[0..5]
      class: intmac
      attributes: {datawidth: 16, meshX: 3}
"""
PROBLEM = """\
problem:
  shape:
    name: conv1d
    dimensions: [C, M, P, R]
    coefficients:
    - {name: Wstride, default: 1}
    - {name: Wdilation, default: 1}
    data_spaces:
    - name: Weights
      projection: [[[C]], [[M]], [[R]]]
    - name: Inputs
      projection: [[[C]], [[P, Wstride], [R, Wdilation]]]
    - name: Outputs
      projection: [[[M]], [[P]]]
      read_write: true
  instance: {C: 4, M: 6, P: 8, R: 3, Wstride: 2}
"""
MAPPING = """\
mapping:
- {target: GLB, type: bypass, keep: [Inputs, Outputs], bypass: [Weights]}
- {target: DRAM, type: temporal, factors: C=2 M=2 P=8 R=1, permutation: PMCR}
- {target: GLB, type: spatial, factors: C=2 M=3, permutation: MCPR, split: 1}
- {target: pad, type: temporal, factors: R=3, permutation: R}
"""
MAPPER = """\
mapper:
  algorithm: random
"""
WHOLE = ARCHITECTURE + PROBLEM + MAPPING


def changed(text: str, *changes: tuple[str, str]) -> str:
    """The text with each old part replaced once by its new one; every old part has to be there."""
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def read_flat(tmp_path: Path, text: str = WHOLE, kind: Literal["model", "mapper"] = "model") -> TimeloopInput:
    """The input of a text."""
    path = tmp_path / "in.yaml"
    path.write_text(text, encoding="utf-8")
    return read_timeloop_input([path], kind)


def fault_of(tmp_path: Path, text: str, kind: Literal["model", "mapper"] = "model") -> str:
    """The whole message of the SpecError that a text gives, with the file as in.yaml."""
    with pytest.raises(SpecError) as caught:
        read_flat(tmp_path, text, kind)
    return str(caught.value).replace(f"{tmp_path}/", "")


def mapping_fault_of(tmp_path: Path, text: str) -> str:
    """The whole message of the MappingError that a text gives, with the file as in.yaml."""
    with pytest.raises(MappingError) as caught:
        read_flat(tmp_path, text)
    return str(caught.value).replace(f"{tmp_path}/", "")


def notes_of(tmp_path: Path, text: str, kind: Literal["model", "mapper"] = "model") -> list[str]:
    """The notes that a text gives, with the file as in.yaml."""
    return [note.replace(f"{tmp_path}/", "") for note in read_flat(tmp_path, text, kind).notes]
