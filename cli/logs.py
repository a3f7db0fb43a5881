"""--log-file and --log-level, which every command has: what was asked for, what was done, what went wrong, and how long it took."""

from __future__ import annotations

import logging
import shlex
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from snnhw import OutputError, __version__

LEVELS = ("debug", "info", "warning", "error")
LOGGERS = ("snnhw", "snn_workload")
"""Whose messages go into the log."""

log = logging.getLogger("snnhw.command")
for _name in LOGGERS:
    logging.getLogger(_name).addHandler(logging.NullHandler())  # else warnings would go to stderr where no log is asked for
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


@dataclass
class Log:
    """The log of one command. started: of the clock, when the command began."""

    args: tuple[str, ...] = ()
    level: str | None = None
    file: Path | None = None
    started: float = field(default_factory=time.perf_counter)
    handler: logging.Handler | None = None

    def begin(self) -> None:
        """Open it where it is asked for, and say what was asked. Raises OutputError where the file can't be written."""
        if self.level is None and self.file is None:
            return
        try:
            self.handler = logging.StreamHandler(sys.stderr) if self.file is None else logging.FileHandler(self.file, encoding="utf-8")
        except OSError as error:
            raise OutputError(f"{self.file}: cannot be written ({error.strerror or error}); choose another place with --log-file") from None
        self.handler.setFormatter(_Formatter(_FORMAT))
        level = getattr(logging, (self.level or "info").upper())
        for name in LOGGERS:
            logging.getLogger(name).addHandler(self.handler)
            logging.getLogger(name).setLevel(level)
        log.info("snnhw %s, Python %s: snnhw %s", __version__, sys.version.split()[0], shlex.join(self.args))

    def end(self, status: int) -> None:
        """Say how it ended, and leave logging as it was."""
        if self.handler is None:
            return
        log.info("ended with exit status %d after %.3f s", status, time.perf_counter() - self.started)
        for name in LOGGERS:
            logging.getLogger(name).removeHandler(self.handler)
            logging.getLogger(name).setLevel(logging.NOTSET)
        self.handler.close()
        self.handler = None


class _Formatter(logging.Formatter):
    """Times as ISO 8601 with their zone; a message of several lines stays one entry, its lines indented."""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        return time.strftime("%Y-%m-%dT%H:%M:%S", time.localtime(record.created)) + f".{int(record.msecs):03d}" + time.strftime("%z")

    def format(self, record: logging.LogRecord) -> str:
        return super().format(record).replace("\n", "\n    ")


current = Log()
"""That of the command that runs; a process runs one at a time."""


def renewed(args: Sequence[str]) -> Log:
    """A log for a new command, with these arguments."""
    global current
    current = Log(args=tuple(args))
    return current


def _set_level(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    if value is not None:
        current.level = value


def _set_file(ctx: click.Context, param: click.Parameter, value: Path | None) -> None:
    if value is not None:
        current.file = value


def log_options() -> list[click.Option]:
    """The two options."""
    return [
        click.Option(["--log-level"], type=click.Choice(LEVELS), default=None, expose_value=False, callback=_set_level,
                     help="What is logged: to --log-file, else to stderr [default: info, if there is a file]."),
        click.Option(["--log-file"], type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", default=None, expose_value=False,
                     callback=_set_file, help="Log to the end of a file: arguments, searches, the cache, errors, times.")]


def logged(command: click.Command) -> click.Command:
    """The command with the options of the log, which it begins when it runs; a group's commands have them."""
    if isinstance(command, click.Group):
        for one in command.commands.values():
            logged(one)
        return command
    if not any(option.name == "log_file" for option in command.params):
        command.params.extend(log_options())
        invoke = command.invoke

        def run(ctx: click.Context) -> Any:
            current.begin()
            return invoke(ctx)

        command.invoke = run  # type: ignore[method-assign]
    return command

