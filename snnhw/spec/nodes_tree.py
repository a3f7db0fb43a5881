"""Walking the nodes of a v0.4 architecture: a tree of containers, branches and components becomes a row of placed components."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from snnhw.spec.document import Document, KeyPath
from snnhw.spec.expressions import BROKEN, BrokenNameError, ExpressionError, evaluate, is_expression, names_in
from snnhw.spec.forms import FLAGS, Findings, Form, show
from snnhw.spec.forms_nodes import BranchForm, ComponentForm, ConstraintsForm, ContainerForm, MemoryAttributes, NothingForm, SpatialForm
from snnhw.spec.variables import bad_expression, in_order

TAGS = ("!Component", "!Container", "!Parallel", "!Hierarchical", "!Nothing")
# Attributes whose values are words: a word that is no variable needs no quotes there.
TEXT_ATTRIBUTES = frozenset(("technology", "type", "power_gated_at", "class", "subclass", "action_name"))

# Words of sparse optimisations for which a variable may stand; and what stands in for a variable that is wrong, which is told already.
_SPARSE_WORDS = {"format": "UB", "type": "gating", "metadata_word_bits": 0, "payload_word_bits": 0}
# Between two factors of one string: `P=1 Q=2` or `P=1,Q=2`, but not inside of `P=3,2`.
_BETWEEN = re.compile(r"[\s,]+(?=[A-Za-z_]\w*\s*(?:<=|>=|=))")


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A component or container at its place. own: its attributes; inherited: those of the containers around it, all computed.

    origins: where each inherited attribute stands.
    branch: for what stands in a !Parallel, the key path of that node and the number of the branch, else None.
    """

    name: str
    path: KeyPath
    class_name: str = ""
    subclass: str | None = None
    own: Mapping[str, Any] = field(default_factory=dict)
    inherited: Mapping[str, Any] = field(default_factory=dict)
    origins: Mapping[str, KeyPath] = field(default_factory=dict)
    spatial: SpatialForm = field(default_factory=SpatialForm)
    constraints: ConstraintsForm = field(default_factory=ConstraintsForm)
    sparse: Mapping[str, Any] = field(default_factory=dict)
    branch: tuple[KeyPath, int] | None = None
    is_container: bool = False
    is_nothing: bool = False

    @property
    def fans_out(self) -> bool:
        """Whether there is more than one instance of it in what is around it."""
        return self.spatial.meshX * self.spatial.meshY != 1


class Walker:
    """Walks the nodes in order. Attributes of a container hold for all that follows it, as in timeloopfe."""

    def __init__(self, document: Document, findings: Findings, variables: Mapping[str, Any]):
        self.document, self.findings, self.variables = document, findings, variables
        self.inherited: dict[str, Any] = {name: variables[name] for name in ("technology", "global_cycle_seconds") if name in variables}
        self.origins: dict[str, KeyPath] = {name: ("variables", name) for name in self.inherited}
        self.placed: list[Placed] = []
        self.is_complete = True

    def walk(self, nodes: Any, path: KeyPath, branch: tuple[KeyPath, int] | None = None) -> None:
        """All nodes of a list; what they are is appended to `placed`."""
        if not isinstance(nodes, list):
            self._note(path, seen=show(nodes), expected="a list of nodes")
            return
        for i, node in enumerate(nodes):
            self._node(node, (*path, i), branch)

    def _note(self, path: KeyPath, **words: str) -> None:
        self.findings.add(self.document.finding(path, **words))
        self.is_complete = False

    def _node(self, node: Any, path: KeyPath, branch: tuple[KeyPath, int] | None) -> None:
        tag = self.document.tags.get(path)
        if tag not in TAGS:
            self._refuse(node, path, tag)
        elif tag == "!Nothing":
            self._nothing(node or {}, path, branch)
        elif not isinstance(node, dict):
            self._note(path, seen=show(node), expected=f"a mapping after {tag}")
        elif tag == "!Parallel":
            self._parallel(node, path, branch)
        elif tag == "!Hierarchical":
            self._check(BranchForm, node, path)
            self.walk(node.get("nodes"), (*path, "nodes"), branch)
        elif tag == "!Container":
            self._container(node, path, branch)
        else:
            self._component(node, path, branch)

    def _refuse(self, node: Any, path: KeyPath, tag: str | None) -> None:
        if tag == "!Pipelined":
            self._note(path, seen=tag, expected="!Hierarchical or !Parallel: a pipeline of levels has no linear hierarchy")
        elif tag == "!Network":
            self._note(path, seen=tag, expected="wire_energy, router_energy and tile_width at a level; snnhw has no networks of the user")
        else:
            guess = "!Component" if isinstance(node, dict) and "class" in node else "!Container"
            self._note(path, seen=f"a node with the tag {tag}" if tag else "a node without a tag", expected=f"one of {', '.join(TAGS)}",
                       fix=f"write - {guess}")

    def _check(self, form: type[Form], node: Any, path: KeyPath) -> Any:
        filled = self.findings.check(form, self.document, path, node)
        self.is_complete = self.is_complete and filled is not None
        return filled

    def _parallel(self, node: dict[str, Any], path: KeyPath, branch: tuple[KeyPath, int] | None) -> None:
        self._check(BranchForm, node, path)
        if branch is not None:
            self._note(path, seen="!Parallel inside of !Parallel", expected="one level of branches")
        nodes = node.get("nodes")
        for i, item in enumerate(nodes if isinstance(nodes, list) else []):
            self._node(item, (*path, "nodes", i), (path, i))

    def _nothing(self, node: Any, path: KeyPath, branch: tuple[KeyPath, int] | None) -> None:
        form = self._check(NothingForm, node, path)
        if form is not None and branch is not None:
            self.placed.append(Placed(name="nothing", path=path, constraints=form.constraints, branch=branch, is_nothing=True))

    def _container(self, node: dict[str, Any], path: KeyPath, branch: tuple[KeyPath, int] | None) -> None:
        attributes = self._attributes(node, path)
        form = self._check(ContainerForm, self._computed(node, path, attributes), path)
        if form is None or not form.enabled:
            return
        if branch is not None:
            self._note(path, seen="!Container inside of !Parallel", expected="!Component or !Hierarchical there; "
                       "a fan-out or shared attributes belong before the !Parallel")
        self.placed.append(Placed(name=form.name, path=path, own=attributes, inherited=dict(self.inherited), origins=dict(self.origins),
                                  spatial=form.spatial, constraints=form.constraints, branch=branch, is_container=True))
        self.inherited.update(attributes)
        self.origins.update({key: (*path, "attributes", key) for key in attributes})

    def _component(self, node: dict[str, Any], path: KeyPath, branch: tuple[KeyPath, int] | None) -> None:
        attributes = self._attributes(node, path)
        form = self._check(ComponentForm, self._computed(node, path, attributes), path)
        if form is None or not form.enabled:
            return
        scales = {key: value for key, value in (("area_scale", form.area_scale), ("energy_scale", form.energy_scale)) if value is not None}
        placed = Placed(name=form.name, path=path, class_name=form.class_, subclass=form.subclass, own={**attributes, **scales},
                        inherited=dict(self.inherited), origins=dict(self.origins), spatial=form.spatial, constraints=form.constraints,
                        sparse=form.sparse_optimizations, branch=branch)
        if branch is not None and placed.fans_out:
            self._note((*path, "spatial"), seen="a fan-out inside of !Parallel", expected="it before the !Parallel, for all its branches")
        self.placed.append(placed)

    def _attributes(self, node: dict[str, Any], path: KeyPath) -> dict[str, Any]:
        """The computed attributes of a node: expressions over variables, inherited attributes and those before."""
        attributes = node.get("attributes", {})
        if not isinstance(attributes, dict):
            return {}
        own: dict[str, Any] = {}
        for key in in_order(attributes, {*self.variables, *self.inherited}):
            names = {**self.variables, **self.inherited, **own}
            own[key] = self._attribute(key, attributes[key], (*path, "attributes", key), names)
        return {key: own[key] for key in attributes if own[key] is not None}

    def _attribute(self, key: str, value: Any, path: KeyPath, names: Mapping[str, Any]) -> Any:
        if isinstance(value, dict):
            return {name: self._attribute(key, item, (*path, name), names) for name, item in value.items()}
        if not isinstance(value, str) or MemoryAttributes.field_of(key) in MemoryAttributes.unsupported:
            return value
        is_number = is_numeric_attribute(key)
        if is_number and value.lower() in FLAGS:
            return FLAGS[value.lower()]
        if path in self.document.quoted and not is_number:
            return value
        if key in TEXT_ATTRIBUTES and (not is_expression(value) or names_in(value) - names.keys()):
            return value
        return self.compute(value, path, names, "" if is_number else "put quotes around it if it is text")

    def compute(self, value: Any, path: KeyPath, names: Mapping[str, Any], otherwise: str = "") -> Any:
        """The value of an expression, BROKEN where it fails, which is noted; anything that is no text comes back as it is."""
        if not isinstance(value, str):
            return value
        try:
            return evaluate(value, names)
        except BrokenNameError:
            self.is_complete = False
        except ExpressionError as error:
            self.findings.add(bad_expression(value, error, self.document, path, names, otherwise))
            self.is_complete = False
        return BROKEN

    def _computed(self, node: dict[str, Any], path: KeyPath, attributes: Mapping[str, Any]) -> dict[str, Any]:
        """The node with the expressions of its numbers computed, ready for its form."""
        names = {**self.variables, **self.inherited, **attributes}
        result = {**node, "attributes": {}} if isinstance(node.get("attributes", {}), dict) else dict(node)
        for key in ("area_scale", "energy_scale", "enabled"):
            if key in node:
                result[key] = self.compute(node[key], (*path, key), names)
        spatial = node.get("spatial")
        if isinstance(spatial, dict):
            computed = {key: self.compute(value, (*path, "spatial", key), names) for key, value in spatial.items()}
            result["spatial"] = {key: value for key, value in computed.items() if value is not None and value is not BROKEN}
        if isinstance(node.get("constraints"), dict):
            result["constraints"] = {key: self.constraint(value, (*path, "constraints", key), names)
                                     for key, value in node["constraints"].items() if value is not None}
        if isinstance(node.get("sparse_optimizations"), dict):
            result["sparse_optimizations"] = self.sparse(node["sparse_optimizations"], names)
        return {key: value for key, value in result.items() if value is not None and value is not BROKEN}

    def constraint(self, value: Any, path: KeyPath, names: Mapping[str, Any]) -> Any:
        """One constraint with its numbers and the right sides of its factors computed."""
        if not isinstance(value, dict):
            return value
        result = {key: item for key, item in value.items() if item is not None}
        for key in ("split", "maximize_dims_capacity", "maximize_dims_capped", "default_max_factor", "default_min_factor", "min"):
            if key in result:
                result[key] = self.compute(result[key], (*path, key), names)
        for key in ("factors", "factors_only"):
            written = result.get(key)
            if isinstance(written, str):
                result[key] = [self._factor(item, (*path, key), names) for item in _BETWEEN.split(written.strip().rstrip(",")) if item]
            elif isinstance(written, list):
                result[key] = [self._factor(item, (*path, key, i), names) for i, item in enumerate(written)]
        return {key: item for key, item in result.items() if item is not None and item is not BROKEN}

    def _factor(self, item: Any, path: KeyPath, names: Mapping[str, Any]) -> Any:
        """`M<=rows*2` with its right side computed."""
        if not isinstance(item, str):
            return item
        for relation in ("<=", ">=", "="):
            dimension, found, right = item.partition(relation)
            if found:
                if names_in(right):
                    value = self.compute(right, path, names)
                    return f"{dimension}>=1" if value is BROKEN else f"{dimension}{relation}{value}"
                return item
        return item

    def sparse(self, value: Any, names: Mapping[str, Any]) -> Any:
        """Sparse optimisations in which a variable may stand for a format, a type or a number of bits."""
        if isinstance(value, list):
            return [self.sparse(item, names) for item in value]
        if not isinstance(value, dict):
            return value
        return {key: self._sparse_word(key, item, names) if key in _SPARSE_WORDS and isinstance(item, str) else self.sparse(item, names)
                for key, item in value.items()}

    def _sparse_word(self, key: str, text: str, names: Mapping[str, Any]) -> Any:
        value = names.get(text, text)
        return _SPARSE_WORDS[key] if value is BROKEN else value


def is_numeric_attribute(key: str) -> bool:
    """Whether a listed attribute of a level holds a number, so that even text in quotes is an expression."""
    return MemoryAttributes.field_of(key) in MemoryAttributes.model_fields and key not in TEXT_ATTRIBUTES


def without_ignored(data: Any) -> Any:
    """The data without keys that have `ignore` in their name, which timeloopfe passes over (macros)."""
    if isinstance(data, dict):
        return {key: without_ignored(value) for key, value in data.items() if "ignore" not in key}
    if isinstance(data, list):
        return [without_ignored(item) for item in data]
    return data


def check_names(placed: list[Placed], document: Document, findings: Findings) -> None:
    """No two components or containers may have one name."""
    first: dict[str, Placed] = {}
    for item in placed:
        if item.is_nothing:
            continue
        if item.name in first:
            line = document.line((*first[item.name].path, "name"))
            findings.add(document.finding((*item.path, "name"), seen=f"a second {item.name}",
                                          expected="a name of its own for each component", fix=f"the first stands in line {line}"))
        first.setdefault(item.name, item)
