"""Sweeps on a Dask cluster: a real scheduler and real workers, each a process of its own."""

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from sweep.fakes import at_once, other_version, plan_file, seed_1_fails, seed_2_kills, slowly

from snnhw.errors import EngineError, SpecError
from snnhw.sweep.run import check_dask, run_sweep
from snnhw.sweep.store import Store

pytest.importorskip("distributed")
# What distributed warns of at its end is no fault of ours.
pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.slow, pytest.mark.xdist_group("dask")]


class Cluster:
    """A scheduler and workers of one thread each."""

    def __init__(self, folder):
        self.file = folder / "scheduler.json"
        tests, root = Path(__file__).parents[1], Path(__file__).parents[2]
        self.environment = {**os.environ, "PYTHONPATH": f"{tests}:{root}"}
        self.processes = [self._start("dask_scheduler", "--host", "127.0.0.1", "--port", "0")]
        until = time.monotonic() + 60
        while not self.file.exists() or not self.file.read_text():
            assert time.monotonic() < until
            time.sleep(0.05)
        self.address = json.loads(self.file.read_text())["address"]

    def add_worker(self):
        self.processes.append(self._start("dask_worker", "--nthreads", "1", "--no-nanny"))
        return self.processes[-1]

    def _start(self, what, *args):
        command = [sys.executable, "-m", f"distributed.cli.{what}", "--scheduler-file", str(self.file), "--no-dashboard", *args]
        return subprocess.Popen(command, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def close(self):
        for process in reversed(self.processes):
            process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path):
    one = Cluster(tmp_path)
    yield one
    one.close()


def rows(folder):
    with Store(folder) as store:
        return list(store.rows())


def test_the_points_of_a_cluster_are_those_of_local_processes(tmp_path, cluster):
    plan = plan_file(tmp_path)
    cluster.add_worker()
    cluster.add_worker()
    report = run_sweep(plan, tmp_path / "dask", dask=cluster.address, evaluate=at_once)
    assert (report.points, report.done) == (12, 12)
    run_sweep(plan, tmp_path / "local", evaluate=at_once)
    assert [(row.key, row.inputs, row.figures, row.status) for row in rows(tmp_path / "dask")] == \
        [(row.key, row.inputs, row.figures, row.status) for row in rows(tmp_path / "local")]


def test_all_points_arrive_when_a_worker_is_killed_in_mid_sweep(tmp_path, cluster):
    plan = plan_file(tmp_path)
    first, _ = cluster.add_worker(), cluster.add_worker()
    killed = []

    def kill(step):
        if step.done >= 3 and not killed:
            killed.append(step.done)
            first.kill()

    report = run_sweep(plan, tmp_path / "out", dask=cluster.address, evaluate=slowly, progress=kill)
    assert killed
    assert killed[0] < 12
    assert (report.points, report.done, report.failed) == (12, 12, 0)
    assert len({row.key for row in rows(tmp_path / "out")}) == 12


def test_a_point_that_kills_every_worker_is_a_failed_row(tmp_path, cluster):
    """The scheduler gives it up after so many workers; the others are done by those that come after."""
    plan = plan_file(tmp_path, "sweep: {base: {arch: tiny_snn, stats: mnist_784_400, mapper: quick}, grid: {seed: [0, 2, 3]}}\n")
    ended = threading.Event()

    def replenish():
        workers = [cluster.add_worker()]
        while not ended.wait(0.2):
            if workers[-1].poll() is not None:
                workers.append(cluster.add_worker())

    thread = threading.Thread(target=replenish)
    thread.start()
    try:
        report = run_sweep(plan, tmp_path / "out", dask=cluster.address, evaluate=seed_2_kills)
    finally:
        ended.set()
        thread.join()
    failed = [row for row in rows(tmp_path / "out") if row.status == "failed"]
    assert report.done + report.failed == 3
    assert 2 in [row.inputs["seed"] for row in failed]
    assert "Dask: KilledWorker" in failed[0].error


def test_a_failed_point_is_a_row_on_a_cluster_too(tmp_path, cluster):
    cluster.add_worker()
    report = run_sweep(plan_file(tmp_path), tmp_path / "out", dask=cluster.address, evaluate=seed_1_fails)
    assert (report.done, report.failed) == (9, 3)
    assert {row.error for row in rows(tmp_path / "out") if row.status == "failed"} == {"layer fc: nothing fits"}


def test_a_worker_that_comes_late_is_waited_for(tmp_path, cluster):
    later = threading.Timer(3, cluster.add_worker)
    later.start()
    assert run_sweep(plan_file(tmp_path), tmp_path / "out", dask=cluster.address, evaluate=at_once).done == 12
    later.join()


def test_workers_of_another_version_end_the_sweep(tmp_path, cluster):
    cluster.add_worker()
    with pytest.raises(EngineError, match="a worker runs another version"):
        run_sweep(plan_file(tmp_path), tmp_path / "out", dask=cluster.address, evaluate=other_version)


def test_a_scheduler_that_dies_ends_the_sweep_with_what_was_finished(tmp_path, cluster, monkeypatch):
    import dask

    cluster.add_worker()

    def kill(step):
        if step.done == 3:
            cluster.processes[0].kill()

    with (dask.config.set({"distributed.comm.timeouts.connect": "3s"}),
          pytest.raises(EngineError, match=r"--dask tcp://.*: the scheduler is gone; points that were finished are kept")):
        run_sweep(plan_file(tmp_path), tmp_path / "out", dask=cluster.address, evaluate=slowly, progress=kill)
    kept = len(rows(tmp_path / "out"))
    assert 3 <= kept < 12
    assert run_sweep(plan_file(tmp_path), tmp_path / "out", evaluate=at_once).before == kept


def test_workers_of_this_machine_by_number(tmp_path):
    report = run_sweep(plan_file(tmp_path), tmp_path / "out", dask="local:2", evaluate=at_once)
    assert (report.done, report.failed) == (12, 0)


def test_an_address_where_nobody_answers_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr("snnhw.sweep.on_dask.CONNECTING_SECONDS", 2)
    with pytest.raises(EngineError, match=r"--dask tcp://127\.0\.0\.1:1: no scheduler answers there"):
        run_sweep(plan_file(tmp_path), tmp_path / "out", dask="tcp://127.0.0.1:1", evaluate=at_once)


def test_without_the_package_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(SpecError, match=r"seen no package distributed, expected it to be installed; pip install 'snnhw\[dask\]'"):
        run_sweep(plan_file(tmp_path), tmp_path / "out", dask="local:1", evaluate=at_once)


@pytest.mark.parametrize("where", ["local:", "local:two", "local:0"])
def test_a_number_of_workers_that_is_none_is_an_error(where):
    with pytest.raises(SpecError, match="expected local:N"):
        check_dask(where)
