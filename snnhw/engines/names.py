"""Names in an architecture's constraints and sparse optimisations, held against the tensors and dimensions that a layer has."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

from snnhw.errors import Finding, SpecError
from snnhw.spec.architecture import Architecture
from snnhw.spec.constraints import LoopConstraint
from snnhw.spec.problem import Problem

LAYER_DIMENSIONS = frozenset("TGCMRSPQ")
"""Dimensions that layers can have; an architecture may speak of those that a layer lacks."""


LAYER_TENSORS = frozenset({"Weights", "Inputs", "Outputs"})


def check_names(architecture: Architecture, problem: Problem) -> None:
    """Raises SpecError for every tensor or dimension that an architecture names and no layer has."""
    tensors = {tensor.name for tensor in problem.tensors}
    dimensions = LAYER_DIMENSIONS | set(problem.dimensions)
    findings = [*_unknown(architecture, tensor_names(architecture), tensors, "tensor"),
                *_unknown(architecture, dimension_names(architecture), dimensions, "dimension")]
    if findings:
        raise SpecError(findings)


def unknown_names(architecture: Architecture) -> Iterator[str]:
    """A sentence for all dimensions, and one for all tensors, that an architecture names and layers do not have."""
    for what, named, known in (("dimension", dimension_names(architecture), LAYER_DIMENSIONS),
                               ("tensor", tensor_names(architecture), LAYER_TENSORS)):
        strange = sorted({name for _, name in named} - known - {"*"})
        if strange:
            yield (f"layers have no {what} {', '.join(strange)}: theirs are {', '.join(sorted(known))}; "
                   f"rename {'them' if len(strange) > 1 else 'it'} with --rename OLD=NEW")


def _unknown(architecture: Architecture, named: Iterable[tuple[str, str]], known: set[str] | frozenset[str],
             what: str) -> Iterator[Finding]:
    for where, name in named:
        if name in known or name == "*":
            continue
        near = difflib.get_close_matches(name, sorted(known), 1)
        yield Finding(file=architecture.name, key=where, seen=f"the unknown {what} {name}", expected=f"one of {', '.join(sorted(known))}",
                      fix=f'did you mean "{near[0]}"?' if near else f"take {name} out")


def tensor_names(architecture: Architecture) -> Iterator[tuple[str, str]]:
    """Every tensor that an architecture names, with the place where; some several times, "*" among them."""
    for level in architecture.storage:
        yield from ((f"{level.name}: datawidth", name) for name in level.tensor_word_bits)
    for held in architecture.constraints.storage:
        yield from ((f"{held.level}: keep", name) for name in sorted(held.keep))
        yield from ((f"{held.level}: bypass", name) for name in sorted(held.bypass))
    for loops in architecture.constraints.loops:
        yield from ((f"{loops.level}: {loops.kind}: no_reuse", name) for name in loops.no_reuse)
        yield from ((f"{loops.level}: {loops.kind}: no_link_transfer", name) for name in loops.no_link_transfer)
    for stored in architecture.sparse.formats:
        yield f"{stored.level}: representation_format", stored.tensor
    for action in architecture.sparse.actions:
        yield from ((f"{action.level}: {action.kind}", name) for name in (action.target, *action.condition_on))


def dimension_names(architecture: Architecture) -> Iterator[tuple[str, str]]:
    """Every dimension that the constraints of an architecture name, with the place where; some several times."""
    for loops in architecture.constraints.loops:
        yield from ((f"{loops.level}: {loops.kind}", name) for name in _dimensions_of(loops))


def _dimensions_of(loops: LoopConstraint) -> Iterator[str]:
    yield from (factor.dimension for factor in loops.factors)
    yield from (*loops.innermost, *loops.outermost, *loops.only_x, *loops.only_y)
    yield from (name for group in loops.maximize for name in group)
