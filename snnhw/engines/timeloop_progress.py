"""What timeloop-mapper says while it searches: how many mappings it has tried, its best so far, and why each of its threads ended."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from snnhw.search import SearchProgress

_BEST = re.compile(r"\[ *\d+\] Utilization = .*?\| pJ/(?:Algorithmic-)?Compute = *([0-9.]+) .*\| Cycles = (\d+)$")
_COUNTS = re.compile(r"\[ *(\d+)\] INVALID (\d+) (\d+) \d+$")
_ENDS = (("valid mappings found, terminating", "budget"), ("suboptimal mappings found", "converged"),
         ("found since the last valid mapping", "converged"), ("search algorithm is done", "exhausted"))


class MapperProgress:
    """Hears each line of a search with `log_stats`, and tells a listener of it. operations: of the problem, dense."""

    def __init__(self, budget: int | None, operations: int, listener: Callable[[SearchProgress], None] | None) -> None:
        self.budget, self.operations, self.listener = budget, operations, listener
        self.best_energy_pJ: float | None = None
        self.best_cycles: int | None = None
        self.ends: set[str] = set()
        self._tried: dict[str, int] = {}
        self._valid: dict[str, int] = {}

    @property
    def valid(self) -> int:
        """Mappings that fit, of all threads."""
        return sum(self._valid.values())

    @property
    def invalid(self) -> int:
        """Mappings that did not fit before the last one that did, of all threads."""
        return sum(self._tried.values()) - self.valid

    @property
    def ended_by(self) -> str:
        """Why the search ended: `budget` where a thread found its share of search_size, else `exhausted` or `converged`."""
        return next((end for end in ("budget", "converged", "exhausted") if end in self.ends), "budget")

    def __call__(self, line: str, seconds: float) -> None:
        """One line, or "" where there is none; and the seconds so far."""
        self._read(line)
        if self.listener is not None:
            from snnhw.search import SearchProgress

            self.listener(SearchProgress(evaluated=self.valid, budget=self.budget, seconds=seconds, best_energy_pJ=self.best_energy_pJ,
                                         best_cycles=self.best_cycles))

    def _read(self, line: str) -> None:
        counts, best = _COUNTS.match(line), _BEST.match(line)
        if counts:
            self._tried[counts[1]], self._valid[counts[1]] = int(counts[2]), int(counts[3])
        elif best:
            energy, cycles = float(best[1]) * self.operations, int(best[2])
            if self.best_energy_pJ is None or self.best_cycles is None or energy * cycles < self.best_energy_pJ * self.best_cycles:
                self.best_energy_pJ, self.best_cycles = energy, cycles
        elif "STATEMENT" in line:
            self.ends |= {end for words, end in _ENDS if words in line}
