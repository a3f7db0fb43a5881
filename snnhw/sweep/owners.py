"""Which sweeps are alive. Each holds a lock on a small file of its own, which the system lets go when the process ends, however it ends."""

from __future__ import annotations

import os
import re
import socket
import sqlite3
import uuid
from contextlib import suppress
from pathlib import Path

FOLDER = "owners"


class Owner:
    """This sweep, alive until `close` or until the process ends. The lock is SQLite's, so that it works wherever the store does."""

    def __init__(self, folder: Path) -> None:
        (folder / FOLDER).mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.name = f"{_host()}~{uuid.uuid4().hex}"
        self._file = _file(folder, self.name)
        self._lock = sqlite3.connect(self._file, isolation_level=None, check_same_thread=False)
        self._lock.execute("BEGIN EXCLUSIVE")

    def is_alive(self, name: str) -> bool:
        """Whether the sweep of a name still runs. What is left of one that does not is removed."""
        if name == self.name:
            return True
        file = _file(self.folder, name)
        if not file.exists():
            return False
        other = sqlite3.connect(file, isolation_level=None, timeout=0)
        try:
            other.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
        finally:
            other.close()
        _remove(file)
        return False

    def on_other_machines(self) -> list[str]:
        """The machines on which living sweeps are at this folder, but for this one."""
        names = [file.stem for file in sorted((self.folder / FOLDER).glob("*.lock"))]
        return sorted({name.partition("~")[0] for name in names if name.partition("~")[0] != _host() and self.is_alive(name)})

    def close(self) -> None:
        """Let go."""
        self._lock.close()
        _remove(self._file)
        with suppress(OSError):
            (self.folder / FOLDER).rmdir()


def _host() -> str:
    """The machine's name, as a part of a file's."""
    return re.sub(r"[^\w.-]", "_", socket.gethostname())


def _file(folder: Path, name: str) -> Path:
    return folder / FOLDER / f"{name}.lock"


def _remove(file: Path) -> None:
    with suppress(OSError):
        os.unlink(file)
