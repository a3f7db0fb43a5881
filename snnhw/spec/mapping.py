"""A mapping: which loops run at which level, in time and in space, and which tensors each level keeps."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """A loop of one level over one dimension: `bound` iterations, `residual` of them in the last pass (Timeloop's `P=3,2`)."""

    dimension: str
    bound: int
    residual: int | None = None

    @property
    def is_imperfect(self) -> bool:
        """Whether the last pass has fewer iterations than the others."""
        return self.residual is not None and self.residual != self.bound


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelMapping:
    """The loops of one storage level, each tuple from the outermost to the innermost loop.

    spatial_x and spatial_y unroll over the instances of the next inner level. keep: tensors that the level stores.
    no_link_transfer: tensors that these instances do not hand to each other (Timeloop's directive of a spatial entry).
    """

    level: str
    temporal: tuple[Loop, ...] = ()
    spatial_x: tuple[Loop, ...] = ()
    spatial_y: tuple[Loop, ...] = ()
    keep: frozenset[str] = frozenset()
    no_link_transfer: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """All levels, from the outermost to the innermost storage level, in the architecture's order."""

    levels: tuple[LevelMapping, ...]

    def unlinked(self) -> dict[str, frozenset[str]]:
        """Tensors that the instances in the fan-out of a level do not hand to each other, by the level's name."""
        return {level.level: level.no_link_transfer for level in self.levels}

    def level(self, name: str) -> LevelMapping:
        """The part of a level; KeyError if there is none."""
        return {level.level: level for level in self.levels}[name]
