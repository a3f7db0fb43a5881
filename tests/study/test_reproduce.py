"""The whole way through, on one small network instead of twenty."""

import pytest

from snnhw.study import points, reproduce
from snnhw.study.data import read_fit
from snnhw.study.networks import networks


def test_points_go_through_a_sweep_and_come_back(tmp_path, monkeypatch):
    """Run files are written, evaluated on tiny_snn without its variables, kept in a store, and read again under their names."""
    from snn_workload import read_run, write_run
    from snnhw.spec.presets import located

    (tmp_path / "runs").mkdir()
    write_run(read_run(located("mnist_784_400", "workloads")), tmp_path / "runs" / "w2.json")
    monkeypatch.setattr(points, "ARCHITECTURE", "eyeriss_snn")
    monkeypatch.setattr(points, "MAPPER", "quick")
    monkeypatch.setattr(points, "formats_of", lambda network: (("RLE", "RLE"),))
    monkeypatch.setattr(type(read_fit()), "variables", property(lambda fit: {"metadata_bits": 4}))
    plan = points.plan_of(networks()[:1], read_fit(), tmp_path)
    report = points.evaluated(plan, tmp_path, jobs=1, cache=True, progress=None)
    assert (report.done, report.failed) == (1, 0)
    found = points.results_of(points.read_searched(plan, tmp_path), ()).of("w2", "RLE")
    assert found.energy_uJ == pytest.approx(sum(found.components.values()))
    assert points.evaluated(plan, tmp_path, jobs=1, cache=True, progress=None).before == 1


def test_a_stopped_study_says_so_and_writes_no_tables(tmp_path, monkeypatch):
    from snnhw.sweep.run import SweepReport

    monkeypatch.setattr(reproduce, "evaluated", lambda plan, folder, **given: SweepReport(folder=folder, done=3, interrupted=True))
    done = reproduce.reproduce("iscas23", tmp_path / "out", figures=())
    assert (done.interrupted, done.points, done.files) == (True, 3, ())
    assert len(list((tmp_path / "out" / "runs").glob("*.json"))) == 20
    assert not (tmp_path / "out" / "study.json").exists()
