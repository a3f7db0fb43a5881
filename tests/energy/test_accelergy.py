"""Accelergy by its command: a stand-in that writes files of the form that Accelergy 0.4 writes."""

from __future__ import annotations

import json

import pytest

from snnhw.energy import estimate
from snnhw.energy.accelergy import Accelergy, _run
from snnhw.energy.request import NoEstimate, Request
from snnhw.spec.architecture import Architecture, Compute, StorageLevel

LEVEL = StorageLevel(name="buffer", class_name="SRAM", width_bits=64, depth_words=1024, word_bits=8)
REQUEST = Request(name="buffer", class_name="SRAM", subclass=None, attributes={"n_banks": 2, "technology": "40nm"}, node_nm=28,
                  cycle_ns=2.0, role="storage", level=LEVEL)
SCRIPT = """#!/bin/sh
cp in.yaml "{folder}/asked.json"
echo "2026-01-01 00:00:00 ERROR       {message}" >&2
[ {status} = 0 ] || exit {status}
cat >ERT.yaml <<END
ERT:
    version: '0.4'
    tables:
      - name: "system.it"
        actions:
          - {{name: "read", arguments: {{global_cycle_seconds: 1e-09, action_latency_cycles: 1}}, energy: 7.5}}
          - {{name: "write", arguments: {{}}, energy: 8.5}}
          - {{name: "update", arguments: {{}}, energy: 8.5}}
          - {{name: "leak", arguments: {{}}, energy: 0.25}}
END
cat >ART.yaml <<END
ART: {{version: '0.4', tables: [{{name: "system.it", area: 1234.5}}]}}
END
cat >ERT_summary.yaml <<END
ERT_summary:
    version: '0.4'
    table_summary:
      - name: "system.it"
        primitive_estimation(s):
          - name: "system.it"
            estimator: {plug_in}
END
"""


@pytest.fixture
def command(tmp_path, monkeypatch):
    """Installs the stand-in."""
    def install(plug_in: str = "CactiSRAM", status: int = 0, message: str = "") -> None:
        file = tmp_path / "accelergy"
        file.write_text(SCRIPT.format(folder=tmp_path, plug_in=plug_in, status=status, message=message))
        file.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
        _run.cache_clear()

    yield install
    _run.cache_clear()


def test_its_tables_are_the_costs_and_name_the_plug_in(command):
    command()
    made = Accelergy().cost(REQUEST)
    assert {name: one.energy_pJ for name, one in made.actions.items()} == {"read": 7.5, "write": 8.5, "update": 8.5, "leak": 0.25}
    assert {(one.estimator, one.source, one.uncertainty) for one in made.actions.values()} == {
        ("Accelergy", "Accelergy's plug-in CactiSRAM", None)}
    assert (made.name, made.area_um2) == ("buffer", 1234.5)


def test_it_is_asked_for_one_component_with_size_node_and_clock(command, tmp_path):
    command()
    Accelergy().cost(REQUEST)
    tree = json.loads((tmp_path / "asked.json").read_text())["architecture"]["subtree"][0]
    assert tree["attributes"] == {"technology": "40nm", "global_cycle_seconds": pytest.approx(2e-9)}
    (asked,) = tree["local"]
    assert asked["class"] == "SRAM"
    assert {key: asked["attributes"][key] for key in ("width", "depth", "datawidth", "n_banks", "technology")} == {
        "width": 64, "depth": 1024, "datawidth": 8, "n_banks": 2, "technology": "40nm"}
    assert asked["required_actions"] == ["read", "write", "update", "leak"]


def test_its_placeholders_are_no_estimate(command):
    command(plug_in="dummy")
    with pytest.raises(NoEstimate, match=r"only its placeholders \(dummy\) answer"):
        Accelergy().cost(REQUEST)


def test_a_run_that_fails_says_why(command):
    command(status=1, message="Can not find an energy estimator for SRAM(width=64).read()")
    with pytest.raises(NoEstimate, match=r"^it failed: Can not find an energy estimator for SRAM\(width=64\)\.read\(\)$"):
        Accelergy().cost(REQUEST)


def test_where_it_is_installed_it_is_asked_before_the_built_in_model(command):
    command()
    level = StorageLevel(name="buffer", class_name="SRAM", width_bits=64, depth_words=1024, word_bits=8)
    chip = Architecture(name="chip", storage=(StorageLevel(name="DRAM", class_name="DRAM", width_bits=64, is_dram=True), level),
                        compute=Compute(name="adder", class_name="accumulate_compute"))
    made = estimate(chip, None, ("accelergy", "builtin")).components["buffer"].actions
    assert (made["read"].energy_pJ, made["read"].estimator) == (7.5, "Accelergy")
    assert made["gated_read"].estimator == "snnhw 28 nm"


def test_without_the_command_it_is_absent(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert Accelergy().absent == "no command accelergy here"
