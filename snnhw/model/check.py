"""Does a mapping fit its problem and its architecture? Asked before anything is counted."""

from __future__ import annotations

import math

from snnhw.errors import CapacityError, MappingError
from snnhw.model.encoding import Nest
from snnhw.model.kernel import mapped_mesh, tile_sizes
from snnhw.model.plan import Plan
from snnhw.spec.architecture import Architecture
from snnhw.spec.mapping import Mapping
from snnhw.spec.problem import Problem


def check_factors(problem: Problem, mapping: Mapping) -> None:
    """Raises MappingError where the factors of a dimension do not multiply to its bound."""
    for dimension in problem.dimensions:
        factors = [loop.bound for level in mapping.levels for loop in (*level.temporal, *level.spatial_x, *level.spatial_y)
                   if loop.dimension == dimension]
        if math.prod(factors) != problem.bounds[dimension]:
            raise MappingError(f"factors of dimension {dimension} multiply to {math.prod(factors)}, its bound is {problem.bounds[dimension]}")


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


def check_capacities(architecture: Architecture, plan: Plan, nest: Nest) -> None:
    """Raises CapacityError where the tiles that a level keeps are larger than it."""
    sizes, _ = tile_sizes(plan, nest)
    for level, storage in enumerate(reversed(architecture.storage)):
        words = int((sizes[level] * nest.keep[level]).sum())
        bits = float((sizes[level] * nest.keep[level] * plan.word_bits[level]).sum())
        if bits > plan.capacity_bits[level]:
            raise CapacityError(f"{storage.name}: tile of {words:,} words ({bits:,.0f} bits) exceeds the {plan.capacity_bits[level]:,.0f} bits it holds")


def check_mapping(architecture: Architecture, problem: Problem, mapping: Mapping) -> None:
    """All checks that need no arrays."""
    check_levels(architecture, mapping)
    check_factors(problem, mapping)
    check_keepers(problem, mapping)
