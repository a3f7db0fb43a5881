"""Where things are kept between runs, and what they depend on: below SNNHW_CACHE, else the user's cache folder. Imports nothing heavy."""

from __future__ import annotations

import hashlib
import os
import tempfile
from functools import cache
from importlib.metadata import version
from pathlib import Path

KERNEL_SOURCES = ("model", "search")
"""Packages whose sources hold kernels."""


def cache_base() -> Path:
    """The folder below which kernels and results are kept. It may not be there yet."""
    return Path(os.environ.get("SNNHW_CACHE") or os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "snnhw"))


@cache
def source_digest(*packages: str) -> str:
    """sha256 of numba's version and of all sources of some packages of snnhw, 64 hexadecimal digits."""
    here = Path(__file__).parent
    digest = hashlib.sha256(version("numba").encode())
    for name in packages:
        for source in sorted((here / name).rglob("*.py")):
            digest.update(source.name.encode() + b"\0" + source.read_bytes())
    return digest.hexdigest()


@cache
def kernel_folder() -> Path:
    """Where compiled kernels of the model and the search are kept; see `compiled_folder`."""
    return compiled_folder(source_digest(*KERNEL_SOURCES)[:16])


def compiled_folder(name: str) -> Path:
    """A folder for compiled kernels: below the cache's base, or a temporary one where that can't be written."""
    folder = cache_base() / "kernels" / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        fallback = Path(tempfile.gettempdir()) / f"snnhw-{os.getuid() if hasattr(os, 'getuid') else 'user'}" / name
        fallback.mkdir(parents=True, exist_ok=True, mode=0o700)
        return fallback


def needs_compiling() -> bool:
    """Whether the kernel that every evaluation ends with has not been compiled yet, so that the first one takes minutes longer."""
    return not any(kernel_folder().rglob("kernel.run-*.nbi"))
