"""A number, who says so, and how sure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

BUILTIN = "snnhw 28 nm"
"""What results call the built-in model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A value in the unit that its holder names. uncertainty: relative standard deviation; source: where the value comes from.

    estimator: who says so; family: what is wrong together with it (sram, dram, regfile, logic, wire; docs/energy.md, Uncertainty).
    """

    value: float
    source: str
    uncertainty: float
    estimator: str = BUILTIN
    family: str = "logic"

    def times(self, factor: float, note: str = "", uncertainty: float = 0.0) -> Figure:
        """The figure scaled. note: what the factor stands for; uncertainty: relative, of the factor, independent of that of the value."""
        source = f"{self.source}; {note}" if note else self.source
        return replace(self, value=self.value * factor, source=source, uncertainty=(self.uncertainty**2 + uncertainty**2) ** 0.5)

    def of(self, family: str) -> Figure:
        """The figure as one of another family."""
        return replace(self, family=family)


def from_row(row: Mapping[str, str], column: str, family: str = "logic") -> Figure:
    """The figure in a column of a table's row."""
    return Figure(value=float(row[column]), source=row["source"], uncertainty=float(row["uncertainty"]), family=family)


def total(figures: Iterable[Figure]) -> Figure:
    """The sum. Its parts are taken as wrong together (fully correlated), so that the sum is no surer than its parts.

    Its family is that of its largest part.
    """
    parts = tuple(figures)
    value = sum(part.value for part in parts)
    spread = sum(part.value * part.uncertainty for part in parts)
    sources = dict.fromkeys(piece for part in parts for piece in part.source.split("; "))
    estimators = dict.fromkeys(part.estimator for part in parts) or {BUILTIN: None}
    family = max(parts, key=lambda part: part.value).family if parts else "logic"
    return Figure(value=value, source="; ".join(sources), uncertainty=spread / value if value else 0.0, estimator=", ".join(estimators),
                  family=family)
