"""Everything that can go wrong, as one tree. An error is a record; its text is drawn from it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing wrong with an input.

    file: as the user named it; line: 1-based, None where no line applies; key: dotted path (`layers[3].shape.C`);
    seen: the value that is there; expected: what would be right; fix: what to do, a near miss for instance.
    """

    file: str
    line: int | None = None
    key: str = ""
    seen: str = ""
    expected: str = ""
    fix: str = ""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line is not None else self.file
        parts = [f"seen {self.seen}" if self.seen else "", f"expected {self.expected}" if self.expected else ""]
        said = ", ".join(p for p in parts if p)
        return ": ".join(p for p in (where, self.key, said) if p) + (f"; {self.fix}" if self.fix else "")


class SnnhwError(Exception):
    """The root of what snnhw raises on purpose. `exit_code` is the status of a command that ends with it."""

    exit_code = 1


class SpecError(SnnhwError):
    """An input is wrong. `findings` holds everything that is wrong with it, the most telling first."""

    exit_code = 2

    def __init__(self, findings: Iterable[Finding] | Finding):
        self.findings = (findings,) if isinstance(findings, Finding) else tuple(dict.fromkeys(findings))
        super().__init__("\n".join(map(str, self.findings)))

    def __reduce__(self) -> tuple[type[SpecError], tuple[tuple[Finding, ...]]]:
        """Made again from its findings, so that it comes whole out of another process."""
        return type(self), (self.findings,)


class MappingError(SnnhwError):
    """A mapping does not fit its architecture or its problem."""

    exit_code = 3


class CapacityError(MappingError):
    """A tile is larger than the buffer that has to hold it, or a fanout than the mesh."""


class SearchError(SnnhwError):
    """No mapping satisfies the constraints and the capacities."""

    exit_code = 3


class EngineError(SnnhwError):
    """An engine could not do its work."""

    exit_code = 4


class OutputError(SnnhwError):
    """A result could not be written; nothing half-written is left."""

    exit_code = 4
