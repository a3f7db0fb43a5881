"""snnhw optimize, from files to files, with real evaluations."""

import json

import pytest
from snnhw_cli.progress import best_so_far

from snnhw.sweep.optimize import OptimizeProgress

pytest.importorskip("optuna")
pytestmark = pytest.mark.xdist_group("sweep")

PLAN = """sweep:
  version: 0.1
  base: {arch: arch.yaml, stats: run.json, mapper: mapper.yaml}
  grid:
    variables: {rows: [16, 32, 64, 128]}
    causality: [strict, free]
"""
OPTIMIZE = ("optimize", "plan.yaml", "-o", "out", "--no-cache")


@pytest.fixture
def planned(snnhw):
    text = (snnhw.folder / "arch.yaml").read_text()
    snnhw.write("arch.yaml", "variables: {version: 0.4, rows: 64}\n" + text.replace("depth: 64", "depth: rows"))
    snnhw.write("plan.yaml", PLAN)
    return snnhw


@pytest.mark.slow
def test_the_front_of_a_search_is_printed_and_that_of_pareto_and_the_sweep_goes_on_from_it(planned):
    done = planned(*OPTIMIZE, "--trials", "5", "--objective", "energy", "--objective", "area", "--format", "json")
    assert (done.status, done.err) == (0, "5 trials, 0 of them before\n")
    record = json.loads(done.out)
    assert record["figures"] == ["energy_pJ", "area_um2"]
    assert len(record["points"]) == 5
    again = planned(*OPTIMIZE, "--trials", "5", "--objective", "energy", "--objective", "area", "--format", "json")
    assert (again.status, again.out, again.err) == (0, done.out, "5 trials, 5 of them before\n")
    assert planned("pareto", "out", "--x", "energy_pJ", "--y", "area_um2", "--format", "json").out == done.out

    best = planned(*OPTIMIZE, "--trials", "5", "--objective", "edp")
    assert best.err == "3 trials, 0 of them before; the plan has no other points\n"
    assert "better is less edp_Js;" in best.out
    assert planned("sweep", "plan.yaml", "-o", "out").out == "8 points in out: 8 done, 0 failed\n"


@pytest.mark.parametrize(("args", "said"), [
    (("--objective", "enrgy"), "error: --objective: seen enrgy, expected one of energy, latency, edp, area, "),
    (("--objective", "accuracy"), "error: run.json: accuracy: seen nothing, expected the accuracy of the run, 0 to 1"),
    (("--objective", "energy:best"), "error: --objective: seen energy:best, expected energy:min or energy:max"),
])
def test_a_wrong_objective_is_status_2_and_makes_nothing(planned, args, said):
    done = planned(*OPTIMIZE, *args)
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith(said)
    assert not (planned.folder / "out").exists()


def test_the_bar_says_the_best_so_far():
    assert best_so_far(OptimizeProgress(trials=0, most=9)) == "nothing yet"
    assert best_so_far(OptimizeProgress(trials=1, most=9, best=(2.5,), front=1, failed=2)) == "best 2.500, 2 failed"
    assert best_so_far(OptimizeProgress(trials=3, most=9, best=(2.5, 1.0), front=2)) == "2 on the front"
