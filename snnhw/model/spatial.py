"""How many instances of a mapping are needed where those that would get nothing but zeros are left out (Sparseloop's spatial skipping).

A loop in space over n iterations hands out n sub-tiles of a fibre. Where it is known which of them are empty, two figures follow, both of
the tensor's density model: the share of sub-tiles that hold something, on average, and the most of them that one fibre can hold, which
is what must be there. For each tensor, from the outside in:

 1 known by its own format: a level whose keeper (it or the next outer one) stores the tensor in a format hands out non-empty parts only;
 2 known by a condition: a level that skips instances of a target does so by the parts of each tensor of its condition that is stored in
   a format there or further out. While a part of the target stays where it is the condition's part goes on, so temporal loops that the
   target does not depend on, up to the first that it does, widen it; not below the target's innermost keeper, where nothing stays;
 3 what is left out outside is left out inside too. The average of a level that skips is that of its own condition, whatever is outside.

The innermost loop decides the average, and of several conditions the averages are multiplied; all loops reduce what must be there. An
instance of the compute is needed if any tensor needs it. It all is done once for a mapping, so it needs no compiled code.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from snnhw.model.density import most_non_empty, probability
from snnhw.model.encoding import Nest
from snnhw.model.plan import Plan
from snnhw.model.ranks import words_and_rows
from snnhw.model.sharing import mapped_mesh
from snnhw.model.sparse_plan import SparsePlan, Spatial
from snnhw.spec.architecture import Architecture
from snnhw.spec.problem import Problem


class Skip(NamedTuple):
    """Instances below a level are left out where the target's partners are empty. Level 0 is the innermost; tensors by position."""

    level: int
    target: int
    conditions: tuple[int, ...]


class Fibre(NamedTuple):
    """A loop in space: along X (0) or Y (1), its iterations, the share of its sub-tiles that hold something, and the most that can."""

    axis: int
    bound: int
    average: float
    most: int


def skips_in_space(architecture: Architecture) -> bool:
    """Whether any level leaves instances out."""
    return any(action.kind == "skipping_spatial" for action in architecture.sparse.actions)


def spatial_skips(architecture: Architecture, problem: Problem) -> tuple[Skip, ...]:
    """The architecture's spatial skipping, from the innermost level outwards."""
    levels = {level.name: i for i, level in enumerate(reversed(architecture.storage))}
    tensors = {tensor.name: k for k, tensor in enumerate(problem.tensors)}
    found = [Skip(levels[a.level], tensors[a.target], tuple(tensors[name] for name in a.condition_on))
             for a in architecture.sparse.actions if a.kind == "skipping_spatial" and a.level in levels and a.target in tensors]
    return tuple(sorted(found, key=lambda skip: skip.level))


def needed_instances(plan: Plan, sparse: SparsePlan, nest: Nest, skips: Iterable[Skip]) -> Spatial:
    """Instances that one mapping needs."""
    levels, tensors = nest.keep.shape
    mapped = mapped_instances(nest)[:, None, :].repeat(tensors, axis=1)
    most, ratio = mapped.copy(), np.ones((levels + 1, tensors), np.float64)
    nest_of = Fibres(plan, sparse, nest)
    for k in range(tensors):
        for level in range(levels):
            ratio[level, k] = _left(nest_of.of(level, k), most[level, k], sparse.follows_faults)
    _reach_inwards(most, mapped, ratio, ratio[:-1] != 1.0, sparse.follows_faults)
    known = most.copy()
    masks = np.zeros((levels, tensors), np.bool_)
    for level, target, conditions in skips:
        masks[level, target] = True
        shares = [_left(nest_of.of(level, k, target), most[level, target], sparse.follows_faults) for k in conditions]
        ratio[level, target] = np.prod(shares)
    _reach_inwards(most, known, ratio, masks, sparse.follows_faults)
    return Spatial(True, masks, ratio, most)


def mapped_instances(nest: Nest) -> np.ndarray:
    """Instances along X and Y that the mapping's loops ask for (places, 2): of the compute, then of each level."""
    result = np.ones((nest.temporal_from.size + 1, 2), np.int64)
    for level in reversed(range(nest.temporal_from.size)):
        result[level] = result[level + 1] * mapped_mesh(nest, level)
    return result


class Fibres:
    """The loops in space of a nest, as a tensor sees them."""

    def __init__(self, plan: Plan, sparse: SparsePlan, nest: Nest):
        self._plan, self._sparse, self._nest = plan, sparse, nest

    def of(self, level: int, k: int, target: int | None = None) -> Iterator[Fibre]:
        """Loops of a level over dimensions of tensor k, innermost first, where its empty parts are known. target: whose they decide."""
        keeper = self._keeper(level, k)
        if keeper < 0 or self._sparse.rank_count[keeper, k] == 0:
            return
        nest, relevant = self._nest, self._sparse.relevant
        x_until = nest.spatial_from[level] + nest.x_loops[level]
        for i in range(nest.spatial_from[level], nest.temporal_from[level]):
            dim, bound = nest.dims[i], int(nest.bounds[i])
            if relevant[k, dim]:
                tile = nest.extents[i].copy()
                if target is not None and relevant[target, dim]:
                    tile *= self._while_it_stays(level, target)
                yield self._fibre(k, tile, dim, bound, int(i >= x_until))

    def _fibre(self, k: int, tile: np.ndarray, dim: int, bound: int, axis: int) -> Fibre:
        fibre = tile.copy()
        fibre[dim] *= bound
        words, rows = words_and_rows(self._plan.coefficients[k], tile)
        outer_words, outer_rows = words_and_rows(self._plan.coefficients[k], fibre)
        law = self._sparse.law[k]
        most = most_non_empty(law, words, rows, outer_words, outer_rows, bound, self._sparse.follows_faults)
        return Fibre(axis, bound, 1.0 - float(probability(law, words, rows, 0)), int(most))

    def _while_it_stays(self, level: int, target: int) -> np.ndarray:
        """Iterations of each dimension (dims,) that pass while the target's part stays where it is."""
        nest, passed = self._nest, np.ones(self._sparse.relevant.shape[1], np.int64)
        if not nest.keep[:level, target].any():
            return passed
        for outer in range(level, self._keeper(level, target) % nest.temporal_from.size + 1):
            for i in range(nest.temporal_from[outer], nest.spatial_from[outer + 1]):
                if self._sparse.relevant[target, nest.dims[i]]:
                    return passed
                passed[nest.dims[i]] *= nest.bounds[i]
        return passed

    def _keeper(self, level: int, k: int) -> int:
        """The level or the next outer one that keeps tensor k, -1 for none, which also stands for the outermost one."""
        found = np.nonzero(self._nest.keep[level:, k])[0]
        return level + int(found[0]) if found.size else -1


def _left(fibres: Iterable[Fibre], most: np.ndarray, follows_faults: bool) -> float:
    """The average share of instances that work; what must be there, most (2,), is reduced."""
    average = None
    for fibre in fibres:
        average = fibre.average if average is None else average
        most[fibre.axis] = _scaled(int(most[fibre.axis]), fibre.most, fibre.bound, follows_faults)
    return 1.0 if average is None else average


def _scaled(count: int, part: int, whole: int, follows_faults: bool) -> int:
    """count * part / whole, rounded down; the reference divides first, so that 7 * (3 / 7) can be 2."""
    if follows_faults:
        return int(count * (part / whole)) if whole else 0
    return count * part // whole if whole else 0


def _reach_inwards(most: np.ndarray, before: np.ndarray, ratio: np.ndarray, ends: np.ndarray, follows_faults: bool) -> None:
    """Takes what is left out outside from all places inside, the average down to the first place that has one of its own.

    most, before (places, tensors, 2): what must be there now, and before; ends (levels, tensors): places with an average of their own. The
    reference leaves averages as they are where as many must be there as before.
    """
    places, tensors = ratio.shape
    for k in range(tensors):
        for place in range(places - 1, 0, -1):
            unchanged = (most[place, k] == before[place, k]).all()
            if unchanged and (follows_faults or ratio[place, k] == 1.0):
                continue
            own = False
            for inner in range(place - 1, -1, -1):
                own |= bool(ends[inner, k])
                if not own:
                    ratio[inner, k] *= ratio[place, k]
                for axis in range(2):
                    most[inner, k, axis] = _scaled(int(most[inner, k, axis]), int(most[place, k, axis]), int(before[place, k, axis]),
                                                   follows_faults)
