"""Compilation of the kernels.

numba keeps compiled functions on disk but does not notice that a function they call has changed. The folder is therefore named after the
content of all sources that hold kernels, so that code of one version never runs with code of another.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numba
from numba import njit

from snnhw.caches import kernel_folder


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
