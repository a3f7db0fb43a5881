"""Small machines and problems for tests of the search, and an independent check of a mapping against constraints."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import permutations, product

from snnhw.spec.architecture import Architecture, Compute, Mesh, Network, StorageLevel
from snnhw.spec.constraints import Constraints, FactorBound, LoopConstraint
from snnhw.spec.mapping import LevelMapping, Loop, Mapping
from snnhw.spec.problem import Problem, Tensor, Term
from snnhw.spec.reference import ActionEnergy, ComponentCost, ReferenceTable


def conv1d(p: int = 4, c: int = 2, m: int = 2, r: int = 1) -> Problem:
    """Outputs[M, P] += Weights[C, M, R] * Inputs[C, P + R]."""
    def rank(*dimensions: str) -> tuple[Term, ...]:
        return tuple(Term(dimension=d) for d in dimensions)

    return Problem(name="conv1d", dimensions=("P", "C", "M", "R"), bounds={"P": p, "C": c, "M": m, "R": r}, tensors=(
        Tensor(name="Weights", projection=(rank("C"), rank("M"), rank("R"))),
        Tensor(name="Inputs", projection=(rank("C"), rank("P", "R"))),
        Tensor(name="Outputs", projection=(rank("M"), rank("P")), read_write=True)))


def machine(*, spad_words: int = 8, columns: int = 2, rows: int = 2, constraints: Constraints | None = None) -> Architecture:
    """DRAM, then a pad in each PE of a columns x rows array; words of 8 bits, wires with energy."""
    mesh = Mesh(x=columns, y=rows)
    return Architecture(
        name="machine", constraints=constraints or Constraints(), compute=Compute(name="mac", class_name="intmac", mesh=mesh),
        storage=(
            StorageLevel(name="DRAM", class_name="DRAM", width_bits=32, is_dram=True, read_bandwidth=4, write_bandwidth=4,
                         network=Network(wire_energy_pJ_per_bit_mm=0.1, tile_width_um=100)),
            StorageLevel(name="pad", class_name="regfile", mesh=mesh, width_bits=8, depth_words=spad_words)))


def costs() -> ReferenceTable:
    """Energies of the machine's components in pJ."""
    def cost(name: str, **actions: float) -> ComponentCost:
        return ComponentCost(name=name, actions={action: ActionEnergy(energy_pJ=value) for action, value in actions.items()})

    return ReferenceTable(components={
        "DRAM": cost("DRAM", read=100, write=120, update=130, leak=0.5), "pad": cost("pad", read=1, write=1.5, update=1.7),
        "mac": cost("mac", compute=0.5)})


def fixed(level: str, kind: str, text: str) -> LoopConstraint:
    """A constraint from a text such as `C=2 M<=4`."""
    bounds = []
    for item in text.split():
        relation = next(sign for sign in ("<=", ">=", "=") if sign in item)
        dimension, value = item.split(relation)
        bounds.append(FactorBound(dimension=dimension, relation=relation, value=int(value)))
    return LoopConstraint(level=level, kind=kind, factors=tuple(bounds))


def every_mapping(architecture: Architecture, problem: Problem) -> Iterator[Mapping]:
    """All mappings onto `machine`: factors, axes, permutations; every level keeps every tensor."""
    outer, inner = architecture.storage
    names = frozenset(tensor.name for tensor in problem.tensors)
    for split in product(*(_splits(problem.bounds[d], 3) for d in problem.dimensions)):
        above, space, below = ({d: f[i] for d, f in zip(problem.dimensions, split, strict=True) if f[i] > 1} for i in range(3))
        for axes in product("xy", repeat=len(space)):
            along = {axis: {d: f for (d, f), a in zip(space.items(), axes, strict=True) if a == axis} for axis in "xy"}
            if math.prod(along["x"].values()) > inner.mesh.x or math.prod(along["y"].values()) > inner.mesh.y:
                continue
            for top, low, x, y in product(*(list(permutations(part.items())) for part in (above, below, along["x"], along["y"]))):
                yield Mapping(levels=(
                    LevelMapping(level=outer.name, temporal=_loops(top), spatial_x=_loops(x), spatial_y=_loops(y), keep=names),
                    LevelMapping(level=inner.name, temporal=_loops(low), keep=names)))


def _splits(bound: int, parts: int) -> Iterator[tuple[int, ...]]:
    if parts == 1:
        yield (bound,)
        return
    for f in range(1, bound + 1):
        if bound % f == 0:
            for rest in _splits(bound // f, parts - 1):
                yield (f, *rest)


def _loops(items: tuple[tuple[str, int], ...]) -> tuple[Loop, ...]:
    return tuple(Loop(dimension=d, bound=f) for d, f in items)


def broken(mapping: Mapping, problem: Problem, architecture: Architecture, constraints: Constraints) -> list[str]:
    """What a mapping breaks of constraints (resolved ones) and fan-outs, in words."""
    faults = []
    for dimension in problem.dimensions:
        factors = [_factor(level, kind, dimension) for level in mapping.levels for kind in ("temporal", "spatial")]
        if math.prod(factors) != problem.bounds[dimension]:
            faults.append(f"factors of {dimension}")
    for loop in constraints.loops:
        faults += _broken_loops(loop, mapping.level(loop.level), problem)
    for storage in constraints.storage:
        kept = mapping.level(storage.level).keep
        if not storage.keep <= kept or storage.bypass & kept:
            faults.append(f"keep at {storage.level}")
    inner = [*(level.mesh for level in architecture.storage[1:]), architecture.compute.mesh]
    for level, own, below in zip(mapping.levels, (level.mesh for level in architecture.storage), inner, strict=True):
        for loops, columns in ((level.spatial_x, below.x // own.x), (level.spatial_y, below.y // own.y)):
            if math.prod(one.bound for one in loops) > columns:
                faults.append(f"fan-out of {level.level}")
    return faults


def _factor(level: LevelMapping, kind: str, dimension: str) -> int:
    loops = level.temporal if kind == "temporal" else (*level.spatial_x, *level.spatial_y)
    return math.prod(loop.bound for loop in loops if loop.dimension == dimension)


def _broken_loops(loop: LoopConstraint, level: LevelMapping, problem: Problem) -> Iterator[str]:
    for bound in loop.factors:
        factor = _factor(level, loop.kind, bound.dimension)
        value = bound.value or problem.bounds[bound.dimension]
        if not {"=": factor == value, "<=": factor <= value, ">=": factor >= value}[bound.relation]:
            yield f"{loop.level} {loop.kind} {bound.dimension}{bound.relation}{bound.value}"
    loops = level.temporal if loop.kind == "temporal" else (*level.spatial_y, *level.spatial_x)
    inwards = [one.dimension for one in reversed(loops)]
    places = {d: i for i, d in enumerate(loop.innermost)} | {d: 1000 + i for i, d in enumerate(loop.outermost)}
    rank = [places.get(d, 500) for d in inwards]
    if rank != sorted(rank):
        yield f"permutation of {loop.level} {loop.kind}: {inwards}"
    for d in inwards if loop.split is not None and loop.kind == "spatial" and len(loop.innermost) == len(problem.dimensions) else ():
        along_x = any(one.dimension == d for one in level.spatial_x)
        if along_x != (loop.innermost.index(d) < loop.split):
            yield f"split of {loop.level}: {d}"
