"""The store: what is in it after whatever happens."""

import sqlite3

import pytest
from sweep.fakes import at_once

from snnhw.errors import OutputError, SpecError
from snnhw.sweep.keys import Sources
from snnhw.sweep.owners import Owner
from snnhw.sweep.point import Outcome, Point
from snnhw.sweep.store import FILE, Store


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "out", create=True) as one:
        yield one


@pytest.fixture
def owner(store):
    one = Owner(store.folder)
    yield one
    one.close()


def work_of(seed, tmp_path):
    return Sources(tmp_path).work(Point(arch="tiny_snn", stats="mnist_784_400", mapper="quick", seed=seed))


def failed(work):
    return Outcome(key=work.key, status="failed", error="nothing fits", exit_code=3)


def test_a_finished_point_has_its_inputs_result_status_and_time(store, owner, tmp_path):
    work = work_of(3, tmp_path)
    store.register([(work.point, work.key)])
    assert store.claim([work.key], owner) == ["mine"]
    store.finish(at_once(work), work, owner)
    (row,) = store.rows()
    assert (row.key, row.status, row.inputs) == (work.key, "done", work.point.record())
    assert row.figures["energy_pJ"] == 103.0
    assert row.finished.endswith("+00:00")
    assert store.content(row.files["arch"]) == work.arch.content
    assert store.full_rows(work.key)[0].result == at_once(work).result


def test_a_point_is_written_once(store, owner, tmp_path):
    work = work_of(3, tmp_path)
    store.register([(work.point, work.key)])
    store.finish(at_once(work), work, owner)
    store.finish(failed(work), work, owner)
    assert [row.status for row in store.rows()] == ["done"]


def test_a_failed_point_is_replaced_when_it_is_done(store, owner, tmp_path):
    work = work_of(3, tmp_path)
    store.register([(work.point, work.key)])
    store.finish(failed(work), work, owner)
    assert [row.error for row in store.rows()] == ["nothing fits"]
    assert store.claim([work.key], owner) == ["failed"]
    assert store.claim([work.key], owner, retry_failed=True) == ["mine"]
    store.finish(at_once(work), work, owner)
    assert [(row.status, row.error, row.attempts) for row in store.rows()] == [("done", "", 2)]


def test_what_a_living_sweep_claims_is_left_to_it(store, owner, tmp_path):
    work = work_of(1, tmp_path)
    other = Owner(store.folder)
    assert store.claim([work.key], other) == ["mine"]
    assert store.claim([work.key], owner) == ["elsewhere"]
    other.close()
    assert store.claim([work.key], owner) == ["mine"]


def test_a_name_stands_for_what_it_was_last(store, owner, tmp_path):
    """After a file has changed, the point of the old file is no longer among the rows; it is when the file is changed back."""
    old = work_of(1, tmp_path)
    new = "f" * 64
    store.register([(old.point, old.key)])
    store.finish(at_once(old), old, owner)
    store.register([(old.point, new)])
    assert list(store.rows()) == []
    store.register([(old.point, old.key)])
    assert [row.key for row in store.rows()] == [old.key]


def test_two_names_of_one_point_are_one_row(store, owner, tmp_path):
    work = work_of(0, tmp_path)
    store.register([(work.point, work.key), (Point(arch="copy.yaml", stats="s"), work.key)])
    store.finish(at_once(work), work, owner)
    assert [row.inputs["arch"] for row in store.rows()] == ["tiny_snn"]


def test_a_full_file_loses_nothing_that_was_finished(store, owner, tmp_path):
    """SQLite's own limit of pages stands for the disk: the transaction that does not fit is taken back whole."""
    works = [work_of(seed, tmp_path) for seed in range(2)]
    store.register([(work.point, work.key) for work in works])
    store.finish(at_once(works[0]), works[0], owner)
    pages = store._db.execute("PRAGMA page_count").fetchone()[0]
    store._db.execute(f"PRAGMA max_page_count = {pages}")
    large = Outcome(key=works[1].key, status="done", result=bytes(100_000))
    with pytest.raises(OutputError, match=r"sweep\.sqlite: cannot be read or written \(database or disk is full\); the points that were"):
        store.finish(large, works[1], owner)
    store._db.execute("PRAGMA max_page_count = 1000000")
    assert [row.key for row in store.rows()] == [works[0].key]
    store.finish(large, works[1], owner)
    assert len(list(store.rows())) == 2
    assert store._db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_folder_without_a_store_is_an_error(tmp_path):
    with pytest.raises(SpecError, match=r"seen no sweep\.sqlite, expected the folder of a sweep; snnhw sweep PLAN\.yaml -o DIR makes one"):
        Store(tmp_path)


def test_a_file_that_is_no_store_is_an_error(tmp_path):
    (tmp_path / FILE).write_bytes(b"no database, but long enough to have a header" * 30)
    with pytest.raises(SpecError, match=r"sweep\.sqlite: seen no SQLite file, expected a store of snnhw\.sweep/1"):
        Store(tmp_path)


def test_a_store_of_another_schema_is_an_error(tmp_path):
    with sqlite3.connect(tmp_path / FILE) as db:
        db.execute("CREATE TABLE meta (name TEXT, value TEXT)")
        db.execute("INSERT INTO meta VALUES ('schema', 'snnhw.sweep/9')")
    db.close()
    with pytest.raises(SpecError, match=r"meta\.schema: seen 'snnhw\.sweep/9', expected \"snnhw\.sweep/1\""):
        Store(tmp_path, create=True)


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path):
    (tmp_path / "file").write_text("")
    for name in ("file", "file/out"):
        with pytest.raises(OutputError, match=rf"^{tmp_path}/{name}: cannot be the output folder, .* file.*; choose another with -o$"):
            Store(tmp_path / name, create=True)
    with pytest.raises(OutputError, match=r"^/proc/snnhw/out: cannot be written \(.*\); choose another place with -o$"):
        Store("/proc/snnhw/out", create=True)
    assert [one.name for one in tmp_path.iterdir()] == ["file"]


def test_points_are_said_to_be_kept_only_where_there_may_be_some(tmp_path, monkeypatch):
    def full(*args, **options):
        raise sqlite3.OperationalError("database or disk is full")

    Store(tmp_path / "old", create=True).close()
    monkeypatch.setattr("snnhw.sweep.store.sqlite3.connect", full)
    with pytest.raises(OutputError, match=r"old/sweep\.sqlite: cannot be read .* is full\); the points that were finished before are kept"):
        Store(tmp_path / "old", create=True)
    with pytest.raises(OutputError, match=r"new/sweep\.sqlite: cannot be read .* is full\); choose another place with -o$"):
        Store(tmp_path / "new", create=True)
