"""Sparse optimisations in Sparseloop's terms: representation formats, and gating or skipping of actions and computes (SAFs)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

RankFormat: TypeAlias = Literal["UB", "B", "CP", "RLE", "UOP"]
ActionKind: TypeAlias = Literal["gating", "skipping", "skipping_spatial"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormatRank:
    """One rank of a format. flattened: groups of dimensions that the rank may fold into one fibre (`flattened_rankIDs`).

    metadata_word_bits and payload_word_bits: None takes the level's metadata word.
    """

    format: RankFormat
    flattened: tuple[tuple[str, ...], ...] = ()
    metadata_word_bits: int | None = None
    payload_word_bits: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RepresentationFormat:
    """How a level stores a tensor: ranks from the outermost to the innermost."""

    level: str
    tensor: str
    ranks: tuple[FormatRank, ...]
    outer_to_inner: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionOptimization:
    """Accesses of `target` at a level are gated or skipped where the tile of every tensor of `condition_on` ... is zero.

    With `skipping_spatial` instances below the level that would get nothing but zeros are not there at all, so that a mapping may spread
    over more of them than the chip has, as long as those that are left fit.
    option_group: None where the entry stands alone; entries of one level and kind with the same number (from 1) are alternatives, of
    which the one that saves most is used (Timeloop's `options` with several items).
    """

    level: str
    kind: ActionKind
    target: str
    condition_on: tuple[str, ...]
    option_group: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SparseOptimizations:
    """All sparse optimisations of an architecture. compute: what the compute level does with ineffectual operations."""

    formats: tuple[RepresentationFormat, ...] = ()
    actions: tuple[ActionOptimization, ...] = ()
    compute: frozenset[Literal["gating", "skipping"]] = frozenset()
