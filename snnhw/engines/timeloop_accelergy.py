"""Inputs for which Timeloop asks Accelergy for energies: what Accelergy 0.4 wants beside what Timeloop reads.

Accelergy takes attributes for expressions, so text stands in quotes of its own, and estimates only the actions that a component names.
"""

from __future__ import annotations

from typing import Any

from snnhw.spec.flat_architecture import class_kind

_ACTIONS = {"storage": ["read", "write", "update", "leak"], "compute": ["compute", "leak"]}


def for_accelergy(architecture: dict[str, Any], technology_nm: float) -> dict[str, Any]:
    """The `architecture` of an input, as plain data, as Accelergy reads it too. technology_nm: named where the architecture names none."""
    return {**architecture, "subtree": [_subtree(tree, technology_nm) for tree in architecture["subtree"]]}


def _subtree(tree: dict[str, Any], technology_nm: float) -> dict[str, Any]:
    attributes = {"technology": f"{technology_nm:g}nm", **tree["attributes"]}
    return {**tree, "attributes": _quoted(attributes), "local": [_component(entry) for entry in tree["local"]]}


def _component(entry: dict[str, Any]) -> dict[str, Any]:
    actions = _ACTIONS.get(class_kind(entry["class"]) or "", [])
    return {**entry, "attributes": _quoted(entry["attributes"]), **({"required_actions": actions} if actions else {})}


def _quoted(attributes: dict[str, Any]) -> dict[str, Any]:
    return {key: f'"{value}"' if isinstance(value, str) else value for key, value in attributes.items()}
