"""The `variables:` section of a v0.4 file: values that may be expressions over each other, overridden from outside."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from snnhw.errors import Finding
from snnhw.spec.document import Document, KeyPath
from snnhw.spec.expressions import BROKEN, BrokenNameError, ExpressionError, UndefinedNameError, evaluate, is_expression, names_in
from snnhw.spec.forms import Findings, listing, near, show

SECTION = "variables"
# Variables that may hold a word without quotes, such as 28nm.
WORDS = ("technology",)


def resolve_variables(document: Document, findings: Findings) -> dict[str, Any]:
    """The value of every variable: that of the document, or the override given for it. Problems are added to `findings`.

    An override of a name that neither the section nor a template of the file uses is an error.
    """
    section = document.get((SECTION,))
    overrides = {name: value_of(value) for name, value in document.variables.items()}
    if section is not None and not isinstance(section, dict):
        findings.add(document.finding((SECTION,), seen=show(section), expected="a mapping (name: value)"))
        section = None
    declared = {name: value for name, value in (section or {}).items() if name != "version" and "ignore" not in name}
    values = {name: value for name, value in overrides.items() if name in declared}
    for name in in_order(declared, overrides):
        value = declared[name]
        is_word = name in WORDS and isinstance(value, str) and not is_expression(value)
        if name not in overrides:
            values[name] = value if is_word else resolved(value, document, (SECTION, name), values, findings)
    findings.add(_unknown(name, document, values) for name in overrides if name not in values and name not in document.template_names)
    return {**{name: value for name, value in overrides.items() if name in document.template_names},
            **{name: values[name] for name in declared}}


def in_order(items: Mapping[str, Any], known: Collection[str]) -> list[str]:
    """The keys of `items` so that an expression stands after those that it uses and that `known` lacks; a circle stays as it is written."""
    ordered: list[str] = []
    waiting = list(items)
    while waiting:
        defined = {*known, *ordered}
        ready = [key for key in waiting if not (_uses(items[key]) - defined - {key}) & set(waiting)]
        if not ready:
            return ordered + waiting
        ordered += ready
        waiting = [key for key in waiting if key not in ready]
    return ordered


def _uses(value: Any) -> frozenset[str]:
    if isinstance(value, dict):
        return frozenset().union(*(_uses(item) for item in value.values()))
    return names_in(value) if isinstance(value, str) else frozenset()


def value_of(value: Any) -> Any:
    """An override as a value: text from a command line (`2`, `1e-9`, `true`, `2*8`) is computed where it is a number, else it is text."""
    if not isinstance(value, str) or names_in(value):
        return value
    try:
        return evaluate(value, {})
    except ExpressionError:
        return value


def resolved(value: Any, document: Document, path: KeyPath, names: Mapping[str, Any], findings: Findings) -> Any:
    """A value with its expression computed, BROKEN where that fails. Text in quotes stays text; a list is resolved item by item."""
    if isinstance(value, list):
        return [resolved(item, document, (*path, i), names, findings) for i, item in enumerate(value)]
    if not isinstance(value, str) or path in document.quoted:
        return value
    try:
        return evaluate(value, names)
    except BrokenNameError:
        return BROKEN
    except ExpressionError as error:
        findings.add(bad_expression(value, error, document, path, names, "put quotes around it if it is text"))
        return BROKEN


def bad_expression(text: str, error: ExpressionError, document: Document, path: KeyPath, names: Mapping[str, Any],
                   otherwise: str = "") -> Finding:
    """The finding for an expression that cannot be computed, with a near miss for an undefined name."""
    if isinstance(error, UndefinedNameError):
        hint = near(error.name, names) or otherwise or (f"defined are {listing(sorted(names), 12)}" if names else "")
        return document.finding(path, seen=show(text), expected=f"names that are defined; {error.name} is not", fix=hint)
    return document.finding(path, seen=show(text), expected=f"a value or an expression: {error}", fix=otherwise)


def _unknown(name: str, document: Document, values: Mapping[str, Any]) -> Finding:
    known = sorted({*values, *document.template_names})
    if not known:
        return document.finding((), seen=f"a value for the variable {name}", expected="no value: the file declares no variables")
    return document.finding((), seen=f"a value for the variable {name}", expected=f"one of {listing(known)}", fix=near(name, known))
