"""How far an evaluation is, for whoever shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """One layer's search so far.

    index: of the layer, from 0; layers: how many there are; evaluated: mappings so far; budget: mappings that may be evaluated, None
    where only something else ends the search; said: the best so far, in words; done: whether the layer is finished.
    """

    layer: str
    index: int
    layers: int
    evaluated: int = 0
    budget: int | None = None
    said: str = ""
    done: bool = False


Listener: TypeAlias = Callable[[Progress], None]
