"""Constraints: what a mapping must satisfy beside fitting (Timeloop's architecture and mapspace constraints)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorBound:
    """A bound on the factor of one dimension. `value` 0 with "=" stands for the whole bound of the dimension (Timeloop's `C=0`)."""

    dimension: str
    relation: Literal["=", "<=", ">="]
    value: int
    residual: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopConstraint:
    """A constraint on the temporal or the spatial loops of a level; the spatial loops are those to the next inner level.

    innermost, outermost: dimensions fixed at the inner and outer end of the permutation, each listed from inner to outer
    (Timeloop's `permutation: prefix_suffix`). split: how many loops of the permutation, from the inner end, run along X.
    maximize: dimensions whose factors are to be as large as they can, groups in falling priority.
    no_reuse: tensors for which the loops here may bring no temporal reuse, so that only relevant dimensions stand here.
    no_link_transfer: tensors that the instances under spatial loops do not hand to each other.
    Those below are timeloopfe's shorthands; `resolution.resolve` writes them out for a problem, in which "*" stands for all tensors:
    only_listed: a dimension that `factors` does not name has factor 1; no_iteration: tensors whose dimensions have factor 1;
    must_iterate: tensors outside of whose dimensions factors are 1; max_factor, min_factor: bounds where `factors` gives none;
    maximize_capacity: the largest product of the maximised factors, None for the fan-out.
    """

    level: str
    kind: Literal["temporal", "spatial"]
    factors: tuple[FactorBound, ...] = ()
    innermost: tuple[str, ...] = ()
    outermost: tuple[str, ...] = ()
    split: int | None = None
    maximize: tuple[tuple[str, ...], ...] = ()
    no_reuse: tuple[str, ...] = ()
    no_link_transfer: tuple[str, ...] = ()
    only_x: tuple[str, ...] = ()
    only_y: tuple[str, ...] = ()
    max_fanout_x: int | None = None
    max_fanout_y: int | None = None
    only_listed: bool = False
    no_iteration: tuple[str, ...] = ()
    must_iterate: tuple[str, ...] = ()
    max_factor: int | None = None
    min_factor: int | None = None
    maximize_capacity: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageConstraint:
    """Tensors that a level must keep and those that must pass it by; what neither names is as `others` says.

    others comes from timeloopfe's keep_only, bypass_only and "*"; `resolution.resolve` writes it out for the tensors of a problem.
    """

    level: str
    keep: frozenset[str] = frozenset()
    bypass: frozenset[str] = frozenset()
    others: Literal["free", "keep", "bypass"] = "free"


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraints:
    """All constraints of a search. min_utilization: least share of the compute instances that a mapping may use.

    imperfect: factors may leave a shorter last pass (Timeloop's mapspace template ruby).
    """

    loops: tuple[LoopConstraint, ...] = ()
    storage: tuple[StorageConstraint, ...] = ()
    min_utilization: float = 0.0
    imperfect: bool = False

    def unlinked(self) -> dict[str, frozenset[str]]:
        """Tensors that the instances in the fan-out of a level do not hand to each other, by the level's name."""
        result: dict[str, frozenset[str]] = {}
        for loop in self.loops:
            result[loop.level] = result.get(loop.level, frozenset()) | set(loop.no_link_transfer)
        return result

    def with_more(self, other: Constraints) -> Constraints:
        """Both sets together; a mapping has to satisfy each."""
        return Constraints(loops=self.loops + other.loops, storage=self.storage + other.storage,
                           min_utilization=max(self.min_utilization, other.min_utilization), imperfect=self.imperfect or other.imperfect)
