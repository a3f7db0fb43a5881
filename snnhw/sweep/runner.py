"""Who evaluates points: processes on this machine, or a cluster."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeAlias

from snnhw.sweep.point import Outcome, Work

Evaluate: TypeAlias = Callable[[Work], Outcome]
"""What a process does with a point: a function at the top of a module, so that any process can import it."""


class Runner(Protocol):
    """Takes points and gives their outcomes, in the order in which they are done."""

    @property
    def slots(self) -> int:
        """How many points it wants at most; it gets more when half of them are done, so that they are claimed some at a time."""

    def put(self, work: Work) -> None:
        """Begin with a point."""

    def take(self) -> list[Outcome]:
        """What is done since the last time; waits until something is. Raises EngineError where nothing more can come."""

    def close(self) -> None:
        """End all that is under way."""


def crashed(work: Work, how: str, attempts: int) -> Outcome:
    """The outcome of a point whose process died each time."""
    return Outcome(key=work.key, status="failed", exit_code=4, attempts=attempts,
                   error=f"the process that evaluated it ended early, {attempts} times ({how}; out of memory?)")
