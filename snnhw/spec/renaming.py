"""An architecture with other names for dimensions and tensors: what one network calls K another calls M."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from snnhw.spec.architecture import Architecture, StorageLevel
from snnhw.spec.constraints import LoopConstraint, StorageConstraint
from snnhw.spec.sparse import ActionOptimization, FormatRank, RepresentationFormat, SparseOptimizations

T = TypeVar("T")


def renamed(architecture: Architecture, names: Mapping[str, str]) -> Architecture:
    """The architecture with dimensions and tensors renamed, all at once. A name whose new one is "" is left out of constraints.

    Left out are factors and places in permutations of such a dimension, formats and actions of such a tensor.
    """
    return replace(
        architecture, storage=tuple(_level(level, names) for level in architecture.storage),
        constraints=replace(architecture.constraints, loops=tuple(_loop(loop, names) for loop in architecture.constraints.loops),
                            storage=tuple(_kept(entry, names) for entry in architecture.constraints.storage)),
        sparse=SparseOptimizations(
            formats=tuple(_format(entry, names) for entry in architecture.sparse.formats if names.get(entry.tensor) != ""),
            actions=tuple(_action(entry, names) for entry in architecture.sparse.actions if names.get(entry.target) != ""),
            compute=architecture.sparse.compute))


def _each(items: Iterable[str], names: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(new for new in (names.get(item, item) for item in items) if new)


def _keys(values: Mapping[str, T], names: Mapping[str, str]) -> dict[str, T]:
    return {names.get(key, key): value for key, value in values.items() if names.get(key, key)}


def _level(level: StorageLevel, names: Mapping[str, str]) -> StorageLevel:
    return replace(level, tensor_word_bits=_keys(level.tensor_word_bits, names), bandwidth_scale=_keys(level.bandwidth_scale, names))


def _loop(loop: LoopConstraint, names: Mapping[str, str]) -> LoopConstraint:
    """The split counts loops of the permutation, so those that are left out before it are taken off."""
    gone = sum(names.get(dimension) == "" for dimension in loop.innermost[:loop.split or 0])
    return replace(
        loop, split=loop.split if loop.split is None else loop.split - gone,
        factors=tuple(replace(one, dimension=names.get(one.dimension, one.dimension))
                      for one in loop.factors if names.get(one.dimension) != ""),
        innermost=_each(loop.innermost, names), outermost=_each(loop.outermost, names),
        maximize=tuple(group for group in (_each(group, names) for group in loop.maximize) if group),
        no_reuse=_each(loop.no_reuse, names), no_link_transfer=_each(loop.no_link_transfer, names),
        no_iteration=_each(loop.no_iteration, names), must_iterate=_each(loop.must_iterate, names))


def _kept(entry: StorageConstraint, names: Mapping[str, str]) -> StorageConstraint:
    return replace(entry, keep=frozenset(_each(entry.keep, names)), bypass=frozenset(_each(entry.bypass, names)))


def _format(entry: RepresentationFormat, names: Mapping[str, str]) -> RepresentationFormat:
    return replace(entry, tensor=names.get(entry.tensor, entry.tensor), ranks=tuple(_rank(rank, names) for rank in entry.ranks))


def _rank(rank: FormatRank, names: Mapping[str, str]) -> FormatRank:
    return replace(rank, flattened=tuple(_each(group, names) for group in rank.flattened))


def _action(entry: ActionOptimization, names: Mapping[str, str]) -> ActionOptimization:
    return replace(entry, target=names.get(entry.target, entry.target), condition_on=_each(entry.condition_on, names))
