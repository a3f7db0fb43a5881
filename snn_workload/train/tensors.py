"""What the trainer's arrays are called."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]
Params: TypeAlias = dict[str, Array]
"""Parameters by name, such as `conv1.weight`."""
