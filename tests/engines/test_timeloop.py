"""The engine against programs that go wrong in every way that the real ones were seen to."""

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace

import pytest
from engines.fake_timeloop import fake_programs, kept_folder, without_path
from engines.small import arch_file, layer, run_of

from snnhw.energy import estimate
from snnhw.engines import timeloop_run
from snnhw.engines.evaluate import evaluate
from snnhw.engines.interface import engine_named
from snnhw.errors import CapacityError, EngineError, SearchError, SpecError
from snnhw.spec.constraints import Constraints
from snnhw.spec.load import load_architecture
from snnhw.spec.mapper import MapperConfig
from snnhw.spec.mapping import LevelMapping, Loop, Mapping

CONFIG = MapperConfig(max_evaluations=10)


@pytest.fixture(autouse=True)
def programs(tmp_path, monkeypatch):
    monkeypatch.setenv("SNNHW_TIMELOOP", str(fake_programs(tmp_path / "bin")))
    runs = tmp_path / "runs"
    runs.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(runs))
    return runs


@pytest.fixture
def given(tmp_path):
    architecture = load_architecture(arch_file(tmp_path))
    return architecture, layer("a").problem(10), estimate(architecture)


def search(given, config=CONFIG, progress=None):
    architecture, problem, reference = given
    return engine_named("timeloop").search(architecture, problem, Constraints(), reference, config, progress)


def judge(given):
    architecture, problem, reference = given
    loops = tuple(Loop(dimension=d, bound=problem.bounds[d]) for d in problem.dimensions if problem.bounds[d] > 1)
    every = frozenset(tensor.name for tensor in problem.tensors)
    mapping = Mapping(levels=(LevelMapping(level="DRAM", temporal=loops, keep=every), LevelMapping(level="buffer", keep=every)))
    return engine_named("timeloop").evaluate(architecture, problem, mapping, reference)


def test_a_good_search_gives_mapping_figures_and_counts_and_leaves_nothing(given, programs):
    found = search(given)
    assert (found.evaluation.cycles, found.evaluation.energy_pJ) == (320, 320.0)
    assert {loop.dimension: loop.bound for loop in found.mapping.levels[0].temporal} == {"T": 10, "C": 8, "M": 4}
    assert [level.level for level in found.mapping.levels] == ["DRAM", "buffer"]
    assert (found.report.evaluated, found.report.pruned, found.report.ended_by, found.report.optimal) == (10, 20, "budget", False)
    assert found.report.objective == 320 * 320
    assert list(programs.iterdir()) == []


def test_tiles_that_fit_a_shared_level_only_one_by_one_are_searched_again_with_its_rows_divided(given, monkeypatch):
    monkeypatch.setenv("FAKE_TIMELOOP", "greedy")
    found = search(given)
    architecture = given[0]
    words = {tensor: counts.tile_size for tensor, counts in found.evaluation.levels[1].tensors.items()}
    bits = {tensor: count * architecture.storage[1].bits_of(tensor) for tensor, count in words.items()}
    assert set(words) == {"Weights", "Inputs", "Outputs"}
    assert all(bits.values())
    assert sum(bits.values()) <= architecture.storage[1].capacity_bits
    assert sum(bits.values()) > 0.9 * architecture.storage[1].capacity_bits


def test_a_mapping_whose_tiles_do_not_fit_a_shared_level_together_is_refused(given, monkeypatch, programs):
    monkeypatch.setenv("FAKE_TIMELOOP", "greedy")
    with pytest.raises(CapacityError, match="level buffer: the tiles that timeloop put there need 12,288 bits together, it has 4,096"):
        judge(given)
    assert list(programs.iterdir()) == []


def test_an_abort_tells_the_assertion_and_keeps_its_folder(given, monkeypatch):
    monkeypatch.setenv("FAKE_TIMELOOP", "abort")
    said = r"^timeloop-model was ended by SIGABRT: .*Assertion `false' failed\.; its folder is kept: "
    with pytest.raises(EngineError, match=said) as told:
        judge(given)
    folder = kept_folder(str(told.value))
    assert {"input.yaml", "stdout.log", "stderr.log"} <= {file.name for file in folder.iterdir()}
    assert "input file: input.yaml" in str(told.value)


def test_a_signal_without_a_word_is_told(given, monkeypatch):
    monkeypatch.setenv("FAKE_TIMELOOP", "silent_signal")
    with pytest.raises(EngineError, match=r"was ended by SIGKILL \(out of memory\?\)"):
        judge(given)


def test_status_0_without_results_is_an_error(given, monkeypatch):
    monkeypatch.setenv("FAKE_TIMELOOP", "empty")
    with pytest.raises(EngineError, match="timeloop-model ended with status 0 and without results; its folder is kept"):
        judge(given)


def test_no_valid_mapping_is_a_search_that_found_nothing(given, monkeypatch):
    monkeypatch.setenv("FAKE_TIMELOOP", "nothing")
    with pytest.raises(SearchError, match="timeloop-mapper found no valid mapping within its budget"):
        search(given)


def test_a_mapping_that_does_not_fit_is_its_own_error(given, monkeypatch):
    monkeypatch.setenv("FAKE_TIMELOOP", "refused")
    with pytest.raises(CapacityError, match="mapped tile size 9 exceeds buffer capacity 8"):
        judge(given)


def test_counts_near_2_to_64_are_not_taken_for_counts(given, monkeypatch):
    monkeypatch.setenv("FAKE_TIMELOOP", "wrapped")
    said = r"adder Computes \(total\): timeloop says 18446744073709551609, a count that went below zero"
    with pytest.raises(EngineError, match=said) as told:
        judge(given)
    assert (kept_folder(str(told.value)) / "timeloop-model.stats.txt").is_file()


def test_xml_that_is_cut_off_is_told(given, monkeypatch):
    monkeypatch.setenv("FAKE_TIMELOOP", "cut")
    with pytest.raises(EngineError, match=r"map\+stats\.xml of timeloop is cut off or damaged .*its folder is kept"):
        judge(given)


def test_an_endless_run_ends_at_its_limit(given, monkeypatch):
    monkeypatch.setenv("FAKE_TIMELOOP", "endless")
    monkeypatch.setenv("SNNHW_TIMELOOP_SECONDS", "0.5")
    with pytest.raises(EngineError, match=r"timeloop-model did not end within 0\.5 s"):
        judge(given)


def test_a_run_that_ignores_sigint_is_killed(given, monkeypatch):
    monkeypatch.setenv("FAKE_TIMELOOP", "deaf")
    monkeypatch.setattr(timeloop_run, "STOPPING_SECONDS", 0.3)
    with pytest.raises(EngineError, match=r"did not end within 5 s and did not heed SIGINT"):
        search(given, replace(CONFIG, max_seconds=5.0))


def test_at_its_limit_a_search_gives_its_best_so_far_and_has_told_of_it_on_the_way(given, monkeypatch):
    monkeypatch.setenv("FAKE_TIMELOOP", "best_so_far")
    told = []
    found = search(given, replace(CONFIG, max_seconds=5.0), told.append)
    assert found.report.ended_by == "seconds"
    assert found.evaluation.cycles == 320
    assert told[0].best_energy_pJ is None
    assert (told[-1].best_energy_pJ, told[-1].best_cycles) == (2.0 * 320, 77)
    assert [step.seconds for step in told] == sorted(step.seconds for step in told)


def test_ctrl_c_gives_the_best_so_far(given, monkeypatch):
    monkeypatch.setenv("FAKE_TIMELOOP", "best_so_far")

    def stop(step):
        if step.best_energy_pJ is not None:
            raise KeyboardInterrupt

    found = search(given, progress=stop)
    assert found.report.ended_by == "interrupted"
    assert found.evaluation.cycles == 320


def test_ctrl_c_before_anything_was_found_goes_on_and_leaves_nothing(given, monkeypatch, programs):
    monkeypatch.setenv("FAKE_TIMELOOP", "endless")

    def stop(step):
        if step.seconds > 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        search(given, progress=stop)
    assert list(programs.iterdir()) == []


WAITING = """import sys
from pathlib import Path
from snnhw.engines.timeloop_run import run_program
if sys.argv[2] == "command":
    from snnhw_cli.interrupts import watched
    with watched():
        run_program(Path(sys.argv[1]), "", seconds=60)
else:
    run_program(Path(sys.argv[1]), "", seconds=60)
"""


@pytest.mark.parametrize("caller", ["library", "command"])
def test_sigterm_ends_the_program_too(tmp_path, caller):
    """It has a session of its own, so that nobody else would end it."""
    program, told = tmp_path / "timeloop-mapper", tmp_path / "pid"
    program.write_text(f"#!/bin/sh\necho $$ > {told}.new; mv {told}.new {told}\nexec sleep 60\n")
    program.chmod(0o755)
    ours = subprocess.Popen([sys.executable, "-c", WAITING, str(program), caller], stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 30
        while not told.exists() and time.monotonic() < until:
            time.sleep(0.02)
        theirs = int(told.read_text())
        ours.terminate()
        ours.wait(30)
    finally:
        ours.kill()
    with pytest.raises(ProcessLookupError):
        os.kill(theirs, 0)


@pytest.mark.parametrize("engine", ["timeloop", "hybrid"])
def test_one_failed_layer_of_a_network_leaves_the_others(tmp_path, monkeypatch, engine):
    monkeypatch.setenv("FAKE_TIMELOOP", "b:abort")
    run = run_of(layer("a"), layer("b", M=6), layer("c", M=7))
    result = evaluate(arch_file(tmp_path), run, mapper=CONFIG, engine=engine, cache=False)
    assert [one.name for one in result.layers] == ["a", "c"]
    assert [(one.layer, one.status) for one in result.failures] == [("b", 4)]
    assert "SIGABRT" in result.failures[0].error
    assert result.exit_code == 4
    assert result.cycles == sum(one.cycles for one in result.layers)


def test_a_network_all_of_whose_layers_fail_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setenv("FAKE_TIMELOOP", "abort")
    with pytest.raises(EngineError, match=r"^layer a: timeloop-mapper was ended by SIGABRT"):
        evaluate(arch_file(tmp_path), run_of(layer("a"), layer("b", M=6)), mapper=CONFIG, engine="timeloop", cache=False)


def test_a_judged_layer_says_how_far_the_judge_is_away(tmp_path):
    result = evaluate(arch_file(tmp_path), run_of(layer("a")), mapper=CONFIG, engine="hybrid", cache=False)
    assert result.layers[0].evaluation.energy_pJ == 320.0
    assert any(note.startswith("timeloop-model against snnhw: energy -") for note in result.layers[0].notes)


def test_what_was_found_is_found_again_for_the_same_programs_alone(tmp_path, monkeypatch):
    arch, run = arch_file(tmp_path), run_of(layer("a"))
    first = evaluate(arch, run, mapper=CONFIG, engine="hybrid")
    monkeypatch.setenv("FAKE_TIMELOOP", "abort")
    assert evaluate(arch, run, mapper=CONFIG, engine="hybrid") == first
    with (tmp_path / "bin/timeloop-model").open("a") as file:
        file.write("# another build\n")
    with pytest.raises(EngineError, match="SIGABRT"):
        evaluate(arch, run, mapper=CONFIG, engine="hybrid")


def test_without_the_programs_it_says_how_to_get_them(monkeypatch):
    without_path(monkeypatch)
    said = r"^timeloop-model is not here \(SNNHW_TIMELOOP is not set and PATH has none\); .*Dockerfile\.timeloop"
    with pytest.raises(EngineError, match=said):
        engine_named("timeloop")


@pytest.mark.parametrize(("name", "value"), [("SNNHW_TIMELOOP_SECONDS", "soon"), ("SNNHW_TIMELOOP_THREADS", "0"),
                                             ("SNNHW_TIMELOOP_SECONDS", "inf")])
def test_settings_of_the_environment_are_checked(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(SpecError, match=f'environment: {name}: seen "{value}", expected x > 0'):
        engine_named("timeloop")
