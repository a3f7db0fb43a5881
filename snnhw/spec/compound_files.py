"""Compound components as Timeloop's users keep them: often a file a class, under `compound_components` or `components`, 0.3 and 0.4."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from snnhw.errors import Finding, SpecError
from snnhw.spec.document import Document, KeyPath
from snnhw.spec.expressions import is_expression, names_in
from snnhw.spec.flat_attributes import ESTIMATOR_ATTRIBUTES
from snnhw.spec.flat_section import shown
from snnhw.spec.forms_nodes import MemoryAttributes
from snnhw.spec.writing_nodes import Quoted

KEYS = ("compound_components", "components")
_SPECIFY = ("must_specify", None)
"""Values of attributes that each component has to give itself, so that the class has the name alone."""

_KNOWN = ESTIMATOR_ATTRIBUTES | frozenset((*MemoryAttributes.model_fields, *MemoryAttributes.spellings))
"""Attributes that components have without their class's saying so."""

Classes = tuple[Mapping[str, Any], ...]


def without_classes(document: Document) -> Document:
    """The document without its compound components, which may stand in several files of one input."""
    return replace(document, data={key: value for key, value in document.data.items() if key not in KEYS})


def with_classes(document: Document, classes: Classes) -> Document:
    """The document with classes under `components`, text of theirs counting as quoted."""
    if not classes:
        return document
    data = {**document.data, "components": {"version": 0.4, "classes": [*classes]}}
    return replace(document, data=data, quoted=document.quoted | {*_quoted(list(classes), ("components", "classes"))})


def compound_classes(documents: Iterable[Document], variables: frozenset[str]) -> Classes:
    """The classes of all files, in order, each once; text that is no expression over attributes or variables as Quoted.

    Raises SpecError where a section is no list of classes, and for two different classes of one name.
    """
    made: dict[str, Any] = {}
    findings: list[Finding] = []
    for document in documents:
        for entry, path in _entries(document, findings):
            name = str(entry.get("name"))
            one = _class(entry, variables)
            if made.setdefault(name, one) != one:
                findings.append(document.finding(path, seen=f"a second, different class {name}", expected="one"))
    if findings:
        raise SpecError(findings)
    return tuple(made.values())


def attributes_of(classes: Classes) -> frozenset[str]:
    """Names of the attributes of all classes, which a component may then have."""
    return frozenset(str(name).replace("-", "_") for entry in classes for name in entry.get("attributes") or ())


def variables_used(classes: Classes, variables: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the variables that an expression of a class names."""
    used = {name for text in _texts(list(classes)) if is_expression(text) for name in names_in(text)}
    return {name: Quoted(value) if isinstance(value, str) else value for name, value in variables.items() if name in used}


def _entries(document: Document, findings: list[Finding]) -> Iterator[tuple[dict[str, Any], KeyPath]]:
    for key in KEYS:
        section = document.data.get(key)
        listed = section.get("classes") if isinstance(section, dict) else section
        if listed is not None and not isinstance(listed, list):
            findings.append(document.finding((key, "classes"), seen=shown(listed), expected="a list of classes"))
            continue
        for i, item in enumerate(listed or ()):
            for entry in item if isinstance(item, list) else [item]:
                if isinstance(entry, dict):
                    yield entry, (key, "classes", i)
                else:
                    findings.append(document.finding((key, "classes", i), seen=shown(entry), expected="a class: name, attributes, ..."))


def _class(entry: Mapping[str, Any], variables: frozenset[str]) -> dict[str, Any]:
    """A class. What expressions of its parts name and the class does not, components bring along: it becomes a name without a value."""
    attributes = entry.get("attributes") if isinstance(entry.get("attributes"), dict) else {}
    own = variables | frozenset(attributes or ())
    made = {key: value for key, value in entry.items() if value is not None}
    if isinstance(entry.get("subcomponents"), list):
        made["subcomponents"] = [_part(part, own | _KNOWN) for part in entry["subcomponents"]]
    named = {name for text in _texts([part.get("attributes") for part in made.get("subcomponents", ()) if isinstance(part, dict)])
             for name in names_in(text)}
    values = {key: None if value in _SPECIFY else _value(value, own) for key, value in (attributes or {}).items()}
    made["attributes"] = values | dict.fromkeys(sorted((named - own) & _KNOWN))
    return made


def _part(entry: Any, names: frozenset[str]) -> Any:
    if not isinstance(entry, dict) or not isinstance(entry.get("attributes"), dict):
        return entry
    return {**entry, "attributes": {key: _value(value, names) for key, value in entry["attributes"].items() if value is not None}}


def _value(value: Any, names: frozenset[str]) -> Any:
    is_known = not isinstance(value, str) or (is_expression(value) and names_in(value) <= names)
    return value if is_known else Quoted(value)


def _quoted(value: Any, path: KeyPath) -> Iterator[KeyPath]:
    if isinstance(value, Quoted):
        yield path
    items: Iterable[tuple[Any, Any]] = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from _quoted(item, (*path, key))


def _texts(value: Any) -> Iterator[str]:
    """All texts that stand without quotes."""
    if isinstance(value, str) and not isinstance(value, Quoted):
        yield value
    inner: Sequence[Any] = tuple(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else ()
    for item in inner:
        yield from _texts(item)
