"""Values and names as errors show them, and near misses."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import Any

SHORTEST_BEGINNING = 3


def near(word: str, known: Iterable[str]) -> str:
    """`did you mean "depth"?` for a near miss, or for the beginning of one name alone; else nothing."""
    names = list(known)
    found = [name for name in names if name.lower() == word.lower()] or difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    begun = [name for name in names if len(word) >= SHORTEST_BEGINNING and name.lower().startswith(word.lower())]
    found = found or (begun if len(begun) == 1 else [])
    return f'did you mean "{found[0]}"?' if found else ""


def listing(names: Sequence[str], limit: int = 40) -> str:
    """Names in a row, cut where there are too many."""
    return ", ".join(names[:limit]) + (f" and {len(names) - limit} more" if len(names) > limit else "")


def counted(number: int, noun: str) -> str:
    """`1 point`, `2,000 points`."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def show(value: Any) -> str:
    """A value as an error shows it."""
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping" if value else "an empty mapping"
    if isinstance(value, list | tuple):
        text = "[" + ", ".join(show(item) for item in value[:8]) + (", ...]" if len(value) > 8 else "]")
        return text if len(text) <= 80 else f"a list of {len(value)}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        clean = "".join(c if c.isprintable() else " " for c in value[:60])
        return f'"{clean}"' + ("..." if len(value) > 60 else "")
    return f"{value:g}" if isinstance(value, float) else str(value)[:60]
