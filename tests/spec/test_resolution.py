"""Constraints of an architecture made definite for a problem."""

from __future__ import annotations

from typing import Any

import pytest

from snnhw.spec.constraints import Constraints, FactorBound, LoopConstraint, StorageConstraint
from snnhw.spec.problem import Problem, Tensor, Term
from snnhw.spec.resolution import passed_over, resolve


def tensor(name: str, dimensions: str) -> Tensor:
    """A tensor with one rank for each dimension."""
    return Tensor(name=name, projection=tuple((Term(dimension=dimension),) for dimension in dimensions))


PROBLEM = Problem(name="matmul", dimensions=("M", "K", "N"), bounds={"M": 4, "K": 6, "N": 1},
                  tensors=(tensor("A", "MK"), tensor("B", "KN"), tensor("Z", "MN")))


def equal(dimension: str, value: int) -> FactorBound:
    """A fixed factor."""
    return FactorBound(dimension=dimension, relation="=", value=value)


def resolved(**words: Any) -> LoopConstraint:
    """A temporal constraint, resolved."""
    loop = LoopConstraint(level="glb", kind="temporal", **words)
    return resolve(Constraints(loops=(loop,)), PROBLEM).loops[0]


@pytest.mark.parametrize(("words", "factors"), [
    ({"factors": (equal("M", 2),)}, (equal("M", 2),)),
    ({"factors": (equal("X", 2), equal("M", 2))}, (equal("M", 2),)),
    ({"factors": (equal("M", 8),)}, ()),
    ({"factors": (equal("M", 0),)}, (equal("M", 0),)),
    ({"factors": (FactorBound(dimension="M", relation="<=", value=8),)}, (FactorBound(dimension="M", relation="<=", value=8),)),
    ({"factors": (equal("M", 2),), "only_listed": True}, (equal("M", 2), equal("K", 1), equal("N", 1))),
    ({"factors": (FactorBound(dimension="M", relation=">=", value=1),), "only_listed": True},
     (FactorBound(dimension="M", relation=">=", value=1), equal("K", 1), equal("N", 1))),
    ({"only_listed": True, "maximize": (("K",),)}, (equal("M", 1), equal("N", 1))),
    ({"no_iteration": ("Z",)}, (equal("M", 1), equal("N", 1))),
    ({"no_iteration": ("*",)}, (equal("M", 1), equal("K", 1), equal("N", 1))),
    ({"must_iterate": ("B",)}, (equal("M", 1),)),
    ({"must_iterate": ("B", "none of this name"), "factors": (equal("M", 2),)}, (equal("M", 2),)),
    ({"max_factor": 3, "factors": (equal("M", 2), FactorBound(dimension="K", relation="<=", value=5))},
     (equal("M", 2), FactorBound(dimension="K", relation="<=", value=5), FactorBound(dimension="N", relation="<=", value=3))),
    ({"min_factor": 2, "factors": (equal("M", 2), equal("N", 1))}, (equal("M", 2), equal("N", 1), FactorBound(dimension="K", relation=">=",
        value=2))),
])
def test_shorthands_become_factors(words: dict[str, Any], factors: tuple[FactorBound, ...]) -> None:
    """Written factors go before what a shorthand implies; what the problem lacks, or what exceeds its bounds, is left out."""
    made = resolved(**words)
    assert made.factors == factors
    assert (made.only_listed, made.no_iteration, made.must_iterate, made.max_factor, made.min_factor) == (False, (), (), None, None)


def test_fixed_factors_above_their_bounds_are_noted() -> None:
    """And no others: neither limits, nor what the problem lacks."""
    factors = (equal("M", 8), equal("K", 6), equal("X", 9), FactorBound(dimension="N", relation="<=", value=2))
    loop = LoopConstraint(level="glb", kind="spatial", factors=factors)
    assert list(passed_over(Constraints(loops=(loop,)), PROBLEM)) == [
        "glb spatial M=8 is more than the bound 4 and is passed over, as Timeloop does"]


def test_all_tensors_are_written_out() -> None:
    """Where "*" stands; tensors of other problems are left out."""
    assert resolved(no_reuse=("*",)).no_reuse == ("A", "B", "Z")
    assert resolved(no_reuse=("B", "Weights")).no_reuse == ("B",)
    assert resolved(no_link_transfer=("B", "Weights")).no_link_transfer == ("B",)


def test_dimensions_that_the_problem_lacks_leave_permutations() -> None:
    """And the split counts without them."""
    made = resolved(innermost=("T", "K", "R", "M"), split=3, maximize=(("T", "M"), ("R",)))
    assert (made.innermost, made.split, made.maximize) == (("K", "M"), 1, (("M",),))
    assert resolved(innermost=("K",), outermost=("R", "N"), split=1).outermost == ("N",)


@pytest.mark.parametrize(("others", "keep", "bypass"), [("free", {"A"}, {"B"}), ("keep", {"A", "Z"}, {"B"}), ("bypass", {"A"}, {"B", "Z"})])
def test_all_other_tensors_are_kept_or_bypassed(others: Any, keep: set[str], bypass: set[str]) -> None:
    """keep_only, bypass_only and "*"."""
    storage = StorageConstraint(level="glb", keep=frozenset({"A", "Weights"}), bypass=frozenset({"B"}), others=others)
    made = resolve(Constraints(storage=(storage,), min_utilization=0.5), PROBLEM)
    assert made.storage == (StorageConstraint(level="glb", keep=frozenset(keep), bypass=frozenset(bypass)),)
    assert made.min_utilization == 0.5


def test_resolving_twice_changes_nothing() -> None:
    """What is definite stays."""
    loop = LoopConstraint(level="glb", kind="spatial", factors=(equal("M", 2),), only_listed=True, innermost=("T", "M"), split=2,
                          max_factor=4)
    once = resolve(Constraints(loops=(loop,), storage=(StorageConstraint(level="glb", others="keep"),)), PROBLEM)
    assert resolve(once, PROBLEM) == once
