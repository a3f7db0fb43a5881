"""`components: classes`, Accelergy's compound components, as ComponentClass."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from snnhw.spec.architecture import Attributes, ClassAction, Component, ComponentClass
from snnhw.spec.document import Document, KeyPath
from snnhw.spec.expressions import BROKEN, names_in
from snnhw.spec.forms import Findings, near, show
from snnhw.spec.forms_nodes import ClassActionForm, ClassForm, ComponentsForm, SubactionForm
from snnhw.spec.variables import resolved

CLASSES: KeyPath = ("components", "classes")


def base_name(text: str) -> str:
    """`adder` of `adder[0..n - 1]`."""
    return text.partition("[")[0].strip()


def component_classes(form: ComponentsForm, document: Document, variables: Mapping[str, Any],
                      findings: Findings) -> tuple[ComponentClass, ...]:
    """The classes of a file. An attribute that is an expression over the class's own attributes stays text: each component settles it."""
    names = [entry.name for entry in form.classes]
    for i, name in enumerate(names):
        if name in names[:i]:
            path = (*CLASSES, i, "name")
            findings.add(document.finding(path, seen=f"a second class {name}", expected="a name of its own for each class"))
    return tuple(_class(entry, (*CLASSES, i), document, variables, findings) for i, entry in enumerate(form.classes))


def _class(form: ClassForm, path: KeyPath, document: Document, variables: Mapping[str, Any],
           findings: Findings) -> ComponentClass:
    attributes = _attributes(form.attributes, (*path, "attributes"), document, variables, set(form.attributes), findings)
    parts = []
    for i, part in enumerate(form.subcomponents):
        own = _attributes(part.attributes, (*path, "subcomponents", i, "attributes"), document, variables, set(form.attributes), findings)
        scales = {key: value for key, value in (("area_scale", part.area_scale), ("energy_scale", part.energy_scale)) if value is not None}
        parts.append(Component(name=part.name, class_name=part.class_, subclass=part.subclass, attributes={**own, **scales}))
    known = [base_name(part.name) for part in parts]
    for i, action in enumerate(form.actions):
        for j, use in enumerate(action.subcomponents):
            if base_name(use.name) not in known:
                findings.add(document.finding((*path, "actions", i, "subcomponents", j, "name"), seen=show(use.name),
                                              expected=f"a part of {form.name}: {', '.join(known)}", fix=near(use.name, known)))
    reader = _ActionReader(document, findings, variables)
    actions = tuple(reader.action(action, (*path, "actions", i)) for i, action in enumerate(form.actions))
    return ComponentClass(name=form.name, attributes=attributes, parts=tuple(parts), actions=actions)


class _ActionReader:
    """Actions of a class: factors stay expressions where they depend on the component or on an argument."""

    def __init__(self, document: Document, findings: Findings, variables: Mapping[str, Any]):
        self.document, self.findings, self.variables = document, findings, variables

    def action(self, form: ClassActionForm, path: KeyPath) -> ClassAction:
        """The action, with its factor in that of each use."""
        whole = self._factor(form, path)
        uses = []
        for j, use in enumerate(form.subcomponents):
            for k, action in enumerate(use.actions):
                factor = self._factor(action, (*path, "subcomponents", j, "actions", k))
                uses.append((use.name, action.name, _product(whole, factor)))
        arguments = {name: self._range(value, (*path, "arguments", name)) for name, value in form.arguments.items()}
        return ClassAction(name=form.name, uses=tuple(uses), arguments=arguments)

    def _factor(self, form: ClassActionForm | SubactionForm, path: KeyPath) -> float | str:
        """repeat (or action_share) times energy_scale."""
        if form.repeat is not None and form.action_share is not None:
            self.findings.add(self.document.finding((*path, "action_share"), seen="action_share beside repeat", expected="one of the two"))
        factor: float | str = 1.0
        for key in ("repeat", "action_share", "energy_scale"):
            value = getattr(form, key)
            if value is not None:
                factor = _product(factor, self._number(value, (*path, key)))
        return factor

    def _number(self, value: Any, path: KeyPath) -> float | str:
        text = isinstance(value, str) and bool(names_in(value) - self.variables.keys())
        number = value if text else resolved(value, self.document, path, self.variables, self.findings)
        if text or number is BROKEN:
            return str(value) if text else 1.0
        if isinstance(number, bool) or not isinstance(number, int | float) or not 0 <= number < math.inf:
            self.findings.add(self.document.finding(path, seen=show(value), expected="a number x with x >= 0, or an expression"))
            return 1.0
        return float(number)

    def _range(self, value: Any, path: KeyPath) -> str:
        if isinstance(value, int | float | str) and not isinstance(value, bool) and str(value).count("..") <= 1:
            return str(value)
        self.findings.add(self.document.finding(path, seen=show(value), expected="a range such as 0..1 or 0..depth - 1, or one value"))
        return "0"


def _product(a: float | str, b: float | str) -> float | str:
    if isinstance(a, float) and isinstance(b, float):
        return a * b
    return b if a == 1.0 else a if b == 1.0 else f"({a}) * ({b})"


def _attributes(attributes: Mapping[str, Any], path: KeyPath, document: Document, variables: Mapping[str, Any], own: set[str],
                findings: Findings) -> Attributes:
    """Values that variables settle are computed; what depends on the component stays an expression, and is text here."""
    result: dict[str, Any] = {}
    for key, value in attributes.items():
        if isinstance(value, str) and (*path, key) not in document.quoted and names_in(value) & (own - variables.keys()):
            result[key] = value
            continue
        made = resolved(value, document, (*path, key), variables, findings)
        if isinstance(made, str | int | float | bool):
            result[key] = made
        elif made is not None and made is not BROKEN:
            findings.add(document.finding((*path, key), seen=show(made), expected="a number, text, true or false"))
    return result

