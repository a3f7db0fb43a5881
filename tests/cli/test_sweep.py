"""snnhw sweep, pareto and compare, from files to files, with real evaluations."""

import csv
import io
import json

import pytest
from command import EVALUATE

from snnhw.sweep.compare import point_result
from snnhw.sweep.store import Store

PLAN = """sweep:
  version: 0.1
  base: {arch: arch.yaml, stats: run.json, mapper: mapper.yaml}
  grid:
    causality: [strict, free]
    seed: [0, 1]
  points:
    - {causality: layer}
"""
SWEEP = ("sweep", "plan.yaml", "-o", "out", "--no-cache")

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("sweep")]


@pytest.fixture
def planned(snnhw):
    snnhw.write("plan.yaml", PLAN)
    return snnhw


def keys(folder):
    with Store(folder) as store:
        return [row.key for row in store.rows()]


def test_a_sweep_gives_what_evaluate_gives_and_can_be_looked_at(planned):
    """One run of everything: processes take seconds to start."""
    done = planned(*SWEEP, "--jobs", "2")
    assert (done.status, done.out, done.err) == (0, "5 points in out: 5 done, 0 failed\n", "")
    again = planned(*SWEEP, "--format", "csv")
    table = list(csv.DictReader(io.StringIO(again.out)))
    assert [(row["causality"], row["seed"], row["status"]) for row in table] == [
        ("strict", "0", "done"), ("strict", "1", "done"), ("free", "0", "done"), ("free", "1", "done"), ("layer", "", "done")]

    single = planned(*EVALUATE, "--causality", "free", "--seed", "1", "--format", "json", "-o", "single")
    record = json.loads(single.out)
    assert float(table[3]["energy_pJ"]) == record["totals"]["energy_pJ"]
    assert float(table[3]["energy_pJ.DRAM"]) == record["components"][0]["energy_pJ"]

    key = keys("out")[3]
    assert point_result("out", key).provenance["inputs"] == record["provenance"]["inputs"]
    compared = planned("compare", "single", f"out:{key[:12]}", "--format", "json")
    assert compared.status == 0
    assert {ratio for line in json.loads(compared.out)["lines"] for ratio in line["ratios"]} <= {1.0, None}
    side = planned("compare", f"out:{keys('out')[0]}", f"out:{key[:12]}", "--by", "component", "--by", "layer")
    assert side.out.isascii()
    assert all(word in side.out for word in ("energy uJ", "DRAM", "fc1", "B/A"))

    lines = [json.loads(line) for line in planned(*SWEEP, "--format", "json").out.splitlines()]
    assert [line["key"] for line in lines] == keys("out")

    front = planned("pareto", "out", "--x", "energy_pJ", "--y", "cycles", "--format", "json")
    record = json.loads(front.out)
    assert len(record["points"]) == 5
    assert any(one["place"] == "front" for one in record["points"])
    assert " on the front, " in planned("pareto", "out", "--x", "energy_pJ", "--y", "cycles").out
    rows = list(csv.DictReader(io.StringIO(planned("pareto", "out", "--x", "energy_pJ", "--y", "cycles", "--format", "csv").out)))
    assert [row["key"] for row in rows] == [one["key"] for one in record["points"]]
    drawn = planned("pareto", "out", "--x", "energy_pJ", "--y", "cycles", "--figure", "front.svg")
    assert drawn.status == 0
    assert "<svg" in (planned.folder / "front.svg").read_text()
    nothing = planned("pareto", "out", "--x", "energy_pJ", "--y", "accuracy")
    assert (nothing.status, nothing.out) == (2, "")
    assert "accuracy: seen no point that has it" in nothing.err


def test_points_that_are_wrong_fail_with_the_names_of_their_files(planned):
    text = (planned.folder / "arch.yaml").read_text()
    planned.write("arch.yaml", "variables: {version: 0.4, rows: 16}\n" + text.replace("depth: 64", "depth: rows"))
    planned.write("plan.yaml", PLAN.partition("  grid:")[0] + "  grid: {variables: {rows: [-1, 0.5]}}\n")
    done = planned(*SWEEP)
    assert done.status == 3
    assert done.out == "2 points in out: 0 done, 2 failed\n"
    assert "failed: arch.yaml run.json mapper.yaml rows=-1: arch.yaml:15: architecture.nodes[2].attributes.depth: seen" in done.err
    assert done.err.endswith("2 points failed; --retry-failed tries them again\n")
    assert "tmp" not in done.err


def test_a_dry_run_counts_points_and_makes_nothing(planned):
    done = planned(*SWEEP, "--dry-run")
    assert (done.status, done.out) == (0, "5 points\n")
    assert not (planned.folder / "out").exists()


@pytest.mark.parametrize(("plan", "refused"), [
    (PLAN, "all 5 points"), (PLAN.partition("  grid:")[0], "the only point"),
    (PLAN + "  sample: {count: 2}\n", "all 5 points")])  # fmt: skip
def test_a_filter_that_refuses_every_point_is_said_and_is_status_3(planned, plan, refused):
    planned.write("plan.yaml", plan + "  where: [membrane == 'per_step']\n")
    said = f"plan.yaml: sweep.where refuses {refused}\n"
    done = planned(*SWEEP, "--dry-run")
    assert (done.status, done.out, done.err) == (0, "0 points\n", f"note: {said}")
    done = planned(*SWEEP)
    assert (done.status, done.out, done.err) == (3, "0 points in out: 0 done, 0 failed\n", f"error: {said}")


def test_a_file_in_place_of_the_folder_is_said_as_other_commands_do(planned):
    done = planned("sweep", "plan.yaml", "-o", "run.json")
    said = "error: run.json: cannot be the output folder, a file is there; choose another with -o\n"
    assert (done.status, done.out, done.err) == (4, "", said)


def test_a_wrong_plan_is_status_2_and_makes_nothing(planned):
    planned.write("plan.yaml", PLAN.replace("arch: arch.yaml", "arch: arsch.yaml"))
    done = planned(*SWEEP)
    assert done.status == 2
    assert done.err.startswith('error: plan.yaml:3: sweep.base.arch: seen "arsch.yaml", no such file')
    assert not (planned.folder / "out").exists()


@pytest.mark.parametrize(("args", "said"), [
    (("pareto", "out", "--x", "a", "--y", "b"), "error: out: seen no sweep.sqlite, expected the folder of a sweep"),
    (("compare", "a", "b"), "error: a: seen No such file or directory"),
    (("compare", "arch.yaml"), "error: compare: seen 1 result, expected at least two"),
    (("sweep", "nothing.yaml", "-o", "out"), "error: nothing.yaml: seen"),
    (("sweep", "plan.yaml", "-o", "out", "--dask", "local:x"), "error: --dask: seen local:x, expected local:N"),
])
def test_what_is_not_there_is_status_2(planned, args, said):
    done = planned(*args)
    assert done.status == 2
    assert done.err.startswith(said)
