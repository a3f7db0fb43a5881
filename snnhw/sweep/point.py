"""One evaluation of a sweep: what it is asked for, and what became of it."""

from __future__ import annotations

import json
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field, fields
from typing import Any, Literal, TypeAlias

from snnhw.engines.evaluate import Membrane, Statistic
from snnhw.spec.mapper import Causality

Scalar: TypeAlias = str | int | float | bool
Status: TypeAlias = Literal["done", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """What `snnhw.evaluate` is to be called with. Sources are as the plan names them; variables are sorted by name.

    causality, seed: None takes the mapper's.
    """

    arch: str
    stats: str
    mapper: str = "default"
    variables: tuple[tuple[str, Scalar], ...] = ()
    causality: Causality | None = None
    membrane: Membrane = "carried"
    density: Statistic = "mean"
    seed: int | None = None

    def record(self) -> dict[str, Any]:
        """The point as plain data, without what has its default; sources always stand in it."""
        record: dict[str, Any] = {"arch": self.arch, "stats": self.stats, "mapper": self.mapper}
        for one in fields(self):
            value = getattr(self, one.name)
            if one.name not in record and value != one.default:
                record[one.name] = dict(value) if one.name == "variables" else value
        return record

    @property
    def text(self) -> str:
        """The record as JSON: the same text for the same point, whatever the order of its keys was."""
        return json.dumps(self.record(), sort_keys=True, ensure_ascii=False)

    @property
    def label(self) -> str:
        """The point in a line, for people."""
        given = (*self.variables, *((name, getattr(self, name)) for name in ("causality", "membrane", "density", "seed")
                                    if name in self.record()))
        return " ".join((self.arch, self.stats, self.mapper, *(f"{name}={value}" for name, value in given)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file that a point depends on, as it was when the sweep began.

    source: as the plan names it; name: of the file; content: its bytes; sha256: of these. path: where to read it instead, for an
    architecture that includes other files; None for all else.
    """

    source: str
    name: str
    content: bytes = field(repr=False)
    sha256: str
    path: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A point with all that a process, here or elsewhere, needs to evaluate it. origin: see `keys.origin`."""

    key: str
    point: Point
    arch: Source
    stats: Source
    mapper: Source
    origin: str
    cache: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a point.

    figures: numbers by name, None where one is not known; result: zlib-compressed JSON of result.json, without the texts of the input
    files; error, exit_code: of a failed point; attempts: processes that began with it; seconds: of the last one.
    """

    key: str
    status: Status
    figures: MappingType[str, float | None] = field(default_factory=dict)
    result: bytes = field(default=b"", repr=False)
    error: str = ""
    exit_code: int = 0
    attempts: int = 1
    seconds: float = 0.0
