"""From a drawing to a file: whole or not at all, and the same bytes for the same drawing."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from snnhw.errors import Finding, OutputError, SpecError
from snnhw.look.style import RC
from snnhw.spec.words import near

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FORMATS = ("pdf", "svg", "png")
DPI = 300

Draw: TypeAlias = "Callable[[Figure], None]"
"""Draws on an empty figure."""

_METADATA: dict[str, dict[str, Any]] = {"png": {"Software": None}, "svg": {"Date": None}, "pdf": {"CreationDate": None, "ModDate": None}}
"""No clock in the file."""


def check_figure(target: Path, option: str = "-o") -> None:
    """Raises SpecError where the suffix is not known or matplotlib is not there, OutputError where the place can't be written."""
    from snnhw.report.folder import check_file_writable

    if target.suffix.lstrip(".").lower() not in FORMATS:
        suffixes = [f".{one}" for one in FORMATS]
        raise SpecError(Finding(file=str(target), seen=f"the suffix {target.suffix}" if target.suffix else "no suffix",
                                expected=f"one of {', '.join(suffixes)}", fix=near(target.suffix.lower(), suffixes)))
    if find_spec("matplotlib") is None:
        raise SpecError(Finding(file=option, seen="no package matplotlib", expected="it to be installed",
                                fix="pip install 'snnhw[figures]'"))
    check_file_writable(target)


def write_figure(draw: Draw, target: str | Path, size: tuple[float, float]) -> None:
    """Draw, and write the file through one beside it. size: width and height in inches. Raises as check_figure."""
    target = Path(target)
    check_figure(target)
    kind = target.suffix.lstrip(".").lower()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{target.name}-", suffix=f".{kind}", dir=target.parent)
    except OSError as error:
        raise OutputError(f"{target}: cannot be written ({error.strerror or error})") from None
    os.close(handle)
    try:
        _save(draw, name, kind, size)
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, target)
    except OSError as error:
        raise OutputError(f"{target}: cannot be written ({error.strerror or error})") from None
    finally:
        Path(name).unlink(missing_ok=True)


def _save(draw: Draw, name: str, kind: str, size: tuple[float, float]) -> None:
    """Without pyplot, so that no window system is asked for and no figure stays behind; the user's matplotlibrc counts for nothing."""
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    defaults: dict[Any, Any] = {key: value for key, value in matplotlib.rcParamsDefault.items()
                                if not key.startswith(("backend", "interactive"))}
    settings: Any = defaults | dict(RC)
    with matplotlib.rc_context(settings):
        figure = Figure(figsize=size, layout="constrained")
        FigureCanvasAgg(figure)
        draw(figure)
        figure.savefig(name, format=kind, dpi=DPI, metadata=_METADATA[kind])


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
