"""A progress bar a layer on stderr, where stderr is a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def progress_bar(*, quiet: bool) -> Iterator[Callable[[Any], None] | None]:
    """What evaluate() calls with each snnhw.engines.progress.Progress; None where nobody would see a bar."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    with Progress(TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[best]}"),
                  TimeElapsedColumn(), console=Console(stderr=True)) as bars:
        tasks: dict[str, Any] = {}

        def show(step: Any) -> None:
            if step.layer not in tasks:
                tasks[step.layer] = bars.add_task(f"{step.index + 1}/{step.layers} {step.layer}", total=step.budget, best="")
            done = {"total": max(step.evaluated, 1)} if step.done else {}
            bars.update(tasks[step.layer], completed=max(step.evaluated, 1) if step.done else step.evaluated, best=step.said, **done)

        yield show


def tell_if_compiling(*, quiet: bool) -> None:
    """Says on stderr that the first evaluation has to compile the model, where it does."""
    from snnhw.caches import kernel_folder, needs_compiling

    if not quiet and needs_compiling():
        print(f"compiling the model into {kernel_folder()}: once, one to three minutes", file=sys.stderr, flush=True)
