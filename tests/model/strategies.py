"""Tiny random architectures, problems and mappings with formats, gated and skipped accesses, and densities of both models."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st
from model.cases import architecture, fmt, level, loops, mapping, problem, saf, tensor

from snnhw.spec.architecture import Architecture
from snnhw.spec.mapping import Loop, Mapping
from snnhw.spec.problem import Problem, Rank
from snnhw.spec.sparse import ActionOptimization, RepresentationFormat, SparseOptimizations

COMPRESSED, UNCOMPRESSED = ("CP", "RLE", "B"), ("UB", "UOP")
DENSITIES = (0.0, 0.01, 0.1, 0.25, 1 / 3, 0.5, 0.75, 0.9, 0.999, 1.0)
WORDS_OF_A_ROW = (1, 2, 3, 4, 7, 8, 32, 64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Something to evaluate."""

    architecture: Architecture
    problem: Problem
    mapping: Mapping

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """How hypothesis shows an example."""
        printer.text(str(self))

    def __str__(self) -> str:
        nest = [f"{part.level}: {_shown(part.temporal)} x {_shown(part.spatial_x)} y {_shown(part.spatial_y)} keep {sorted(part.keep)}"
                for part in self.mapping.levels]
        rows = [f"{s.name} {s.width_bits}/{s.word_bits}" for s in self.architecture.storage]
        tensors = [f"{t.name}[{', '.join(_sum(rank) for rank in t.projection)}] {t.density.model} {t.density.value}"
                   for t in self.problem.tensors]
        sparse = self.architecture.sparse
        formats = [f"{f.level}.{f.tensor} {' '.join(rank.format for rank in f.ranks)}" for f in sparse.formats]
        actions = [f"{a.level} {a.kind} {a.target} on {a.condition_on} {a.option_group or ''}" for a in sparse.actions]
        return "\n  ".join(["Case", *nest, *rows, *tensors, *formats, *actions, f"compute {sorted(sparse.compute)}"])

    def with_sparse(self, **changes: Any) -> Case:
        """The case with other sparse optimisations."""
        return replace(self, architecture=replace(self.architecture, sparse=replace(self.architecture.sparse, **changes)))

    def dense(self) -> Case:
        """The case without any sparse optimisation."""
        return replace(self, architecture=replace(self.architecture, sparse=SparseOptimizations()))

    def with_densities(self, values: dict[str, float]) -> Case:
        """The case with other densities of some tensors."""
        tensors = tuple(replace(t, density=replace(t.density, value=values.get(t.name, t.density.value))) for t in self.problem.tensors)
        return replace(self, problem=replace(self.problem, tensors=tensors))


def _sum(rank: Rank) -> str:
    return "+".join(f"{term.coefficient}{term.dimension}" for term in rank)


def _shown(group: tuple[Loop, ...]) -> str:
    return " ".join(f"{loop.dimension}{loop.bound}" for loop in group) or "-"


_PROJECTIONS = (
    {"A": ("M", "K"), "B": ("K", "N"), "Z": ("M", "N")},
    {"A": ("M", "K"), "B": ("N+K",), "Z": ("M", "N")},
    {"A": ("K",), "B": ("K", "2N+M"), "Z": ("M", "N")},
    {"A": ("M", "N"), "B": ("N", "K"), "Z": ("M",)},
)


@st.composite
def cases(draw: st.DrawFn, *, formats: bool = True, actions: bool = True, rows: Iterable[int] = WORDS_OF_A_ROW, options: bool = True,
          spatial: bool = True, densities: Iterable[float] = DENSITIES, same_formats: bool = True) -> Case:
    """A case of up to three levels. same_formats: a format at all keepers of a tensor or at none, with the ranks that they need.

    rows: words of a row that may occur; options: alternatives of one group may occur.
    """
    names = ("DRAM", "Mid", "Buf")[:draw(st.integers(1, 3))]
    factors = draw(_factors(len(names), spatial))
    bounds = dict.fromkeys("MNK", 1)
    for (_, _, d), factor in factors.items():
        bounds[d] *= factor
    shape = draw(st.sampled_from(_PROJECTIONS))
    tensors = [tensor(name, *ranks, density=1.0 if name == "Z" else draw(st.sampled_from(tuple(densities))), output=name == "Z",
                      model=draw(st.sampled_from(("fixed_structured", "hypergeometric")))) for name, ranks in shape.items()]
    keeps = ["ABZ", *("".join(name for name in "ABZ" if draw(st.booleans())) for _ in names[1:])]
    made = [loops(name, _text(factors, i, "t", draw), x=_text(factors, i, "x", draw), y=_text(factors, i, "y", draw), keep=keep)
            for i, (name, keep) in enumerate(zip(names, keeps, strict=True))]
    meshes = _meshes(factors, len(names))
    word = draw(st.sampled_from((1, 8)))
    storage = [level(name, dram=i == 0, mesh=meshes[i], word=word, width=word * draw(st.sampled_from(tuple(rows))), metadata=(8, None, 4))
               for i, name in enumerate(names)]
    found = SparseOptimizations(
        formats=tuple(draw(_formats(names, keeps, same_formats))) if formats else (),
        actions=tuple(draw(_actions(names, keeps, options))) if actions else (),
        compute=draw(st.sampled_from((frozenset(), frozenset({"gating"}), frozenset({"skipping"}), frozenset({"gating", "skipping"})))))
    return Case(architecture=architecture(*storage, macs=meshes[-1], sparse=found),
                problem=problem(" ".join(f"{d}{n}" for d, n in bounds.items()), *tensors), mapping=mapping(*made))


Factors = dict[tuple[int, str, str], int]
"""Level, "t" for temporal or "x" or "y", dimension -> factor."""


@st.composite
def _factors(draw: st.DrawFn, levels: int, spatial: bool) -> Factors:
    kinds = ("t", "t", "t", "x", "y") if spatial else ("t",)
    found: Factors = {}
    for d in "MNK":
        for _ in range(draw(st.integers(0, 3))):
            where = draw(st.integers(0, levels - 1)), draw(st.sampled_from(kinds)), d
            found[where] = draw(st.sampled_from((1, 2, 2, 3, 4)))
    return found


def _text(factors: Factors, place: int, kind: str, draw: st.DrawFn) -> str:
    here = [f"{d}{n}" for (i, k, d), n in factors.items() if (i, k) == (place, kind)]
    return " ".join(draw(st.permutations(here)))


def _meshes(factors: Factors, levels: int) -> list[tuple[int, int]]:
    """Instances along X and Y of each level and of the compute."""
    meshes = [(1, 1)]
    for i in range(levels):
        x, y = meshes[-1]
        for (where, kind, _), factor in factors.items():
            x *= factor if (where, kind) == (i, "x") else 1
            y *= factor if (where, kind) == (i, "y") else 1
        meshes.append((x, y))
    return meshes


@st.composite
def _formats(draw: st.DrawFn, names: tuple[str, ...], keeps: list[str], same: bool) -> list[RepresentationFormat]:
    """Formats of some tensors: each keeper has the ranks of the next inner one and one more outside."""
    found = []
    for name in "AB":
        family = draw(st.sampled_from((None, COMPRESSED, UNCOMPRESSED)))
        if family is None:
            continue
        ranks: list[str] = []
        for where, keep in reversed(list(zip(names, keeps, strict=True))):
            if name in keep:
                ranks.insert(0, draw(st.sampled_from(family)))
                if same or draw(st.booleans()):
                    found.append(fmt(where, name, " ".join(ranks), "MNK"))
    return found


@st.composite
def _actions(draw: st.DrawFn, names: tuple[str, ...], keeps: list[str], options: bool) -> list[ActionOptimization]:
    found = []
    for where, keep in zip(names, keeps, strict=True):
        for name in keep:
            others = [other for other in "AB" if other != name]
            on = draw(st.sampled_from((*others, *(["AB"] if name == "Z" else []), "")))
            if on:
                group = draw(st.sampled_from((None, None, 1))) if options else None
                found.append(saf(where, draw(st.sampled_from(("gating", "skipping"))), name, on, group))
    return found
