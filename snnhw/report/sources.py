"""Sources of figures below a table: what several of them cite is said once, under a letter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import product
from string import ascii_lowercase

SHORTEST = 30
"""Characters from which on a text that comes again is worth a letter."""


def said_once(sources: Sequence[str]) -> tuple[list[str], list[str]]:
    """The sources with letters in place of what comes more than once, and what each letter stands for, as `(a) text`.

    A source is a list of parts with semicolons between them; what is cited in a part stands before its colon, else it is the part.
    """
    parts = [[_cited(part) for part in _parts(source)] for source in sources]
    often = Counter(cite for listed in parts for cite, _ in listed if len(cite) >= SHORTEST)
    letters: dict[str, str] = {}
    names = _names()
    for cite, number in often.items():
        if number > 1:
            letters[cite] = next(names)
    short = ["; ".join(f"{letters[cite]}{rest.removeprefix(':')}" if cite in letters else cite + rest for cite, rest in listed)
             for listed in parts]
    return short, [f"{letter} {cite}" for cite, letter in letters.items()]


def _names() -> Iterator[str]:
    yield from (f"({one})" for one in ascii_lowercase)
    yield from (f"({one}{other})" for one, other in product(ascii_lowercase, repeat=2))


def _parts(source: str) -> Iterator[str]:
    """The parts between semicolons, but for those within brackets."""
    depth = start = 0
    for i, character in enumerate(source):
        depth += (character == "(") - (character == ")")
        if depth == 0 and source.startswith("; ", i):
            yield source[start:i]
            start = i + 2
    yield source[start:]


def _cited(part: str) -> tuple[str, str]:
    """What is cited, and what of it: `Shao et al., ISCA 2014` and `: ADD`."""
    cite, colon, rest = part.partition(": ")
    return (cite, colon.rstrip() + " " + rest) if colon and len(cite) >= SHORTEST else (part, "")
