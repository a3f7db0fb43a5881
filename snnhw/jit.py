"""Compilation of the kernels.

numba keeps compiled functions on disk but does not notice that a function they call has changed. The folder is therefore named after the
content of all sources that hold kernels, so that code of one version never runs with code of another.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numba
import numpy as np
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

from snnhw.caches import kernel_folder

_OPTIONS: dict[str, Any] = {"cache": True, "error_model": "numpy", "no_cfunc_wrapper": True}
"""Wrappers for callers in C are left out: nobody calls them, and compiling them takes time."""


_CONFIG: Any = numba.config

YES, NO = np.bool_(True), np.bool_(False)
"""Flags to hand to kernels: numba compiles a function once for both, but anew for each of True and False written out."""


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compiles a kernel when it is first called; the result is kept in kernel_folder()."""
    return _compiled(function, "never")


def compiled_inline(function: Callable[..., Any]) -> Callable[..., Any]:
    """Like `compiled`, and written out where other kernels call it, which saves handing over many arrays."""
    return _compiled(function, "always")


def _compiled(function: Callable[..., Any], inline: Literal["never", "always"]) -> Callable[..., Any]:
    before = _CONFIG.CACHE_DIR
    _CONFIG.CACHE_DIR = str(kernel_folder())
    try:
        return njit(**_OPTIONS, inline=inline)(function)
    finally:
        _CONFIG.CACHE_DIR = before


def borrowed(value: Any) -> Any:
    """Arrays, or tuples of arrays and numbers, as they are: inside kernels, without a count of their references.

    Counting is atomic and took half of the time of a search. A kernel borrows the arguments that Python hands to it, which hold their
    memory until it returns; what it makes itself has to be counted.
    """
    return value


def _borrowed_in_kernels(_: Any, value: Any) -> Any:
    """Type and code of `borrowed`, as numba asks for them."""
    return value(value), lambda context, builder, signature, arguments: _uncounted(context, builder, signature.args[0], arguments[0])


def _uncounted(context: Any, builder: Any, kind: Any, value: Any) -> Any:
    """An array without its owner, which is how numba knows that there is nothing to count; a tuple of such."""
    if isinstance(kind, types.Array):
        array = context.make_array(kind)(context, builder, value)
        array.meminfo = cgutils.get_null_value(array.meminfo.type)
        array.parent = cgutils.get_null_value(array.parent.type)
        return array._getvalue()
    if isinstance(kind, types.BaseTuple):
        kinds: Any = kind
        parts = [_uncounted(context, builder, part, builder.extract_value(value, i)) for i, part in enumerate(kinds)]
        return context.make_tuple(builder, kind, parts)
    return value


if not _CONFIG.DISABLE_JIT:
    borrowed = intrinsic(_borrowed_in_kernels)  # type: ignore[assignment]
