"""The problem of a flat Timeloop input: shape (dimensions, coefficients, data spaces) and instance (bounds, coefficients, densities)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, cast

from snnhw.spec.flat_section import Path, Report, Section, as_integer, as_number, question, shown
from snnhw.spec.flat_shapes import SHAPES, shape_by_name
from snnhw.spec.problem import Density, Problem, Rank, Tensor, Term

FROM_DATA = ("real-data", "actual-data")
"""Distributions of which Timeloop reads each tile's share of non-zeros from the tensor itself."""

DISTRIBUTIONS = {"fixed": "fixed_structured", "fixed_structured": "fixed_structured", "hypergeometric": "hypergeometric",
                 "banded": "banded", "diagonal": "banded"}
# What published layers say beside their bounds: size and padding of the input.
LAYER_NOTES = ("H", "W", "Hpad", "Wpad")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shape:
    """A shape as written. defaults: value of each coefficient that the instance does not set."""

    name: str
    dimensions: tuple[str, ...]
    defaults: Mapping[str, int]
    tensors: tuple[_Tensor, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tensor:
    """A data space before its coefficients have values. projection: ranks of (dimension, coefficient name or value)."""

    name: str
    projection: tuple[tuple[tuple[str, str | int], ...], ...]
    read_write: bool
    path: Path


def flat_problem(section: Section) -> Problem:
    """The problem, with coefficients as integers. Closes the section; problems go to its report.

    A missing shape is `cnn_layer`, as Timeloop has it; a missing `instance` means that the bounds stand beside the shape.
    """
    section.ignore("version")
    shape = _shape(section)
    instance = section.child("instance") or section
    bounds = {dimension: _bound(instance, dimension) for dimension in shape.dimensions}
    coefficients = {name: instance.integer(name, default=default) for name, default in shape.defaults.items()}
    densities = _densities(instance, tuple(tensor.name for tensor in shape.tensors))
    for key in LAYER_NOTES:
        instance.ignore(key, why="without effect, the shape has neither a dimension nor a coefficient of that name")
    if instance is not section:
        instance.close()
    section.close()
    tensors = tuple(_resolved(tensor, coefficients, densities) for tensor in shape.tensors)
    problem = Problem(name=shape.name, dimensions=shape.dimensions, bounds=bounds, tensors=tensors)
    return replace(problem, tensors=tuple(_with_band(problem, tensor, shape, section.report) for tensor in tensors))


def _bound(instance: Section, dimension: str) -> int:
    instance.require([dimension], f"the bound of dimension {dimension}, an integer >= 1")
    return instance.integer(dimension, default=1)


def _shape(section: Section) -> _Shape:
    taken = section.take("shape")
    if taken is None:
        section.report.note(section.path, "no shape, so it is cnn_layer")
        return _read_shape(Section(SHAPES["cnn_layer"], (*section.path, "shape"), section.report))
    value, path = taken
    if isinstance(value, str):
        named = shape_by_name(value)
        if named is None:
            section.report.add(path, seen=shown(value), expected=f"a shape, or one of {', '.join(SHAPES)}", fix=question(value, SHAPES))
            return _Shape(name=value, dimensions=(), defaults={}, tensors=())
        value = named
    return _read_shape(Section(value, path, section.report))


def _read_shape(section: Section) -> _Shape:
    name = section.text("name", default="problem")
    section.ignore("version")
    section.refuse("flatten", why="dimensions folded into one")
    dimensions = _dimensions(section)
    defaults = _coefficients(section.children("coefficients") if section.peek("coefficients") is not None else [])
    section.take("coefficients")
    section.require(["data_spaces", "dataSpaces"], "a list of tensors")
    spaces = section.children("data_spaces", "dataSpaces")
    tensors = tuple(_tensor(space, dimensions, defaults) for space in spaces)
    section.close()
    _check_tensors(tensors, section)
    return _Shape(name=name, dimensions=dimensions, defaults=defaults, tensors=tensors)


def _check_tensors(tensors: tuple[_Tensor, ...], section: Section) -> None:
    names = [tensor.name for tensor in tensors]
    for i, tensor in enumerate(tensors):
        if tensor.name in names[:i]:
            section.report.add(tensor.path, seen=f'a second data space "{tensor.name}"', expected="a name of its own for each")
    if tensors and not any(tensor.read_write for tensor in tensors):
        section.report.add(section.path, seen="no data space with read_write: true", expected="one that is written")


def _dimensions(section: Section) -> tuple[str, ...]:
    """Dimensions as a list of letters, or as a string of them."""
    section.require(["dimensions"], "a list of dimensions, each one letter")
    taken = section.take("dimensions")
    if taken is None:
        return ()
    value, path = taken
    items = [c for c in value if not c.isspace() and c != ","] if isinstance(value, str) else value
    if not isinstance(items, list) or not items:
        section.report.add(path, seen=shown(value), expected="a list of dimensions, each one letter")
        return ()
    for i, item in enumerate(items):
        if not (isinstance(item, str) and len(item) == 1 and item.isalpha()):
            section.report.add((*path, i), seen=shown(item), expected="one letter")
        elif item in items[:i]:
            section.report.add((*path, i), seen=f'"{item}" twice', expected="each dimension once")
    return tuple(dict.fromkeys(str(item) for item in items))


def _coefficients(entries: list[Section]) -> dict[str, int]:
    defaults: dict[str, int] = {}
    for entry in entries:
        entry.require(["name"], "the name of the coefficient")
        name = entry.text("name", default="")
        defaults[name] = entry.integer("default", default=1)
        entry.close()
    return defaults


def _tensor(section: Section, dimensions: tuple[str, ...], defaults: Mapping[str, int]) -> _Tensor:
    section.require(["name"], "the name of the data space")
    section.require(["projection"], "its projection, as in [[[C]], [[P, Wstride], [R, Wdilation]]]")
    name = section.text("name", default="")
    read_write = section.flag("read_write")
    taken = section.take("projection")
    section.ignore("ranks", why="names of the ranks for a layout; without effect")
    section.close()
    ranks = () if taken is None else tuple(_ranks(*taken, dimensions, defaults, section.report))
    return _Tensor(name=name, projection=ranks, read_write=read_write, path=section.path)


def _ranks(value: Any, path: Path, dimensions: tuple[str, ...], defaults: Mapping[str, int],
           report: Report) -> list[tuple[tuple[str, str | int], ...]]:
    """Ranks of a projection: a list of dimensions, or of sums of products (Timeloop's SOP form)."""
    if isinstance(value, str):
        value = [c for c in value if not c.isspace() and c != ","]
    if not isinstance(value, list) or not value:
        report.add(path, seen=shown(value), expected="a list of ranks, as in [[[C]], [[P, Wstride], [R, Wdilation]]]")
        return []
    return [tuple(_terms(rank, (*path, i), dimensions, defaults, report)) for i, rank in enumerate(value)]


def _terms(rank: Any, path: Path, dimensions: tuple[str, ...], defaults: Mapping[str, int], report: Report) -> list[tuple[str, str | int]]:
    terms = [[rank]] if isinstance(rank, str) else rank if isinstance(rank, list) else [rank]
    return [term for i, item in enumerate(terms) if (term := _term(item, (*path, i), dimensions, defaults, report)) is not None]


def _term(item: Any, path: Path, dimensions: tuple[str, ...], defaults: Mapping[str, int], report: Report) -> tuple[str, str | int] | None:
    """One summand: [dimension] or [dimension, coefficient]; a coefficient is a name or an integer."""
    parts = [item] if isinstance(item, str) else item
    if not isinstance(parts, list) or len(parts) not in (1, 2):
        report.add(path, seen=shown(item), expected="[dimension] or [dimension, coefficient]")
        return None
    if parts[0] not in dimensions:
        report.add(path, seen=shown(parts[0]), expected=f"a dimension: {', '.join(dimensions)}")
        return None
    coefficient = parts[1] if len(parts) == 2 else 1
    if isinstance(coefficient, str) and coefficient in defaults:
        return parts[0], coefficient
    number = as_integer(coefficient)
    if number is None or number < 1:
        known = f": {', '.join(defaults)}" if defaults else ", which has none"
        report.add(path, seen=shown(coefficient), expected=f"a coefficient of the shape{known}", fix=question(str(coefficient), defaults))
        return None
    return parts[0], number


def _resolved(tensor: _Tensor, coefficients: Mapping[str, int], densities: Mapping[str, Density]) -> Tensor:
    projection: tuple[Rank, ...] = tuple(
        tuple(Term(dimension=dimension, coefficient=coefficients[by] if isinstance(by, str) else by) for dimension, by in rank)
        for rank in tensor.projection)
    return Tensor(name=tensor.name, projection=projection, read_write=tensor.read_write, density=densities[tensor.name])


def _densities(instance: Section, tensors: tuple[str, ...]) -> dict[str, Density]:
    common = instance.take("commonDensity")
    shared = Density() if common is None else _density(*common, instance.report)
    own = instance.child("densities")
    if own is None:
        return dict.fromkeys(tensors, shared)
    if common is not None:
        instance.report.note(own.path, "without effect beside commonDensity")
    result = {}
    for tensor in tensors:
        taken = own.take(tensor)
        density = Density() if taken is None else _density(*taken, instance.report)
        result[tensor] = density if common is None else shared
    own.close(tensors)
    return result


def _density(value: Any, path: Path, report: Report) -> Density:
    """A share of non-zeros, alone (fixed_structured) or with its distribution."""
    if not isinstance(value, Mapping):
        return Density(value=_share(value, path, report))
    section = Section(value, path, report)
    if str(value.get("distribution")).replace("_", "-") in FROM_DATA:
        report.add((*path, "distribution"), seen=shown(value["distribution"]), expected=f"one of {', '.join(DISTRIBUTIONS)}",
                   fix="densities are not read from data here: measure the share of non-zeros, and write distribution: hypergeometric with "
                       "that density")
        return Density()
    section.require(["distribution"], f"one of {', '.join(DISTRIBUTIONS)}")
    model = DISTRIBUTIONS[section.text("distribution", default="fixed", choices=tuple(DISTRIBUTIONS))]
    section.ignore("workload_tensor_size", why="without effect, the problem says how large the tensor is")
    if model != "banded":
        section.require(["density"], "the share of non-zeros, a number in [0, 1]")
        section.ignore("band_width", why=f"without effect for {model}")
    taken = section.take("density")
    share = 1.0 if taken is None else _share(*taken, report)
    band_width = section.integer("band_width", default=0, least=0) if model == "banded" else None
    section.close()
    return Density(value=share, model=cast(Literal["fixed_structured", "hypergeometric", "banded"], model), band_width=band_width)


def _share(value: Any, path: Path, report: Report) -> float:
    number = as_number(value)
    if number is None or not 0 <= number <= 1:
        report.add(path, seen=shown(value), expected="a number in [0, 1]")
        return 1.0
    return number


def _with_band(problem: Problem, tensor: Tensor, shape: _Shape, report: Report) -> Tensor:
    """A banded tensor has to be a square matrix; its share of non-zeros follows from the width of the band."""
    if tensor.density.model != "banded":
        return tensor
    sides = [1 + sum(term.coefficient * (problem.bounds[term.dimension] - 1) for term in rank) for rank in tensor.projection]
    width = tensor.density.band_width or 0
    if len(sides) != 2 or sides[0] != sides[1] or width >= sides[0]:
        path = next(t.path for t in shape.tensors if t.name == tensor.name)
        report.add(path, seen=f"a banded tensor of {' x '.join(map(str, sides))} with band_width {width}",
                   expected="a square matrix that is larger than its band")
        return tensor
    nonzeros = sides[0] + sum(2 * (sides[0] - offset) for offset in range(1, width + 1))
    return replace(tensor, density=replace(tensor.density, value=nonzeros / sides[0] ** 2))
