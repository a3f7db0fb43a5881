"""The roofline as plain data: each layer under each roof, and what bounds it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from snnhw.model.result import LayerResult
from snnhw.report.roofline import Roof, roofline_of
from snnhw.spec.architecture import Architecture

COMPUTE = "compute"


def roof_record(layers: Sequence[LayerResult], architectures: Sequence[Architecture]) -> dict[str, Any]:
    """peak: operations in a cycle of all compute instances; roofs: one a bandwidth; points: by layer, one under each roof; tightest: the
    roof that bounds most layers; where none bounds any, the first with a bandwidth among those that layers move words of.

    intensity: operations a word of the roof's level; performance: operations a cycle; bound: of a layer, the roof that its cycles come
    from, or the compute.
    """
    found = roofline_of(zip(layers, architectures, strict=True))
    points = [{"layer": point.layer, "roof": i, "intensity": point.intensity, "performance": point.performance, "words": point.words,
               "bounds": point.bounds} for i, roof in enumerate(found.roofs) for point in found.points
              if (point.level, point.direction) == (roof.level, roof.direction) and point.words > 0]
    names = [roof_name(roof) for roof in found.roofs]
    bound = {str(point["layer"]): names[int(str(point["roof"]))] for point in points if point["bounds"]}
    counts = [sum(bool(point["bounds"]) for point in points if point["roof"] == i) for i in range(len(names))]
    drawn = {point["roof"] for point in points}
    ranks = [(count, i in drawn, roof.words_per_cycle is not None) for i, (count, roof) in enumerate(zip(counts, found.roofs, strict=True))]
    return {"peak": found.peak, "tightest": ranks.index(max(ranks)) if ranks else 0, "points": points,
            "roofs": [{"name": name, "words_per_cycle": roof.words_per_cycle} for name, roof in zip(names, found.roofs, strict=True)],
            "bound": [bound.get(layer.name, COMPUTE) for layer in layers]}


def roof_name(roof: Roof) -> str:
    """The level, and what its bandwidth bounds."""
    return f"{roof.level} {roof.direction}"
