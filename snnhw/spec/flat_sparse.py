"""The `sparse_optimizations` section of a flat Timeloop input: `targets`, one entry for each level."""

from __future__ import annotations

from snnhw.spec.architecture import Architecture
from snnhw.spec.flat_section import Path, Report, Section, question, shown
from snnhw.spec.problem import Problem
from snnhw.spec.sparse import SparseOptimizations
from snnhw.spec.sparse_forms import SparseNames, joined, sparse_of

_KINDS = ("representation_format", "action_optimization", "compute_optimization")


def flat_sparse(value: object, path: Path, report: Report, architecture: Architecture, problem: Problem) -> SparseOptimizations:
    """All sparse optimisations. Two entries of one level may add up, but each kind may stand in one of them only.

    Timeloop would let the later entry replace the earlier one without a word. Problems go to the report.
    """
    section = Section(value, path, report)
    section.ignore("version")
    names = SparseNames(tensors=tuple(tensor.name for tensor in problem.tensors), dimensions=problem.dimensions)
    targets = section.children("targets") if section.peek("targets") is not None else []
    section.take("targets")
    section.close()
    said: set[tuple[str, str]] = set()
    parts = []
    for target in targets:
        level = _level(target, architecture)
        for kind in _KINDS:
            if target.has(kind) and (level, kind) in said:
                report.add(target.path_of(kind), seen=f"a second {kind} of {level}", expected="one; Timeloop would use the last alone")
            elif target.has(kind):
                said.add((level, kind))
        parts.append(sparse_of(target, level, is_compute=level == architecture.compute.name, names=names))
    result = joined(parts)
    _check_word_bits(result, architecture, report, path)
    return result


def _level(target: Section, architecture: Architecture) -> str:
    target.require(["name", "target"], "the name of a level")
    taken = target.take("name", "target")
    names = [level.name for level in architecture.storage] + [architecture.compute.name]
    if taken is None:
        return ""
    if taken[0] not in names:
        target.report.add(taken[1], seen=shown(taken[0]), expected=f"a level: {', '.join(names)}", fix=question(str(taken[0]), names))
    return str(taken[0])


def _check_word_bits(sparse: SparseOptimizations, architecture: Architecture, report: Report, path: Path) -> None:
    """No word of a format may be wider than a row of the level's metadata store."""
    widths = {level.name: level.metadata.width_bits if level.metadata else 0 for level in architecture.storage}
    for entry in sparse.formats:
        for rank in entry.ranks:
            bits = max(rank.metadata_word_bits or 0, rank.payload_word_bits or 0)
            if entry.level in widths and bits > widths[entry.level]:
                report.add(path, seen=f"{rank.format} words of {bits} bits for {entry.tensor} at {entry.level}",
                           expected=f"at most {widths[entry.level]}, the metadata_storage_width of {entry.level}")
