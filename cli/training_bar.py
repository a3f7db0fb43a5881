"""A progress bar of a training on stderr, where stderr is a terminal: epoch, loss, accuracy, firing rate, time left."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def training_bar(*, quiet: bool) -> Iterator[Callable[[Any], None] | None]:
    """What train() calls with each snn_workload.train.loop.Progress; None where nobody would see a bar."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    with Progress(
        TextColumn("epoch {task.fields[done]}", markup=False),
        BarColumn(bar_width=10),
        TextColumn("{task.fields[said]}", markup=False),
        console=Console(stderr=True),
    ) as bars:
        task = bars.add_task("", done="", said="")

        def show(step: Any) -> None:
            bars.update(task, total=step.all_steps, completed=step.steps_done, done=f"{step.epoch}/{step.epochs}", said=said(step))

        yield show


def said(step: Any) -> str:
    """Loss, accuracy, firing rate and time left."""
    minutes, seconds = divmod(round(step.seconds_left), 60)
    return f"loss {step.loss:.4f}, accuracy {step.accuracy:.1%}, firing rate {step.firing_rate:.1%}, {minutes}:{seconds:02d} left"
