"""Inputs of timeloop-mapper, with an engine that finds at once and with the native one."""

import pytest
from engines.small import QuickEngine
from spec.flat_inputs import ARCHITECTURE, MAPPER, PROBLEM, changed

from snnhw.engines import map as module
from snnhw.engines.map import MapResult, map_files
from snnhw.engines.model import model, reference_of
from snnhw.errors import EngineError, SearchError, SpecError
from snnhw.model import evaluate
from snnhw.spec.mapper import MapperConfig
from snnhw.spec.timeloop_input import read_timeloop_input

INPUT = ARCHITECTURE + PROBLEM + MAPPER


@pytest.fixture
def engine(monkeypatch):
    quick = QuickEngine()
    monkeypatch.setattr(module, "engine_named", lambda name: quick)
    return quick


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "in.yaml"
    path.write_text(changed(INPUT, ("depth: 1024", "depth: 4096"), ("depth: 12,", "depth: 512,")))
    return path


def only(result: MapResult):
    (outcome,) = result.outcomes
    return outcome


def test_an_input_gives_its_mapping_and_what_the_model_says_of_it(engine, file):
    """With what the input says without effect."""
    result = map_files([file])
    outcome = only(result)
    _, problem, _, config = engine.asked[0]
    assert (result.exit_code, result.interrupted, outcome.file, outcome.error) == (0, False, str(file), "")
    assert outcome.evaluation.cycles == problem.operations == 4 * 6 * 8 * 3
    assert outcome.mapping_yaml.startswith("mapping:\n- target: DRAM\n  type: bypass\n")
    assert (config.name, config.causality) == ("timeloop-mapper", "free")
    assert outcome.notes == ("without effect in snnhw's own search: mapper.algorithm",)


def test_an_input_without_a_mapper_section_takes_the_mapper_that_is_given(engine, file):
    """And is wrong where none is."""
    file.write_text(file.read_text().replace(MAPPER, ""))
    outcome = only(map_files([file], mapper=MapperConfig(name="mine")))
    assert (outcome.error, engine.asked[0][3].name) == ("", "mine")
    assert "seen no \"mapper\"" in only(map_files([file])).error


def test_constraints_of_the_input_stand_in_its_architecture(engine, file):
    """Under each of the names that timeloop-mapper has for them."""
    for key in ("architecture_constraints", "arch_constraints", "mapspace", "mapspace_constraints"):
        targets = "- {target: GLB, type: temporal, factors: C=1}"
        file.write_text(f"{changed(INPUT)}{key}:\n  targets:\n  {targets}\n")
        map_files([file], cache=False)
        (loops,) = engine.asked[-1][0].constraints.loops
        assert (loops.level, loops.factors[0].dimension) == ("GLB", "C")


def test_a_preset_goes_before_the_input_and_limits_before_both(engine, file):
    """Each limit alone."""
    map_files([file], mapper="quick", max_seconds=9)
    map_files([file], seed=3, max_evaluations=7)
    map_files([file], mapper=MapperConfig(metrics=("energy",)))
    first, second, third = (config for _, _, _, config in engine.asked)
    assert (first.name, first.max_evaluations, first.max_seconds, first.seed) == ("quick", 2000, 9, 0)
    assert (second.name, second.max_evaluations, second.max_seconds, second.seed) == ("timeloop-mapper", 7, None, 3)
    assert third == MapperConfig(metrics=("energy",))


def test_several_files_are_inputs_of_their_own_or_parts_of_one(engine, file, tmp_path):
    """As for snnhw model."""
    parts = []
    for name, text in (("a", ARCHITECTURE), ("p", PROBLEM), ("m", MAPPER)):
        parts.append(tmp_path / f"{name}.yaml")
        parts[-1].write_text(changed(text, ("depth: 12,", "depth: 512,")) if name == "a" else text)
    assert only(map_files(parts, one=True)).file == str(parts[0])
    assert [bool(outcome.error) for outcome in map_files(parts).outcomes] == [True, True, True]


def test_a_wrong_input_and_one_that_nothing_fits_do_not_stop_the_others(engine, file, tmp_path):
    """The worst status is that of the wrong one."""
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(INPUT.replace("algorithm: random", "algorithm: randm"))
    result = map_files([wrong, file])
    assert [outcome.error.replace(f"{tmp_path}/", "") for outcome in result.outcomes] == [
        'wrong.yaml:36: mapper.algorithm: seen "randm", expected one of hybrid, random, random_pruned, exhaustive, linear_pruned; did you '
        'mean "random"?', ""]
    assert result.exit_code == 2
    engine.raises = SearchError("no mapping can fit: too small")
    result = map_files([file], cache=False)
    assert (only(result).error, result.exit_code) == ("no mapping can fit: too small", 3)
    engine.raises = EngineError("out of memory")
    assert map_files([file], cache=False).exit_code == EngineError.exit_code


def test_a_wrong_mapper_is_the_users_error(engine, file):
    """Nothing is searched then."""
    with pytest.raises(SpecError, match=r"^nothing: seen no such file, expected the YAML of a mapper, or a preset: "):
        map_files([file], mapper="nothing")
    assert engine.asked == []


def test_an_interrupt_gives_what_is_done(engine, file, tmp_path):
    """Inputs that were not begun have no outcome."""
    other = tmp_path / "other.yaml"
    other.write_text(file.read_text().replace("P: 8", "P: 9"))
    engine.interrupted_at = 2
    result = map_files([file, other])
    assert ([outcome.file for outcome in result.outcomes], result.interrupted) == ([str(file)], True)


def test_the_mapping_that_is_written_is_one_that_the_model_reads(file, tmp_path):
    """With the same figures, by the native engine."""
    outcome = only(map_files([file], max_evaluations=100))
    assert outcome.report.evaluated == 100
    written = tmp_path / "in.map.yaml"
    written.write_text(outcome.mapping_yaml)
    (again,) = model([file, written], one=True)
    assert again.evaluation == outcome.evaluation


def test_figures_are_those_of_the_model(engine, file):
    """Of the mapping, with the table that the input has or the energy model gives."""
    outcome = only(map_files([file]))
    given = read_timeloop_input([file], "mapper")
    assert outcome.evaluation == evaluate(given.architecture, given.problem, outcome.mapping, reference_of(given))
