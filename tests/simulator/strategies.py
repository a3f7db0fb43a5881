"""Tiny architectures, problems and mappings that fit each other, for property tests.

A case is drawn backwards: first the loops of each level, then the problem as large as the loops make it, then meshes as large as the
spatial loops need them. So each one is valid, and small enough to be executed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hypothesis import strategies as st

from snnhw.spec.architecture import Architecture, Compute, Mesh, Network, StorageLevel
from snnhw.spec.factors import covered
from snnhw.spec.mapping import LevelMapping, Loop, Mapping
from snnhw.spec.problem import Problem, Rank, Tensor, Term
from snnhw.spec.reference import ActionEnergy, ComponentCost, ReferenceTable

MOST_OPERATIONS = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Tensors of a kind of layer, before it has bounds."""

    name: str
    dimensions: tuple[str, ...]
    tensors: tuple[Tensor, ...]

    @property
    def is_sliding(self) -> bool:
        """Whether a coordinate is a sum of several indices."""
        return any(len(rank) > 1 for tensor in self.tensors for rank in tensor.projection)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What `simulate` and `evaluate` take."""

    architecture: Architecture
    problem: Problem
    mapping: Mapping

    @property
    def is_sliding(self) -> bool:
        """Whether a coordinate of a tensor is a sum of several indices."""
        return Shape(name="", dimensions=(), tensors=self.problem.tensors).is_sliding

    @property
    def most_iterations(self) -> int:
        """The largest bound of a temporal loop, 1 if there is none."""
        return max((loop.bound for level in self.mapping.levels for loop in level.temporal), default=1)


def ranks(text: str, coefficients: dict[str, int] | None = None) -> tuple[Rank, ...]:
    """The ranks of a text such as `T C P+R`, with coefficients of 1 but for those given."""
    given = coefficients or {}
    return tuple(tuple(Term(dimension=d, coefficient=given.get(d, 1)) for d in rank.split("+")) for rank in text.split())


def _shape(name: str, weights: str, inputs: str, outputs: str, coefficients: dict[str, int]) -> Shape:
    tensors = (Tensor(name="Weights", projection=ranks(weights)), Tensor(name="Inputs", projection=ranks(inputs, coefficients)),
               Tensor(name="Outputs", projection=ranks(outputs), read_write=True))
    dimensions = tuple(dict.fromkeys(d for text in (inputs, weights, outputs) for d in text.replace("+", " ").split()))
    return Shape(name=name, dimensions=dimensions, tensors=tensors)


_SHAPES = {
    "linear": ("M K", "N K", "N M"),
    "recurrent": ("M K", "T K", "T M"),
    "conv1d": ("M C R", "C P+R", "M P"),
    "conv1d over time": ("M C R", "T C P+R", "T M P"),
    "conv2d": ("M C R S", "C P+R Q+S", "M P Q"),
    "depthwise": ("C R S", "C P+R Q+S", "C P Q"),
    "temporal": ("C R", "T+R C", "T C"),
    "scalar weights": ("C", "T C P", "T P"),
}
_SLIDING = [name for name, texts in _SHAPES.items() if "+" in texts[1]]


@st.composite
def shapes(draw: st.DrawFn, *, sliding: bool | None = None) -> Shape:
    """Linear, recurrent, convolutional (strides and dilations up to 3), depthwise, temporal; `sliding` takes only those with a window,
    or only those without, where strides and dilations still leave gaps between the words of Inputs.
    """
    names = [name for name in _SHAPES if sliding is None or sliding == (name in _SLIDING)]
    name = draw(st.sampled_from(names))
    coefficients = {d: draw(st.integers(1, 3)) for d in "TPQRS" if name in _SLIDING or d == "P"}
    return _shape(name, *_SHAPES[name], coefficients)


@st.composite
def _loops(draw: st.DrawFn, shape: Shape, budget: int, largest: int, most: int) -> tuple[Loop, ...]:
    """Up to `most` loops over different dimensions with a product of bounds of at most `budget`."""
    dimensions = draw(st.permutations(shape.dimensions))[:draw(st.integers(0, most))]
    loops = []
    for dimension in dimensions:
        if budget >= 2:
            bound = draw(st.integers(2, min(largest, budget)))
            budget //= bound
            loops.append(Loop(dimension=dimension, bound=bound))
    return tuple(loops)


@st.composite
def _level(draw: st.DrawFn, shape: Shape, name: str, budget: int, largest: int) -> LevelMapping:
    keep = draw(st.frozensets(st.sampled_from([t.name for t in shape.tensors])) | st.just(frozenset(t.name for t in shape.tensors)))
    spatial = draw(_loops(shape, min(budget, 6), min(largest, 3), 2) if draw(st.booleans()) else st.just(()))
    budget //= _bounds(spatial)
    split = draw(st.integers(0, len(spatial)))
    temporal = draw(_loops(shape, budget, largest, 3))
    unlinked = draw(st.just(frozenset()) | st.frozensets(st.sampled_from([t.name for t in shape.tensors])))
    return LevelMapping(level=name, temporal=temporal, spatial_x=spatial[:split], spatial_y=spatial[split:], keep=keep,
                        no_link_transfer=unlinked)


def _bounds(loops: Sequence[Loop]) -> int:
    result = 1
    for loop in loops:
        result *= loop.bound
    return result


@st.composite
def mappings(draw: st.DrawFn, shape: Shape, *, largest: int = 4, most_operations: int = MOST_OPERATIONS) -> Mapping:
    """One to four levels with loops of `largest` iterations at most, of `most_operations` together; each tensor is kept somewhere."""
    levels, budget = [], most_operations
    for i in range(draw(st.integers(1, 4))):
        level = draw(_level(shape, f"L{i}", budget, largest))
        budget //= _bounds(level.temporal + level.spatial_x + level.spatial_y)
        levels.append(level)
    return _kept(draw, shape, Mapping(levels=tuple(levels)))


def _kept(draw: st.DrawFn, shape: Shape, mapping: Mapping) -> Mapping:
    levels = list(mapping.levels)
    for tensor in shape.tensors:
        if not any(tensor.name in level.keep for level in levels):
            i = draw(st.integers(0, len(levels) - 1))
            levels[i] = replace(levels[i], keep=levels[i].keep | {tensor.name})
    return Mapping(levels=tuple(levels))


@st.composite
def imperfect(draw: st.DrawFn, mapping: Mapping) -> Mapping:
    """The mapping with last passes that may be shorter, but for the outermost loop of each dimension, which has one pass only."""
    seen: set[str] = set()

    def cut(loops: tuple[Loop, ...]) -> tuple[Loop, ...]:
        result = []
        for loop in loops:
            residual = draw(st.integers(1, loop.bound)) if loop.dimension in seen else loop.bound
            seen.add(loop.dimension)
            result.append(Loop(dimension=loop.dimension, bound=loop.bound, residual=None if residual == loop.bound else residual))
        return tuple(result)

    levels = []
    for level in mapping.levels:
        temporal, rows, columns = cut(level.temporal), cut(level.spatial_y), cut(level.spatial_x)
        levels.append(replace(level, temporal=temporal, spatial_y=rows, spatial_x=columns))
    return Mapping(levels=tuple(levels))


def problem_of(shape: Shape, mapping: Mapping) -> Problem:
    """The problem that the loops of a mapping make up."""
    loops = [loop for level in mapping.levels for loop in level.temporal + level.spatial_y + level.spatial_x]
    bounds = {d: covered([(loop.bound, loop.bound if loop.residual is None else loop.residual) for loop in loops if loop.dimension == d])
              for d in shape.dimensions}
    return Problem(name=shape.name, dimensions=shape.dimensions, bounds=bounds, tensors=shape.tensors)


@st.composite
def architectures(draw: st.DrawFn, mapping: Mapping) -> Architecture:
    """Levels for a mapping: meshes that are large enough and sometimes larger, everything unbounded but the bandwidths."""
    meshes = [Mesh()]
    for level in mapping.levels:
        x, y = _bounds(level.spatial_x) + draw(st.integers(0, 2)), _bounds(level.spatial_y) + draw(st.integers(0, 1))
        meshes.append(Mesh(x=meshes[-1].x * x, y=meshes[-1].y * y))
    storage = tuple(draw(_storage(level.level, mesh, is_dram=i == 0)) for i, (level, mesh) in
                    enumerate(zip(mapping.levels, meshes, strict=False)))
    return Architecture(name="tiny", storage=storage, compute=Compute(name="mac", class_name="intmac", mesh=meshes[-1]))


@st.composite
def _storage(draw: st.DrawFn, name: str, mesh: Mesh, *, is_dram: bool) -> StorageLevel:
    bandwidth = st.none() | st.sampled_from([0.5, 1.0, 2.0, 3.0])
    network = Network(wire_energy_pJ_per_bit_mm=0.1, tile_width_um=100.0, router_energy_pJ=0.2, fill_latency_cycles=draw(st.integers(0, 2)))
    return StorageLevel(name=name, class_name="DRAM" if is_dram else "SRAM", mesh=mesh, is_dram=is_dram, width_bits=32, word_bits=8,
                        reduction_supported=draw(st.booleans()) and not is_dram, read_bandwidth=draw(bandwidth),
                        write_bandwidth=draw(bandwidth), shared_bandwidth=draw(bandwidth), network=network)


@st.composite
def cases(draw: st.DrawFn, *, sliding: bool | None = None, largest: int = 4, most_operations: int = MOST_OPERATIONS,
          divide: bool = True) -> Case:
    """An architecture, a problem and a mapping that fit each other.

    sliding: only problems with (True) or without (False) a sum of indices in a coordinate; largest: iterations of a loop;
    most_operations: of the problem, if no last pass is cut short; divide: whether all factors divide their bounds.
    """
    shape = draw(shapes(sliding=sliding))
    mapping = draw(mappings(shape, largest=largest, most_operations=most_operations))
    if not divide:
        mapping = draw(imperfect(mapping))
    return Case(architecture=draw(architectures(mapping)), problem=problem_of(shape, mapping), mapping=mapping)


def reference_of(architecture: Architecture) -> ReferenceTable:
    """Some energy for each action of each component."""
    actions = ("read", "write", "update", "leak", "compute")
    names = [level.name for level in architecture.storage] + [architecture.compute.name]
    return ReferenceTable(components={
        name: ComponentCost(name=name, actions={action: ActionEnergy(energy_pJ=1.0 + i) for i, action in enumerate(actions)})
        for name in names})
