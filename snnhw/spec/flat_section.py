"""Reading one mapping of a flat Timeloop input: every key is taken, refused or reported, never passed over.

Keys are compared with underscores, so that `data-spaces` and `data_spaces` are one key. All problems go to a `Report`, and reading
goes on with the default, so that one run finds everything that is wrong with an input.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, TypeAlias, TypeVar

from snnhw.errors import Finding, SpecError
from snnhw.spec.document import KeyPath, dotted

Path: TypeAlias = KeyPath
Locate: TypeAlias = Callable[[Path], tuple[str, int | None]]
D = TypeVar("D")

_MOST_NAMES_LISTED = 16


def shown(value: object) -> str:
    """A value of the input as a message shows it: strings quoted, a mapping or a list by its kind, long text cut."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value}"' if len(value) <= 80 else f'"{value[:77]}..."'
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list):
        return "a list" if value else "[]"
    return str(value)


def listed(names: Iterable[str]) -> str:
    """Names for an `expected`: sorted, joined by commas."""
    return ", ".join(sorted(names))


def near_miss(name: str, known: Iterable[str]) -> str:
    """A question for the `fix` of a finding: the known name that is closest, or the known names if few, or nothing."""
    candidates = sorted(set(known))
    close = question(name, candidates)
    return close or _all_known(candidates)


def _all_known(candidates: Sequence[str]) -> str:
    return f"known here: {', '.join(candidates)}" if 0 < len(candidates) <= _MOST_NAMES_LISTED else ""


class Report:
    """Findings and notes of one input. `locate` gives the file and line of a path; lines are looked up only for findings."""

    def __init__(self, locate: Locate):
        self._locate = locate
        self.findings: list[Finding] = []
        self.notes: list[str] = []

    def add(self, path: Path, *, seen: str = "", expected: str = "", fix: str = "") -> None:
        """Record something wrong at a path."""
        file, line = self._locate(path)
        self.findings.append(Finding(file=file, line=line, key=dotted(path), seen=seen, expected=expected, fix=fix))

    def note(self, path: Path, text: str) -> None:
        """Record something that is right but has no effect or is read in an unexpected way."""
        file, line = self._locate(path)
        where = f"{file}:{line}" if line is not None else file
        self.notes.append(f"{where}: {dotted(path)}: {text}")

    def finish(self) -> None:
        """Raise SpecError with all findings, if there are any."""
        if self.findings:
            raise SpecError(self.findings)


class Section:
    """One mapping of the input. The reading methods take a key's names, the first that is there counts; `close` reports the rest."""

    __slots__ = ("_known", "_left", "_spelling", "is_mapping", "path", "report")

    def __init__(self, value: object, path: Path, report: Report):
        self.path, self.report = path, report
        self._left: dict[str, Any] = {}
        self._spelling: dict[str, str] = {}
        self._known: set[str] = set()
        self.is_mapping = isinstance(value, Mapping)
        if not isinstance(value, Mapping):
            report.add(path, seen=shown(value), expected="a mapping")
            return
        for key, entry in value.items():
            self._put(key, entry)

    def _put(self, key: object, entry: object) -> None:
        name = str(key).replace("-", "_")
        if name in self._spelling:
            self.report.add((*self.path, str(key)), seen=f'"{key}" beside "{self._spelling[name]}"', expected="one of the two")
            return
        self._spelling[name], self._left[name] = str(key), entry

    def path_of(self, name: str) -> Path:
        """The path of a key, in the spelling of the file."""
        return (*self.path, self._spelling.get(name, name))

    def has(self, name: str) -> bool:
        """Whether a key is there and not taken yet."""
        return name in self._left

    def peek(self, name: str) -> Any:
        """The value of a key without taking it, None where it is absent."""
        return self._left.get(name)

    def remaining(self) -> tuple[str, ...]:
        """All keys that are not taken yet, with underscores."""
        return tuple(self._left)

    def take(self, *names: str) -> tuple[Any, Path] | None:
        """Value and path of the first of these keys that is there. Another one of them with another value gets a note."""
        self._known.update(names)
        present = [name for name in names if name in self._left]
        if not present:
            return None
        first = present[0]
        value = self._left.pop(first)
        for other in present[1:]:
            if self._left.pop(other) != value:
                self.report.note(self.path_of(other), f'without effect beside "{self._spelling[first]}"')
        return value, self.path_of(first)

    def require(self, names: Sequence[str], expected: str) -> None:
        """Report the first name as missing, unless one of the names is there (or the whole section is wrong, which is reported)."""
        if self.is_mapping and not any(name in self._left for name in names):
            self.report.add(self.path, seen=f'no "{names[0]}"', expected=expected)

    def integer(self, *names: str, default: D, least: int = 1) -> int | D:
        """An integer that is at least `least`."""
        taken = self.take(*names)
        if taken is None:
            return default
        number = as_integer(taken[0])
        if number is None or number < least:
            self.report.add(taken[1], seen=shown(taken[0]), expected=f"an integer >= {least}")
            return default
        return number

    def number(self, *names: str, default: D, least: float = 0.0, above: float | None = None) -> float | D:
        """A number that is at least `least`, and above `above` if that is given."""
        taken = self.take(*names)
        if taken is None:
            return default
        number = as_number(taken[0])
        if number is None or number < least or (above is not None and number <= above):
            limit = f">= {least:g}" if above is None else f"> {above:g}"
            self.report.add(taken[1], seen=shown(taken[0]), expected=f"a number {limit}")
            return default
        return number

    def flag(self, *names: str, default: bool = False) -> bool:
        """True or false; 0 and 1 count too."""
        taken = self.take(*names)
        if taken is None:
            return default
        if taken[0] in (True, False):
            return bool(taken[0])
        self.report.add(taken[1], seen=shown(taken[0]), expected="true or false")
        return default

    def text(self, *names: str, default: D, choices: Sequence[str] = ()) -> str | D:
        """A string or a number as a string; with `choices`, one of them (hyphens count as underscores)."""
        taken = self.take(*names)
        if taken is None:
            return default
        value, path = taken
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            self.report.add(path, seen=shown(value), expected=_one_of(choices) if choices else "a string")
            return default
        text = str(value)
        if choices and text.replace("-", "_") not in choices:
            self.report.add(path, seen=shown(value), expected=_one_of(choices), fix=question(text.replace("-", "_"), choices))
            return default
        return text.replace("-", "_") if choices else text

    def names(self, *names: str, known: Iterable[str] | None = None, kind: str = "name") -> tuple[str, ...] | None:
        """A list of strings, None where the key is absent; each has to be among `known`."""
        taken = self.take(*names)
        if taken is None:
            return None
        value, path = taken
        if not isinstance(value, list):
            self.report.add(path, seen=shown(value), expected=f"a list of {kind}s")
            return ()
        return tuple(item for i, item in enumerate(value) if self._is_name(item, (*path, i), known, kind))

    def _is_name(self, item: object, path: Path, known: Iterable[str] | None, kind: str) -> bool:
        if isinstance(item, str) and (known is None or item in known):
            return True
        options = () if known is None else tuple(known)
        expected = f"a {kind}: {', '.join(options)}" if options else f"a {kind}"
        self.report.add(path, seen=shown(item), expected=expected, fix=question(str(item), options))
        return False

    def child(self, *names: str) -> Section | None:
        """The section under a key, None where the key is absent."""
        taken = self.take(*names)
        return None if taken is None else Section(*taken, self.report)

    def children(self, *names: str) -> list[Section]:
        """The sections of a list under a key; empty where the key is absent."""
        taken = self.take(*names)
        return [] if taken is None else sections(*taken, self.report)

    def refuse(self, name: str, *, neutral: Sequence[object] = (), why: str = "") -> None:
        """A key of Timeloop that snnhw does not support: an error, unless it has the value at which it does nothing."""
        taken = self.take(name)
        if taken is None or any(taken[0] == value and type(taken[0]) is type(value) for value in neutral):
            return
        self.report.add(taken[1], seen="a key of Timeloop that snnhw does not support" + (f" ({why})" if why else ""),
                        fix="remove it" + (f" or set it to {shown(neutral[0])}" if neutral else ""))

    def ignore(self, *names: str, why: str = "") -> None:
        """Keys that are known and change nothing here; with `why` each gets a note."""
        for name in names:
            taken = self.take(name)
            if taken is not None and why:
                self.report.note(taken[1], why)

    def drop(self) -> None:
        """Take all that is left, unread: what the section is about is not known."""
        self._left.clear()

    def close(self, also_known: Iterable[str] = ()) -> None:
        """Report every key that nobody took, with the closest known one. One of `also_known` has no effect here and gets a note."""
        elsewhere = frozenset(also_known)
        known = self._known.union(elsewhere)
        for name in self._left:
            if name in elsewhere:
                self.report.note(self.path_of(name), "without effect here")
                continue
            self.report.add(self.path_of(name), seen="an unknown key", fix=near_miss(name, known))
        self._left.clear()


def sections(value: object, path: Path, report: Report) -> list[Section]:
    """The sections of a list."""
    if not isinstance(value, list):
        report.add(path, seen=shown(value), expected="a list")
        return []
    return [Section(item, (*path, i), report) for i, item in enumerate(value)]


def as_integer(value: object) -> int | None:
    """An integer from an integer, a whole float or a string of digits; None from anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    number = as_number(value)
    return int(number) if number is not None and number.is_integer() else None


def as_number(value: object) -> float | None:
    """A finite number from a number or a string such as "1e-9" (YAML 1.1 reads that as a string); None from anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if abs(number) < float("inf") else None


def _one_of(choices: Sequence[str]) -> str:
    return choices[0] if len(choices) == 1 else f"one of {', '.join(choices)}"


def question(text: str, choices: Iterable[str]) -> str:
    """`did you mean "GLB"?` for the choice that is closest to a text, or nothing."""
    close = get_close_matches(text, list(choices), n=1, cutoff=0.6)
    return f'did you mean "{close[0]}"?' if close else ""
