"""Ctrl-C, also where a library swallows it: numba's compiler drops what is raised in its callbacks and then fails in its own way."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any


class Interrupts:
    """Whether Ctrl-C came."""

    def __init__(self) -> None:
        self.came = False

    def handle(self, number: int, frame: FrameType | None) -> None:
        """Remember it, and go on as Python does."""
        self.came = True
        raise KeyboardInterrupt


@contextmanager
def watched() -> Iterator[Interrupts]:
    """Watch for Ctrl-C, and print no traceback where it is raised in a callback. Leaves everything as it was."""
    interrupts = Interrupts()
    before = signal.getsignal(signal.SIGINT)
    hook = sys.unraisablehook

    def quiet(unraisable: Any) -> None:
        if not issubclass(unraisable.exc_type, KeyboardInterrupt):
            hook(unraisable)

    try:
        if before is signal.default_int_handler:
            signal.signal(signal.SIGINT, interrupts.handle)
        sys.unraisablehook = quiet
    except ValueError:  # not the main thread, which gets no signals
        before = None
    try:
        yield interrupts
    finally:
        sys.unraisablehook = hook
        if before is signal.default_int_handler:
            signal.signal(signal.SIGINT, before)
