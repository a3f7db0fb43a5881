"""Frozen values as JSON and back, exactly: every class, tuple, set and number comes back as what it was."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from dataclasses import fields, is_dataclass
from typing import Any

_IS, _HAS = "is", "has"


def encoded(value: Any) -> Any:
    """A value as plain JSON. Every object of it says what it stands for: a class by its name, "dict", or "set", which is sorted."""
    if is_dataclass(value) and not isinstance(value, type):
        return {_IS: type(value).__name__, _HAS: {field.name: encoded(getattr(value, field.name)) for field in fields(value)}}
    if isinstance(value, MappingType):
        return {_IS: "dict", _HAS: {str(key): encoded(item) for key, item in value.items()}}
    if isinstance(value, frozenset | set):
        return {_IS: "set", _HAS: sorted(encoded(item) for item in value)}
    if isinstance(value, list | tuple):
        return [encoded(item) for item in value]
    return value


def decoded(data: Any, classes: MappingType[str, type]) -> Any:
    """The value that `encoded` made `data` of; lists come back as tuples. Raises KeyError or TypeError for what is not in `classes`."""
    if isinstance(data, list):
        return tuple(decoded(item, classes) for item in data)
    if not isinstance(data, dict):
        return data
    kind, held = data[_IS], data[_HAS]
    if kind == "set":
        return frozenset(decoded(item, classes) for item in held)
    items = {key: decoded(item, classes) for key, item in held.items()}
    return items if kind == "dict" else classes[kind](**items)
