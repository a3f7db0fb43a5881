"""The sparse optimisations of an architecture as arrays (see plan.py for the index letters; r counts ranks from the inside)."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from snnhw.errors import MappingError
from snnhw.model.density import MODELS
from snnhw.model.formats import CODES, CP, NONE, RLE, B
from snnhw.spec.architecture import Architecture, StorageLevel
from snnhw.spec.problem import Problem, Tensor
from snnhw.spec.sparse import ActionOptimization, FormatRank, RepresentationFormat


class Spatial(NamedTuple):
    """Instances that spatial skipping leaves of a mapping (see spatial.py). active: there is any; else the arrays are empty.

    skips (l, k): the level leaves out instances below it for want of the tensor. Places p are the compute, 0, then the levels, 1 + l:
    ratio (p, k): share of the mapped instances that work, on average; most (p, k, 2): along X and Y that must be there.
    """

    active: bool
    skips: np.ndarray
    ratio: np.ndarray
    most: np.ndarray


NO_SPATIAL = Spatial(False, np.zeros((0, 0), np.bool_), np.zeros((0, 0), np.float64), np.zeros((0, 0, 0), np.int64))


class SparsePlan(NamedTuple):
    """Arrays over levels (l), tensors (k), ranks (r), dimensions (d), and gated or skipped accesses (s) in the order of their analysis.

    active: there is anything sparse at all. is_output (k,); relevant (k, d); law (k, 5): see density.py.
    rank_count (l, k): 0 without a format; rank_codes (l, k, r); rank_groups (l, k, r, d): see ranks.assign_ranks; rank_bits (l, k, r, 2).
    in_order (k,): some rank of a format takes fewer than all loops, so that what a tile holds depends on their order.
    outer_to_inner, compressed (l, k); metadata_width, metadata_capacity_bits, metadata_ratio (l,); decompresses (l,).
    saf_level, saf_skips, saf_target, saf_group (s,); saf_conditions (s, k): options of one group are alternatives.
    spatial: of one mapping, put in for it; NO_SPATIAL here.
    """

    active: bool
    is_output: np.ndarray
    relevant: np.ndarray
    law: np.ndarray
    rank_count: np.ndarray
    rank_codes: np.ndarray
    rank_groups: np.ndarray
    rank_bits: np.ndarray
    in_order: np.ndarray
    outer_to_inner: np.ndarray
    compressed: np.ndarray
    decompresses: np.ndarray
    metadata_width: np.ndarray
    metadata_capacity_bits: np.ndarray
    metadata_ratio: np.ndarray
    saf_level: np.ndarray
    saf_skips: np.ndarray
    saf_target: np.ndarray
    saf_group: np.ndarray
    saf_conditions: np.ndarray
    gates_compute: bool
    skips_compute: bool
    follows_faults: bool
    spatial: Spatial


def make_sparse_plan(architecture: Architecture, problem: Problem, follows_faults: bool = False) -> SparsePlan:
    """Arrays of all sparse optimisations; `active` is False where the architecture has none. follows_faults: see docs/fidelity.md."""
    sparse = architecture.sparse
    levels = architecture.storage[::-1]
    index = {level.name: i for i, level in enumerate(levels)}
    tensors = {tensor.name: k for k, tensor in enumerate(problem.tensors)}
    formats = [f for f in sparse.formats if f.level in index and f.tensor in tensors]
    actions = [a for a in sparse.actions if a.level in index and a.target in tensors]
    temporal = [a for a in actions if a.kind != "skipping_spatial"]
    ordered = sorted(temporal, key=lambda action: (action.kind == "skipping", index[action.level]))
    return SparsePlan(
        active=bool(formats or actions or sparse.compute),
        is_output=np.array([tensor.read_write for tensor in problem.tensors], np.bool_),
        relevant=np.array([[d in tensor.dimensions() for d in problem.dimensions] for tensor in problem.tensors], np.bool_),
        law=np.array([_law(problem, tensor) for tensor in problem.tensors], np.float64),
        **_format_arrays(formats, problem, levels, index, tensors),
        decompresses=np.array([bool(level.attributes.get("decompression_supported", False)) for level in levels], np.bool_),
        metadata_width=np.array([0 if level.metadata is None else level.metadata.width_bits for level in levels], np.float64),
        metadata_capacity_bits=np.array([_metadata_capacity(level) for level in levels], np.float64),
        metadata_ratio=np.array([0 if level.metadata is None else level.metadata.word_bits // level.word_bits for level in levels],
                                np.float64),
        **_saf_arrays(ordered, index, tensors),
        gates_compute="gating" in sparse.compute, skips_compute="skipping" in sparse.compute,
        follows_faults=follows_faults, spatial=NO_SPATIAL,
    )


def _law(problem: Problem, tensor: Tensor) -> tuple[float, ...]:
    """The density law of a tensor, see density.LAW. Raises MappingError for a banded tensor that is no square matrix."""
    words = problem.tensor_size(tensor)
    if tensor.density.model != "banded":
        return MODELS[tensor.density.model], tensor.density.value, words, 0, 0
    side, band = math.isqrt(words), tensor.density.band_width or 0
    sides = [1 + sum(abs(term.coefficient) * (problem.bounds[term.dimension] - 1) for term in rank) for rank in tensor.projection]
    if sides != [side, side]:
        raise MappingError(f"{tensor.name} is {' x '.join(map(str, sides))}; a banded density needs a square matrix")
    filled = side + sum(2 * (side - d) for d in range(1, min(band, side - 1) + 1))
    return MODELS["banded"], filled / words, words, side, band


def _metadata_capacity(level: StorageLevel) -> float:
    """Bits of metadata that a level can hold; DRAM holds any."""
    if level.is_dram or level.depth_words is None:
        return math.inf
    if level.metadata is None:
        return 0.0
    if level.metadata.depth_words is None:
        return math.inf
    return math.floor(level.metadata.depth_words * level.metadata.width_bits / level.multiple_buffering)


def _format_arrays(formats: list[RepresentationFormat], problem: Problem, levels: tuple[StorageLevel, ...],
                   index: dict[str, int], tensors: dict[str, int]) -> dict[str, np.ndarray]:
    ranks = max((len(f.ranks) for f in formats), default=1)
    shape = (len(levels), len(tensors))
    dims = len(problem.dimensions)
    count = np.zeros(shape, np.int64)
    codes = np.full((*shape, ranks), NONE, np.int64)
    groups = np.zeros((*shape, ranks, dims), np.int64)
    bits = np.zeros((*shape, ranks, 2), np.int64)
    outer_to_inner = np.ones(shape, np.bool_)
    for f in formats:
        at = index[f.level], tensors[f.tensor]
        count[at] = len(f.ranks)
        outer_to_inner[at] = f.outer_to_inner
        for r, rank in enumerate(reversed(f.ranks)):
            codes[at][r] = CODES[rank.format]
            groups[at][r] = _groups(rank, problem.dimensions)
            bits[at][r] = word_bits(rank, levels[at[0]])
    compressed = np.asarray(np.isin(codes, [RLE, CP, B]).any(axis=2))
    in_order = np.array([any(_takes_some(rows) for level in range(shape[0]) for rows in groups[level, k, :count[level, k]])
                         for k in range(shape[1])], np.bool_)
    return {"rank_count": count, "rank_codes": codes, "rank_groups": groups, "rank_bits": bits, "in_order": in_order,
            "outer_to_inner": outer_to_inner, "compressed": compressed}


def _takes_some(groups: np.ndarray) -> bool:
    """Whether a rank takes fewer than all loops. groups: (dims,) of its flattening rule."""
    return bool((groups < 0).any() or (groups != groups[0]).any())


def _groups(rank: FormatRank, dimensions: tuple[str, ...]) -> list[int]:
    """For each dimension the list of the flattening rule that holds it, -1 for none; -2 everywhere without a rule."""
    if not rank.flattened:
        return [-2] * len(dimensions)
    return [next((g for g, group in enumerate(rank.flattened) if dimension in group), -1) for dimension in dimensions]


def word_bits(rank: FormatRank, level: StorageLevel) -> tuple[int, int]:
    """Bits of a metadata word and of a payload word: as given, else the level's; widened to a divisor of the row."""
    default = level.metadata.word_bits if level.metadata else 0
    given = None if rank.format == "UB" else rank.metadata_word_bits
    if rank.format == "B" and given is None:
        given = 1
    payload = None if rank.format == "UB" else rank.payload_word_bits
    width = level.metadata.width_bits if level.metadata else 0
    return _fit(default if given is None else given, width), _fit(default if payload is None else payload, width)


def _fit(bits: int, width: int) -> int:
    """The next width that divides a row of the metadata store, if there is one below twice the bits."""
    return next((wider for wider in range(bits, 2 * bits) if width % wider == 0), bits) if bits and width else bits


def _saf_arrays(actions: list[ActionOptimization], index: dict[str, int], tensors: dict[str, int]) -> dict[str, np.ndarray]:
    conditions = np.zeros((len(actions), len(tensors)), np.bool_)
    for s, action in enumerate(actions):
        for name in action.condition_on:
            conditions[s, tensors[name]] = True
    groups = [getattr(action, "option_group", 0) for action in actions]
    keys = [(a.level, a.kind, g if g else -1 - s) for s, (a, g) in enumerate(zip(actions, groups, strict=True))]
    return {"saf_level": np.array([index[a.level] for a in actions], np.int64),
            "saf_skips": np.array([a.kind == "skipping" for a in actions], np.bool_),
            "saf_target": np.array([tensors[a.target] for a in actions], np.int64),
            "saf_group": np.array([keys.index(key) for key in keys], np.int64),
            "saf_conditions": conditions}



