"""Optimising over a plan: what is chosen, what is kept, and that nothing is evaluated twice."""

import io
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sweep.fakes import SPACE, Inline, bowl, plan_file

from snnhw.errors import SpecError
from snnhw.sweep.objectives import objectives_of
from snnhw.sweep.optimize import optimize
from snnhw.sweep.plan_form import read_plan
from snnhw.sweep.run import run_sweep
from snnhw.sweep.show import show_front
from snnhw.sweep.space import Space
from snnhw.sweep.store import Store

pytest.importorskip("optuna")

RUN = """
import sys
from sweep import fakes
from snnhw.sweep.optimize import optimize
if __name__ == "__main__":
    report = optimize(sys.argv[1], sys.argv[2], objectives=["energy"], trials=int(sys.argv[3]), evaluate=fakes.bowl_slowly)
    print(report.trials, report.front.front[0].values)
"""


@pytest.fixture
def plan(tmp_path):
    return plan_file(tmp_path, SPACE)


@pytest.fixture
def inline(monkeypatch):
    """Points are evaluated in this process; `inline.most` of them before Ctrl-C comes."""
    class Settings:
        most = None

    made = lambda evaluate, *_: Inline(evaluate, Settings.most)  # noqa: E731
    monkeypatch.setattr("snnhw.sweep.optimize.runner_of", made)
    monkeypatch.setattr("snnhw.sweep.run.runner_of", made)
    return Settings


def found(folder):
    """The inputs of all points in the order in which they were finished."""
    with Store(folder) as store:
        return [row.inputs for row in store.rows_after(0)]


def search(plan, folder, *objectives, trials=30, **more):
    return optimize(plan, folder, objectives=objectives or ("energy",), trials=trials, evaluate=bowl, **more)


def shown(report, output_format):
    text = io.StringIO()
    show_front(report.front, output_format, text)
    return text.getvalue()


def test_the_optimum_is_found_in_half_of_the_points(plan, tmp_path, inline):
    report = search(plan, tmp_path / "out", trials=40)
    assert (report.trials, report.exhausted) == (40, False)
    assert [(one.values, one.inputs["variables"], one.inputs["causality"]) for one in report.front.front] == [
        ((0.0,), {"state_bits": 24, "weight_bits": 13}, "layer")]


def test_the_same_seed_gives_the_same_points_and_bytes_and_another_one_others(plan, tmp_path, inline):
    reports = [search(plan, tmp_path / name, "energy", "cycles", trials=16, seed=seed) for name, seed in (("a", 3), ("b", 3), ("c", 4))]
    assert found(tmp_path / "a") == found(tmp_path / "b") != found(tmp_path / "c")
    for output_format in ("table", "json", "csv"):
        assert shown(reports[0], output_format) == shown(reports[1], output_format)


def test_a_search_that_was_interrupted_goes_on_as_if_nothing_had_been(plan, tmp_path, inline):
    whole = search(plan, tmp_path / "whole", "energy", "cycles", trials=20)
    inline.most = 13
    first = search(plan, tmp_path / "out", "energy", "cycles", trials=20)
    assert (first.interrupted, first.trials) == (True, 13)
    inline.most = None
    second = search(plan, tmp_path / "out", "energy", "cycles", trials=20)
    assert (second.interrupted, second.trials, second.before) == (False, 20, 13)
    assert found(tmp_path / "out") == found(tmp_path / "whole")
    assert shown(second, "csv") == shown(whole, "csv")
    again = search(plan, tmp_path / "out", "energy", "cycles", trials=20)
    assert (again.trials, again.before, len(found(tmp_path / "out"))) == (20, 20, 20)


def test_points_that_filters_refuse_are_not_evaluated_and_failed_ones_are_kept(plan, tmp_path, inline):
    report = search(plan, tmp_path / "out", trials=500)
    points = found(tmp_path / "out")
    assert len(points) == report.trials == 80
    assert report.exhausted
    assert report.front.failed == 10
    assert report.errors[0].endswith("layer fc: nothing fits")
    assert {one["variables"]["weight_bits"] for one in points} == {8, 9, 10, 11, 13, 14, 15, 16}
    assert {one["causality"] for one in points if one["variables"]["state_bits"] == 20} == {"free"}


def test_the_sampler_keeps_away_from_what_failed(plan, tmp_path, inline):
    """A tenth of the points has 15 bits; next to the best ones it would be tried often if failing were not told."""
    points = (search(plan, tmp_path / "out", trials=40), found(tmp_path / "out"))[1]
    bits = [one["variables"]["weight_bits"] for one in points[10:]]
    assert bits.count(15) <= bits.count(14)


def test_what_a_sweep_has_is_not_evaluated_again_and_the_other_way_round(plan, tmp_path, inline, monkeypatch):
    log = tmp_path / "log"
    monkeypatch.setenv("SWEEP_LOG", str(log))
    search(plan, tmp_path / "out", trials=25)
    assert run_sweep(plan, tmp_path / "out", evaluate=bowl).before == 25
    lines = log.read_text().splitlines()
    assert len(lines) == len(set(lines)) == 80
    report = search(plan, tmp_path / "out", "cycles", trials=25)
    assert (report.trials, report.exhausted, len(log.read_text().splitlines())) == (0, True, 80)
    assert report.front.front[0].values == (24,)


def test_other_objectives_are_another_search_with_trials_of_its_own_that_learns_from_the_first(plan, tmp_path, inline):
    search(plan, tmp_path / "out", trials=12)
    report = search(plan, tmp_path / "out", "cycles", trials=12)
    assert (report.trials, report.before, len(report.front.points) + report.front.failed) == (12, 0, 24)


def test_named_and_drawn_points_come_first(tmp_path, inline):
    text = SPACE + "  points: [{variables: {state_bits: 18}}, {seed: 5}]\n  sample: {count: 6, seed: 1}\n"
    plan = plan_file(tmp_path, text)
    report = search(plan, tmp_path / "out", trials=12)
    points = found(tmp_path / "out")
    assert [one.get("seed", one["variables"].get("state_bits") if "variables" in one else None) for one in points[:2]] == [18, 5]
    assert points[2:8] == [point.record() for point in list(read_plan(plan))[:6]]
    assert len(points) == report.trials == 12


def test_a_file_that_changes_begins_the_search_anew(tmp_path, inline):
    (tmp_path / "mine.yaml").write_text("mapper: {version: 0.1, max_evaluations: 100}\n")
    plan = plan_file(tmp_path, SPACE.replace("quick", "mine.yaml"))
    assert search(plan, tmp_path / "out", trials=5).trials == 5
    (tmp_path / "mine.yaml").write_text("mapper: {version: 0.1, max_evaluations: 101}\n")
    report = search(plan, tmp_path / "out", trials=5)
    assert (report.before, report.trials, len(report.front.points) + report.front.failed) == (0, 5, 5)


def test_positions_and_points_are_each_others_inverse(plan):
    space = Space(read_plan(plan))
    for index in range(space.plan.grid_size):
        position = space.position_at(index)
        point = space.point(position)
        assert point == space.plan.grid_point(index)
        assert space.position_of(point.record()) == position
        assert space.position(space.params(position)) == position
    assert space.position_of({**point.record(), "seed": 1}) is None
    assert [(one.name, one.ordered) for one in space.dimensions] == [
        ("variables.weight_bits", True), ("variables.state_bits", True), ("causality", False)]
    assert space.dimensions[1].order == (0, 2, 1, 3)  # 16, 20, 24, 32


def test_objectives_have_their_nature_and_it_can_be_said():
    assert [(one.figure, one.maximize) for one in objectives_of(["energy", "accuracy", "area:max", "energy_pJ.DRAM"])] == [
        ("energy_pJ", False), ("accuracy", True), ("area_um2", True), ("energy_pJ.DRAM", False)]


@pytest.mark.parametrize(("names", "said"), [
    (["enrgy"], "--objective: seen enrgy, expected one of energy, latency, edp, area, energy_pJ, cycles, latency_s, edp_Js, area_um2, "
                'accuracy, energy_pJ.COMPONENT; did you mean "energy"?'),
    (["edp:least"], "--objective: seen edp:least, expected edp:min or edp:max"),
    (["edp", "edp_Js:max"], "--objective: seen edp_Js twice, expected each figure once"),
    ([], "--objective: seen none, expected at least one"),
])
def test_a_wrong_objective_is_an_error(names, said):
    with pytest.raises(SpecError) as caught:
        objectives_of(names)
    assert str(caught.value) == said


def test_a_component_that_is_not_there_is_an_error_once_a_point_is_done(plan, tmp_path, inline):
    with pytest.raises(SpecError, match=r"--objective: seen energy_pJ\.DRUM, expected one of"):
        search(plan, tmp_path / "out", "energy_pJ.DRUM")


def test_accuracy_of_runs_that_have_none_is_an_error_before_anything_begins(plan, tmp_path):
    with pytest.raises(SpecError, match="mnist_784_400: accuracy: seen nothing, expected the accuracy of the run"):
        search(plan, tmp_path / "out", "accuracy")
    assert not (tmp_path / "out").exists()


def test_a_plan_in_which_nothing_varies_is_an_error(tmp_path):
    plan = plan_file(tmp_path, SPACE.partition("  grid:")[0] + "  points: [{seed: 1}, {seed: 2}]\n")
    with pytest.raises(SpecError, match=r"plan.yaml: sweep.grid: seen no free dimension, expected an axis with two values or more"):
        search(plan, tmp_path / "out")


def test_without_optuna_the_error_says_how_to_get_it(plan, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(SpecError, match=r"seen no package optuna, expected it to be installed; pip install 'snnhw\[optimize\]'"):
        search(plan, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def started(tmp_path, trials):
    (tmp_path / "run.py").write_text(RUN)
    tests, root = Path(__file__).parents[1], Path(__file__).parents[2]
    return subprocess.Popen([sys.executable, str(tmp_path / "run.py"), str(tmp_path / "plan.yaml"), str(tmp_path / "out"), str(trials)],
                            text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": f"{tests}:{root}"})


@pytest.mark.slow
def test_a_killed_search_and_two_at_once_count_nothing_twice(plan, tmp_path, monkeypatch):
    """One is killed in mid-search; then two go on together. In the end the trials are those asked for, each point begun once but the one
    that the killed one was at."""
    log = tmp_path / "log"
    log.touch()
    monkeypatch.setenv("SWEEP_LOG", str(log))
    first = started(tmp_path, 14)
    until = time.monotonic() + 60
    while len(log.read_text().splitlines()) < 5:
        assert time.monotonic() < until
        time.sleep(0.05)
    first.kill()
    first.communicate()
    kept = found(tmp_path / "out")
    both = [started(tmp_path, 14) for _ in range(2)]
    said = [one.communicate(timeout=90) for one in both]
    assert [err for _, err in said] == ["", ""]
    assert said[0][0] == said[1][0]
    assert said[0][0].startswith("14 ")
    points = found(tmp_path / "out")
    assert len(points) == 14
    assert points[:len(kept)] == kept
    begun = log.read_text().splitlines()
    assert len(begun) - len(set(begun)) <= 1
