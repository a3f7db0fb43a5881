"""The loops of a mapping with what each moves, and where a position in the nest lies."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from dataclasses import dataclass

from snnhw.spec.architecture import Architecture
from snnhw.spec.mapping import Loop, Mapping
from snnhw.spec.problem import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class NestLoop:
    """A loop with more than one iteration.

    last_bound: iterations in the last pass (`P=3,2` has 2), bound in all others; stride: what one iteration adds to the index of the
    dimension; imperfect_inside: a loop inside, over the same dimension, has a shorter last pass.
    """

    dimension: str
    bound: int
    last_bound: int
    stride: int
    imperfect_inside: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """Indices of each dimension that some loops cover together: in all passes but the last, and in the last."""

    full: MappingType[str, int]
    last: MappingType[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class NestLevel:
    """The loops of a storage level, outermost first. spatial holds the rows' loops before the columns' (Y, then X).

    tile: what the level holds; array: what all instances under one instance of it hold together; mesh: (columns, rows) of these
    instances, physical ones, or logical where the mapping has more; unlinked: tensors that they do not hand to each other.
    """

    name: str
    temporal: tuple[NestLoop, ...]
    spatial: tuple[NestLoop, ...]
    tile: Extent
    array: Extent
    mesh: tuple[int, int]
    fanout: int
    unlinked: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Nest:
    """All levels, outermost first. span: indices of each dimension that the loops cover when no pass is cut short."""

    levels: tuple[NestLevel, ...]
    span: MappingType[str, int]
    is_imperfect: bool


class _Inside:
    """What the loops seen so far, from the innermost, cover together."""

    def __init__(self, dimensions: tuple[str, ...]):
        self.full = dict.fromkeys(dimensions, 1)
        self.last = dict.fromkeys(dimensions, 1)
        self.imperfect: set[str] = set()

    def wrap(self, loop: Loop) -> NestLoop:
        dimension, last_bound = loop.dimension, loop.bound if loop.residual is None else loop.residual
        made = NestLoop(dimension=dimension, bound=loop.bound, last_bound=last_bound, stride=self.full[dimension],
                        imperfect_inside=dimension in self.imperfect)
        self.last[dimension] += self.full[dimension] * (last_bound - 1)
        self.full[dimension] *= loop.bound
        if last_bound != loop.bound:
            self.imperfect.add(dimension)
        return made

    def wrap_all(self, loops: tuple[Loop, ...]) -> tuple[NestLoop, ...]:
        return tuple(reversed([self.wrap(loop) for loop in reversed(loops) if loop.bound > 1]))

    def extent(self) -> Extent:
        return Extent(full=dict(self.full), last=dict(self.last))


def nest_of(architecture: Architecture, problem: Problem, mapping: Mapping) -> Nest:
    """The nest of a mapping. Loops of one iteration vanish; KeyError where a level or dimension is unknown."""
    inside = _Inside(problem.dimensions)
    meshes = [level.mesh for level in architecture.storage] + [architecture.compute.mesh]
    levels: list[NestLevel] = []
    for i in reversed(range(len(architecture.storage))):
        part = mapping.level(architecture.storage[i].name)
        columns = inside.wrap_all(part.spatial_x)
        rows = inside.wrap_all(part.spatial_y)
        array = inside.extent()
        temporal = inside.wrap_all(part.temporal)
        x, y = _product(columns), _product(rows)
        mesh = (max(x, meshes[i + 1].x // meshes[i].x), max(y, meshes[i + 1].y // meshes[i].y))
        levels.append(NestLevel(name=part.level, temporal=temporal, spatial=rows + columns, tile=inside.extent(), array=array,
                                mesh=mesh, fanout=x * y, unlinked=part.no_link_transfer))
    return Nest(levels=tuple(reversed(levels)), span=dict(inside.full), is_imperfect=bool(inside.imperfect))


def _product(loops: tuple[NestLoop, ...]) -> int:
    result = 1
    for loop in loops:
        result *= loop.bound
    return result


@dataclass(frozen=True, slots=True)
class Position:
    """Where the walk stands. index: of each dimension, the lowest that the loops inside will touch; last: dimensions of which all
    loops outside are in their last iteration (where none is outside, that holds).
    """

    index: MappingType[str, int]
    last: frozenset[str]

    def inside(self, loop: NestLoop, iteration: int) -> Position:
        """The position in one iteration of a loop."""
        dimension = loop.dimension
        ends = dimension in self.last and iteration + 1 >= loop.last_bound
        return Position({**self.index, dimension: self.index[dimension] + iteration * loop.stride},
                        self.last if ends else self.last - {dimension})

    def iterations(self, loop: NestLoop) -> int:
        """How many iterations a loop has here."""
        return loop.last_bound if loop.dimension in self.last else loop.bound

    def extent(self, extent: Extent) -> dict[str, int]:
        """Indices of each dimension that some loops cover here."""
        return {d: extent.last[d] if d in self.last else n for d, n in extent.full.items()}
