"""Compilation of the kernels.

numba keeps compiled functions on disk but does not notice that a function they call has changed. The folder is therefore named after the
content of all sources that hold kernels, so that code of one version never runs with code of another.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numba
import numpy as np
from numba import njit

from snnhw.caches import kernel_folder

_OPTIONS: dict[str, Any] = {"cache": True, "error_model": "numpy", "no_cfunc_wrapper": True}
"""Wrappers for callers in C are left out: nobody calls them, and compiling them takes time."""


YES, NO = np.bool_(True), np.bool_(False)
"""Flags to hand to kernels: numba compiles a function once for both, but anew for each of True and False written out."""


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
        return njit(**_OPTIONS, inline=inline)(function)
    finally:
        config.CACHE_DIR = before
