"""What docs/energy.md shows works as it says."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent

import pytest

from snnhw.energy import estimate
from snnhw.energy.logic import energy_pJ
from snnhw.energy.regfile import regfile
from snnhw.energy.technology import operating_point
from snnhw.spec.load import load_architecture

TEXT = (Path(__file__).parents[2] / "docs" / "energy.md").read_text(encoding="utf-8")
ARCH = """architecture:
  version: 0.4
  nodes:
  - !Component {name: DRAM, class: DRAM, attributes: {width: 64, datawidth: 8}}
  - !Component {name: cluster, class: lif_cluster, attributes: {neurons: 8}}
  - !Component {name: mac, class: intmac, attributes: {datawidth: 8}}
"""


def test_the_compound_class_of_the_page_costs_what_its_parts_do(tmp_path):
    (example,) = re.findall(r"\n    components:\n(?:    .*\n)+", TEXT)
    (tmp_path / "arch.yaml").write_text(ARCH + dedent(example).lstrip())
    cost = estimate(load_architecture(tmp_path / "arch.yaml"), None, ("builtin",)).components["cluster"]
    at = operating_point(28)
    state = regfile(8 * 12, 12, at)
    assert cost.actions["update"].energy_pJ == pytest.approx(8 * energy_pJ("adder", 12, at).value + 1.5 * state.read_pJ.value)
    assert cost.actions["leak"].energy_pJ > 8 * 0.0004
    assert cost.area_um2 > 1.1 * state.area_um2.value
