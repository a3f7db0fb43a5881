"""Small architectures, problems and mappings, written in a few words.

    problem("M4 K6", tensor("A", "M", "K", density=0.5), tensor("Z", "M", output=True))
    architecture(level("DRAM"), level("Buf", width=16), meshes are given as level(..., mesh=(2, 3)))
    mapping(loops("DRAM", "M4"), loops("Buf", "K2", x="K3", keep="A"))

Loops stand from the outermost to the innermost, as in `M4 K6`: four iterations of M, inside each six of K. `K6,2` has two in its last pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from snnhw.model import evaluate
from snnhw.model.costs import ACTIONS
from snnhw.model.result import Evaluation, LevelResult, TensorCounts
from snnhw.spec.architecture import Architecture, Compute, Mesh, MetadataStore, StorageLevel
from snnhw.spec.mapping import LevelMapping, Loop
from snnhw.spec.mapping import Mapping as LoopMapping
from snnhw.spec.problem import Density, Problem, Tensor, Term
from snnhw.spec.reference import ActionEnergy, ComponentCost, ReferenceTable
from snnhw.spec.sparse import ActionKind, ActionOptimization, FormatRank, RepresentationFormat, SparseOptimizations

MATMUL_BOUNDS = "M4 N4 K4"


def tensor(name: str, *ranks: str, density: float = 1.0, model: str = "fixed_structured", output: bool = False,
           band_width: int | None = None) -> Tensor:
    """A tensor; a rank is a dimension or a sum such as `2P+R`."""
    return Tensor(name=name, projection=tuple(tuple(_term(part) for part in rank.split("+")) for rank in ranks), read_write=output,
                  density=Density(value=density, model=model, band_width=band_width))  # type: ignore[arg-type]


def _term(text: str) -> Term:
    number, dimension = re.fullmatch(r"(-?\d*)([A-Z])", text).groups()  # type: ignore[union-attr]
    return Term(dimension=dimension, coefficient=int(number or 1))


def _pairs(text: str) -> list[tuple[str, int]]:
    return [(word[0], int(word[1:])) for word in text.split()]


def _loop(text: str) -> Loop:
    bound, _, last = text[1:].partition(",")
    return Loop(dimension=text[0], bound=int(bound), residual=int(last) if last else None)


def problem(bounds: str, *tensors: Tensor) -> Problem:
    """A problem of the bounds in `M4 K6`."""
    return Problem(name="tiny", dimensions=tuple(d for d, _ in _pairs(bounds)), bounds=dict(_pairs(bounds)), tensors=tensors)


def matmul(bounds: str = MATMUL_BOUNDS, *, a: float = 1.0, b: float = 1.0, model: str = "fixed_structured") -> Problem:
    """Z[M,N] = A[M,K] * B[K,N] with densities a and b of one model."""
    return problem(bounds, tensor("A", "M", "K", density=a, model=model), tensor("B", "K", "N", density=b, model=model),
                   tensor("Z", "M", "N", output=True))


def level(name: str, *, depth: int | None = None, word: int = 8, width: int = 8, mesh: tuple[int, int] = (1, 1), dram: bool = False,
          metadata: tuple[int, int | None, int] | None = (8, None, 8), **others: Any) -> StorageLevel:
    """A storage level. metadata: width in bits, depth in words, bits of a word."""
    store = None if metadata is None else MetadataStore(width_bits=metadata[0], depth_words=metadata[1], word_bits=metadata[2])
    return StorageLevel(name=name, class_name="DRAM" if dram else "SRAM", depth_words=depth, word_bits=word, width_bits=width,
                        mesh=Mesh(x=mesh[0], y=mesh[1]), is_dram=dram, metadata=store, **others)


def architecture(*storage: StorageLevel, macs: tuple[int, int] = (1, 1), sparse: SparseOptimizations | None = None) -> Architecture:
    """An architecture, its levels from the outermost inwards."""
    return Architecture(name="tiny", storage=storage, compute=Compute(name="mac", class_name="intmac", mesh=Mesh(x=macs[0], y=macs[1])),
                        sparse=sparse or SparseOptimizations())


def loops(name: str, temporal: str = "", *, x: str = "", y: str = "", keep: Iterable[str] = ()) -> LevelMapping:
    """The loops of one level, outermost first; keep: names of one letter may stand in one string."""
    made = [tuple(map(_loop, text.split())) for text in (temporal, x, y)]
    return LevelMapping(level=name, temporal=made[0], spatial_x=made[1], spatial_y=made[2], keep=frozenset(keep))


def mapping(*levels: LevelMapping) -> LoopMapping:
    """A mapping, its levels from the outermost inwards."""
    return LoopMapping(levels=levels)


def reference(arch: Architecture, **energies: float) -> ReferenceTable:
    """A reference table in which every read, write and compute costs 1 pJ, except for what `energies` says of an action by name.

    Gated and skipped actions and metadata cost nothing unless named.
    """
    plain = {"read": 1.0, "write": 1.0, "compute": 1.0, "compute_gated": 0.0, "compute_skipped": 0.0} | energies
    actions = {name: ActionEnergy(energy_pJ=energy) for name, energy in plain.items()}
    names = [arch.compute.name, *(storage.name for storage in arch.storage)]
    return ReferenceTable(components={name: ComponentCost(name=name, actions=actions) for name in names})


def fmt(where: str, name: str, formats: str, dimensions: str = "", *, outer_to_inner: bool = True,
        bits: int | None = None) -> RepresentationFormat:
    """A format with the ranks of `CP RLE`, outermost first. dimensions: those that each rank may flatten, none for no rule."""
    flattened = (tuple(dimensions),) if dimensions else ()
    return RepresentationFormat(level=where, tensor=name, outer_to_inner=outer_to_inner, ranks=tuple(
        FormatRank(format=f, flattened=flattened, metadata_word_bits=bits) for f in formats.split()))  # type: ignore[arg-type]


def saf(where: str, kind: ActionKind, target: str, on: Iterable[str], group: int | None = None) -> ActionOptimization:
    """Accesses of `target` are gated or skipped on the zeros of the tensors `on`."""
    return ActionOptimization(level=where, kind=kind, target=target, condition_on=tuple(on), option_group=group)


def sparse(*parts: RepresentationFormat | ActionOptimization, compute: Iterable[Literal["gating", "skipping"]] = ()) -> SparseOptimizations:
    """Formats and optimisations of an architecture."""
    return SparseOptimizations(formats=tuple(part for part in parts if isinstance(part, RepresentationFormat)),
                               actions=tuple(part for part in parts if isinstance(part, ActionOptimization)), compute=frozenset(compute))


def run(arch: Architecture, prob: Problem, loop_nest: LoopMapping, *, follow_faults: bool = False, **energies: float) -> Evaluation:
    """The evaluation with the energies of `reference`."""
    return evaluate(arch, prob, loop_nest, reference(arch, **energies), follow_faults=follow_faults)


def level_of(evaluation: Evaluation, name: str) -> LevelResult:
    """One level of an evaluation."""
    return {found.name: found for found in evaluation.levels}[name]


def at(evaluation: Evaluation, where: str, name: str) -> TensorCounts:
    """Counts of one tensor at one level."""
    return level_of(evaluation, where).tensors[name]


def nonzero(counts: TensorCounts) -> dict[str, float]:
    """The counts that are not 0."""
    return {action: getattr(counts, action) for action in ACTIONS if getattr(counts, action)}


def totals(evaluation: Evaluation) -> Mapping[tuple[str, str, str], float]:
    """Words of all instances, by level, tensor and action."""
    return {(found.name, name, action): getattr(counts, action) * counts.instances
            for found in evaluation.levels for name, counts in found.tensors.items() for action in ACTIONS}
