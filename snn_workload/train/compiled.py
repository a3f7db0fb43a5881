"""Compilation of the trainer's kernels, which are few, small and call nothing.

They are kept beside those of the model, in a folder named after their sources, so that code of one version never runs with code of another.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from snnhw.caches import cache_base

SOURCES = ("conv_kernels.py", "neuron_kernels.py", "pool_kernels.py", "state_kernels.py")


@cache
def kernel_folder() -> Path:
    """Where compiled kernels are kept: below the cache's base, or in a temporary folder where that can't be written."""
    here = Path(__file__).parent
    digest = hashlib.sha256(version("numba").encode())
    for name in SOURCES:
        digest.update(name.encode() + b"\0" + (here / name).read_bytes())
    name = f"train-{digest.hexdigest()[:16]}"
    folder = cache_base() / "kernels" / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        fallback = Path(tempfile.gettempdir()) / f"snnhw-{os.getuid() if hasattr(os, 'getuid') else 'user'}" / name
        fallback.mkdir(parents=True, exist_ok=True, mode=0o700)
        return fallback


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compiles a function when it is first called and keeps the result; it lets other threads run.

    Sums keep the order that is written (no fast-math), so that a run can be repeated bit for bit.
    """
    import numba

    config: Any = numba.config
    before = config.CACHE_DIR
    config.CACHE_DIR = str(kernel_folder())
    try:
        compiled: Callable[..., Any] = numba.njit(cache=True, nogil=True, error_model="numpy")(function)
        return compiled
    finally:
        config.CACHE_DIR = before
