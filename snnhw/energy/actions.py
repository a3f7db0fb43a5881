"""Names of actions: which ones a component has to answer, and under which names of a reference table."""

from __future__ import annotations

from collections.abc import Iterable

ACCESSES = ("read", "write", "fill", "update")
METADATA_ACCESSES = tuple(f"metadata_{action}" for action in ACCESSES)
STORAGE_ACTIONS = tuple(f"{how}{action}" for action in (*ACCESSES, *METADATA_ACCESSES) for how in ("", "gated_", "skipped_"))
"""Every action of a storage level that Timeloop counts, beside `leak`. An update is a write; its read is counted as a read."""

COMPUTE_ACTIONS = ("compute", "compute_gated", "compute_skipped")
NEURON_ACTIONS = ("leak_shift", "add", "compare", "reset")
LEAK = "leak"

_COMPUTES = {
    "compute": ("mac_random", "mult_random", "mac", "mult", "compute"),
    "compute_gated": ("mac_gated", "mult_gated", "compute_gated"),
    "compute_skipped": ("mac_skipped", "mult_skipped", "compute_skipped", "mac_gated", "mult_gated", "compute_gated"),
}


def names_for(action: str) -> tuple[str, ...]:
    """The names under which a reference table answers an action, as Timeloop looks for them. Its own name is always among them.

    `fill` is answered by random_fill, random_write, fill, write and access, for instance; `skipped_read` by skipped_read and gated_read.
    """
    if action in _COMPUTES:
        return _COMPUTES[action]
    how = next((way for way in ("gated_", "skipped_") if action.startswith(way)), "")
    kind = "metadata_" if "metadata_" in action else ""
    verb = action.removeprefix(how).removeprefix(kind)
    if verb not in ACCESSES:
        return (action,)
    verbs = dict.fromkeys((verb, "read" if verb == "read" else "write"))
    if how:
        ways = ("skipped_", "gated_") if how == "skipped_" else ("gated_",)
        return tuple(f"{way}{kind}{one}" for way in ways for one in verbs)
    plain = tuple(f"{prefix}{kind}{one}" for prefix in ("random_", "") for one in verbs)
    return plain if kind else (*plain, "access")


def is_answered(action: str, names: Iterable[str]) -> bool:
    """Whether a table with these names says what an action costs."""
    return not set(names_for(action)).isdisjoint(names)
