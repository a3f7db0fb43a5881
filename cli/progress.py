"""A progress bar on stderr, where stderr is a terminal: layers done, evaluations a second, best EDP, gap."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from threading import Timer
from typing import Any

SECONDS_UNSEEN = 0.5
"""For which nothing is shown, so that what is quickly done leaves no flicker."""


@contextmanager
def progress_bar(*, quiet: bool) -> Iterator[Callable[[Any], None] | None]:
    """What evaluate() calls with each snnhw.engines.progress.Progress; None where nobody would see a bar."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    with Progress(TextColumn("{task.fields[done]}", markup=False), BarColumn(bar_width=20), TextColumn("{task.description}", markup=False),
                  TextColumn("{task.fields[said]}", markup=False), TimeElapsedColumn(), console=Console(stderr=True)) as bars:
        task = bars.add_task("", done="", said="")
        done: set[int] = set()

        def show(step: Any) -> None:
            if step.done:
                done.add(step.index)
            bars.update(task, total=step.layers, completed=len(done) + (0 if step.done else step.share), description=step.layer,
                        done=f"{len(done)}/{step.layers}", said=said(step))

        yield show


@contextmanager
def waiting(text: str, *, quiet: bool) -> Iterator[Callable[[str], None]]:
    """A mark that moves on stderr, with the time, while something goes on whose length nobody knows; it is gone afterwards.

    What it gives changes the text. Nothing is shown where nobody would see it.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda said: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    bars = Progress(SpinnerColumn("line"), TextColumn("{task.description}", markup=False), TimeElapsedColumn(),
                    console=Console(stderr=True), transient=True)
    task = bars.add_task(text, total=None)
    late = Timer(SECONDS_UNSEEN, bars.start)
    late.start()
    try:
        yield lambda said: bars.update(task, description=said)
    finally:
        late.cancel()
        late.join()
        bars.stop()


@contextmanager
def counting(what: str, *, quiet: bool) -> Iterator[Callable[[int, int], None] | None]:
    """What is called with how many things are done, and of how many; None where nobody would see a bar."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    with Progress(MofNCompleteColumn(), TextColumn(what), BarColumn(bar_width=20), TimeElapsedColumn(), TimeRemainingColumn(),
                  console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task(what, total=None)
        yield lambda done, whole: bars.update(task, total=whole, completed=done)


@contextmanager
def _counting_bar(shown: Callable[[Any], dict[str, Any]], *, quiet: bool) -> Iterator[Callable[[Any], None] | None]:
    """A bar that counts up to a number, updated with what `shown` says of a step; None where nobody would see it."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    with Progress(MofNCompleteColumn(), BarColumn(bar_width=20), TextColumn("{task.description}", markup=False), TimeElapsedColumn(),
                  TimeRemainingColumn(), console=Console(stderr=True)) as bars:
        task = bars.add_task("", total=None)
        yield lambda step: bars.update(task, **shown(step))


def sweep_bar(*, quiet: bool) -> AbstractContextManager[Callable[[Any], None] | None]:
    """What run_sweep() calls with each SweepProgress; None where nobody would see a bar."""
    return _counting_bar(lambda step: {
        "total": step.points, "completed": step.done + step.failed,
        "description": f"{step.failed} failed  {step.last[-40:]}" if step.failed else step.last[-50:]}, quiet=quiet)


def optimize_bar(*, quiet: bool) -> AbstractContextManager[Callable[[Any], None] | None]:
    """What optimize() calls with each OptimizeProgress; None where nobody would see a bar."""
    return _counting_bar(lambda step: {"total": step.most, "completed": step.trials, "description": best_so_far(step)}, quiet=quiet)


def best_so_far(step: Any) -> str:
    """The best value of one objective, the size of the front of several, and how many points failed."""
    from snnhw.report.quantities import significant

    if step.best is None:
        found = "nothing yet"
    elif len(step.best) == 1:
        found = f"best {significant(step.best[0])}"
    else:
        found = f"{step.front} on the front"
    return ", ".join(part for part in (found, f"{step.failed} failed" if step.failed else "") if part)


def said(step: Any) -> str:
    """Evaluations a second, the best EDP and its gap, as far as they are known."""
    from snnhw.report.quantities import percent, significant

    best = "nothing fits yet" if step.edp_Js is None else f"EDP {significant(step.edp_Js)} J*s"
    parts = (f"{step.per_second:,.0f}/s" if step.per_second else "", best, "" if step.gap is None else f"gap {percent(step.gap)}")
    return ", ".join(part for part in parts if part)


def tell_if_compiling(*, quiet: bool) -> None:
    """Says on stderr that the first evaluation has to compile the model, where it does."""
    from snnhw.caches import kernel_folder, needs_compiling

    if not quiet and needs_compiling():
        print(f"compiling the model into {kernel_folder()}: once, two to five minutes", file=sys.stderr, flush=True)
