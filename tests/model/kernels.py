"""What the kernel's functions are called with, made from the small cases of cases.py."""

from __future__ import annotations

from typing import NamedTuple

from model.cases import reference

from snnhw.model.encoding import CompleteNest, Nest, encode, encode_complete
from snnhw.model.plan import Plan, make_plan
from snnhw.model.sparse_plan import SparsePlan, make_sparse_plan
from snnhw.spec.architecture import Architecture
from snnhw.spec.mapping import Mapping
from snnhw.spec.problem import Problem


class Inputs(NamedTuple):
    """Arrays of one case. Levels count from the innermost, 0."""

    plan: Plan
    sparse: SparsePlan
    nest: Nest
    complete: CompleteNest


def inputs(arch: Architecture, prob: Problem, nest: Mapping, **energies: float) -> Inputs:
    """The arrays of a case."""
    plan = make_plan(arch, prob, reference(arch, **energies))
    return Inputs(plan, make_sparse_plan(arch, prob), encode(prob, nest), encode_complete(prob, nest, plan.columns * plan.rows > 1))
