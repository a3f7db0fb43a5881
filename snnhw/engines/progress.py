"""How far an evaluation is, for whoever shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """One layer's search so far.

    index: of the layer, from 0; layers: how many there are; evaluated: mappings so far, in so many seconds; budget: mappings that may be
    evaluated, None where only something else ends the search; edp_Js: of the best mapping so far, None until something fits; gap: by how
    much its objective may be above the optimum, as a share of it, None where no bound is known; done: whether the layer is finished.
    """

    layer: str
    index: int
    layers: int
    evaluated: int = 0
    seconds: float = 0.0
    budget: int | None = None
    edp_Js: float | None = None
    gap: float | None = None
    done: bool = False

    @property
    def per_second(self) -> float:
        """Mappings evaluated in a second; 0 before any time has passed."""
        return self.evaluated / self.seconds if self.seconds > 0 else 0.0

    @property
    def share(self) -> float:
        """How much of the layer's budget is spent, in [0, 1]; 0 where there is none."""
        if self.done:
            return 1.0
        return min(1.0, self.evaluated / self.budget) if self.budget else 0.0


Listener: TypeAlias = Callable[[Progress], None]
