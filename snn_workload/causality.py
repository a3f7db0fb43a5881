"""Causality: what a mapping may do with time steps, as constraints on the loop over T.

A spiking neuron fires by what came before, so its steps have an order. Three policies:

- strict: T is the outermost temporal loop of all, one step at a time; the whole network could run in lockstep.
- layer: a layer may take several steps at once, T tiles standing at any level in time; T is never spread over instances,
  since the steps of a neuron follow one another.
- free: no constraint, T is a loop like any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from snnhw.spec.constraints import Constraints, FactorBound, LoopConstraint
from snnhw.spec.mapper import Causality
from snnhw.spec.problem import Problem

TIME = "T"
ALL_OF_TIME = FactorBound(dimension=TIME, relation="=", value=0)
NONE_OF_TIME = FactorBound(dimension=TIME, relation="=", value=1)


def causality_constraints(policy: Causality, levels: Sequence[str], problem: Problem, *, recurrent: bool = False) -> Constraints:
    """The constraints that a policy puts on mappings of a problem.

    levels: names of the storage levels, the outermost first. recurrent: a step of the layer needs all spikes of its step before,
    so that `layer` has to be as strict as `strict`. A problem without a dimension T gets none. Source: the causality
    constraint of arXiv 2302.04174 ("time is never reordered"), which holds for every loop called T.
    """
    if TIME not in problem.dimensions or policy == "free":
        return Constraints()
    if policy == "strict" or recurrent:
        return Constraints(loops=(*_strict_in_time(levels), *_never_in_space(levels)))
    return Constraints(loops=tuple(_never_in_space(levels)))


def _strict_in_time(levels: Sequence[str]) -> Iterator[LoopConstraint]:
    """All of T at the outermost level, as its outermost loop; none of it anywhere else."""
    for i, level in enumerate(levels):
        if i == 0:
            yield LoopConstraint(level=level, kind="temporal", factors=(ALL_OF_TIME,), outermost=(TIME,))
        else:
            yield LoopConstraint(level=level, kind="temporal", factors=(NONE_OF_TIME,))


def _never_in_space(levels: Sequence[str]) -> Iterator[LoopConstraint]:
    return (LoopConstraint(level=level, kind="spatial", factors=(NONE_OF_TIME,)) for level in levels)
