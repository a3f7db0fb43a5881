"""Results against a judge, and the parts that they are made again from."""

import json
from dataclasses import replace

import pytest
from engines.fake_timeloop import fake_programs
from engines.small import QuickEngine, arch_file, layer, run_of

from snn_workload import write_run
from snnhw.engines import evaluate as evaluate_module
from snnhw.engines import verify as module
from snnhw.engines.evaluate import evaluate
from snnhw.engines.remaking import remade
from snnhw.engines.verify import Figure, verify
from snnhw.errors import EngineError, SpecError
from snnhw.model import evaluate as model
from snnhw.report.folder import write_result
from snnhw.report.read import read_result
from snnhw.report.verified import verification_record


class Judge:
    """Says what our model says, times a factor; fails at the problem `broken`."""

    name, version = "timeloop", "a judge"

    def __init__(self, energy=1.0, cycles=0, broken=""):
        self.energy, self.cycles, self.broken = energy, cycles, broken

    def evaluate(self, architecture, problem, mapping, reference):
        if problem.name == self.broken:
            raise EngineError("it stopped")
        found = model(architecture, problem, mapping, reference)
        levels = tuple(replace(level, energy_pJ=level.energy_pJ * self.energy) for level in found.levels)
        return replace(found, energy_pJ=found.energy_pJ * self.energy, cycles=found.cycles + self.cycles, levels=levels)


@pytest.fixture
def result(tmp_path, monkeypatch):
    monkeypatch.setattr(evaluate_module, "engine_named", lambda name: QuickEngine())
    write_run(run_of(layer("a"), layer("b", M=6)), tmp_path / "run.json")
    done = evaluate(arch_file(tmp_path), tmp_path / "run.json", variables={"state_bits": 32}, cache=False)
    write_result(done, tmp_path / "out")
    return read_result(tmp_path / "out")


def verified(result, monkeypatch, judge):
    monkeypatch.setattr(module, "engine_named", lambda name: judge)
    return verify(result)


def test_the_same_figures_agree(result, monkeypatch):
    done = verified(result, monkeypatch, Judge())
    assert done.agrees
    assert done.exit_code == 0
    assert all(figure.difference == 0 for figure in done.figures)
    assert {figure.layer for figure in done.figures} == {"a", "b"}


@pytest.mark.parametrize(("judge", "kind", "difference"), [(Judge(energy=1.01), "energy", 0.01 / 1.01), (Judge(cycles=3), "cycles", None)])
def test_figures_that_are_further_apart_than_the_tolerance_do_not(result, monkeypatch, judge, kind, difference):
    done = verified(result, monkeypatch, judge)
    assert done.exit_code == 4
    largest = next(figure for figure in done.largest if figure.kind == kind)
    expected = difference or 3 / (min(layer.cycles for layer in result.layers) + 3)
    assert largest.difference == pytest.approx(expected)
    assert json.loads(json.dumps(verification_record("x", done)))["agrees"] is False


def test_a_layer_that_the_judge_fails_at_leaves_the_others_and_is_told(result, monkeypatch):
    done = verified(result, monkeypatch, Judge(broken="a"))
    assert done.failures == (("a", "it stopped"),)
    assert {figure.layer for figure in done.figures} == {"b"}
    assert done.exit_code == 4


class Listener(Judge):
    """Notes what it is asked."""

    def __init__(self):
        super().__init__()
        self.asked = []

    def evaluate(self, architecture, problem, mapping, reference):
        self.asked.append(mapping)
        return super().evaluate(architecture, problem, mapping, reference)


def test_the_mapping_is_what_its_text_says(result, monkeypatch):
    """A result whose text and record differ is judged by the text, and the figures, which are of the record, differ."""
    first, second = result.layers
    moved = first.mapping_yaml.replace("T=10 C=8", "T=10 C=4").replace("T=1 C=1", "T=1 C=2")
    judge = Listener()
    verified(result, monkeypatch, judge)
    assert judge.asked == [first.mapping, second.mapping]
    edited = replace(result, layers=(replace(first, mapping_yaml=moved), replace(second, mapping_yaml="")))
    done = verified(edited, monkeypatch, judge)
    assert judge.asked[2] != first.mapping
    assert judge.asked[3] == second.mapping
    assert {figure.layer for figure in done.figures if figure.difference} == {"a"}


def test_a_text_that_is_no_mapping_is_told_with_line_and_key(result, monkeypatch):
    first, second = result.layers
    broken = replace(result, layers=(replace(first, mapping_yaml=first.mapping_yaml.replace("target:", "tarqet:", 1)), second))
    done = verified(broken, monkeypatch, Judge())
    assert done.failures[0][1].startswith('mapping_yaml:2: mapping[0].tarqet: seen the unknown key tarqet, expected one of ')
    assert {figure.layer for figure in done.figures} == {"b"}


def test_timeloop_model_alone_is_enough(result, tmp_path, monkeypatch):
    monkeypatch.setenv("SNNHW_TIMELOOP", str(fake_programs(tmp_path / "bin", "timeloop-model")))
    done = verify(result)
    assert done.failures == ()
    assert done.engine.startswith("timeloop-model sha256:")


def test_one_word_and_the_last_printed_digit_are_rounding():
    assert Figure(kind="reads", layer="a", where="", ours=7, theirs=8).difference == 0
    assert Figure(kind="reads", layer="a", where="", ours=7, theirs=9).difference == pytest.approx(2 / 9)
    assert Figure(kind="leakage", layer="a", where="", ours=0.004, theirs=0).difference == 0
    assert Figure(kind="cycles", layer="a", where="", ours=7, theirs=8).difference == pytest.approx(1 / 8)


def test_a_result_is_made_again_from_its_own_text_where_its_files_have_changed(result, tmp_path):
    before = remade(result).of(result.layers[0])
    (tmp_path / "small.yaml").write_text("architecture: {}\n")
    (tmp_path / "run.json").unlink()
    assert remade(result).of(result.layers[0])[1] == before[1]
    assert remade(result).of(result.layers[0])[0].storage == before[0].storage
    assert before[0].variables["state_bits"] == 32


def test_a_result_that_was_made_from_no_files_cannot_be_verified(tmp_path, monkeypatch):
    monkeypatch.setattr(evaluate_module, "engine_named", lambda name: QuickEngine())
    done = evaluate(arch_file(tmp_path), run_of(layer("a")), cache=False)
    with pytest.raises(SpecError, match=r"provenance\.inputs\.stats: seen no text of a file, expected a result that was made from files"):
        remade(done)
