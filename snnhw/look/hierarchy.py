"""An architecture as a tree: from the outermost level to the compute, with sizes, widths, instances and energies, and who says so."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from snnhw.report.energy import shortened
from snnhw.report.quantities import seconds, significant
from snnhw.report.sources import said_once
from snnhw.spec.architecture import Architecture, Component, Compute, Mesh, StorageLevel
from snnhw.spec.reference import ComponentCost, ReferenceTable

BITS_OF_KIB = 8192
ASCII_STROKES = ("+-- ", "|   ", "    ")
STROKES = ("\N{BOX DRAWINGS LIGHT UP AND RIGHT}\N{BOX DRAWINGS LIGHT HORIZONTAL} ", "\N{BOX DRAWINGS LIGHT VERTICAL}  ", "   ")
"""What stands before a child, before the lines between children, and before the lines below the last child."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A component: a line, further lines that belong to it, and what lies inside."""

    title: str
    details: tuple[str, ...] = ()
    inside: tuple[Branch, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hierarchy:
    """The tree, and who says its energies and from which source, in the order of their numbers."""

    root: Branch
    sources: tuple[tuple[str, str], ...]

    def lines(self, width: int, *, ascii_only: bool) -> list[str]:
        """The tree as text, no line wider than `width`; the sources below."""
        text = list(_drawn(self.root, width, ASCII_STROKES if ascii_only else STROKES))
        note = "pJ: of one action of one instance, of leak in one cycle; area: of one instance."
        short, letters = said_once([source for _, source in self.sources])
        numbered = (f"[{i}] {who}: {source}" for i, ((who, _), source) in enumerate(zip(self.sources, short, strict=True), 1))
        sources = (line for one in (*numbered, *letters) for line in textwrap.wrap(one, width, subsequent_indent="    "))
        return [*text, "", *textwrap.wrap(note, width), *sources]


def hierarchy(architecture: Architecture, reference: ReferenceTable) -> Hierarchy:
    """The tree of an architecture with its energies: the storage levels inside each other, in the innermost the compute; the other
    components beside the outermost level."""
    numbers: dict[tuple[str, str], int] = {}
    costs = reference.components
    made = [Branch(title=_title(level, level.mesh), details=(*_level(level, architecture), *_costs(costs.get(level.name), numbers)))
            for level in architecture.storage]
    compute = architecture.compute
    inner = Branch(title=_title(compute, compute.mesh), details=(f"{compute.word_bits} bit", *_costs(costs.get(compute.name), numbers)))
    for branch in reversed(made):
        inner = Branch(title=branch.title, details=branch.details, inside=(inner,))
    outside = [Branch(title=_title(part, part.mesh) + (f", {part.role}" if part.role else ""),
                      details=tuple(_costs(costs.get(part.name), numbers))) for part in architecture.parts]
    head = (f"{architecture.technology_nm:g} nm, {seconds(architecture.cycle_seconds)} a cycle",
            *([", ".join(f"{name} {value}" for name, value in architecture.variables.items())] if architecture.variables else []))
    return Hierarchy(root=Branch(title=architecture.name, details=head, inside=(inner, *outside)), sources=tuple(numbers))


def _title(part: StorageLevel | Compute | Component, mesh: Mesh) -> str:
    kind = part.class_name if part.subclass in (None, part.class_name) else f"{part.class_name} {part.subclass}"
    shape = f" x {mesh.instances} ({mesh.x} wide, {mesh.y} high)" if mesh.instances > 1 else ""
    return f"{part.name}{shape}: {kind}"


def _level(level: StorageLevel, architecture: Architecture) -> Iterator[str]:
    if level.is_dummy:
        yield "holds nothing, fans out"
        return
    yield _size(level)
    yield _words(level)
    limits = {"reads": level.read_bandwidth, "writes": level.write_bandwidth, "both together": level.shared_bandwidth}
    said = [f"{name} {limit:g}" for name, limit in limits.items() if limit is not None]
    if said:
        yield f"bandwidth in words per cycle{' and instance' if level.mesh.instances > 1 else ''}: {', '.join(said)}"
    formats = [f"{one.tensor} {'-'.join(rank.format for rank in one.ranks)}" for one in architecture.sparse.formats
               if one.level == level.name]
    if formats:
        store = f", metadata of {level.metadata.word_bits} bit in rows of {level.metadata.width_bits}" if level.metadata else ""
        yield f"formats: {', '.join(formats)}{store}"
    saved = [f"{one.kind} {one.target} on {', '.join(one.condition_on)}" for one in architecture.sparse.actions if one.level == level.name]
    if saved:
        yield "; ".join(saved)


def _size(level: StorageLevel) -> str:
    if level.capacity_bits is None:
        return f"unbounded, rows of {level.width_bits} bit"
    buffered = f", {level.multiple_buffering:g}-fold buffered" if level.multiple_buffering != 1 else ""
    kib = level.capacity_bits / BITS_OF_KIB
    size = f"{significant(kib)} KiB" if kib >= 1 else f"{level.capacity_bits / 8:,.10g} B"
    each = " each" if level.mesh.instances > 1 else ""
    return f"{size}{each}: {level.depth_words:,} rows of {level.width_bits} bit{buffered}"


def _words(level: StorageLevel) -> str:
    own = ", ".join(f"{tensor} {bits}" for tensor, bits in level.tensor_word_bits.items())
    return f"words in bit: {own}" if own else f"words of {level.word_bits} bit"


def _costs(cost: ComponentCost | None, numbers: dict[tuple[str, str], int]) -> Iterator[str]:
    """Energies of the actions that cost something, those that are equal together, with the number of their source."""
    if cost is None:
        return
    groups: dict[tuple[str, tuple[str, str]], list[str]] = {}
    for action, energy in cost.actions.items():
        if energy.energy_pJ > 0:
            said = energy.estimator, energy.source
            groups.setdefault((significant(energy.energy_pJ), said), []).append(action)
    for (pJ, said), actions in groups.items():
        yield f"{shortened(actions)} {pJ} pJ [{numbers.setdefault(said, len(numbers) + 1)}]"
    if cost.area_um2:
        yield f"area {significant(cost.area_um2)} um2"


def _drawn(branch: Branch, width: int, strokes: Sequence[str], before: str = "", below: str = "") -> Iterator[str]:
    yield from textwrap.wrap(branch.title, width, initial_indent=before, subsequent_indent=f"{below}    ")
    bar = below + (strokes[1] if branch.inside else strokes[2])
    for detail in branch.details:
        yield from textwrap.wrap(detail, width, initial_indent=bar, subsequent_indent=f"{bar}  ", break_on_hyphens=False)
    for i, child in enumerate(branch.inside):
        last = i == len(branch.inside) - 1
        stroke = strokes[0] if last or strokes is ASCII_STROKES else "\N{BOX DRAWINGS LIGHT VERTICAL AND RIGHT}" + strokes[0][1:]
        yield from _drawn(child, width, strokes, below + stroke, below + (strokes[2] if last else strokes[1]))

