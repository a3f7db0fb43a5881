"""Compilation of the kernels, and where the compiled code is kept.

numba keeps compiled functions on disk but does not notice that a function they call has changed. The folder is therefore named after the
content of all sources that hold kernels, so that code of one version never runs with code of another.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numba
from numba import njit

_SOURCES = ("model", "search")


@cache
def kernel_folder() -> Path:
    """Where compiled kernels are kept: below SNNHW_CACHE, else the user's cache folder, else a temporary one."""
    here = Path(__file__).parent
    digest = hashlib.sha256(numba.__version__.encode())
    for name in _SOURCES:
        for source in sorted((here / name).glob("*.py")):
            digest.update(source.name.encode() + b"\0" + source.read_bytes())
    base = os.environ.get("SNNHW_CACHE") or os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "snnhw")
    folder = Path(base) / "kernels" / digest.hexdigest()[:16]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        fallback = Path(tempfile.gettempdir()) / f"snnhw-{os.getuid() if hasattr(os, 'getuid') else 'user'}" / digest.hexdigest()[:16]
        fallback.mkdir(parents=True, exist_ok=True, mode=0o700)
        return fallback


def needs_compiling() -> bool:
    """Whether no kernel of this version has been compiled yet, so that the first evaluation takes a minute or more longer."""
    return not any(kernel_folder().rglob("*.nbi"))


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compiles a kernel when it is first called; the result is kept in kernel_folder()."""
    return _compiled(function, "never")


def compiled_inline(function: Callable[..., Any]) -> Callable[..., Any]:
    """Like `compiled`, and written out where other kernels call it, which saves handing over many arrays."""
    return _compiled(function, "always")


def _compiled(function: Callable[..., Any], inline: Literal["never", "always"]) -> Callable[..., Any]:
    config: Any = numba.config
    before = config.CACHE_DIR
    config.CACHE_DIR = str(kernel_folder())
    try:
        return njit(cache=True, error_model="numpy", inline=inline)(function)
    finally:
        config.CACHE_DIR = before
