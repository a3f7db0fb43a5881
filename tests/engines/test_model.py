"""Timeloop inputs with a fixed mapping."""

import json
from pathlib import Path

import pytest

from snnhw.engines.model import model
from snnhw.errors import SpecError

GOLDEN = Path(__file__).parents[1] / "golden"


def test_a_folder_stands_for_its_yaml_files_in_order(tmp_path):
    for name in ("b.yaml", "a.yaml", "c.json"):
        (tmp_path / name).write_text("")
    assert [Path(one.file).name for one in model([tmp_path])] == ["a.yaml", "b.yaml"]


def test_a_folder_without_inputs_is_an_error(tmp_path):
    with pytest.raises(SpecError, match=r"seen a folder without \*\.yaml files, expected Timeloop inputs, such as 000\.yaml"):
        model([tmp_path])


def test_an_input_gives_the_figures_of_timeloop():
    (one,) = model([GOLDEN / "dense/003.yaml"])
    printed = json.loads((GOLDEN / "dense/003.json").read_text())
    assert one.evaluation.cycles == int(printed["summary"]["Cycles"])
    assert not one.is_broken


def test_a_mapping_that_does_not_fit_is_no_broken_input():
    (one,) = model([GOLDEN / "dense/invalid-003.yaml"])
    assert one.evaluation is None
    assert not one.is_broken
    assert one.error == "RF: tile of 58 words exceeds the 16 words it holds; cut a factor inside it"


def test_a_broken_input_says_so_and_does_not_stop_the_others(tmp_path):
    (tmp_path / "a.yaml").write_text("architecture: [")
    (tmp_path / "b.yaml").write_text((GOLDEN / "dense/003.yaml").read_text())
    broken, fine = model([tmp_path])
    assert broken.is_broken
    assert broken.error.startswith(f"{tmp_path}/a.yaml:2: seen a YAML syntax error")
    assert fine.evaluation is not None


def test_parts_of_one_input_may_lie_in_several_files(tmp_path):
    text = (GOLDEN / "dense/003.yaml").read_text()
    cut = text.index("\nmapping:") + 1
    (tmp_path / "design.yaml").write_text(text[:cut])
    (tmp_path / "mapping.yaml").write_text(text[cut:])
    (together,) = model([tmp_path / "design.yaml", tmp_path / "mapping.yaml"], one=True)
    assert together.file == str(tmp_path / "design.yaml")
    assert together.evaluation == model([GOLDEN / "dense/003.yaml"])[0].evaluation


def test_corrected_figures_differ_only_where_timeloop_is_wrong():
    """003 is dense: both ways agree. Some sparse inputs hit a known fault, where they do not."""
    assert model([GOLDEN / "dense/003.yaml"], corrected=True)[0].evaluation == model([GOLDEN / "dense/003.yaml"])[0].evaluation
    names = [GOLDEN / f"sparse/{i:03}.yaml" for i in range(40)]
    pairs = zip(model(names), model(names, corrected=True), strict=True)
    assert any(theirs.evaluation != ours.evaluation for theirs, ours in pairs)


def test_an_input_without_an_ert_is_estimated(tmp_path):
    text = (GOLDEN / "dense/005.yaml").read_text()
    (tmp_path / "a.yaml").write_text(text[: text.index("\nERT:") + 1])
    (one,) = model([tmp_path / "a.yaml"])
    assert one.error == ""
    assert one.evaluation.energy_pJ > 0
