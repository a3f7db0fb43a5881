"""Sparse optimisations as Timeloop writes them, for one component; both dialects of architectures use it.

In the flat dialect an entry of `sparse_optimizations: targets` holds them, in the nodes dialect a component's `sparse_optimizations`.
Spellings of Timeloop 0.2 to 0.4 are read alike, hyphens as underscores.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, cast, get_args

from snnhw.spec.flat_section import Path, Report, Section, listed, question, shown
from snnhw.spec.sparse import ActionKind, ActionOptimization, FormatRank, RankFormat, RepresentationFormat, SparseOptimizations

FORMATS: tuple[RankFormat, ...] = ("UB", "B", "CP", "RLE", "UOP")
COMPRESSED_FORMATS: frozenset[RankFormat] = frozenset({"B", "CP", "RLE"})
_POSITION = "position_skipping"  # of Sparseloop's first inputs; later versions stop at it
_COMPUTE = {"gating": "gating", "gate_on_zero_operand": "gating", "skipping": "skipping", "skip_on_not_aligned_operands": "skipping"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SparseNames:
    """Names that an entry may use; None where they are not known yet (an architecture without a workload)."""

    tensors: tuple[str, ...] | None = None
    dimensions: tuple[str, ...] | None = None


def sparse_of(section: Section, level: str, *, is_compute: bool, names: SparseNames | None = None) -> SparseOptimizations:
    """The sparse optimisations of one component.

    `section` holds `representation_format`, `action_optimization` and `compute_optimization` and is closed here, so a caller takes
    its own keys (`name`, `target`) first. `level`: name of the component. Problems go to the section's report.
    """
    names = names or SparseNames()
    formats = tuple(_formats(section.child("representation_format"), level, names))
    entries = section.children("action_optimization")
    by_position = [entry for entry in entries if _skips_by_position(entry)]
    actions = tuple(_actions([entry for entry in entries if entry not in by_position], level, names))
    compute = _compute(section.children("compute_optimization"))
    if is_compute and (formats or actions):
        section.report.add(section.path, seen=f"a storage optimization at the compute level {level}", expected="compute_optimization")
    if compute and not is_compute:
        section.report.add(section.path, seen=f"compute_optimization at the storage level {level}", expected="it at the compute level")
    section.close()
    skipping: frozenset[Literal["skipping"]] = frozenset({"skipping"}) if by_position else frozenset()
    return SparseOptimizations(formats=formats, actions=actions, compute=compute | skipping)


def joined(parts: Iterable[SparseOptimizations]) -> SparseOptimizations:
    """The optimisations of several components as one set, in order."""
    parts = tuple(parts)
    return SparseOptimizations(formats=tuple(f for part in parts for f in part.formats),
                               actions=tuple(a for part in parts for a in part.actions),
                               compute=frozenset[Literal["gating", "skipping"]]().union(*(part.compute for part in parts)))


def _formats(section: Section | None, level: str, names: SparseNames) -> Iterable[RepresentationFormat]:
    if section is None:
        return
    seen: set[str] = set()
    for entry in section.children("data_spaces"):
        tensor = _tensor(entry, ("name", "dspace"), names)
        if tensor in seen:
            entry.report.add(entry.path, seen=f"a second format of {tensor}", expected="one format of a tensor at a level")
        entry_format = _format(entry, level, tensor or "", names)
        if tensor is not None:
            seen.add(tensor)
            yield entry_format
        entry.close()
    section.close()


def _format(entry: Section, level: str, tensor: str, names: SparseNames) -> RepresentationFormat:
    entry.require(["ranks"], "the ranks of the format")
    ranks_path = entry.path_of("ranks")
    ranks = tuple(_rank(rank, names) for rank in entry.children("ranks"))
    order = entry.text("rank_application_order", default="outer_to_inner", choices=("outer_to_inner", "inner_to_outer"))
    entry.ignore("compression_rate", why="Timeloop reads it and does not use it")
    _check_order(ranks, ranks_path, entry.report)
    return RepresentationFormat(level=level, tensor=tensor, ranks=ranks, outer_to_inner=order == "outer_to_inner")


def _check_order(ranks: tuple[FormatRank, ...], path: Path, report: Report) -> None:
    """Timeloop has no format that compresses an outer rank above an inner one that is not compressed."""
    compressed = [rank.format in COMPRESSED_FORMATS for rank in ranks]
    for i, (outer, inner) in enumerate(pairwise(compressed)):
        if outer and not inner:
            report.add((*path, i + 1), seen=f"{ranks[i + 1].format} inside {ranks[i].format}",
                       expected=f"a compressed rank ({listed(COMPRESSED_FORMATS)}) inside a compressed one")


def _rank(section: Section, names: SparseNames) -> FormatRank:
    section.require(["format"], f"a format: {', '.join(FORMATS)}")
    path = section.path_of("format")
    text = section.text("format", default="UB")
    if text.upper() not in FORMATS:
        section.report.add(path, seen=shown(text), expected=f"a format: {', '.join(FORMATS)}")
        text = "UB"
    rank = FormatRank(format=cast(RankFormat, text.upper()), flattened=_flattened(section, names),
                      metadata_word_bits=section.integer("metadata_word_bits", default=None, least=0),
                      payload_word_bits=section.integer("payload_word_bits", default=None, least=0))
    section.close()
    return rank


def _flattened(section: Section, names: SparseNames) -> tuple[tuple[str, ...], ...]:
    taken = section.take("flattened_rankIDs")
    if taken is None:
        return ()
    value, path = taken
    if not isinstance(value, list) or not all(isinstance(group, list) for group in value):
        section.report.add(path, seen=shown(value), expected="a list of lists of dimensions, as in [[R, S]]")
        return ()
    for i, group in enumerate(value):
        for j, dimension in enumerate(group):
            _check_name(dimension, (*path, i, j), names.dimensions, "dimension", section.report)
    return tuple(tuple(str(dimension) for dimension in group) for group in value)


def _skips_by_position(entry: Section) -> bool:
    """Whether an entry is the old spelling of what compute skipping is: only non-zeros of a compressed tensor meet. Takes it then."""
    if str(entry.peek("type")).replace("-", "_") != _POSITION or entry.peek("condition_on") != []:
        return False
    entry.report.note(entry.path_of("type"),
                      f"{_POSITION} is read as skipping at the compute level: zeros of compressed tensors never meet")
    entry.drop()
    return True


def _actions(entries: list[Section], level: str, names: SparseNames) -> Iterable[ActionOptimization]:
    for group, entry in enumerate(entries, start=1):
        entry.require(["type"], "gating or skipping")
        path = entry.path_of("type")
        kind = cast(ActionKind, entry.text("type", default="gating", choices=get_args(ActionKind)))
        if not entry.has("options"):
            yield from _action(entry, level, kind, None, names)
            continue
        options = entry.children("options")
        if kind == "skipping_spatial" and len(options) > 1:
            entry.report.add(path, seen=f"{kind} with {len(options)} options", expected="one; Timeloop has no alternatives of it")
        entry.close(("target", "condition_on"))
        for option in options:
            yield from _action(option, level, kind, group if len(options) > 1 else None, names)


def _action(section: Section, level: str, kind: ActionKind, group: int | None, names: SparseNames) -> Iterable[ActionOptimization]:
    section.require(["target"], "the tensor whose accesses are saved")
    section.require(["condition_on"], "a list of the tensors whose zeros save them")
    target = _tensor(section, ("target",), names)
    conditions = section.names("condition_on", known=names.tensors, kind="tensor") or ()
    section.close()
    if target is not None:
        yield ActionOptimization(level=level, kind=kind, target=target, condition_on=conditions, option_group=group)


def _compute(entries: list[Section]) -> frozenset[Literal["gating", "skipping"]]:
    kinds: set[Literal["gating", "skipping"]] = set()
    for entry in entries:
        entry.require(["type"], "gating or skipping")
        text = entry.text("type", default="gating", choices=tuple(_COMPUTE))
        kinds.add(cast(Literal["gating", "skipping"], _COMPUTE[text]))
        entry.close()
    return frozenset(kinds)


def _tensor(section: Section, keys: tuple[str, ...], names: SparseNames) -> str | None:
    taken = section.take(*keys)
    if taken is None:
        return None
    value, path = taken
    return value if _check_name(value, path, names.tensors, "tensor", section.report) else None


def _check_name(value: object, path: Path, known: tuple[str, ...] | None, kind: str, report: Report) -> bool:
    if isinstance(value, str) and (known is None or value in known):
        return True
    expected = f"a {kind}: {', '.join(known)}" if known else f"a {kind}"
    report.add(path, seen=shown(value), expected=expected, fix=question(str(value), known or ()))
    return False
