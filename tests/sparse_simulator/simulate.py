"""The expectation of everything that the sparse model counts, measured: draw tensors, run the loop nest on them, count.

An access is ineffectual when, for some tensor of its condition, every word is zero that any operation served by the moved tile uses.
Such a move is not made (skipped or gated): its words are neither read, nor filled further in, nor do moves inside it happen, nor, for
an operand, its operations. All of this is decided on the drawn values; no probability is computed anywhere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from snnhw.spec.architecture import Architecture
from snnhw.spec.mapping import Mapping
from snnhw.spec.problem import Problem, Tensor
from snnhw.spec.sparse import ActionOptimization
from sparse_simulator.draws import structured, uniform
from sparse_simulator.packing import packed
from sparse_simulator.walk import Move, Walk

Key = tuple[str, str, str]
"""Level, tensor, count as `TensorCounts` names it. Computes stand under ("", "", "computes") and so on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Mean and standard error of a count over all instances."""

    mean: float
    error: float


@dataclass(slots=True)
class _Run:
    walk: Walk
    architecture: Architecture
    values: dict[str, np.ndarray]
    draws: int
    counts: dict[Key, np.ndarray] = field(default_factory=dict)
    emptiness: dict[tuple[str, tuple[int, ...]], np.ndarray] = field(default_factory=dict)

    def add(self, key: Key, words: np.ndarray) -> None:
        self.counts[key] = self.counts.get(key, np.zeros(self.draws)) + words


def simulate(architecture: Architecture, problem: Problem, mapping: Mapping, *, draws: int = 4000, seed: int = 0) -> dict[Key, Measured]:
    """Counts of all levels and tensors, and computes, measured over so many draws of all tensors. See Walk for what mappings it takes."""
    rng = np.random.default_rng(seed)
    walk = Walk(problem, mapping)
    values = {tensor.name: _draw(rng, draws, walk, tensor) for tensor in problem.tensors}
    run = _Run(walk, architecture, values, draws)
    dead = np.zeros((draws, walk.steps * walk.computes), np.bool_)
    for tensor in problem.tensors:
        lost = _tensor(run, tensor)
        if not tensor.read_write:
            dead |= lost
    _computes(run, dead)
    return {key: Measured(mean=float(words.mean()), error=float(words.std(ddof=1) / np.sqrt(draws))) for key, words in run.counts.items()}


def _draw(rng: np.random.Generator, draws: int, walk: Walk, tensor: Tensor) -> np.ndarray:
    branches = walk.branches(tensor)
    if tensor.density.model == "hypergeometric":
        return uniform(rng, draws, int(np.prod(branches)), tensor.density.value)
    return structured(rng, draws, branches, tensor.density.value)


def _tensor(run: _Run, tensor: Tensor) -> np.ndarray:
    """Counts all moves of one tensor. Returns (draws, operations): those whose word did not arrive."""
    lost = np.zeros((run.draws, run.walk.steps * run.walk.computes), np.bool_)
    for level in run.walk.keepers(tensor):
        actions = [action for action in run.architecture.sparse.actions
                   if action.target == tensor.name and action.level == run.walk.names[level]]
        newly_lost = np.zeros_like(lost)
        for move in run.walk.moves(tensor, level):
            stopped = _ineffectual(run, actions, move)
            arrives = ~lost[:, move.operations[0]]
            _count(run, tensor, level, move, arrives, stopped, actions)
            newly_lost[:, move.operations] = stopped[:, None]
        lost |= newly_lost
    return lost


def _ineffectual(run: _Run, actions: list[ActionOptimization], move: Move) -> np.ndarray:
    """(draws,): no operation that the move serves has a word of the condition that is not zero."""
    result = np.zeros(run.draws, np.bool_)
    for action in actions:
        for name in action.condition_on:
            words = tuple(sorted(set(run.walk.flat_words[name][move.operations].tolist())))
            if (name, words) not in run.emptiness:
                run.emptiness[name, words] = np.logical_not(run.values[name][:, list(words)].any(axis=1))
            result |= run.emptiness[name, words]
    return result


def _count(run: _Run, tensor: Tensor, level: int, move: Move, arrives: np.ndarray, stopped: np.ndarray,
           actions: list[ActionOptimization]) -> None:
    """Books one move. arrives: no level outside has stopped it; stopped: this one does, if it gates or skips."""
    keepers = run.walk.keepers(tensor)
    name, inner = tensor.name, [keeper for keeper in keepers if keeper > level]
    outer = [keeper for keeper in keepers if keeper < level]
    here, ranks = run.walk.names[level], _formats(run, tensor, level)
    tile = run.values[name][:, list(move.words)]
    words = tile.sum(axis=1) if ranks else np.full(run.draws, len(move.words))
    if outer and _formats(run, tensor, outer[-1]):
        own = run.walk.tile_words(tensor, level)
        first = move.words[0] // own * own
        arrives = arrives & run.values[name][:, first:first + own].any(axis=1)
    verb = "updates" if tensor.read_write else "reads"
    happens = arrives & ~stopped
    above, below = _metadata_of_move(run, tensor, level, move) if ranks else (0, 0)
    run.add((here, name, verb), words * happens)
    run.add((here, name, "metadata_" + verb), above * arrives + below * happens)
    if actions:
        how = "skipped_" if actions[0].kind == "skipping" else "gated_"
        run.add((here, name, how + verb), words * (arrives & stopped))
        run.add((here, name, how + "metadata_" + verb), below * (arrives & stopped))
    if inner and not tensor.read_write:
        child_ranks = _formats(run, tensor, inner[0])
        sent = happens & tile.any(axis=1) if ranks else happens
        filled = tile.sum(axis=1) if child_ranks else np.full(run.draws, len(move.words))
        run.add((run.walk.names[inner[0]], name, "fills"), move.receivers * filled * sent)
        if child_ranks:
            own_part = _metadata(run, tensor, inner[0], tile)
            run.add((run.walk.names[inner[0]], name, "metadata_fills"), move.receivers * own_part * sent)


def _formats(run: _Run, tensor: Tensor, level: int) -> tuple[str, ...]:
    """Formats of the ranks of a tensor at a level, outermost first; none without a format."""
    return next((tuple(rank.format for rank in entry.ranks) for entry in run.architecture.sparse.formats
                 if (entry.level, entry.tensor) == (run.walk.names[level], tensor.name)), ())


def fibres(walk: Walk, tensor: Tensor, level: int, formats: tuple[str, ...]) -> tuple[int, ...]:
    """Sub-tiles in a fibre of each rank, outermost first, where each rank flattens all dimensions.

    A compressed format cuts at the tiles of the levels inside: the innermost rank spans the innermost keeper's tile, each further one
    the tiles of the next keeper in those of the last. Where no rank compresses, the outermost rank spans all words.
    """
    sizes = [walk.tile_words(tensor, keeper) for keeper in walk.keepers(tensor) if keeper >= level]
    if not {"CP", "RLE", "B"} & set(formats):
        return (sizes[0], *[1] * (len(formats) - 1))
    cuts = [outer // inner for outer, inner in zip(sizes, [*sizes[1:], 1], strict=True)]
    return (*[1] * (len(formats) - len(cuts)), *cuts)


def _metadata(run: _Run, tensor: Tensor, level: int, tile: np.ndarray) -> np.ndarray:
    """(draws,): metadata and payload words of a tile in the format of a level."""
    formats = _formats(run, tensor, level)
    found = packed(tile, formats, fibres(run.walk, tensor, level, formats))
    return sum((metadata + payload for metadata, payload in found), np.zeros(run.draws))


def _metadata_of_move(run: _Run, tensor: Tensor, level: int, move: Move) -> tuple[np.ndarray, np.ndarray]:
    """Two arrays (draws,): metadata words that are read to find the tile, and those that belong to it.

    The ranks above the next keeper's tile are read once while all of the level's tile is; each move takes its share of them.
    """
    formats = _formats(run, tensor, level)
    shape = fibres(run.walk, tensor, level, formats)
    own = math.prod(shape)
    share = len(move.words) / own
    first = move.words[0] // own * own
    found = [metadata + payload for metadata, payload in packed(run.values[tensor.name][:, first:first + own], formats, shape)]
    inner = [keeper for keeper in run.walk.keepers(tensor) if keeper > level]
    if not inner or not {"CP", "RLE", "B"} & set(formats):
        return np.zeros(run.draws), share * sum(found, np.zeros(run.draws))
    own_ranks = len(formats) - len(_formats(run, tensor, inner[0]))
    below = _metadata(run, tensor, inner[0], run.values[tensor.name][:, list(move.words)])
    return share * sum(found[:own_ranks], np.zeros(run.draws)), below


def _computes(run: _Run, dead: np.ndarray) -> None:
    """Books each operation that is left by what its operands are."""
    operands = [tensor for tensor in run.walk.problem.tensors if not tensor.read_write]
    some_zero, some_absent, all_absent = np.zeros_like(dead), np.zeros_like(dead), np.ones_like(dead)
    for tensor in operands:
        zero = ~run.values[tensor.name][:, run.walk.flat_words[tensor.name]]
        absent = zero if _formats(run, tensor, run.walk.keepers(tensor)[-1]) else np.zeros_like(zero)
        some_zero |= zero & ~absent
        some_absent |= absent
        all_absent &= absent
    kinds = run.architecture.sparse.compute
    left = ~dead & ~all_absent
    skipped = left & some_absent if "skipping" in kinds else np.zeros_like(left)
    gated = left & ~skipped & (some_zero | some_absent) if "gating" in kinds else np.zeros_like(left)
    if "skipping" in kinds:
        gated &= ~some_absent
    for what, which in (("computes", left & ~skipped & ~gated), ("gated_computes", gated), ("skipped_computes", skipped)):
        run.add(("", "", what), which.sum(axis=1))
