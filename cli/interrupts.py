"""Ctrl-C and SIGTERM, also where a library swallows them: numba's compiler drops what its callbacks raise and then fails in its own way.

SIGTERM, by which batch systems announce their end, is answered as Ctrl-C is: what was found is written, and programs that run for us end.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any


class Interrupts:
    """Whether Ctrl-C or SIGTERM came."""

    def __init__(self) -> None:
        self.came = False

    def handle(self, number: int, frame: FrameType | None) -> None:
        """Remember it, and go on as Python does."""
        self.came = True
        raise KeyboardInterrupt


@contextmanager
def watched() -> Iterator[Interrupts]:
    """Watch for Ctrl-C and SIGTERM, and print no traceback where it is raised in a callback. Leaves everything as it was."""
    interrupts = Interrupts()
    usual = {signal.SIGINT: signal.default_int_handler, signal.SIGTERM: signal.SIG_DFL}
    before = [number for number, handler in usual.items() if signal.getsignal(number) is handler]
    hook = sys.unraisablehook

    def quiet(unraisable: Any) -> None:
        if not issubclass(unraisable.exc_type, KeyboardInterrupt):
            hook(unraisable)

    try:
        for number in before:
            signal.signal(number, interrupts.handle)
        sys.unraisablehook = quiet
    except ValueError:  # not the main thread, which gets no signals
        before = []
    try:
        yield interrupts
    finally:
        sys.unraisablehook = hook
        for number in before:
            signal.signal(number, usual[number])
