"""Where constraints of components and containers land: on storage levels, and on the fan-outs between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from snnhw.spec.constraints import FactorBound, LoopConstraint, StorageConstraint
from snnhw.spec.document import Document, KeyPath
from snnhw.spec.factors import parse_permutation
from snnhw.spec.forms import Findings
from snnhw.spec.forms_nodes import ConstraintsForm, DataspaceForm, LoopForm, SpatialLoopForm, factor_bounds
from snnhw.spec.nodes_tree import Placed


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a constraint can be for. level: the storage level of the component, None for other components and containers;
    spatial_level: the level from which its fan-out comes, None where it has none (or nothing stands around it)."""

    item: Placed
    level: str | None
    spatial_level: str | None


class ConstraintReader:
    """Translates constraints into ours, noting those that can hold nowhere."""

    def __init__(self, document: Document, findings: Findings):
        self.document, self.findings = document, findings
        self.loops: list[LoopConstraint] = []
        self.storage: list[StorageConstraint] = []

    def read(self, form: ConstraintsForm, target: Target, path: KeyPath) -> None:
        """All constraints of one component or container. path: of the mapping with dataspace, temporal and spatial."""
        if form.dataspace is not None:
            self.dataspace(form.dataspace, target, (*path, "dataspace"))
        if form.temporal is not None:
            self.temporal(form.temporal, target, (*path, "temporal"))
        if form.spatial is not None:
            self.spatial(form.spatial, target, (*path, "spatial"))

    def dataspace(self, form: DataspaceForm, target: Target, path: KeyPath) -> None:
        """keep, bypass and their macros."""
        if target.level is None:
            self._misplaced(target, path, "dataspace")
            return
        made = self.storage_constraint(form, target.level, path)
        if made.keep or made.bypass or made.others != "free":
            self.storage.append(made)

    def storage_constraint(self, form: DataspaceForm, level: str, path: KeyPath) -> StorageConstraint:
        """The noun of a dataspace constraint. Contradictions are noted."""
        keep, bypass = set(form.keep), set(form.bypass)
        others: Literal["free", "keep", "bypass"] = "free"
        if form.keep_only is not None and form.bypass_only is not None:
            self.note(path, seen="keep_only beside bypass_only", expected="one of the two")
        if form.keep_only is not None:
            keep, others = keep | set(form.keep_only), "bypass"
        elif form.bypass_only is not None:
            bypass, others = bypass | set(form.bypass_only), "keep"
        both = sorted((keep & bypass) - {"*"})
        if both or ("*" in keep and "*" in bypass):
            self.note(path, seen=f"{', '.join(both) or '*'} under keep and under bypass", expected="one of the two")
        if "*" in keep:
            others = "keep"
        elif "*" in bypass:
            others = "bypass"
        return StorageConstraint(level=level, keep=frozenset(keep - {"*"}), bypass=frozenset(bypass - {"*"}), others=others)

    def temporal(self, form: LoopForm, target: Target, path: KeyPath) -> None:
        """Constraints on the loops of a storage level."""
        if target.level is None:
            self._misplaced(target, path, "temporal")
            return
        if form.maximize_dims and form.maximize_dims_capacity is None:
            self.note(path, seen="maximize_dims", expected="maximize_dims_capacity beside it: no fan-out bounds loops in time")
        self._append(self._loop(form, target.level, "temporal"))

    def spatial(self, form: SpatialLoopForm, target: Target, path: KeyPath) -> None:
        """Constraints on the fan-out into a component or container; they hold for the spatial loops of the level around it."""
        if target.spatial_level is None:
            large = [factor for factor in factor_bounds([*form.factors, *(form.factors_only or [])]) if _demands(factor)]
            if large:
                first = large[0]
                self.note((*path, "factors"), seen=f"{first.dimension}{first.relation}{first.value}",
                           expected=f"a factor of 1, as {target.item.name} has no fan-out", fix="add spatial: {meshX: ...}")
            return
        self._append(replace(self._loop(form, target.spatial_level, "spatial"), split=form.split,
                             no_link_transfer=tuple(form.no_link_transfer)))

    def _loop(self, form: LoopForm, level: str, kind: Literal["temporal", "spatial"]) -> LoopConstraint:
        items = form.permutation
        innermost, outermost = parse_permutation(items[0] if len(items) == 1 else items) if items else ((), ())
        factors = factor_bounds([*form.factors, *(form.factors_only or [])])
        return LoopConstraint(
            level=level, kind=kind, factors=factors, innermost=innermost, outermost=outermost,
            maximize=tuple(tuple(group) for group in form.maximize_dims), no_reuse=tuple(form.no_reuse),
            only_listed=form.factors_only is not None, no_iteration=tuple(form.no_iteration_over_dataspaces),
            must_iterate=tuple(form.must_iterate_over_dataspaces), max_factor=form.default_max_factor, min_factor=form.default_min_factor,
            maximize_capacity=form.maximize_dims_capacity)

    def _append(self, loop: LoopConstraint) -> None:
        if loop != LoopConstraint(level=loop.level, kind=loop.kind):
            self.loops.append(loop)

    def _misplaced(self, target: Target, path: KeyPath, kind: str) -> None:
        what = "a container" if target.item.is_container else f"{target.item.name}, which stores nothing,"
        self.note(path, seen=f"a {kind} constraint", expected=f"it at a storage level; {what} can have a spatial one only")

    def note(self, path: KeyPath, **words: str) -> None:
        """Note something wrong at a path."""
        self.findings.add(self.document.finding(path, **words))


def branch_constraints(reader: ConstraintReader, placed: Sequence[Placed], levels: Mapping[str, str | None]) -> None:
    """In a !Parallel each tensor goes through one branch: what a branch keeps passes the others by (timeloopfe's rule)."""
    branches: dict[KeyPath, dict[int, list[Placed]]] = {}
    for item in placed:
        if item.branch is not None:
            branches.setdefault(item.branch[0], {}).setdefault(item.branch[1], []).append(item)
    for members in branches.values():
        _one_parallel(reader, members, levels)


def _one_parallel(reader: ConstraintReader, members: Mapping[int, Sequence[Placed]], levels: Mapping[str, str | None]) -> None:
    keeps = {number: _kept(items, reader) for number, items in members.items()}
    owners: set[str] = set()
    made: list[StorageConstraint] = []
    for number, items in members.items():
        for tensor in sorted(keeps[number]):
            if tensor in owners or (tensor == "*" and len(members) > 1):
                reader.note((*items[0].path, "constraints"), seen=f"{tensor} kept in two branches of !Parallel",
                            expected="each tensor in one branch")
        owners |= keeps[number]
        others = frozenset[str]().union(*(keep for other, keep in keeps.items() if other != number)) - {"*"}
        for level, item in ((levels.get(item.name), item) for item in items):
            if level is not None and not keeps[number]:
                reader.note((*item.path, "constraints"), seen="a branch of !Parallel that keeps nothing",
                            expected="constraints: {dataspace: {keep: [...]}} with the tensors of this branch")
            if level is not None and others:
                made.append(StorageConstraint(level=level, bypass=others))
    reader.storage += made


def _kept(items: Sequence[Placed], reader: ConstraintReader) -> set[str]:
    """Tensors that a branch keeps, by the constraints of its storage levels or of a !Nothing in it."""
    forms = [item.constraints.dataspace for item in items if item.is_nothing and item.constraints.dataspace is not None]
    kept = {tensor for form in forms for tensor in (*form.keep, *(form.keep_only or []))}
    names = {item.name for item in items}
    own = [part for part in reader.storage if part.level in names]
    return kept | {tensor for part in own for tensor in part.keep} | ({"*"} if any(part.others == "keep" for part in own) else set())


def _demands(factor: FactorBound) -> bool:
    """Whether a bound can hold only with more than one instance (0 stands for the whole dimension and may be 1)."""
    return factor.relation in ("=", ">=") and factor.value > 1


def joined_storage(parts: Sequence[StorageConstraint]) -> tuple[StorageConstraint, ...]:
    """One constraint a level, which asks what all of that level ask."""
    result: dict[str, StorageConstraint] = {}
    for part in parts:
        before = result.get(part.level, StorageConstraint(level=part.level))
        result[part.level] = StorageConstraint(level=part.level, keep=before.keep | part.keep, bypass=before.bypass | part.bypass,
                                               others=part.others if before.others == "free" else before.others)
    return tuple(result.values())
