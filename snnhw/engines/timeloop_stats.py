"""Reading timeloop-model.stats.txt and timeloop-mapper.stats.txt: what the real Timeloop says of one mapping.

The text has sections (levels, networks, operational intensity, summary), in them levels and networks with SPECS and STATS, in those
tensors, and in those `name : value`; figures of a format stand below their name, rank by rank. Counts are exact in it, energies have two
decimals (see timeloop_xml for all of them).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from snnhw.errors import EngineError

WRAPPED = 2.0**63
"""No count reaches this; what is larger has been below zero in unsigned arithmetic."""

_LEVEL = re.compile(r"=== (.+) ===$")
_NETWORK = re.compile(r"(\S.* <==> .*\S)$")
_PAIR = re.compile(r"( *)([^:]*[^: ]) *:(?: (.*))?$")
_RANK = re.compile(r" *Rank \d+ \(metadata, payload\): \((.*), (.*)\)$")
_FORMAT = re.compile(r" *((?:Actual|Gated|Skipped) scalar format \w+ \(per-instance\)|Max utilized Repr format storage capacity)"
                     r" *(?:: 0)?$")


@dataclass(slots=True)
class Block:
    """A level or a network: its own figures, and those of each tensor, as text; and words of formats by tensor and name."""

    name: str
    figures: dict[str, str] = field(default_factory=dict)
    tensors: dict[str, dict[str, str]] = field(default_factory=dict)
    formats: dict[str, dict[str, float]] = field(default_factory=dict)

    def number(self, name: str, tensor: str = "", default: float | None = None) -> float:
        """A figure; `default` where it is not there or stands as `-`. Raises EngineError where it is no number, or has wrapped below 0."""
        found = (self.tensors.get(tensor, {}) if tensor else self.figures).get(name)
        where = " ".join(part for part in (self.name, tensor, name) if part)
        if found is None or found.split()[:1] == ["-"]:
            if default is None:
                raise EngineError(f"{where}: missing in the results of timeloop")
            return default
        return checked(found.split()[0] if found.split() else "", where)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """All of a stats file. levels: from the compute outwards; summary: `Cycles`, `Energy` and so on."""

    levels: tuple[Block, ...]
    networks: tuple[Block, ...]
    summary: Mapping[str, str]

    @property
    def cycles(self) -> int:
        """Cycles of the whole mapping."""
        return int(checked(self.summary["Cycles"].split()[0], "Summary Stats, Cycles"))

    @property
    def energy_pJ(self) -> float:
        """Energy of the whole mapping in pJ, as it is printed: in uJ with two decimals."""
        return checked(self.summary["Energy"].split()[0], "Summary Stats, Energy") * 1e6


def checked(text: str, where: str) -> float:
    """A number of the results. Raises EngineError for what is none, for NaN and infinity, and for what has wrapped below zero."""
    try:
        value = float(text)
    except ValueError:
        raise EngineError(f"{where}: timeloop says {text!r}, which is no number") from None
    if not abs(value) < WRAPPED:
        raise EngineError(f"{where}: timeloop says {text}, a count that went below zero in unsigned arithmetic (near 2^64), or no number; "
                          "its figures of this mapping cannot be used (docs/fidelity.md says when that happens)")
    return value


def read_stats(text: str) -> Stats:
    """What a stats file holds. Raises EngineError where a part is missing, as in a file that was cut off."""
    sections = dict(_sections(text))
    for name in (_BUFFERS, _NETWORKS, _SUMMARY):
        if name not in sections:
            raise EngineError(f'the results of timeloop are cut off: no "{name}"')
    summary = dict(_summary(sections[_SUMMARY]))
    for name in ("Cycles", "Energy"):
        if name not in summary:
            raise EngineError(f'the results of timeloop are cut off: no "{name}" in its summary')
    return Stats(levels=tuple(_blocks(sections[_BUFFERS], _LEVEL)), networks=tuple(_blocks(sections[_NETWORKS], _NETWORK)), summary=summary)


_BUFFERS, _NETWORKS, _INTENSITY, _SUMMARY = "Buffer and Arithmetic Levels", "Networks", "Operational Intensity Stats", "Summary Stats"


def _sections(text: str) -> Iterator[tuple[str, list[str]]]:
    name, lines = "", list[str]()
    for line in text.splitlines():
        if line.rstrip() in (_BUFFERS, _NETWORKS, _INTENSITY, _SUMMARY):
            yield name, lines
            name, lines = line.rstrip(), []
        else:
            lines.append(line.rstrip())
    yield name, lines


def _summary(lines: list[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        name, colon, value = line.partition(": ")
        if colon and not line.startswith(" "):
            yield name, value


def _blocks(lines: list[str], head: re.Pattern[str]) -> Iterator[Block]:
    """The levels or networks of a section. Specs and stats of a level have no name in common that is read."""
    block: Block | None = None
    tensor = ""
    name = ""
    for line in lines:
        begins = head.match(line)
        if begins:
            if block is not None:
                yield block
            block, tensor = Block(begins[1]), ""
        elif block is not None:
            tensor, name = _line(block, line, tensor, name)
    if block is not None:
        yield block


def _line(block: Block, line: str, tensor: str, name: str) -> tuple[str, str]:
    """Put a line where it belongs; the tensor and the figure that the next line may be about."""
    rank, heading = _RANK.match(line), _FORMAT.match(line)
    if rank and tensor and name:
        words = block.formats.setdefault(tensor, {})
        where = f"{block.name} {tensor} {name}"
        words[name] = words.get(name, 0.0) + checked(rank[1], where) + checked(rank[2], where)
        return tensor, name
    if heading and tensor:
        return tensor, heading[1]
    pair = _PAIR.match(line)
    if pair is None:
        return tensor, ""
    indent, key, value = len(pair[1]), pair[2].strip(), pair[3] or ""
    if indent == 4 and not value:
        block.tensors[key] = {}
        return key, ""
    if indent == 8 and tensor:
        block.tensors[tensor][key] = value
    elif not tensor:
        block.figures[key] = value
    return tensor, key
