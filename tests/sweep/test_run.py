"""Sweeps from a plan to the store, in processes of this machine."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sweep.fakes import at_once, other_version, plan_file, seed_1_fails, seed_2_kills, seed_2_kills_once

from snnhw.errors import EngineError, OutputError, SpecError
from snnhw.sweep.owners import Owner
from snnhw.sweep.run import run_sweep
from snnhw.sweep.store import Store

RUN = """
import sys
from sweep import fakes
from snnhw.sweep.run import run_sweep
if __name__ == "__main__":
    print(run_sweep(sys.argv[1], sys.argv[2], jobs=2, evaluate=getattr(fakes, sys.argv[3])))
"""


@pytest.fixture
def plan(tmp_path):
    return plan_file(tmp_path)


@pytest.fixture
def log(tmp_path, monkeypatch):
    """The points that processes have begun with."""
    file = tmp_path / "log"
    file.touch()
    monkeypatch.setenv("SWEEP_LOG", str(file))
    return lambda: file.read_text().splitlines()


def rows(folder):
    with Store(folder) as store:
        return list(store.rows())


def started(tmp_path, evaluate, folder):
    """A sweep in a process of its own; its processes die with it."""
    script = tmp_path / "run.py"
    script.write_text(RUN)
    tests, root = Path(__file__).parents[1], Path(__file__).parents[2]
    return subprocess.Popen([sys.executable, str(script), str(tmp_path / "plan.yaml"), str(folder), evaluate], text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": f"{tests}:{root}"})


def finished(folder):
    try:
        return len(rows(folder))
    except SpecError:
        return 0


def wait_for(condition, seconds=60):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it takes too long"
        time.sleep(0.02)


def test_every_point_is_evaluated_once_and_in_the_store_in_the_order_of_the_plan(plan, tmp_path, log):
    report = run_sweep(plan, tmp_path / "out", jobs=2, evaluate=at_once)
    assert (report.points, report.done, report.failed, report.before) == (12, 12, 0, 0)
    found = rows(tmp_path / "out")
    assert [row.figures["energy_pJ"] for row in found] == [100.0 * bits + seed for bits in (8, 9, 10) for seed in range(4)]
    assert len(log()) == len(set(log())) == 12
    assert not (tmp_path / "out/owners").exists()


def test_what_is_finished_is_not_evaluated_again(plan, tmp_path, log):
    run_sweep(plan, tmp_path / "out", evaluate=at_once)
    report = run_sweep(plan, tmp_path / "out", evaluate=at_once)
    assert (report.points, report.done, report.before) == (12, 12, 12)
    assert len(log()) == 12


@pytest.mark.slow
def test_a_plan_that_grows_has_its_new_points_evaluated_alone(plan, tmp_path, log):
    run_sweep(plan, tmp_path / "out", evaluate=at_once)
    plan.write_text(plan.read_text().replace("[0, 1, 2, 3]", "[0, 1, 2, 3, 4]"))
    report = run_sweep(plan, tmp_path / "out", evaluate=at_once)
    assert (report.points, report.done, report.before) == (15, 15, 12)
    assert len(log()) == 15


@pytest.mark.slow
def test_a_failed_point_is_a_row_and_is_tried_again_when_asked(plan, tmp_path, log, monkeypatch):
    report = run_sweep(plan, tmp_path / "out", evaluate=seed_1_fails)
    assert (report.done, report.failed) == (9, 3)
    assert report.errors[0] == "tiny_snn mnist_784_400 quick weight_bits=8 seed=1: layer fc: nothing fits"
    failed = [row for row in rows(tmp_path / "out") if row.status == "failed"]
    assert [(row.inputs["seed"], row.error, row.exit_code) for row in failed] == [(1, "layer fc: nothing fits", 3)] * 3
    assert run_sweep(plan, tmp_path / "out", evaluate=seed_1_fails).before == 12
    monkeypatch.setenv("SWEEP_MENDED", "1")
    report = run_sweep(plan, tmp_path / "out", evaluate=seed_1_fails, retry_failed=True)
    assert (report.points, report.done, report.failed, report.before, report.retried) == (12, 12, 0, 9, 3)
    assert {(row.status, row.error) for row in rows(tmp_path / "out")} == {("done", "")}


@pytest.mark.slow
def test_a_point_that_fails_again_is_not_tried_for_ever(plan, tmp_path):
    run_sweep(plan, tmp_path / "out", evaluate=seed_1_fails)
    assert run_sweep(plan, tmp_path / "out", evaluate=seed_1_fails, retry_failed=True).failed == 3
    assert {row.attempts for row in rows(tmp_path / "out") if row.status == "failed"} == {2}


@pytest.mark.slow
def test_a_process_that_dies_is_replaced_and_its_point_tried_once_more(plan, tmp_path, log):
    report = run_sweep(plan, tmp_path / "out", jobs=2, evaluate=seed_2_kills)
    assert (report.done, report.failed) == (9, 3)
    failed = [row for row in rows(tmp_path / "out") if row.status == "failed"]
    assert {(row.inputs["seed"], row.attempts, row.exit_code, row.error) for row in failed} == {
        (2, 2, 4, "the process that evaluated it ended early, 2 times (signal 9; out of memory?)")}
    assert sum(line.startswith("began ") and '"seed": 2' in line for line in log()) == 6


@pytest.mark.slow
def test_a_process_that_dies_once_costs_nothing(plan, tmp_path, monkeypatch):
    (tmp_path / "first").mkdir()
    monkeypatch.setenv("SWEEP_FOLDER", str(tmp_path / "first"))
    report = run_sweep(plan, tmp_path / "out", jobs=2, evaluate=seed_2_kills_once)
    assert (report.done, report.failed) == (12, 0)
    assert {row.attempts for row in rows(tmp_path / "out") if row.inputs.get("seed") == 2} == {2}


def test_a_sweep_that_is_killed_goes_on_where_it_was(plan, tmp_path, log):
    first = started(tmp_path, "slowly", tmp_path / "out")
    wait_for(lambda: finished(tmp_path / "out") >= 3)
    first.kill()
    first.communicate()
    kept = {row.key: row.finished for row in rows(tmp_path / "out")}
    assert 3 <= len(kept) < 12
    report = run_sweep(plan, tmp_path / "out", jobs=2, evaluate=at_once)
    assert (report.points, report.done, report.before) == (12, 12, len(kept))
    found = {row.key: row.finished for row in rows(tmp_path / "out")}
    assert len(found) == 12
    assert {key: found[key] for key in kept} == kept


@pytest.mark.slow
def test_the_processes_of_a_killed_sweep_end_as_well(plan, tmp_path):
    first = started(tmp_path, "slowly", tmp_path / "out")
    wait_for(lambda: finished(tmp_path / "out") >= 1)
    children = Path(f"/proc/{first.pid}/task/{first.pid}/children")
    if not children.exists():
        first.kill()
        pytest.skip("no list of child processes on this system")
    pids = children.read_text().split()
    assert len(pids) >= 2
    first.kill()
    first.communicate()
    wait_for(lambda: not any("run.py" in _command(pid) or "spawn_main" in _command(pid) for pid in pids), 10)


def _command(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


@pytest.mark.slow
def test_ctrl_c_keeps_what_was_finished(plan, tmp_path):
    first = started(tmp_path, "slowly", tmp_path / "out")
    wait_for(lambda: finished(tmp_path / "out") >= 2)
    first.send_signal(signal.SIGINT)
    out, err = first.communicate(timeout=30)
    assert "interrupted=True" in out
    assert err == ""
    kept = len(rows(tmp_path / "out"))
    assert 2 <= kept < 12
    assert run_sweep(plan, tmp_path / "out", evaluate=at_once).before == kept


@pytest.mark.slow
def test_two_sweeps_on_a_folder_share_its_points(plan, tmp_path, log):
    """Each point is begun once, by one of them; both end with all of them."""
    both = [started(tmp_path, "slowly", tmp_path / "out") for _ in range(2)]
    said = [one.communicate(timeout=90) for one in both]
    assert [err for _, err in said] == ["", ""]
    assert all("points=12, done=12, failed=0" in out for out, _ in said)
    assert len(log()) == len(set(log())) == 12
    assert len(rows(tmp_path / "out")) == 12


@pytest.mark.slow
def test_a_sweep_takes_over_what_a_killed_one_was_at(plan, tmp_path):
    first = started(tmp_path, "slowly", tmp_path / "out")
    wait_for(lambda: finished(tmp_path / "out") >= 1)
    second = started(tmp_path, "slowly", tmp_path / "out")
    wait_for(lambda: finished(tmp_path / "out") >= 5)
    first.kill()
    first.communicate()
    out, err = second.communicate(timeout=90)
    assert "points=12, done=12, failed=0" in out, err
    assert len(rows(tmp_path / "out")) == 12


def test_a_sweep_on_another_machine_is_left_alone(plan, tmp_path, log, monkeypatch):
    run_sweep(plan, tmp_path / "out", evaluate=at_once)
    monkeypatch.setattr("socket.gethostname", lambda: "elsewhere")
    other = Owner(tmp_path / "out")
    monkeypatch.setattr("socket.gethostname", lambda: "here")
    with pytest.raises(OutputError, match="out: a sweep on elsewhere is at this folder; wait for it, or start this one there"):
        run_sweep(plan, tmp_path / "out", evaluate=at_once)
    other.close()
    assert run_sweep(plan, tmp_path / "out", evaluate=at_once).before == 12


@pytest.mark.slow
def test_two_names_of_the_same_content_are_one_point(tmp_path, log):
    (tmp_path / "mine.yaml").write_text("mapper: {version: 0.1, max_evaluations: 2000}\n")
    plan = plan_file(tmp_path, "sweep: {base: {arch: tiny_snn, stats: mnist_784_400}, grid: {mapper: [quick, mine.yaml]}}\n")
    report = run_sweep(plan, tmp_path / "out", jobs=2, evaluate=at_once)
    assert (report.points, report.done) == (1, 1)
    assert len(log()) == len(rows(tmp_path / "out")) == 1


@pytest.mark.slow
def test_a_file_that_may_not_grow_ends_the_sweep_with_what_it_has(plan, tmp_path):
    """A real limit of the system on the size of files, in a process of its own; without it the sweep goes on."""
    script = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (220_000, 220_000))\n" + RUN
    (tmp_path / "run.py").write_text(script)
    tests, root = Path(__file__).parents[1], Path(__file__).parents[2]
    command = [sys.executable, str(tmp_path / "run.py"), str(plan), str(tmp_path / "out"), "large"]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": f"{tests}:{root}"})
    assert done.returncode == 1
    assert "OutputError" in done.stderr
    assert "the points that were finished before are kept" in done.stderr
    kept = len(rows(tmp_path / "out"))
    assert 0 < kept < 12
    report = run_sweep(plan, tmp_path / "out", evaluate=at_once)
    assert (report.done, report.before) == (12, kept)


def test_a_worker_that_cannot_work_ends_the_sweep(plan, tmp_path):
    with pytest.raises(EngineError, match="a worker runs another version"):
        run_sweep(plan, tmp_path / "out", evaluate=other_version)
    assert rows(tmp_path / "out") == []


def test_a_folder_that_cannot_be_written_is_told_before_anything_begins(plan, tmp_path, log):
    (tmp_path / "out").write_text("a file")
    with pytest.raises(OutputError):
        run_sweep(plan, tmp_path / "out", evaluate=at_once)
    assert log() == []


def test_progress_is_told_of_every_point(plan, tmp_path):
    told = []
    run_sweep(plan, tmp_path / "out", evaluate=seed_1_fails, progress=told.append)
    assert [(one.done + one.failed, one.points) for one in told] == [(i + 1, 12) for i in range(12)]
    assert (told[-1].done, told[-1].failed) == (9, 3)
