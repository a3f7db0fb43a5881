"""A mapping as a loop nest in text, level by level, from the outermost loop to the innermost. Pure: for the terminal and for reports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from snnhw.spec.mapping import LevelMapping, Loop, Mapping

INDENT = "  "
DEEPEST = 16
"""Loops that are indented; those further in stand below each other, so that lines stay short."""


def loop_nest(mapping: Mapping, *, tensors: Sequence[str] = (), compute: str = "compute") -> list[str]:
    """Lines of text: each level with the tensors that it keeps, its temporal loops (`for`), then its spatial ones (`parallel for`).

    Loops of one iteration are left out. tensors: in which order they are named; compute: the name of what the innermost loop does.
    """
    lines: list[str] = []
    depth = 0
    for level in mapping.levels:
        lines.append(f"{_indented(depth)}{level.level}: {_kept(level, tensors)}")
        for text in (*_loops(level.temporal, "for"), *_loops(level.spatial_x, "parallel for", "X"),
                     *_loops(level.spatial_y, "parallel for", "Y")):
            depth += 1
            lines.append(f"{_indented(depth)}{text}")
        depth += 1
    return [*lines, f"{_indented(depth)}{compute}"]


def _indented(depth: int) -> str:
    return INDENT * min(depth, DEEPEST)


def _kept(level: LevelMapping, tensors: Sequence[str]) -> str:
    names = [name for name in tensors if name in level.keep] + sorted(level.keep - set(tensors))
    unlinked = f", not handed on by neighbours: {', '.join(sorted(level.no_link_transfer))}" if level.no_link_transfer else ""
    return (f"keeps {', '.join(names)}" if names else "keeps nothing") + unlinked


def _loops(loops: Sequence[Loop], word: str, axis: str = "") -> Iterator[str]:
    for loop in loops:
        if loop.bound == 0:
            yield f"{word} {loop.dimension} over all that is left" + (f" along {axis}" if axis else "")
        elif loop.bound > 1:
            last = f", the last pass {loop.residual}" if loop.is_imperfect else ""
            yield f"{word} {loop.dimension} in 0..{loop.bound - 1}" + (f" along {axis}" if axis else "") + last
