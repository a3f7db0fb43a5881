"""The figure of a front, drawn by matplotlib (extra `figures`)."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from snnhw.errors import Finding, OutputError, SpecError
from snnhw.sweep.pareto import Front

FORMATS = ("png", "svg", "pdf")
_FRONT, _DOMINATED, _KNEE = "#0072b2", "#b0b0b0", "#d55e00"
"""Colours that people who see fewer colours can tell apart (Okabe and Ito, 2008)."""

_METADATA: dict[str, dict[str, Any]] = {"png": {"Software": None}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}
"""No clock in the file: the same front gives the same bytes."""


def check_figure(target: Path) -> None:
    """Raises SpecError where the format is not known or matplotlib is not there."""
    if target.suffix.lstrip(".").lower() not in FORMATS:
        raise SpecError(Finding(file=str(target), seen=target.suffix or "no suffix",
                                expected=f"one of {', '.join(f'.{one}' for one in FORMATS)}"))
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        raise SpecError(Finding(file="--figure", seen="no package matplotlib", expected="it to be installed",
                                fix="pip install 'snnhw[figures]'")) from None


def write_figure(front: Front, target: Path) -> None:
    """Draw a front to a file, which appears whole or not at all. Raises SpecError as check_figure does, and OutputError."""
    check_figure(target)
    write_drawing(lambda figure: _draw(front, figure), target)


def write_drawing(draw: Callable[[Any], None], target: Path, size_inches: tuple[float, float] = (6.4, 4.8)) -> None:
    """What `draw` does to an empty matplotlib figure, as a file that appears whole or not at all. Raises OutputError."""
    kind = target.suffix.lstrip(".").lower()
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}-", suffix=f".{kind}", dir=target.parent)
    except OSError as error:
        raise OutputError(f"{target}: cannot be written ({error.strerror or error})") from None
    os.close(handle)
    try:
        _save(draw, name, kind, size_inches)
        os.chmod(name, 0o644)
        os.replace(name, target)
    except OSError as error:
        raise OutputError(f"{target}: cannot be written ({error.strerror or error})") from None
    finally:
        Path(name).unlink(missing_ok=True)


def _save(draw: Callable[[Any], None], name: str, kind: str, size_inches: tuple[float, float]) -> None:
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with matplotlib.rc_context({"svg.hashsalt": "snnhw", "svg.fonttype": "none"}):
        figure = Figure(figsize=size_inches, layout="constrained")
        FigureCanvasAgg(figure)
        draw(figure)
        figure.savefig(name, format=kind, dpi=150, metadata=_METADATA[kind])


def _draw(front: Front, figure: Any) -> None:
    axes = figure.add_subplot()
    dominated = [one for one in front.points if not one.on_front]
    axes.scatter([one.x for one in dominated], [one.y for one in dominated], s=18, color=_DOMINATED, label="dominated", zorder=1)
    axes.plot([one.x for one in front.front], [one.y for one in front.front], "o-", color=_FRONT, markersize=5,
              drawstyle="steps-post", label="front", zorder=2)
    if front.knee is not None:
        axes.plot([front.knee.x], [front.knee.y], "D", color=_KNEE, markersize=8, label="knee", zorder=3)
    for axis, values in (("x", [one.x for one in front.points]), ("y", [one.y for one in front.points])):
        if values and min(values) > 0 and max(values) > 30 * min(values):
            getattr(axes, f"set_{axis}scale")("log")
    axes.set(xlabel=front.x, ylabel=front.y)
    if front.points:
        axes.legend()
