"""Files with ERT and ART: read in every version, written as Timeloop reads them."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from snnhw.energy import estimate
from snnhw.errors import SpecError
from snnhw.spec.document import read_document
from snnhw.spec.load import load_architecture
from snnhw.spec.reference_file import art_text, ert_text, read_reference
from snnhw.spec.timeloop_input import read_timeloop_input

LISTED = """ERT:
  version: {version}
  tables:
  - name: system.chip.GLB[0..3]
    actions:
    - {{name: read, arguments: {{}}, energy: 2.5}}
    - {{name: write, arguments: {{address_delta: 0}}, energy: 1.5}}
    - {{name: write, arguments: {{address_delta: 1}}, energy: 3.5}}
"""
OLD = """ERT:
  version: 0.2
  tables:
    system.chip.GLB[0..3]:
      read: {energy: 2.5}
      write:
      - {arguments: {address_delta: 0}, energy: 1.5}
      - {arguments: {address_delta: 1}, energy: 3.5}
"""
ART = "ART: {version: 0.4, tables: [{name: 'system.chip.GLB[0..3]', area: 77.5}]}\n"


@pytest.mark.parametrize("text", [LISTED.format(version=0.3), LISTED.format(version="'0.4'"), OLD], ids=["0.3", "0.4", "0.2"])
def test_each_version_says_the_same(tmp_path, text):
    (tmp_path / "ERT.yaml").write_text(text)
    cost = read_reference([tmp_path / "ERT.yaml"]).components["GLB"]
    assert {name: one.energy_pJ for name, one in cost.actions.items()} == {"read": 2.5, "write": 3.5}
    assert {(one.estimator, one.source) for one in cost.actions.values()} == {("ERT of the input", "ERT.yaml, table GLB")}
    assert cost.area_um2 is None


@pytest.mark.parametrize("together", [True, False])
def test_energies_and_areas_may_stand_in_one_file_or_two(tmp_path, together):
    (tmp_path / "a.yaml").write_text(LISTED.format(version=0.4) + (ART if together else ""))
    (tmp_path / "b.yaml").write_text(ART)
    cost = read_reference([tmp_path / "a.yaml", *([] if together else [tmp_path / "b.yaml"])]).components["GLB"]
    assert (cost.actions["read"].energy_pJ, cost.area_um2) == (2.5, 77.5)


def test_areas_alone_are_enough(tmp_path):
    (tmp_path / "ART.yaml").write_text(ART)
    cost = read_reference([tmp_path / "ART.yaml"]).components["GLB"]
    assert (dict(cost.actions), cost.area_um2) == ({}, 77.5)


@pytest.mark.parametrize(("text", "message"), [
    ("arch: 1\n", "a.yaml: seen the keys arch, expected a file with ERT or ART"),
    ("ERT: {version: 0.4, tables: [{name: GLB, actions: [{name: read, energy: -1}]}]}\n",
     "a.yaml:1: ERT.tables[0].actions[0].energy: seen -1, expected an energy in pJ, a number >= 0"),
    ("ERT: {version: 1.5, tables: []}\n", "a.yaml:1: ERT.version: seen 1.5")])
def test_what_is_wrong_with_a_file_is_said_with_its_line(tmp_path, text, message):
    (tmp_path / "a.yaml").write_text(text)
    with pytest.raises(SpecError) as error:
        read_reference([tmp_path / "a.yaml"])
    assert message in str(error.value)


def test_a_component_in_two_files_is_an_error(tmp_path):
    for name in "ab":
        (tmp_path / f"{name}.yaml").write_text(LISTED.format(version=0.4))
    with pytest.raises(SpecError, match=r"b.yaml: GLB: seen a second table for it, expected one"):
        read_reference([tmp_path / "a.yaml", tmp_path / "b.yaml"])


def test_what_is_written_comes_back_to_the_last_digit(tmp_path):
    architecture = load_architecture("eyeriss_snn")
    made = estimate(architecture, None, ("builtin",))
    (tmp_path / "ERT.yaml").write_text(ert_text(architecture, made))
    (tmp_path / "ART.yaml").write_text(art_text(architecture, made))
    back = read_reference([tmp_path / "ERT.yaml", tmp_path / "ART.yaml"])
    for name, cost in back.components.items():
        assert {action: one.energy_pJ for action, one in cost.actions.items()} == {
            action: one.energy_pJ for action, one in made.components[name].actions.items()}
        assert cost.area_um2 == made.components[name].area_um2
    assert set(made.components) - set(back.components) == {name for name in made.components if "<==>" in name}


def test_the_form_is_that_of_the_tables_that_real_timeloop_was_run_with(tmp_path):
    """tests/golden/dense/000.yaml was read by timeloop-model: the same keys, types of values, and names with ranges."""
    golden = yaml.safe_load((Path(__file__).parents[1] / "golden" / "dense" / "000.yaml").read_text())
    architecture = load_architecture("eyeriss_snn")
    made = estimate(architecture, None, ("builtin",))
    texts = {"ERT": ert_text(architecture, made), "ART": art_text(architecture, made)}
    for key, text in texts.items():
        ours, theirs = yaml.safe_load(text)[key], golden[key]
        assert set(ours) == set(theirs)
        assert ours["version"] == theirs["version"] == "0.4"
        assert {frozenset(one) for one in ours["tables"]} == {frozenset(one) for one in theirs["tables"]}
        assert all(one["name"].startswith("system.") and one["name"].endswith("]") for one in ours["tables"])
    actions = [action for one in yaml.safe_load(texts["ERT"])["ERT"]["tables"] for action in one["actions"]]
    assert {frozenset(action) for action in actions} == {frozenset(action) for one in golden["ERT"]["tables"] for action in one["actions"]}
    assert all(isinstance(action["energy"], float) for action in actions)


def test_a_timeloop_input_with_the_written_tables_has_their_energies(tmp_path):
    """The tables of one architecture beside a flat input of the same names, as the binaries take them: the input's own ERT is replaced."""
    text = (Path(__file__).parents[1] / "golden" / "dense" / "000.yaml").read_text()
    data = yaml.safe_load(text)
    (tmp_path / "rest.yaml").write_text(yaml.safe_dump({key: value for key, value in data.items() if key not in ("ERT", "ART")}))
    given = read_timeloop_input([tmp_path / "rest.yaml"], "model")
    made = estimate(given.architecture, None, ("builtin",))
    (tmp_path / "ERT.yaml").write_text(ert_text(given.architecture, made))
    (tmp_path / "ART.yaml").write_text(art_text(given.architecture, made))
    whole = read_timeloop_input([tmp_path / name for name in ("rest.yaml", "ERT.yaml", "ART.yaml")], "model")
    for level in given.architecture.storage:
        assert whole.reference.components[level.name].actions["read"].energy_pJ == made.components[level.name].actions["read"].energy_pJ


def test_tiny_energies_are_numbers_in_yaml_1_1(tmp_path):
    """PyYAML and yaml-cpp alike: 1e-05 without a point is text to some readers."""
    architecture = load_architecture("tiny_snn")
    document = tmp_path / "ERT.yaml"
    document.write_text(ert_text(architecture, estimate(architecture, None, ("builtin",))))
    for line in document.read_text().splitlines():
        if "energy:" in line:
            value = line.partition("energy: ")[2].partition("}")[0]
            assert "." in value.partition("e")[0]
    assert read_document(document, None).data["ERT"]["version"] == "0.4"
