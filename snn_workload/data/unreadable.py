"""What reading a damaged .npz file raises."""

from __future__ import annotations

import zipfile
import zlib

UNREADABLE = (
    OSError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    EOFError,
    OverflowError,
    MemoryError,
    RuntimeError,
    zipfile.BadZipFile,
    zlib.error,
)
"""RuntimeError: flags that say encrypted or patched; MemoryError, OverflowError: a shape that is larger than any; zlib.error: its bytes."""
