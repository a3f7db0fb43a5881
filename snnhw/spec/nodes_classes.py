"""`components: classes`, Accelergy's compound components, as ComponentClass."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from snnhw.spec.architecture import Attributes, ClassAction, Component, ComponentClass
from snnhw.spec.document import Document, KeyPath
from snnhw.spec.expressions import BROKEN, names_in
from snnhw.spec.forms import Findings, near, show
from snnhw.spec.forms_nodes import ClassActionForm, ClassForm, ComponentsForm
from snnhw.spec.variables import resolved

CLASSES: KeyPath = ("components", "classes")


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
    known = [part.name for part in parts]
    for i, action in enumerate(form.actions):
        for j, use in enumerate(action.subcomponents):
            if use.name not in known:
                findings.add(document.finding((*path, "actions", i, "subcomponents", j, "name"), seen=show(use.name),
                                              expected=f"a part of {form.name}: {', '.join(known)}", fix=near(use.name, known)))
    actions = tuple(_action(action) for action in form.actions)
    return ComponentClass(name=form.name, attributes=attributes, parts=tuple(parts), actions=actions)


def _action(form: ClassActionForm) -> ClassAction:
    uses = [(use.name, action.name, _times(action.action_share) * _times(action.energy_scale))
            for use in form.subcomponents for action in use.actions]
    return ClassAction(name=form.name, uses=tuple(uses))


def _times(value: float | None) -> float:
    return 1.0 if value is None else value


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

