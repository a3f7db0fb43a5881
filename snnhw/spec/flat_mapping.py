"""The mapping of a flat Timeloop input: temporal, spatial and bypass entries, each for one storage level (Timeloop's mapping parser)."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from snnhw.spec.architecture import Architecture
from snnhw.spec.factors import Factor, FactorSyntaxError, covered, parse_factors, parse_permutation
from snnhw.spec.flat_section import Path, Report, Section, as_integer, question, sections, shown
from snnhw.spec.mapping import LevelMapping, Loop, Mapping
from snnhw.spec.problem import Problem

KINDS = {"temporal": "temporal", "spatial": "spatial", **dict.fromkeys(("bypass", "bypassing", "datatype", "dataspace"), "bypass")}
ENTRY_KEYS = ("target", "type", "factors", "permutation", "split", "no_link_transfer", "keep", "bypass")
# What Timeloop reads beside these and snnhw does not model.
UNSUPPORTED = ("no_reuse", "no_temporal_reuse", "no_multicast_no_reduction", "rmw_first_update", "no_coalesce")


@dataclass(slots=True)
class _Level:
    """What the entries say of one level while they are read. Loops run from the innermost to the outermost."""

    temporal: tuple[Loop, ...] = ()
    spatial_x: tuple[Loop, ...] = ()
    spatial_y: tuple[Loop, ...] = ()
    bypassed: set[str] = field(default_factory=set)
    no_link_transfer: tuple[str, ...] = ()
    paths: dict[str, Path] = field(default_factory=dict)


def flat_mapping(value: object, path: Path, report: Report, architecture: Architecture, problem: Problem) -> Mapping:
    """The mapping of all levels. A level that no entry names has loops of one iteration only, and keeps every tensor.

    Problems of the text go to the report. Whether the factors cover the problem is another question; see `coverage_faults`.
    """
    levels = {level.name: _Level() for level in architecture.storage}
    for section in sections(value, path, report):
        target = target_of(section, architecture)
        kind = _kind(section)
        if kind is None:
            section.drop()
            continue
        level = levels.get(target) if target is not None else None
        _entry(section, kind, level or _Level(), problem)
        section.close(ENTRY_KEYS)
    meshes = [*(level.mesh for level in architecture.storage), architecture.compute.mesh]
    fans_out = [inner.instances > outer.instances for outer, inner in pairwise(meshes)]
    pairs = zip(levels.items(), fans_out, strict=False)
    return Mapping(levels=tuple(_level_mapping(name, level, problem, fan) for (name, level), fan in pairs))


def _kind(section: Section) -> str | None:
    section.require(["type"], f"one of {', '.join(KINDS)}")
    if section.peek("type") == "skew":
        section.report.add(section.path_of("type"), seen="a skew, which snnhw does not support", expected=f"one of {', '.join(KINDS)}")
        return None
    text = section.text("type", default=None, choices=tuple(KINDS))
    return None if text is None else KINDS[text]


def target_of(section: Section, architecture: Architecture, *keys: str) -> str | None:
    """The storage level that an entry names, or numbers from the innermost (0); None after a finding."""
    keys = keys or ("target",)
    section.require(keys, "the name of a storage level")
    taken = section.take(*keys)
    if taken is None:
        return None
    value, path = taken
    names = [level.name for level in architecture.storage]
    if value in names:
        return str(value)
    number = as_integer(value)
    if number is not None and 0 <= number < len(names):
        return names[len(names) - 1 - number]
    section.report.add(path, seen=shown(value), expected=f"a storage level: {', '.join(names)}", fix=question(str(value), names))
    return None


def _entry(section: Section, kind: str, level: _Level, problem: Problem) -> None:
    if kind in level.paths:
        section.report.add(section.path, seen=f"a second {kind} entry for this level", expected="one of each kind")
    level.paths[kind] = section.path
    for key in UNSUPPORTED:
        section.refuse(key, neutral=([],))
    section.ignore("stream", why="" if section.peek("stream") == [] else "Timeloop's mapper once wrote it, its model does not read it")
    if kind == "bypass":
        tensors = [tensor.name for tensor in problem.tensors]
        keep = section.names("keep", known=tensors, kind="tensor") or ()
        bypass = section.names("bypass", known=tensors, kind="tensor") or ()
        for tensor in set(keep) & set(bypass):
            section.report.add(section.path, seen=f"{tensor} under keep and under bypass", expected="one of the two")
        level.bypassed.update(bypass)
        return
    loops = _loops(section, problem)
    if kind == "temporal":
        level.temporal = loops
        return
    split = section.integer("split", default=len(problem.dimensions), least=0)
    level.spatial_x, level.spatial_y = loops[:split], loops[split:]
    level.no_link_transfer = section.names("no_link_transfer", known=[tensor.name for tensor in problem.tensors], kind="tensor") or ()


def _loops(section: Section, problem: Problem) -> tuple[Loop, ...]:
    """A loop of each dimension, from the innermost to the outermost; dimensions that the permutation lacks follow in their own order.

    Loops of one iteration stay: Sparseloop's analyses of formats and of gating and skipping look at their position.
    """
    path = section.path_of("factors")
    factors = {factor.dimension: factor for factor in read_factors(section, problem)}
    for factor in factors.values():
        if factor.relation != "=":
            section.report.add(path, seen=f'"{factor.dimension}{factor.relation}{factor.value}"',
                               expected=f'"{factor.dimension}={factor.value}"; bounds are for constraints')
    innermost, _ = read_permutation(section, problem, allow_suffix=False)
    order = [*innermost, *(dimension for dimension in problem.dimensions if dimension not in innermost)]
    return tuple(_loop(dimension, factors.get(dimension), problem) for dimension in order)


def _loop(dimension: str, factor: Factor | None, problem: Problem) -> Loop:
    if factor is None:
        return Loop(dimension=dimension, bound=1)
    bound = factor.value or problem.bounds[dimension]
    residual = factor.residual if factor.residual != bound else None
    return Loop(dimension=dimension, bound=bound, residual=residual)


def read_factors(section: Section, problem: Problem) -> tuple[Factor, ...]:
    """The factors of an entry, as a string or a list of strings; those of unknown dimensions are reported and left out."""
    taken = section.take("factors")
    if taken is None or taken[0] is None:
        return ()
    value, path = taken
    text = " ".join(map(str, value)) if isinstance(value, list) else value
    if not isinstance(text, str):
        section.report.add(path, seen=shown(value), expected="factors such as P=2 Q=3 or P=3,2")
        return ()
    try:
        factors = parse_factors(text)
    except FactorSyntaxError as error:
        section.report.add(path, seen=error.seen, expected=error.expected)
        factors = _readable(text)
    for factor in factors:
        if factor.dimension not in problem.dimensions:
            section.report.add(path, seen=f'"{factor.dimension}"', expected=f"a dimension: {', '.join(problem.dimensions)}")
    return tuple(factor for factor in factors if factor.dimension in problem.dimensions)


def _readable(text: str) -> tuple[Factor, ...]:
    """Those factors of a text with a fault that can be read alone, so that what is wrong with them is told as well."""
    found: list[Factor] = []
    for word in text.split("#", 1)[0].replace(", ", " ").split():
        try:
            found += parse_factors(word)
        except FactorSyntaxError:
            continue
    return tuple(found)


def read_permutation(section: Section, problem: Problem, *, allow_suffix: bool = True) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Innermost and outermost dimensions of an entry's permutation, both from inner to outer; empty after a finding."""
    taken = section.take("permutation")
    if taken is None or taken[0] is None:
        return (), ()
    value, path = taken
    if not isinstance(value, str) and not (isinstance(value, list) and all(isinstance(item, str) for item in value)):
        section.report.add(path, seen=shown(value), expected="the dimensions from inner to outer, as in RSPQ")
        return (), ()
    try:
        innermost, outermost = parse_permutation(value)
    except FactorSyntaxError as error:
        section.report.add(path, seen=error.seen, expected=error.expected)
        return (), ()
    unknown = [dimension for dimension in (*innermost, *outermost) if dimension not in problem.dimensions]
    for dimension in unknown:
        section.report.add(path, seen=f'"{dimension}"', expected=f"a dimension: {', '.join(problem.dimensions)}")
    if outermost and not allow_suffix:
        section.report.add(path, seen='"_"', expected="all dimensions from inner to outer; _ is for constraints")
    return ((), ()) if unknown else (innermost, outermost)


def _level_mapping(name: str, level: _Level, problem: Problem, fans_out: bool) -> LevelMapping:
    """A level without a temporal entry, or without a spatial one above a fan-out, gets Timeloop's default: all loops once, all along X."""
    nothing = tuple(Loop(dimension=dimension, bound=1) for dimension in problem.dimensions)
    if "temporal" not in level.paths:
        level.temporal = nothing
    if fans_out and "spatial" not in level.paths:
        level.spatial_x = nothing
    return LevelMapping(level=name, temporal=level.temporal[::-1], spatial_x=level.spatial_x[::-1], spatial_y=level.spatial_y[::-1],
                        keep=frozenset(tensor.name for tensor in problem.tensors) - level.bypassed,
                        no_link_transfer=frozenset(level.no_link_transfer))


def coverage_faults(mapping: Mapping, problem: Problem) -> tuple[str, ...]:
    """A sentence for each dimension whose factors do not make up its bound; with imperfect factors as `factors.covered` counts them."""
    loops: dict[str, list[tuple[int, int]]] = {dimension: [] for dimension in problem.dimensions}
    for level in mapping.levels:
        for loop in (*level.temporal, *level.spatial_y, *level.spatial_x):
            loops[loop.dimension].append((loop.bound, loop.bound if loop.residual is None else loop.residual))
    return tuple(_fault(dimension, pairs, problem.bounds) for dimension, pairs in loops.items()
                 if covered(pairs) != problem.bounds[dimension])


def _fault(dimension: str, loops: Sequence[tuple[int, int]], bounds: MappingType[str, int]) -> str:
    return f"product of all factors of dimension {dimension} is {covered(loops)}, which is not its bound {bounds[dimension]}"
