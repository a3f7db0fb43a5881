"""One run of a program of Timeloop: in a folder of its own, within a time limit, its progress told on the way."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO, Literal, TypeAlias

from snnhw.errors import EngineError

LOOKING_SECONDS = 0.1
"""Between two looks at a program that runs."""

STOPPING_SECONDS = 20.0
"""That a program gets after SIGINT to write the best so far; then it is killed."""

TAIL_LINES = 12
MAX_LOG_BYTES = 1_000_000
INPUT = "input.yaml"

_NOISE = "Warning: neither block size nor cluster size specified"
"""Said of every level of every input that gives its width instead."""

Ended: TypeAlias = Literal["itself", "seconds", "interrupted"]
Listener: TypeAlias = Callable[[str, float], None]
"""Called with each new line that the program says, and with "" where it says nothing; and the seconds so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """How a run ended. status: as the system gives it, negative for a signal. killed: it did not heed SIGINT."""

    program: str
    folder: Path
    status: int
    seconds: float
    ended_by: Ended = "itself"
    killed: bool = False

    def text(self, name: str) -> str | None:
        """The text of a file that the program has written; None where there is none."""
        try:
            return (self.folder / name).read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None

    @property
    def said(self) -> str:
        """What it printed, stdout before stderr, the end where that is very long."""
        return "".join(_end_of(self.folder / name) for name in ("stdout.log", "stderr.log"))

    @property
    def tail(self) -> str:
        """The last lines of what it printed."""
        lines = [line.rstrip() for line in self.said.splitlines() if line.strip() and not line.startswith(_NOISE)]
        return "\n".join(line[:300] for line in lines[-TAIL_LINES:])

    def remove(self) -> None:
        """Remove the folder, after a run that went well."""
        shutil.rmtree(self.folder, ignore_errors=True)


def run_program(program: Path, text: str, *, seconds: float, tell: Listener | None = None,
                environment: Mapping[str, str] | None = None) -> Run:
    """Run a program on an input. text: the whole input, which becomes a file of a new folder; seconds: the limit.

    At the limit, and on Ctrl-C (or a KeyboardInterrupt of `tell`), the program gets SIGINT, upon which timeloop-mapper writes the best so
    far, and is killed where that does not help. Raises EngineError where it cannot be started.
    """
    folder = Path(tempfile.mkdtemp(prefix="snnhw-timeloop-"))
    (folder / INPUT).write_text(text, encoding="utf-8")
    start = time.monotonic()
    with (folder / "stdout.log").open("wb") as out, (folder / "stderr.log").open("wb") as err:
        process = _started(program, folder, out, err, environment or {})
        watch = _Watch(folder / "stderr.log", tell, start)
        try:
            with _ended_with_us(process):
                ended_by, killed = _waited(process, watch, start + seconds)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
    return Run(program=program.name, folder=folder, status=process.returncode, seconds=time.monotonic() - start, ended_by=ended_by,
               killed=killed)


def _started(program: Path, folder: Path, out: IO[bytes], err: IO[bytes], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """In a session of its own, so that Ctrl-C of a terminal comes to it through us alone."""
    try:
        return subprocess.Popen([str(program), INPUT], cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True,
                                env={**os.environ, **environment})
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise EngineError(f"{program}: cannot be run ({error.strerror or error})") from None


@contextmanager
def _ended_with_us(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Where SIGTERM would end this process at once, it ends the program first, which has a session of its own and would run on.

    A handler of the caller's stays, and what it raises ends the program as well. Signals come to the main thread alone.
    """
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return

    def end(number: int, _: FrameType | None) -> None:
        process.kill()
        with suppress(ChildProcessError):
            os.waitpid(process.pid, 0)
        signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(number)

    signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _waited(process: subprocess.Popen[bytes], watch: _Watch, until: float) -> tuple[Ended, bool]:
    try:
        while process.poll() is None:
            if time.monotonic() >= until:
                return "seconds", _stopped(process)
            watch.look()
            time.sleep(LOOKING_SECONDS)
        watch.look()
    except KeyboardInterrupt:
        return "interrupted", _stopped(process)
    return "itself", False


def _stopped(process: subprocess.Popen[bytes]) -> bool:
    """SIGINT, and SIGKILL where the process lives on. Whether it had to be killed."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
    try:
        process.wait(STOPPING_SECONDS)
        return False
    except (subprocess.TimeoutExpired, KeyboardInterrupt):
        process.kill()
        process.wait()
        return True


class _Watch:
    """Reads what is new at the end of a file, line by line."""

    def __init__(self, path: Path, tell: Listener | None, start: float) -> None:
        self.path, self.tell, self.start, self.place = path, tell, start, 0

    def look(self) -> None:
        """Tell each whole line that has come; "" where none has."""
        if self.tell is None:
            return
        with self.path.open("rb") as file:
            file.seek(self.place)
            new = file.read(MAX_LOG_BYTES)
        whole = new[:new.rfind(b"\n") + 1]
        self.place += len(whole) or (len(new) if len(new) == MAX_LOG_BYTES else 0)
        for line in whole.decode("utf-8", "replace").splitlines() or [""]:
            self.tell(line, time.monotonic() - self.start)


def _end_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - MAX_LOG_BYTES))
            return file.read().decode("utf-8", "replace")
    except OSError:
        return ""
