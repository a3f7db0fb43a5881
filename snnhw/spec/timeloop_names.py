"""The names of dimensions and tensors that a Timeloop input uses, for reading an architecture without its problem."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from snnhw.spec.flat_shapes import shape_by_name
from snnhw.spec.problem import Problem, Tensor

ANY_BOUND = 2**62
"""A bound that no factor exceeds: constraints are read without a problem's sizes."""
_FACTOR = re.compile(r"([A-Za-z_]\w*)\s*(?:<=|>=|=)")
_LISTS_OF_TENSORS = ("keep", "bypass", "condition_on", "no_link_transfer")


def stand_in_problem(data: Any) -> Problem:
    """A problem of unlimited bounds with the names of an input: those of its problem, where it has one, else all that it uses.

    Tensors have no projections. With a problem a name that it lacks is found wrong; without one every name is taken for right.
    """
    problem = data.get("problem") if isinstance(data, dict) else None
    names = _of_problem(problem) if isinstance(problem, dict) else None
    dimensions, tensors = names or (tuple(dict.fromkeys(_dimensions(data))), tuple(dict.fromkeys(_tensors(data))))
    return Problem(name="", dimensions=dimensions, bounds=dict.fromkeys(dimensions, ANY_BOUND),
                   tensors=tuple(Tensor(name=name, projection=()) for name in tensors))


def _of_problem(problem: dict[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Dimensions and tensors of a problem's shape; None where it has none that says both."""
    shape = problem.get("shape", problem)
    shape = shape_by_name(shape) if isinstance(shape, str) else shape
    if not isinstance(shape, dict):
        return None
    dimensions = shape.get("dimensions")
    spaces = shape.get("data_spaces", shape.get("data-spaces"))
    if not isinstance(dimensions, list) or not isinstance(spaces, list):
        return None
    tensors = [entry.get("name") for entry in spaces if isinstance(entry, dict)]
    return tuple(map(str, dimensions)), tuple(map(str, tensors))


def _entries(data: Any) -> Iterator[tuple[str, Any]]:
    """Every key with its value, wherever it stands."""
    for item in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from _entries(item)
    if isinstance(data, dict):
        yield from ((str(key).replace("-", "_"), value) for key, value in data.items())


def _dimensions(data: Any) -> Iterator[str]:
    for key, value in _entries(data):
        if key == "factors":
            text = " ".join(map(str, value)) if isinstance(value, list) else str(value)
            yield from _FACTOR.findall(text)
        elif key == "permutation" and isinstance(value, str | list):
            items = value.split("#", 1)[0] if isinstance(value, str) else value
            yield from (str(item) for item in items if str(item).isidentifier() and item != "_")
        elif key == "flattened_rankIDs" and isinstance(value, list):
            yield from (str(one) for group in value if isinstance(group, list) for one in group)


def _tensors(data: Any) -> Iterator[str]:
    for key, value in _entries(data):
        if key in _LISTS_OF_TENSORS and isinstance(value, list):
            yield from (item for item in value if isinstance(item, str))
        elif key == "per_dataspace_bandwidth_consumption_scale" and isinstance(value, dict):
            yield from map(str, value)
        elif key == "data_spaces" and isinstance(value, list):
            yield from (str(entry.get("name", entry.get("dspace"))) for entry in value if isinstance(entry, dict))
        elif key == "action_optimization" and isinstance(value, list):
            found = [option for entry in value if isinstance(entry, dict) for option in (entry, *(entry.get("options") or ()))]
            yield from (str(option["target"]) for option in found if isinstance(option, dict) and "target" in option)
