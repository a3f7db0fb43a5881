"""YAML text to a tree in which every value knows its place, its tag and whether it was quoted; nothing is executed or imported."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import yaml

from snnhw.errors import Finding, SpecError
from snnhw.spec.words import near

MAX_DEPTH = 100
MAX_VALUES = 500_000
MAX_MERGED = 50_000
# Tags that timeloopfe's v0.4 nodes, and Accelergy's file loader, know.
KNOWN_TAGS = ("!Component", "!Container", "!Hierarchical", "!Parallel", "!Pipelined", "!Nothing", "!Network", "!include")
_STANDARD = "tag:yaml.org,2002:"
_INT = re.compile(r"[-+]?[0-9][0-9_]*|0x[0-9a-fA-F]+|0o[0-7]+|0b[01]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9][0-9_]*(\.[0-9_]*)?)([eE][-+]?[0-9]+)?")
_INFINITY = re.compile(r"[-+]?\.(inf|Inf|INF)")
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_TRUE = frozenset(("true", "True", "TRUE"))
_FALSE = frozenset(("false", "False", "FALSE"))

Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: the file as the user named it, and the 1-based line (None where unknown)."""

    file: str
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalar:
    """A scalar: its value, its text as written."""

    value: str | int | float | bool | None
    text: str
    place: Place
    tag: str | None = None
    quoted: bool = False
    height: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ListNode:
    """A list of nodes."""

    items: tuple[Node, ...]
    place: Place
    tag: str | None = None
    height: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class DictNode:
    """A mapping. Keys are text, as written; `places` says where each key stands."""

    items: dict[str, Node]
    places: dict[str, Place]
    place: Place
    tag: str | None = None
    height: int = 1


Node: TypeAlias = Scalar | ListNode | DictNode
PlaceOfLine: TypeAlias = Callable[[int], Place]
Include: TypeAlias = Callable[[str, Place], Node]


def plain_value(text: str) -> str | int | float | bool | None:
    """The value of an unquoted scalar, by YAML 1.2's core schema; `1e-9` and `1_000` are numbers too, `yes` and dates are text."""
    if text in _NULLS:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if _INT.fullmatch(text) and len(text) < 1000:
        return int(text, 0) if text[:2] in ("0x", "0o", "0b") else int(text)
    if _FLOAT.fullmatch(text):
        return float(text.replace("_", ""))
    if _INFINITY.fullmatch(text):
        return float(text.replace(".", ""))
    return text


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end was not seen yet. `key` is the pending key of a mapping."""

    is_mapping: bool
    tag: str | None
    anchor: str | None
    place: Place
    items: list[tuple[Scalar | None, Node]] = field(default_factory=list)
    key: Scalar | None = None


def parse_tree(text: str, place_of_line: PlaceOfLine, include: Include | None = None) -> Node | None:
    """The tree of a YAML (or JSON) text; None where it holds nothing.

    place_of_line: the place of a 0-based line of `text`. include: reads the file that a tag !include names.
    Raises SpecError with all findings: syntax, unknown tags, doubled keys, too deep or too large.
    """
    return _Builder(place_of_line, include).build(text)


class _Builder:
    """Builds the tree from the parser's events with a stack of its own, so that no nesting can exhaust the interpreter's."""

    def __init__(self, place_of_line: PlaceOfLine, include: Include | None):
        self.place_of_line = place_of_line
        self.include = include
        self.anchors: dict[str, Node] = {}
        self.pending: list[str] = []
        self.findings: list[Finding] = []
        self.stack: list[_Open] = []
        self.budget = Budget(MAX_MERGED)
        self.root: Node | None = None
        self.documents = 0

    def build(self, text: str) -> Node | None:
        loader = Loader(text)
        try:
            self._read(loader)
        except yaml.YAMLError as error:
            raise SpecError([*self.findings, self._syntax(error)]) from None
        finally:
            loader.dispose()
        if self.findings:
            raise SpecError(self.findings)
        return self.root

    def _read(self, loader: Any) -> None:
        while loader.check_event():
            event = loader.get_event()
            place = self.place_of_line(event.start_mark.line)
            if isinstance(event, yaml.DocumentStartEvent):
                self._document(place)
            elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                self._open(event, place)
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                self._close()
            elif isinstance(event, yaml.ScalarEvent):
                self._add(self._scalar(event, place), event.anchor)
            elif isinstance(event, yaml.AliasEvent):
                self._add(self._alias(str(event.anchor), place), None, place)

    def _document(self, place: Place) -> None:
        self.documents += 1
        if self.documents > 1:
            raise SpecError(Finding(file=place.file, line=place.line, seen="a second YAML document (---)", expected="one document a file",
                                    fix="remove the line --- or split the file"))

    def _open(self, event: Any, place: Place) -> None:
        if len(self.stack) >= MAX_DEPTH:
            raise SpecError(_too_deep(place))
        if event.anchor:
            self.pending.append(event.anchor)
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        self.stack.append(_Open(is_mapping, self._tag(event.tag, place), event.anchor, place))

    def _close(self) -> None:
        done = self.stack.pop()
        node = self._mapping(done) if done.is_mapping else self._sequence(done)
        if done.anchor:
            self.pending.remove(done.anchor)
        if node.height > MAX_DEPTH:
            raise SpecError(_too_deep(done.place))
        self._add(node, done.anchor)

    def _add(self, node: Node, anchor: str | None, place: Place | None = None) -> None:
        if anchor:
            self.anchors[anchor] = node
        if not self.stack:
            self.root = node
            return
        top = self.stack[-1]
        if not top.is_mapping:
            top.items.append((None, node))
        elif top.key is None:
            top.key = self._key(node, place or node.place)
        else:
            top.items.append((top.key, node))
            top.key = None

    def _key(self, node: Node, place: Place) -> Scalar:
        if isinstance(node, Scalar):
            return node
        self.findings.append(Finding(file=place.file, line=place.line, seen="a list or mapping as a key", expected="a word as a key"))
        return Scalar(value="?", text="?", place=place)

    def _sequence(self, done: _Open) -> ListNode:
        items = tuple(node for _, node in done.items)
        return ListNode(items=items, place=done.place, tag=done.tag, height=1 + max((n.height for n in items), default=0))

    def _mapping(self, done: _Open) -> DictNode:
        items: dict[str, Node] = {}
        places: dict[str, Place] = {}
        merges = []
        for key, node in done.items:
            if key is None:
                continue
            if key.text in ("<<", "<<<") and not key.quoted:
                merges.append((key, node))
            elif key.text in items:
                first = places[key.text].line
                self.findings.append(Finding(file=key.place.file, line=key.place.line, key=key.text, seen="the same key twice",
                                             expected="each key once", fix=f"it stands in line {first} already"))
            else:
                items[key.text], places[key.text] = node, key.place
        result = DictNode(items=items, places=places, place=done.place, tag=done.tag, height=_height(items))
        for key, node in merges:
            for source in node.items if isinstance(node, ListNode) else (node,):
                if isinstance(source, DictNode):
                    result = merged(result, source, deep=key.text == "<<<", budget=self.budget)
                else:
                    self.findings.append(Finding(file=key.place.file, line=key.place.line, key=key.text, seen="no mapping",
                                                 expected="a mapping to merge in, such as *anchor"))
        return result

    def _alias(self, anchor: str, place: Place) -> Node:
        if anchor in self.pending:
            raise SpecError(Finding(file=place.file, line=place.line, seen=f"*{anchor} inside of &{anchor}",
                                    expected="an alias of something that is complete"))
        if anchor not in self.anchors:
            raise SpecError(Finding(file=place.file, line=place.line, seen=f"*{anchor}", expected="an anchor defined further up",
                                    fix=f"define &{anchor} before its use"))
        return self.anchors[anchor]

    def _scalar(self, event: Any, place: Place) -> Node:
        quoted = bool(event.style)  # "" or None where plain, by loader
        tag = self._tag(event.tag, place)
        if tag == "!include" and self.include is not None:
            return self.include(event.value, place)
        standard = (event.tag or "").removeprefix(_STANDARD)
        value = plain_value(event.value) if not quoted and standard != "str" else event.value
        if standard == "float" and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        return Scalar(value=value, text=event.value, place=place, tag=tag, quoted=quoted or standard == "str")

    def _tag(self, tag: str | None, place: Place) -> str | None:
        if tag is None or tag == "!" or tag in [_STANDARD + name for name in ("str", "int", "float", "bool", "null", "seq", "map")]:
            return None
        if tag in KNOWN_TAGS:
            return tag
        shown = tag.replace(_STANDARD, "!!")
        fix = "snnhw reads data only, it never builds Python objects; remove the tag" if "python" in tag else near(shown, KNOWN_TAGS)
        self.findings.append(Finding(file=place.file, line=place.line, seen=f"the tag {shown}",
                                     expected=f"no tag, or one of {', '.join(KNOWN_TAGS)}", fix=fix))
        return None

    def _syntax(self, error: yaml.YAMLError) -> Finding:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        place = self.place_of_line(mark.line) if mark is not None else Place(self.place_of_line(0).file)
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
        if "maximum nesting depth" in str(problem):  # libyaml's own limit, far above ours
            return _too_deep(place)
        said = " ".join(filter(None, (problem, getattr(error, "context", None))))
        column = f" (column {mark.column + 1})" if mark is not None else ""
        return Finding(file=place.file, line=place.line, seen=f"a YAML syntax error{column}: {said}",
                       expected="YAML", fix="look at the indentation, the brackets and the quotes here and in the line before")


@dataclass(slots=True)
class Budget:
    """Counts values, and stops at a bound: aliases can blow a few lines up to billions of values."""

    limit: int = MAX_VALUES
    spent: int = 0

    def spend(self, place: Place) -> None:
        """Count one value; SpecError when there are too many."""
        self.spent += 1
        if self.spent > self.limit:
            raise SpecError(Finding(file=place.file, line=place.line, seen=f"more than {self.limit:,} values, aliases written out",
                                    expected="a smaller input"))


def merged(into: DictNode, source: DictNode, *, deep: bool, budget: Budget) -> DictNode:
    """`into` with the keys of `source` that it lacks (YAML's <<); with `deep` also inside of mappings that both have (Accelergy's <<<)."""
    items, places = dict(into.items), dict(into.places)
    for key, node in source.items.items():
        budget.spend(source.place)
        mine = items.get(key)
        if mine is None:
            items[key], places[key] = node, source.places[key]
        elif deep and isinstance(mine, DictNode) and isinstance(node, DictNode):
            items[key] = merged(mine, node, deep=True, budget=budget)
    return DictNode(items=items, places=places, place=into.place, tag=into.tag, height=_height(items))


def _height(items: dict[str, Node]) -> int:
    return 1 + max((node.height for node in items.values()), default=0)


def _too_deep(place: Place) -> Finding:
    return Finding(file=place.file, line=place.line, seen=f"nesting deeper than {MAX_DEPTH} levels", expected="a flatter file")


def lines_of(file: str) -> PlaceOfLine:
    """Places of a text that is the file itself."""
    return lambda line: Place(file, line + 1)


def lines_from(places: Sequence[Place]) -> PlaceOfLine:
    """Places of a text that was made from other files, line by line."""
    last = places[-1] if places else Place("")
    return lambda line: places[line] if line < len(places) else last
