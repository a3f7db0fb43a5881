"""Does a mapping fit its problem and its architecture? Asked before anything is counted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from snnhw.errors import CapacityError, MappingError
from snnhw.model.encoding import Nest
from snnhw.model.fit import (
    FITS,
    FORMATS_DIFFER,
    METADATA_TOO_LARGE,
    NOT_DECOMPRESSED,
    NOWHERE_TO_SKIP,
    RANKS_MISSING,
    SKIPS_TWICE,
    TOO_LARGE,
    Fit,
)
from snnhw.model.plan import Plan
from snnhw.model.sharing import mapped_mesh
from snnhw.model.sparse_plan import Spatial
from snnhw.model.spatial import mapped_instances
from snnhw.spec.architecture import Architecture
from snnhw.spec.factors import covered
from snnhw.spec.mapping import LevelMapping, Loop, Mapping
from snnhw.spec.problem import Problem


def check_factors(problem: Problem, mapping: Mapping) -> None:
    """Raises MappingError where the loops of a dimension do not cover its bound, or a last pass is no part of its loop."""
    for dimension in problem.dimensions:
        loops = [loop for level in mapping.levels for loop in (*level.temporal, *level.spatial_y, *level.spatial_x)
                 if loop.dimension == dimension]
        _check_last_passes(loops)
        count = covered([(loop.bound, _last(loop)) for loop in loops])
        if count == problem.bounds[dimension]:
            continue
        if not any(loop.is_imperfect for loop in loops):
            raise MappingError(f"factors of dimension {dimension} multiply to {count}, its bound is {problem.bounds[dimension]}")
        written = " ".join(map(_written, loops))
        raise MappingError(f"factors of dimension {dimension} ({written}, outermost first) cover {count} iterations, its bound is "
                           f"{problem.bounds[dimension]}; they cover 1 + the sum of (last pass - 1) * bounds inside")


def _last(loop: Loop) -> int:
    """Iterations of a loop's last pass."""
    return loop.bound if loop.residual is None else loop.residual


def _written(loop: Loop) -> str:
    return f"{loop.dimension}={loop.bound}" + (f",{loop.residual}" if loop.is_imperfect else "")


def _check_last_passes(loops: Sequence[Loop]) -> None:
    for loop in loops:
        if not 1 <= _last(loop) <= loop.bound:
            raise MappingError(f"the last pass of {_written(loop)} has {_last(loop)} iterations; give it 1 to {loop.bound}")


def check_unrolled_passes(mapping: Mapping) -> None:
    """Raises MappingError for a loop in space with a shorter last pass where no earlier pass can be: then it never has all iterations.

    Timeloop stops there too. A dimension with shorter passes cannot be unrolled along X and Y at once; Timeloop has no words for it.
    """
    outside: set[str] = set()
    for level in mapping.levels:
        outside |= {loop.dimension for loop in level.temporal if loop.bound > 1}
        for loop in (*level.spatial_y, *level.spatial_x):
            if loop.is_imperfect and loop.dimension not in outside:
                raise MappingError(f"{level.level}: {_written(loop)} in space has no loop over {loop.dimension} outside, so that its last "
                                   f"pass is its only one; write {loop.dimension}={_last(loop)}")
        outside |= {loop.dimension for loop in (*level.spatial_y, *level.spatial_x) if loop.bound > 1}
        _check_axes(level, {loop.dimension for part in mapping.levels for loop in (*part.temporal, *part.spatial_x, *part.spatial_y)
                            if loop.is_imperfect})


def _check_axes(level: LevelMapping, cut: set[str]) -> None:
    along_x, along_y = ({loop.dimension for loop in loops if loop.bound > 1} for loops in (level.spatial_x, level.spatial_y))
    for dimension in sorted(along_x & along_y & cut):
        raise MappingError(f"{level.level}: {dimension} is unrolled along X and Y, and a loop over it has a shorter last pass; "
                           "unroll it along one of them")


def check_levels(architecture: Architecture, mapping: Mapping) -> None:
    """Raises MappingError where the mapping's levels are not the architecture's, in its order."""
    have, want = [level.level for level in mapping.levels], [level.name for level in architecture.storage]
    if have != want:
        raise MappingError(f"the mapping has the levels {', '.join(have)}; the architecture has {', '.join(want)}")


def check_keepers(problem: Problem, mapping: Mapping) -> None:
    """Raises MappingError for a tensor that no level keeps."""
    for tensor in problem.tensors:
        if not any(tensor.name in level.keep for level in mapping.levels):
            raise MappingError(f"no level keeps {tensor.name}")


def check_meshes(architecture: Architecture, plan: Plan, nest: Nest) -> None:
    """Raises CapacityError where more instances are mapped along X or Y than the chip has."""
    used = [1, 1]
    names = [architecture.compute.name, *(level.name for level in reversed(architecture.storage))]
    for level in reversed(range(nest.temporal_from.size)):
        for axis, mapped in enumerate(mapped_mesh(nest, level)):
            used[axis] *= mapped
            if used[axis] > plan.mesh[level, axis]:
                raise CapacityError(f"{names[level]}: {used[axis]} instances mapped along {'XY'[axis]}, {plan.mesh[level, axis]} there; "
                                    f"unroll less above it")


def check_needed_instances(architecture: Architecture, plan: Plan, nest: Nest, spatial: Spatial) -> None:
    """Raises CapacityError where more instances than the chip has are needed though spatial skipping leaves some out.

    At a storage level the average counts too, as in Timeloop: it may be above the most that is needed, which is rounded down.
    """
    names = [architecture.compute.name, *(level.name for level in reversed(architecture.storage))]
    mapped = mapped_instances(nest)
    for place in reversed(range(len(names))):
        needed, there = spatial.most[place].max(axis=0), plan.mesh[place]
        for axis in range(2):
            if needed[axis] > there[axis]:
                raise CapacityError(_too_many(names[place], f"{needed[axis]}", f"along {'XY'[axis]}", there[axis]))
            if place == nest.temporal_from.size:
                continue
            fanout = (spatial.most[place, :, axis] // np.maximum(1, spatial.most[place + 1, :, axis])).max()
            within = (plan.columns, plan.rows)[axis][place]
            if fanout > within:
                raise CapacityError(_too_many(names[place], f"{fanout}", f"along {'XY'[axis]} below one {names[place + 1]}", within))
        average = float(spatial.ratio[place].max() * mapped[place].prod())
        if place > 0 and average > there.prod():
            raise CapacityError(_too_many(names[place], f"{average:g}", "on average", there.prod()))


def _too_many(name: str, needed: str, where: str, there: int) -> str:
    return f"{name}: {needed} instances needed {where} after spatial skipping, {there} there; unroll less above it"


def raise_unless_fits(architecture: Architecture, problem: Problem, plan: Plan, fit: Fit) -> None:
    """Raises CapacityError or MappingError with the reason why tiles or formats don't fit."""
    if fit.reason == FITS:
        return
    level = architecture.storage[::-1][fit.level].name
    tensor = problem.tensors[fit.tensor].name
    if fit.reason == TOO_LARGE:
        holds = plan.capacity_bits[fit.level] / plan.word_bits[fit.level].max()
        raise CapacityError(f"{level}: tile of {fit.needed:,.0f} words exceeds the {holds:,.0f} words it holds; cut a factor inside it")
    if fit.reason == METADATA_TOO_LARGE:
        raise CapacityError(f"{level}: metadata of {fit.needed:,.0f} bits exceeds what its metadata store holds; "
                            "raise metadata_storage_depth or cut a factor inside it")
    raise MappingError({
        RANKS_MISSING: f"{level}: the format of {tensor} has too few ranks for the loops it has to describe; "
                       "give it one rank more than the next inner level, or a flattening rule with all dimensions",
        FORMATS_DIFFER: f"{level}: the inner ranks of {tensor} are not those of the next inner level that keeps it; "
                        "use the same formats there",
        NOT_DECOMPRESSED: f"{level}: {tensor} comes compressed and is kept uncompressed here; "
                          "set decompression_supported or give it a format",
        SKIPS_TWICE: f"{level}: {tensor} is skipped in space and gated or skipped in time; take one of them out",
        NOWHERE_TO_SKIP: "a gated or skipped tensor is kept at no level from the optimisation outwards",
    }[fit.reason])


def check_mapping(architecture: Architecture, problem: Problem, mapping: Mapping) -> None:
    """All checks that need no arrays."""
    check_levels(architecture, mapping)
    check_factors(problem, mapping)
    check_unrolled_passes(mapping)
    check_keepers(problem, mapping)
