"""What a file is, its content says; and everything that is wrong with it is told with its line."""

from pathlib import Path

import pytest
import yaml

from snnhw.project.check import NONE_OF_OURS, check

GOLDEN = Path(__file__).parents[1] / "golden"
KINDS = {"architecture": "an architecture (flat)", "problem": "a problem", "mapping": "a mapping", "ERT": "a reference table", "ART":
         "a reference table", "sparse_optimizations": "sparse optimisations", "mapper": "a mapper of Timeloop",
         "architecture_constraints": "constraints", "mapspace_constraints": "constraints", "mapspace": "constraints"}


def parts_of(path, folder):
    """A file for each key of an input."""
    data = yaml.safe_load(path.read_text())
    for key, value in data.items():
        (folder / f"{key}.yaml").write_text(yaml.safe_dump({key: value}, sort_keys=False))
    return [folder / f"{key}.yaml" for key in data]


@pytest.mark.parametrize(("name", "binary"), [("dense/000", "model"), ("sparse/000", "model"), ("sparse/042", "model"),
                                              ("mapper/", "mapper")])
def test_every_part_of_an_input_is_known_alone_and_all_are_read_together(tmp_path, name, binary):
    paths = parts_of(next(GOLDEN.glob(f"{name}*.yaml")), tmp_path)
    *alone, together = check(paths)
    assert [(one.kind, one.error) for one in alone] == [(KINDS[path.stem], "") for path in paths]
    assert (together.kind, together.error) == (f"an input of timeloop-{binary}", "")


@pytest.mark.parametrize(("text", "said"), [
    ("problem: {shape: {dimensions: [C], data_space: []}, instance: {C: 2}}\n", "in.yaml:1: problem.shape.data_space"),
    ("mapping:\n- {target: A, type: temporal, factors: C=x, permutation: C}\n", "in.yaml:2: mapping[0].factors: seen"),
    ("architecture_constraints:\n  targets:\n  - {target: A, type: temporal, factor: C=1}\n",
     "in.yaml:3: architecture_constraints.targets[0].factor"),
    ("sparse_optimizations:\n  version: 0.4\n  targets:\n  - name: A\n    action_optimizations: []\n",
     "in.yaml:5: sparse_optimizations.targets[0]."),
    ("mapper: {algorithm: random_pruned, search_sise: 3}\n", "in.yaml:1: mapper.search_sise"),
    ("ERT: {version: 0.4, tables: [{name: a.b, action: []}]}\n", "in.yaml:1: ERT.tables[0]"),
    ("sweep:\n  base: {arch: tiny_snn, stats: mnist_784_400}\n  gird: {}\n", 'in.yaml:3: sweep.gird: seen'),
    ("time_steps: 4\ndata: {source: digits}\nnetwork: [{type: linear, feature: 3}]\n", "in.yaml:3: network[0].feature"),
    ("compound_components:\n  version: 0.4\n  classes:\n  - {nam: x}\n", "in.yaml:4: compound_components.classes[0].nam"),
    ("architectur: {}\n", 'did you mean "architecture"?'),
    ("problem: {shape: {dimensions: [C], data_spaces: []}\n", "in.yaml:"),
])
def test_what_is_wrong_with_a_file_is_told_with_line_and_key(tmp_path, text, said):
    (tmp_path / "in.yaml").write_text(text)
    (one,) = check(tmp_path / "in.yaml")
    assert said in one.error


def test_all_faults_are_told_at_once(tmp_path):
    (tmp_path / "in.yaml").write_text("mapper:\n  metrics: [speed]\n  seed: -1\n  max_evaluation: 3\n")
    (one,) = check(tmp_path / "in.yaml")
    assert [line.split(": ")[0].rpartition(":")[2] for line in one.error.splitlines()] == ["2", "3", "4"]


def test_a_changed_result_is_told_with_its_line(tmp_path):
    from report.results import network

    from snnhw.report.folder import json_text

    text = json_text(network())
    (tmp_path / "result.json").write_text(text)
    assert check(tmp_path / "result.json")[0].error == ""
    line = next(i for i, one in enumerate(text.splitlines(), 1) if '"cycles": 150' in one)
    (tmp_path / "result.json").write_text(text.replace('"cycles": 150', '"cycles": 151'))
    assert f"result.json:{line}: totals.cycles: seen 151" in check(tmp_path / "result.json")[0].error


def test_parts_that_do_not_fit_each_other_are_told(tmp_path):
    paths = parts_of(GOLDEN / "dense" / "000.yaml", tmp_path)
    mapping = tmp_path / "mapping.yaml"
    data = yaml.safe_load(mapping.read_text())
    data["mapping"][0]["target"] = "nowhere"
    mapping.write_text(yaml.safe_dump(data))
    *alone, together = check(paths)
    assert not any(one.error for one in alone)
    assert 'seen "nowhere", expected a storage level' in together.error


def test_of_a_folder_all_our_files_are_read_and_others_passed_over(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "mapper.yaml").write_text("mapper: {seed: 1, max_evaluations: 5}\n")
    (tmp_path / "package.json").write_text('{"private": true}')
    (tmp_path / ".hidden.yaml").write_text("x: [")
    assert [(Path(one.file).name, one.kind, one.error) for one in check(tmp_path)] == [
        ("mapper.yaml", "a mapper", ""), ("package.json", NONE_OF_OURS, "")]
    (one,) = check(tmp_path / "package.json")
    assert "seen the keys private, expected an architecture" in one.error


@pytest.mark.parametrize(("name", "content"), [("README.md", b"# snnhw\n\nText: of a\npage: *\n"), ("icon.png", b"\x89PNG\r\n"),
                                               ("Makefile", b"all:\n\tsnnhw doctor\n")])
def test_a_file_of_another_kind_is_told_as_none_of_ours(tmp_path, name, content):
    """Faults of YAML are no help where a file was never meant to be any."""
    (tmp_path / name).write_bytes(content)
    said = f"{tmp_path / name}: seen none of snnhw's files: neither YAML nor JSON, expected an arch"
    assert check(tmp_path / name)[0].error.startswith(said)


def test_a_fault_of_yaml_in_a_file_of_ours_is_told_whatever_the_suffix(tmp_path):
    (tmp_path / "arch.txt.old").write_text("architecture:\n  nodes: [\n")
    assert "arch.txt.old:3: seen a YAML syntax error" in check(tmp_path / "arch.txt.old")[0].error
