"""Compilation of the trainer's kernels, which are few, small and call nothing.

They are kept beside those of the model, in a folder named after their sources, so that code of one version never runs with code of another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from snnhw.caches import compiled_folder

SOURCES = ("conv_kernels.py", "neuron_kernels.py", "pool_kernels.py", "state_kernels.py")


@cache
def kernel_folder() -> Path:
    """Where compiled kernels are kept; see snnhw.caches."""
    digest = hashlib.sha256(version("numba").encode())
    for name in SOURCES:
        digest.update(name.encode() + b"\0" + (Path(__file__).parent / name).read_bytes())
    return compiled_folder(f"train-{digest.hexdigest()[:16]}")


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
