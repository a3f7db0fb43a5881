"""A mapping as people read it: the loop nest, line by line, and the arrays over which loops are unrolled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import prod
from typing import Any

from snnhw.model.result import LayerResult
from snnhw.spec.architecture import Architecture
from snnhw.spec.mapping import Loop

CELL, GAP, MOST_CELLS = 22, 3, 32
"""Pixels of a PE and between two of them; arrays with more along a side are drawn as one block."""


def nest_lines(layer: LayerResult) -> list[dict[str, Any]]:
    """The loop nest from the outside in. kind: "level", "loop", "spatial" or "body"; depth: loops around the line."""
    lines: list[dict[str, Any]] = []
    depth = 0
    for level in layer.mapping.levels:
        kept = [tensor.name for tensor in layer.problem.tensors if tensor.name in level.keep]
        lines.append({"kind": "level", "depth": depth, "text": f"{level.level}  [{', '.join(kept) or 'keeps nothing'}]"})
        for kind, loops in (("", level.temporal), ("meshY", level.spatial_y), ("meshX", level.spatial_x)):
            for loop in loops:
                if loop.bound > 1:
                    lines.append({"kind": "spatial" if kind else "loop", "depth": depth, "text": _loop_text(loop, kind)})
                    depth += 1
    lines.append({"kind": "body", "depth": depth, "text": f"{layer.evaluation.levels[0].name}: one operation"})
    return lines


def nest_text(layer: LayerResult) -> str:
    """The loop nest as text, two spaces a loop."""
    return "\n".join("  " * line["depth"] + line["text"] for line in nest_lines(layer))


def _loop_text(loop: Loop, mesh: str) -> str:
    last = f" (last pass {loop.residual})" if loop.is_imperfect else ""
    return f"parallel for {loop.dimension} in 0..{loop.bound}{last} on {mesh}" if mesh else f"for {loop.dimension} in 0..{loop.bound}{last}"


def array_records(layer: LayerResult, architecture: Architecture | None) -> list[dict[str, Any]]:
    """Each array that a level fans out to, from the outside in.

    inner: what each instance is made of; columns, rows: instances along meshX and meshY for one instance of the level above;
    used_columns, used_rows: those that loops are unrolled on; x, y: these loops as text; cells: each instance, none of a large array.
    Without an architecture only what is used is known.
    """
    fans = list(_fans(layer, architecture))
    wide = [i for i, (_, _, (columns, rows)) in enumerate(fans) if columns * rows > 1]
    return [_array(fans[i][0], [inner for _, inner, _ in fans[i:after]], fans[i][2], layer)
            for i, after in pairwise((*wide, len(fans)))]


def _fans(layer: LayerResult, architecture: Architecture | None) -> Iterator[tuple[str, str, tuple[int, int]]]:
    names = [*(level.level for level in layer.mapping.levels), layer.evaluation.levels[0].name]
    for outer, inner in pairwise(names):
        fan = (_used(_loops(layer, outer, "x")), _used(_loops(layer, outer, "y")))
        if architecture is not None:
            above = architecture.level(outer).mesh
            below = architecture.compute.mesh if inner == architecture.compute.name else architecture.level(inner).mesh
            fan = (max(fan[0], below.x // above.x), max(fan[1], below.y // above.y))
        yield outer, inner, fan


def _loops(layer: LayerResult, level: str, mesh: str) -> Sequence[Loop]:
    found = layer.mapping.level(level)
    return [loop for loop in (found.spatial_x if mesh == "x" else found.spatial_y) if loop.bound > 1]


def _used(loops: Sequence[Loop]) -> int:
    return prod(loop.bound for loop in loops)


def _array(level: str, inner: Sequence[str], fan: tuple[int, int], layer: LayerResult) -> dict[str, Any]:
    x, y = _loops(layer, level, "x"), _loops(layer, level, "y")
    columns, rows = fan
    return {"level": level, "inner": " + ".join(inner), "columns": columns, "rows": rows, "used_columns": _used(x), "used_rows": _used(y),
            "x": _product(x), "y": _product(y), "cells": _cells(columns, rows, x, y) if max(columns, rows) <= MOST_CELLS else []}


def _product(loops: Sequence[Loop]) -> str:
    return " × ".join(f"{loop.dimension} {loop.bound}" for loop in loops) or "nothing"


def _cells(columns: int, rows: int, x: Sequence[Loop], y: Sequence[Loop]) -> list[dict[str, Any]]:
    """Each instance with its place in pixels, and the iteration of the unrolled loops that runs on it."""
    return [{"x": column * (CELL + GAP), "y": row * (CELL + GAP), "used": column < _used(x) and row < _used(y),
             "label": ", ".join((*_indices(x, column), *_indices(y, row)))
             if column < _used(x) and row < _used(y) else "idle"} for row in range(rows) for column in range(columns)]


def _indices(loops: Sequence[Loop], place: int) -> list[str]:
    """Of a place along a mesh, the iteration of each loop: the innermost one runs fastest."""
    found = []
    for loop in reversed(loops):
        place, index = divmod(place, loop.bound)
        found.append(f"{loop.dimension}={index}")
    return found[::-1]
