"""Why nothing fits, in the user's terms."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from snnhw.errors import SearchError
from snnhw.model.fit import FORMATS_DIFFER, METADATA_TOO_LARGE, NOT_DECOMPRESSED, NOWHERE_TO_SKIP, RANKS_MISSING, TOO_LARGE
from snnhw.search.candidates import AXES, CAPACITY, MESH, UTILIZATION, words_at_most
from snnhw.search.slots import SPATIAL, Slot, fits_mesh
from snnhw.search.space import smallest_extents
from snnhw.search.task import Task
from snnhw.spec.problem import Problem

_MISFITS = {
    TOO_LARGE: "a tile that is too large", METADATA_TOO_LARGE: "metadata that is too large for its store",
    RANKS_MISSING: "a format with fewer ranks than loops", FORMATS_DIFFER: "formats of two levels that don't go together",
    NOT_DECOMPRESSED: "a level without a format behind one with a format", NOWHERE_TO_SKIP: "nothing to gate or skip where it is asked for",
}


def check_possible(task: Task, problem: Problem) -> None:
    """Raises SearchError for what no mapping can satisfy: smallest tiles, and factors in space that have to be there."""
    faults = [*_too_large(task, problem), *_too_wide(task, problem)]
    if faults:
        raise SearchError("no mapping can fit: " + "; ".join(faults))


def _too_large(task: Task, problem: Problem) -> Iterator[str]:
    plan, sparse, space = task.plan, task.sparse, task.space
    for level, extents in enumerate(smallest_extents(task.mapspace)):
        sizes = {}
        for k, tensor in enumerate(problem.tensors):
            if space.keep[level, k] == 1:
                words = int(words_at_most(plan.coefficients[k], np.array(extents), sparse.law[k], bool(sparse.rank_count[level, k] > 0)))
                sizes[tensor.name] = words, int(plan.word_bits[level, k])
        bits = sum(words * width for words, width in sizes.values())
        if bits > plan.capacity_bits[level]:
            lacking = int(bits - plan.capacity_bits[level])
            more = -(-lacking // max(width for _, width in sizes.values()))
            tiles = " and ".join(f"{name}, {words:,} {_words(words)} of {width} bits" for name, (words, width) in sizes.items())
            yield (f"{task.mapspace.chip.names[level]} holds {int(plan.capacity_bits[level]):,} bits, and the smallest "
                   f"{'tile' if len(sizes) == 1 else 'tiles'} that bounds and constraints allow there ({tiles}) "
                   f"{'needs' if len(sizes) == 1 else 'need'} {bits:,}; give it {lacking:,} bits more "
                   f"({more:,} {_words(more)}), bypass it, or relax the factors at and inside it")


def _words(count: int) -> str:
    return "word" if count == 1 else "words"


def _too_wide(task: Task, problem: Problem) -> Iterator[str]:
    for level, name in enumerate(task.mapspace.chip.names):
        x, y = task.mapspace.chip.mesh[level]
        asked = [(d, task.mapspace.ranges[Slot(level, SPATIAL, i)].least) for i, d in enumerate(problem.dimensions)]
        asked = [(d, least) for d, least in asked if least > 1]
        if not fits_mesh([least for _, least in asked], x, y):
            yield (f"{name} spatial: the factors that constraints ask for, {' '.join(f'{d}={least}' for d, least in asked)}, "
                   f"do not fit its fan-out of {x} x {y}")


def nothing_found(task: Task) -> SearchError:
    """What to say after a search in which no candidate fitted."""
    names = task.mapspace.chip.names
    counts = [(int(task.died[AXES]), "run a dimension along both axes or break a split or a spatial permutation"),
              (int(task.died[MESH]), "need more instances than a fan-out has"),
              (int(task.died[UTILIZATION]), f"use fewer than {task.space.min_instances} compute instances (min_utilization)")]
    counts += [(int(task.died[CAPACITY + level]), f"need more than {names[level]} holds") for level in range(len(names))]
    counts += [(int(task.misfits[code]), f"have {text}") for code, text in _MISFITS.items()]
    said = "; ".join(f"{count:,} {text}" for count, text in counts if count)
    total = sum(count for count, _ in counts)
    if total == 0:
        least = task.space.min_instances
        wanted = f" (min_utilization asks for {least} compute instances)" if least > 1 else ""
        return SearchError(f"no mapping found that fits: constraints leave no factors in space{wanted} with which tiles fit inside; "
                           f"relax a constraint or enlarge a level")
    return SearchError(f"no mapping found that fits, among {total:,} candidates: {said}; relax the constraint or enlarge the level "
                       f"that most of them break")
