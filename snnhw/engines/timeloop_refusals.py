"""What the real Timeloop is known to stop at: refused before it is asked, with the reason (NVlabs/timeloop 4cf6d4c, 2025-03)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from snnhw.errors import EngineError
from snnhw.spec.architecture import Architecture, StorageLevel
from snnhw.spec.lowering_rows import COMPRESSED
from snnhw.spec.mapping import Mapping
from snnhw.spec.problem import Problem
from snnhw.spec.sparse import RepresentationFormat

LARGEST_INTEGER = 2**31 - 1


def check_sayable(architecture: Architecture, problem: Problem, mapping: Mapping | None) -> None:
    """Raises EngineError that lists everything of a (lowered) architecture that the real Timeloop would stop at or misread."""
    found = [*_sizes(architecture), *_metadata(architecture)]
    if architecture.sparse.formats or architecture.sparse.actions or architecture.sparse.compute:
        found += [*_operands(problem), *_neighbours(architecture, problem, mapping)]
    if found:
        raise EngineError("the real Timeloop cannot be asked this: " + "; ".join(dict.fromkeys(found)))


def _sizes(architecture: Architecture) -> Iterator[str]:
    for level in architecture.storage:
        if level.depth_words is not None and level.depth_words > LARGEST_INTEGER:
            yield f"level {level.name}: depth {level.depth_words} is above {LARGEST_INTEGER}, its largest integer"


def _metadata(architecture: Architecture) -> Iterator[str]:
    for entry in architecture.sparse.formats:
        level = _level(architecture, entry.level)
        if level.metadata is None:
            continue
        bits = [bits for rank in entry.ranks for bits in (rank.metadata_word_bits, rank.payload_word_bits) if bits is not None]
        widest = max([level.metadata.word_bits, *bits])
        if widest > level.metadata.width_bits:
            yield (f"level {level.name}: words of metadata of {widest} bits are wider than metadata_storage_width "
                   f"({level.metadata.width_bits}), where it stops")


def _operands(problem: Problem) -> Iterator[str]:
    operands = [tensor.name for tensor in problem.tensors if not tensor.read_write]
    if len(operands) != 2:
        yield (f"problem {problem.name}: its sparse analysis asserts that there are two operands, here are {len(operands)} "
               f"({', '.join(operands) or 'none'})")


def _neighbours(architecture: Architecture, problem: Problem, mapping: Mapping | None) -> Iterator[str]:
    """Formats of a tensor at levels that hand it on to each other."""
    formats = {(entry.level, entry.tensor): entry for entry in architecture.sparse.formats}
    for tensor in (tensor.name for tensor in problem.tensors):
        holders = [level.name for level in architecture.storage if _may_hold(architecture, mapping, level, tensor)]
        for outer, inner in pairwise(holders):
            packed = [_is_compressed(formats.get((level, tensor))) for level in (outer, inner)]
            if packed == [False, True]:
                yield f"{tensor} is uncompressed at {outer} and compressed at {inner}, at which its sparse analysis stops (assert)"
            if packed == [True, False]:
                yield f"{tensor} is compressed at {outer} and not at {inner}, which it takes for a mapping that does not fit"


def _may_hold(architecture: Architecture, mapping: Mapping | None, level: StorageLevel, tensor: str) -> bool:
    """Whether a level holds a tensor for certain: by the mapping, or by a constraint. What is left open is not judged."""
    if mapping is not None:
        return tensor in mapping.level(level.name).keep
    return any(tensor in one.keep for one in architecture.constraints.storage if one.level == level.name)


def _is_compressed(entry: RepresentationFormat | None) -> bool:
    return entry is not None and any(rank.format in COMPRESSED for rank in entry.ranks)


def _level(architecture: Architecture, name: str) -> StorageLevel:
    return next(level for level in architecture.storage if level.name == name)
