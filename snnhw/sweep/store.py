"""The store of a sweep: one SQLite file. A point is a row, written in one transaction when it is done, with all that it was made of.

The journal is SQLite's write-ahead log, fully synchronous: after a kill, a full disk or a loss of power the file holds the points that were
finished, and nothing of the others. (A commit took 4 ms with it where the rollback journal took 20, docs/scale.md.) Its price is that all
who write are on one machine, which `Owner` sees to.
Only the process that runs a sweep writes; those that evaluate hand their outcomes to it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, TypeAlias

from snnhw.errors import Finding, OutputError, SpecError
from snnhw.report.folder import check_writable
from snnhw.sweep.owners import Owner
from snnhw.sweep.point import Outcome, Point, Status, Work

FILE = "sweep.sqlite"
SCHEMA = "snnhw.sweep/1"
WAITING_SECONDS = 120.0
"""That a transaction waits for one of another sweep on the same folder."""

State: TypeAlias = Literal["mine", "done", "failed", "elsewhere"]
"""What a sweep finds of a point: it is its own to evaluate now, it is finished, or another sweep is at it."""

_TABLES = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS points (
  key TEXT NOT NULL UNIQUE, status TEXT NOT NULL CHECK (status IN ('done', 'failed')), inputs TEXT NOT NULL, files TEXT NOT NULL,
  origin TEXT NOT NULL, figures TEXT NOT NULL, result BLOB NOT NULL, error TEXT NOT NULL, exit_code INTEGER NOT NULL,
  attempts INTEGER NOT NULL, seconds REAL NOT NULL, finished TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS asked (inputs TEXT NOT NULL UNIQUE, key TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS asked_by_key ON asked (key);
CREATE TABLE IF NOT EXISTS claims (key TEXT PRIMARY KEY, owner TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS texts (sha256 TEXT PRIMARY KEY, content BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS plans (
  sha256 TEXT PRIMARY KEY, file TEXT NOT NULL, content TEXT NOT NULL, first_used TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS trials (study TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (study, key)) WITHOUT ROWID;
"""
_FINISH = """
INSERT INTO points (key, status, inputs, files, origin, figures, result, error, exit_code, attempts, seconds, finished)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (key) DO UPDATE SET status = excluded.status, inputs = excluded.inputs, files = excluded.files, figures = excluded.figures,
  result = excluded.result, error = excluded.error, exit_code = excluded.exit_code, attempts = points.attempts + excluded.attempts,
  seconds = excluded.seconds, finished = excluded.finished
WHERE points.status = 'failed'
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A point in the store. key: see keys.py; inputs: as a plan named them; files: sha256 by kind, their content is in the store;
    finished: when, UTC; seconds: how long it took; result: the record of result.json, compressed, b"" where it was not asked for; place: in
    the order in which points were finished first."""

    key: str
    status: Status
    inputs: dict[str, Any]
    figures: dict[str, float | None]
    files: dict[str, str] = field(default_factory=dict)
    error: str = ""
    exit_code: int = 0
    attempts: int = 1
    seconds: float = 0.0
    finished: str = ""
    result: bytes = field(default=b"", repr=False)
    place: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trials:
    """Points that a study has chosen. finished: done or failed; under_way: that living processes are at; elsewhere: others than this."""

    finished: int
    under_way: int
    elsewhere: int


class Store:
    """The store in a folder. Raises OutputError where it can't be written, SpecError where there is none to read."""

    def __init__(self, folder: str | Path, *, create: bool = False) -> None:
        self.folder = Path(folder)
        self.file = self.folder / FILE
        if not create and not self.file.is_file():
            raise SpecError(Finding(file=str(folder), seen=f"no {FILE}", expected="the folder of a sweep",
                                    fix="snnhw sweep PLAN.yaml -o DIR makes one"))
        self._is_begun = self.file.is_file()
        if not self._is_begun:
            check_writable(self.folder)
        with self._errors():
            if create:
                self.folder.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(self.file, isolation_level=None, timeout=WAITING_SECONDS)
        try:
            with self._errors():
                self._prepare(create)
        except BaseException:
            self._db.close()
            raise
        self._is_begun = True

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    # what a sweep writes

    def note_plan(self, sha256: str, file: str, content: str) -> None:
        """Keep a plan's text."""
        with self._transaction() as db:
            db.execute("INSERT OR IGNORE INTO plans VALUES (?, ?, ?, ?)", (sha256, file, content, _now()))

    def register(self, points: Iterable[tuple[Point, str]]) -> None:
        """Note what points, as named, now stand for: their keys. A name whose inputs have changed stands for the new ones from now on."""
        with self._transaction() as db:
            db.executemany("INSERT INTO asked VALUES (?, ?) ON CONFLICT (inputs) DO UPDATE SET key = excluded.key "
                           "WHERE key <> excluded.key", [(point.text, key) for point, key in points])

    def claim(self, keys: Sequence[str], owner: Owner, *, retry_failed: bool = False) -> list[State]:
        """Take the points that nobody has finished and no living sweep is at; what was found of each, in order."""
        states: list[State] = []
        with self._transaction() as db:
            for key in keys:
                state = self._state(db, key, owner, retry_failed)
                if state == "mine":
                    db.execute("INSERT OR REPLACE INTO claims VALUES (?, ?)", (key, owner.name))
                states.append(state)
        return states

    def claim_trial(self, study: str, key: str, owner: Owner, most: int) -> State | Literal["enough"]:
        """Take a point for a study, as `claim` does, unless the study has `most` trials that are finished or under way."""
        with self._transaction() as db:
            state = self._state(db, key, owner, retry_failed=False)
            if state != "mine":
                return state
            found = self._trials(db, study, owner)
            if found.finished + found.under_way >= most:
                return "enough"
            db.execute("INSERT OR REPLACE INTO claims VALUES (?, ?)", (key, owner.name))
            db.execute("INSERT OR IGNORE INTO trials VALUES (?, ?)", (study, key))
            return "mine"

    def finish(self, outcome: Outcome, work: Work, owner: Owner) -> None:
        """Write a point's outcome and its files, and give up the claim, all in one transaction. A point that is done stays as it is."""
        sources = {"arch": work.arch, "stats": work.stats, "mapper": work.mapper}
        files = json.dumps({kind: source.sha256 for kind, source in sources.items()})
        with self._transaction() as db:
            db.executemany("INSERT OR IGNORE INTO texts VALUES (?, ?)", [(source.sha256, source.content) for source in sources.values()])
            db.execute(_FINISH, (outcome.key, outcome.status, work.point.text, files, work.origin, json.dumps(dict(outcome.figures)),
                                 outcome.result, outcome.error, outcome.exit_code, outcome.attempts, outcome.seconds, _now()))
            db.execute("DELETE FROM claims WHERE key = ? AND owner = ?", (outcome.key, owner.name))

    def release(self, owner: Owner) -> None:
        """Give up what is claimed and not finished."""
        with self._transaction() as db:
            db.execute("DELETE FROM claims WHERE owner = ?", (owner.name,))

    # what is read

    def status_of(self, keys: Sequence[str]) -> dict[str, Status]:
        """The status of those points that are finished; some hundreds of keys at once, at most."""
        with self._errors():
            marks = ", ".join("?" * len(keys))
            found = self._db.execute(f"SELECT key, status FROM points WHERE key IN ({marks})", tuple(keys))
            return dict(found.fetchall())

    def rows(self) -> Iterator[Row]:
        """The finished points that plans now ask for, each once, under the name and in the order in which they were first asked for."""
        with self._errors():
            cursor = self._db.execute(
                "SELECT p.key, status, a.inputs, figures, files, error, exit_code, attempts, seconds, finished FROM asked a "
                "JOIN points p ON p.key = a.key WHERE NOT EXISTS (SELECT 1 FROM asked b WHERE b.key = a.key AND b.rowid < a.rowid) "
                "ORDER BY a.rowid")
            for key, status, inputs, figures, files, *rest in cursor:
                yield _row(key, status, inputs, figures, files, *rest)

    def rows_after(self, place: int) -> Iterator[Row]:
        """The finished points that are asked for, under each of their names, in the order in which they were finished, from a place on."""
        with self._errors():
            cursor = self._db.execute(
                "SELECT p.key, status, a.inputs, figures, files, error, exit_code, attempts, seconds, finished, x'', p.rowid FROM points p "
                "JOIN asked a ON a.key = p.key WHERE p.rowid > ? ORDER BY p.rowid, a.rowid", (place,))
            yield from (_row(*found) for found in cursor.fetchall())

    def row(self, key: str) -> Row | None:
        """A finished point, under the name under which it was evaluated; None where it is not finished."""
        with self._errors():
            found = self._db.execute("SELECT key, status, inputs, figures, files, error, exit_code, attempts, seconds, finished, x'', rowid"
                                     " FROM points WHERE key = ?", (key,)).fetchone()
            return _row(*found) if found else None

    def trials(self, study: str, owner: Owner) -> Trials:
        """How a study stands."""
        with self._transaction() as db:
            return self._trials(db, study, owner)

    def full_rows(self, prefix: str) -> list[Row]:
        """The points whose key begins with a prefix, with their results; of rows that no plan asks for any more too."""
        with self._errors():
            cursor = self._db.execute(
                "SELECT key, status, inputs, figures, files, error, exit_code, attempts, seconds, finished, result FROM points "
                "WHERE substr(key, 1, ?) = ? ORDER BY key LIMIT 20", (len(prefix), prefix))
            return [_row(*found) for found in cursor]

    def content(self, sha256: str) -> bytes:
        """An input file's content; b"" where it is not kept."""
        with self._errors():
            found = self._db.execute("SELECT content FROM texts WHERE sha256 = ?", (sha256,)).fetchone()
            return bytes(found[0]) if found else b""

    def _prepare(self, create: bool) -> None:
        try:
            self._db.execute("PRAGMA synchronous = FULL")
            if create:
                self._db.execute("PRAGMA journal_mode = WAL")
            if create and not self._has_tables():
                with self._transaction() as db:
                    for statement in filter(str.strip, _TABLES.split(";")):
                        db.execute(statement)
                    db.execute("INSERT OR IGNORE INTO meta VALUES ('schema', ?)", (SCHEMA,))
            found = self._db.execute("SELECT value FROM meta WHERE name = 'schema'").fetchone()
        except sqlite3.OperationalError as error:
            if "no such table" not in str(error):
                raise
            found = None
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError) or "not a database" not in str(error):
                raise
            raise SpecError(Finding(file=str(self.file), seen="no SQLite file", expected=f"a store of {SCHEMA}")) from None
        if found is None or found[0] != SCHEMA:
            raise SpecError(Finding(file=str(self.file), key="meta.schema", seen=repr(found[0]) if found else "nothing",
                                    expected=f'"{SCHEMA}"'))

    def _has_tables(self) -> bool:
        """Whether the table that came last is there; stores from before it are given it."""
        return self._db.execute("SELECT 1 FROM sqlite_master WHERE name = 'trials'").fetchone() is not None

    @staticmethod
    def _trials(db: sqlite3.Connection, study: str, owner: Owner) -> Trials:
        rows = db.execute("SELECT p.key, c.owner FROM trials t LEFT JOIN points p ON p.key = t.key LEFT JOIN claims c ON c.key = t.key "
                          "WHERE t.study = ?", (study,)).fetchall()
        at_it = [name for finished, name in rows if not finished and name and owner.is_alive(name)]
        return Trials(finished=sum(1 for finished, _ in rows if finished), under_way=len(at_it),
                      elsewhere=sum(1 for name in at_it if name != owner.name))

    @staticmethod
    def _state(db: sqlite3.Connection, key: str, owner: Owner, retry_failed: bool) -> State:
        claimed = db.execute("SELECT owner FROM claims WHERE key = ?", (key,)).fetchone()
        if claimed and claimed[0] != owner.name and owner.is_alive(claimed[0]):
            return "elsewhere"
        row = db.execute("SELECT status FROM points WHERE key = ?", (key,)).fetchone()
        if row is None or (row[0] == "failed" and retry_failed):
            return "mine"
        return "done" if row[0] == "done" else "failed"

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """All of it or nothing."""
        with self._errors():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    self._db.execute("ROLLBACK")
                raise

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """SQLite's and the system's errors as OutputError."""
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            said = error.strerror if isinstance(error, OSError) and error.strerror else error
            then = ("the points that were finished before are kept, and the same command goes on from there once that is mended"
                    if self._is_begun else "choose another place with -o")
            raise OutputError(f"{self.file}: cannot be read or written ({said}); {then}") from None


def _row(key: str, status: Status, inputs: str, figures: str, files: str, error: str, exit_code: int, attempts: int, seconds: float,
         finished: str, result: bytes = b"", place: int = 0) -> Row:
    return Row(key=key, status=status, inputs=json.loads(inputs), figures=json.loads(figures), files=json.loads(files), error=error,
               exit_code=exit_code, attempts=attempts, seconds=seconds, finished=finished, result=result, place=place)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
