"""The architecture of a flat Timeloop input: a tree of `subtree` and `local` (0.2 to 0.4), or `arithmetic` and `storage` (before 0.2)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from snnhw.spec.architecture import Architecture, Attributes, Component, Compute, Scalar, StorageLevel
from snnhw.spec.factors import FactorSyntaxError, parse_name
from snnhw.spec.flat_attributes import Place, compute_level, part, storage_level
from snnhw.spec.flat_section import Path, Report, Section, as_number, shown
from snnhw.spec.reference import ComponentCost

VERSIONS = ("0.2", "0.3", "0.4")
STORAGE_CLASSES = ("DRAM", "SRAM", "regfile", "smartbuffer", "storage")
COMPUTE_CLASSES = ("mac", "compute")
NETWORK_CLASSES = ("XY_NoC", "Legacy", "ReductionTree", "SimpleMulticast")
LARGEST_NODE_M = 1e-3
"""A technology below this is one in m."""


@dataclass(slots=True)
class _Found:
    """Components in file order while the tree is walked. costs: energies and areas that attributes fix.

    tensors and declared: see `flat_architecture`.
    """

    tensors: tuple[str, ...] = ()
    declared: frozenset[str] = frozenset()
    storage: list[StorageLevel] = field(default_factory=list)
    compute: list[Compute] = field(default_factory=list)
    parts: list[Component] = field(default_factory=list)
    costs: dict[str, ComponentCost] = field(default_factory=dict)
    paths: dict[str, Path] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlatArchitecture:
    """An architecture without constraints and sparse optimisations, with the costs that its attributes fix."""

    architecture: Architecture
    costs: Mapping[str, ComponentCost]


def flat_architecture(section: Section, tensors: tuple[str, ...], declared: frozenset[str] = frozenset()) -> FlatArchitecture:
    """Levels in file order, outer to inner; a class decides by what its name contains (Timeloop's topology). Closes the section.

    tensors: names of the problem's tensors, which attributes may refer to; declared: attributes of compound components.
    Problems go to the section's report.
    """
    found = _Found(tensors=tensors, declared=declared)
    name, inherited = _old_style(section, found) if section.has("arithmetic") else _tree(section, found)
    section.close(("name", "nodes"))
    if section.is_mapping:
        _check(found, section)
    compute = found.compute[0] if found.compute else Compute(name="", class_name="compute")
    architecture = Architecture(
        name=name, storage=tuple(found.storage), compute=compute, parts=tuple(found.parts),
        technology_nm=technology_nm(inherited.get("technology")) or technology_nm(compute.attributes.get("technology")) or 28.0,
        cycle_seconds=as_number(inherited.get("global_cycle_seconds")) or 1e-9)
    return FlatArchitecture(architecture=architecture, costs=found.costs)


def technology_nm(value: object) -> float | None:
    """Nanometres of a technology attribute ("28nm", 28, or 28e-9 in m); None where it says no node (-1, "DRAM", nothing)."""
    if isinstance(value, str):
        match = re.fullmatch(r"\s*([0-9]+(?:\.[0-9]+)?)\s*nm\s*", value, re.IGNORECASE)
        value = match.group(1) if match else value
    number = as_number(value)
    if number is None or number <= 0:
        return None
    return number * 1e9 if number < LARGEST_NODE_M else number


def class_kind(class_name: str) -> str:
    """What Timeloop takes a class for: "storage", "compute", "network", or "part" for one that it passes over."""
    for kind, names in (("storage", STORAGE_CLASSES), ("compute", COMPUTE_CLASSES), ("network", NETWORK_CLASSES)):
        if any(name in class_name for name in names):
            return kind
    return "part"


def _tree(section: Section, found: _Found) -> tuple[str, Attributes]:
    version = section.take("version")
    if section.is_mapping and (version is None or str(version[0]) not in VERSIONS):
        section.report.add(section.path if version is None else version[1], seen='no "version"' if version is None else shown(version[0]),
                           expected=f"one of {', '.join(VERSIONS)}")
    section.text("name", default=None)
    if not section.has("subtree") and section.has("local"):
        _local(section, found, 1, {})
        return "system", {}
    section.require(["subtree"], "a list with one subtree")
    return _subtrees(section, found, 1, {})


def _subtrees(section: Section, found: _Found, instances: int, inherited: Attributes) -> tuple[str, Attributes]:
    path = section.path_of("subtree")
    trees = section.children("subtree")
    if not trees:
        return "system", inherited
    if len(trees) > 1:
        section.report.add(path, seen=f"{len(trees)} subtrees", expected="one; put what stands side by side into its `local`")
    tree = trees[0]
    name, count = _name(tree, "subtree")
    inherited = {**inherited, **_container_attributes(tree)}
    tree.ignore("required_actions", "class", "subclass")
    _local(tree, found, instances * count, inherited)
    _subtrees(tree, found, instances * count, inherited)
    tree.close()
    return name, inherited


def _container_attributes(tree: Section) -> Attributes:
    """Attributes of a subtree. Estimators inherit them; Timeloop's model looks at a component's own attributes only, and so does ours."""
    child = tree.child("attributes") if tree.peek("attributes") is not None else None
    tree.take("attributes")
    if child is None:
        return {}
    own: dict[str, Scalar] = {}
    for key in child.remaining():
        taken = child.take(key)
        if taken is not None and isinstance(taken[0], str | int | float | bool):
            own[key] = taken[0]
        elif taken is not None:
            tree.report.add(taken[1], seen=shown(taken[0]), expected="a number, a string, true or false")
    return own


def _local(tree: Section, found: _Found, instances: int, inherited: Attributes) -> None:
    for section in tree.children("local") if tree.peek("local") is not None else ():
        name, count = _name(section, "component")
        section.require(["class"], "the class of the component: DRAM, SRAM, regfile, intmac, ...")
        class_name = section.text("class", default="storage")
        place = Place(name=name, class_name=class_name, subclass=section.text("subclass", default=None), instances=instances * count,
                      inherited=inherited, declared=found.declared)
        section.ignore("required_actions", "enabled")
        _refuse_scales(section)
        _component(section, place, found)
        section.close()
    tree.take("local")


def _refuse_scales(section: Section) -> None:
    for key in ("area_scale", "energy_scale"):
        section.refuse(key, neutral=(1, 1.0))


def _component(section: Section, place: Place, found: _Found) -> None:
    _note_place(section, place, found)
    taken = section.take("attributes")
    value, path = ({}, section.path_of("attributes")) if taken is None or taken[0] is None else taken
    attributes = Section(value, path, section.report)
    _add(attributes, place, found, class_kind(place.class_name))


def _note_place(section: Section, place: Place, found: _Found) -> None:
    if place.name in found.paths:
        section.report.add(section.path_of("name"), seen=f'a second component "{place.name}"', expected="a name of its own for each")
    found.paths[place.name] = section.path


def _add(attributes: Section, place: Place, found: _Found, kind: str) -> None:
    cost: ComponentCost | None = None
    if kind == "storage":
        level, cost = storage_level(attributes, place, found.tensors)
        found.storage.append(level)
    elif kind == "compute":
        compute, cost = compute_level(attributes, place)
        found.compute.append(compute)
    else:
        found.parts.append(part(attributes, place))
        why = "a network that no level names" if kind == "network" else f'class "{place.class_name}" is neither storage nor compute'
        attributes.report.note(attributes.path[:-1], f"{place.name} holds no loop: {why}")
    if cost is not None:
        found.costs[place.name] = cost


def _name(section: Section, default: str) -> tuple[str, int]:
    section.require(["name"], "a name")
    path = section.path_of("name")
    text = section.text("name", default=default)
    try:
        return parse_name(text)
    except FactorSyntaxError as error:
        section.report.add(path, seen=error.seen, expected=error.expected)
        return text, 1


def _old_style(section: Section, found: _Found) -> tuple[str, Attributes]:
    """`arithmetic`, and `storage` listed from the inside out, as before version 0.2."""
    section.ignore("version")
    section.require(["storage"], "a list of storage levels, from the innermost to the outermost")
    arithmetic = section.child("arithmetic")
    if arithmetic is not None:
        place = _old_place(arithmetic, "__ARITH__", "compute")
        _add(arithmetic, place, found, "compute")
    for level in reversed(section.children("storage")):
        class_name = "DRAM" if level.peek("technology") == "DRAM" else "SRAM"
        place = _old_place(level, "", class_name)
        _note_place(level, place, found)
        _add(level, place, found, "storage")
    return "system", {}


def _old_place(section: Section, name: str, class_name: str) -> Place:
    if not name:
        section.require(["name"], "a name")
    if not any(section.has(key) for key in ("instances", "meshX")):
        section.report.add(section.path, seen='no "instances"', expected="the number of instances")
    return Place(name=section.text("name", default=name), class_name=class_name)


def _check(found: _Found, section: Section) -> None:
    if not found.storage:
        section.report.add(section.path, seen="no storage level", expected=f"a component whose class contains {_or(STORAGE_CLASSES)}")
    if not found.compute:
        section.report.add(section.path, seen="no compute level", expected=f"a component whose class contains {_or(COMPUTE_CLASSES)}")
    for extra in found.compute[1:]:
        section.report.add(found.paths[extra.name], seen=f"a second compute level, {extra.name}", expected="one compute level")
    if len(found.compute) == 1:
        _check_meshes([*found.storage, found.compute[0]], found.paths, section.report, section.path)
    names = {level.name for level in found.storage}
    for level in found.storage:
        if level.power_gated_at is not None and level.power_gated_at not in names:
            section.report.add((*found.paths[level.name], "attributes", "power_gated_at"), seen=shown(level.power_gated_at),
                               expected=f"a storage level: {', '.join(sorted(names))}")


def _check_meshes(levels: Sequence[StorageLevel | Compute], paths: Mapping[str, Path], report: Report, top: Path) -> None:
    """Each level fans out to whole instances of the next inner one, along X and along Y."""
    for outer, inner in pairwise(levels):
        for axis, out, inn in (("meshX", outer.mesh.x, inner.mesh.x), ("meshY", outer.mesh.y, inner.mesh.y)):
            if inn % out:
                report.add(paths.get(inner.name, top), seen=f"{axis} {inn} of {inner.name} inside {axis} {out} of {outer.name}",
                           expected=f"a multiple of {out}")


def _or(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"
