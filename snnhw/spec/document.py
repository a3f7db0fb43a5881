"""A YAML or JSON file as plain data that remembers where everything stands, so that an error can name file, line and key."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from snnhw.errors import Finding, SpecError
from snnhw.spec.yaml_tree import Budget, DictNode, ListNode, Node, Place, Scalar, lines_of, parse_tree

KeyPath: TypeAlias = tuple[str | int, ...]
MAX_BYTES = 16 * 1024 * 1024
_MISSING: Any = object()
_SURROGATES = re.compile(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a file (or several) says.

    data: dicts (keys are text), lists and scalars; numbers as YAML 1.2 has them, `1e-9` is a float. file: as the user named it.
    places: where a key path stands (a mapping's entry: where its key stands); tags: `!Container` and the like, by key path;
    quoted: key paths of strings in quotes. A key path is a tuple of keys and list indices.
    variables: the values of variables, as given for the template and the expressions of this document.
    """

    data: Any
    file: str
    places: Mapping[KeyPath, Place] = field(default_factory=dict)
    tags: Mapping[KeyPath, str] = field(default_factory=dict)
    quoted: frozenset[KeyPath] = frozenset()
    variables: Mapping[str, Any] = field(default_factory=dict)
    template_names: frozenset[str] = frozenset()

    def place(self, path: KeyPath) -> Place:
        """Where a key path stands, or the nearest path around it that stands anywhere."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.places:
                return self.places[path[:end]]
        return Place(self.file)

    def line(self, path: KeyPath) -> int | None:
        """The 1-based line of a key path, or of the nearest path around it; None where nothing is known."""
        return self.place(path).line

    def get(self, path: KeyPath, default: Any = None) -> Any:
        """The value at a key path, or the default."""
        value: Any = self.data
        for part in path:
            value = _inner(value, part)
            if value is _MISSING:
                return default
        return value

    def finding(self, path: KeyPath, *, seen: str = "", expected: str = "", fix: str = "") -> Finding:
        """A finding at a key path."""
        place = self.place(path)
        return Finding(file=place.file, line=place.line, key=dotted(path), seen=seen, expected=expected, fix=fix)

    def error(self, path: KeyPath, *, seen: str = "", expected: str = "", fix: str = "") -> SpecError:
        """An error with one finding, to be raised."""
        return SpecError(self.finding(path, seen=seen, expected=expected, fix=fix))


def _inner(value: Any, part: str | int) -> Any:
    if isinstance(value, dict):
        return value.get(part, _MISSING)
    if isinstance(value, list) and isinstance(part, int) and 0 <= part < len(value):
        return value[part]
    return _MISSING


def dotted(path: KeyPath) -> str:
    """A key path as text: `layers[3].shape.C`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def read_document(path: str | Path, variables: Mapping[str, Any] | None = None, template: bool = True) -> Document:
    """Read one YAML or JSON file whose top level is a mapping.

    variables: values for Jinja2 and for the file's own `variables:`. template: whether Jinja2 is looked for (never in .json).
    Raises SpecError: no such file, a directory, not UTF-8, larger than 16 MiB, empty, a syntax error, unknown tags, doubled keys.
    """
    text = read_text(path)
    if str(path).endswith(".json"):
        tree = parse_tree(_SURROGATES.sub(_character, text), lines_of(str(path)))
        return to_document(tree, str(path), variables or {}, frozenset())
    if template and any(mark in text for mark in ("{{", "{%", "{#", "!include")):
        from snnhw.spec.templates import read_template

        rendered = read_template(text, Path(path), dict(variables or {}))
        return to_document(rendered.tree, str(path), variables or {}, rendered.names)
    return to_document(parse_tree(text, lines_of(str(path))), str(path), variables or {}, frozenset())


def document_of_text(text: str, file: str) -> Document:
    """The document of YAML text without Jinja2; file: what findings call it. Raises SpecError as `read_document` does."""
    return to_document(parse_tree(text, lines_of(file)), file, {}, frozenset())


def read_documents(paths: Iterable[str | Path], variables: Mapping[str, Any] | None = None, template: bool = True) -> Document:
    """Read several files as one input, as Timeloop does. Findings of all files are raised together."""
    return merge_documents(read_each(paths, variables, template))


def read_each(paths: Iterable[str | Path], variables: Mapping[str, Any] | None = None, template: bool = True) -> list[Document]:
    """Several files, each as a document. Findings of all files are raised together."""
    documents: list[Document] = []
    findings: list[Finding] = []
    for path in paths:
        try:
            documents.append(read_document(path, variables, template))
        except SpecError as error:
            findings += error.findings
    if findings:
        raise SpecError(findings)
    return documents


def merge_documents(documents: Sequence[Document]) -> Document:
    """Several files as one input: their top-level keys together. The same key in two files is fine where its content is the same."""
    if not documents:
        raise SpecError(Finding(file="", seen="no file", expected="at least one"))
    data: dict[str, Any] = {}
    places: dict[KeyPath, Place] = {}
    tags: dict[KeyPath, str] = {}
    quoted: set[KeyPath] = set()
    findings = []
    for document in documents:
        new = {key for key in document.data if key not in data}
        findings += [_doubled(document, key, places[(key,)]) for key in document.data if key not in new and document.data[key] != data[key]]
        data.update({key: document.data[key] for key in document.data if key in new})
        places.update({path: place for path, place in document.places.items() if path and path[0] in new})
        tags.update({path: tag for path, tag in document.tags.items() if path and path[0] in new})
        quoted.update(path for path in document.quoted if path and path[0] in new)
    if findings:
        raise SpecError(findings)
    return Document(data=data, file=documents[0].file, places=places, tags=tags, quoted=frozenset(quoted), variables=documents[0].variables,
                    template_names=frozenset().union(*(document.template_names for document in documents)))


def _doubled(document: Document, key: str, first: Place) -> Finding:
    where = f"{first.file}:{first.line}" if first.line else first.file
    return document.finding((key,), seen="a second, different definition", expected="one", fix=f"the first stands at {where}")


def read_text(path: str | Path) -> str:
    """The text of a file; SpecError where there is none, or it is no text, or too large (16 MiB)."""
    name = str(path)
    try:
        with open(path, "rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise SpecError(Finding(file=name, seen="no such file", expected="a YAML or JSON file")) from None
    except IsADirectoryError:
        raise SpecError(Finding(file=name, seen="a directory", expected="a YAML or JSON file")) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise SpecError(Finding(file=name, seen=f"a file that cannot be read ({reason})", expected="a YAML or JSON file")) from None
    if len(raw) > MAX_BYTES:
        raise SpecError(Finding(file=name, seen="a file of more than 16 MiB", expected="at most 16 MiB of YAML or JSON"))
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        seen = f"a byte 0x{raw[error.start]:02x} that is no UTF-8"
        raise SpecError(Finding(file=name, line=line, seen=seen, expected="text in UTF-8")) from None


def _character(match: re.Match[str]) -> str:
    """The character of JSON's pair of surrogates, which YAML does not know."""
    high, low = int(match[1], 16), int(match[2], 16)
    return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))


def to_document(tree: Node | None, file: str, variables: Mapping[str, Any], names: frozenset[str]) -> Document:
    """The document of a tree. names: what a template in it uses. Raises SpecError where it is empty or no mapping."""
    if tree is None or (isinstance(tree, Scalar) and tree.value is None):
        raise SpecError(Finding(file=file, seen="an empty file", expected="a mapping (key: value)"))
    if not isinstance(tree, DictNode):
        seen = "a list" if isinstance(tree, ListNode) else "a single value"
        raise SpecError(Finding(file=file, line=tree.place.line, seen=f"{seen} at the top level", expected="a mapping (key: value)"))
    places: dict[KeyPath, Place] = {}
    tags: dict[KeyPath, str] = {}
    quoted: set[KeyPath] = set()
    data = _flatten(tree, (), _Flat(places, tags, quoted, Budget()))
    return Document(data=data, file=file, places=places, tags=tags, quoted=frozenset(quoted), variables=variables, template_names=names)


@dataclass(slots=True)
class _Flat:
    places: dict[KeyPath, Place]
    tags: dict[KeyPath, str]
    quoted: set[KeyPath]
    budget: Budget


def _flatten(node: Node, path: KeyPath, flat: _Flat) -> Any:
    """Plain data of a tree; places, tags and quotes are noted on the way. Aliases are written out, within a bound."""
    flat.budget.spend(node.place)
    flat.places.setdefault(path, node.place)
    if node.tag is not None:
        flat.tags[path] = node.tag
    if isinstance(node, Scalar):
        if node.quoted:
            flat.quoted.add(path)
        return node.value
    if isinstance(node, ListNode):
        return [_flatten(item, (*path, i), flat) for i, item in enumerate(node.items)]
    result = {}
    for key, item in node.items.items():
        flat.places[(*path, key)] = node.places[key]
        result[key] = _flatten(item, (*path, key), flat)
    return result
