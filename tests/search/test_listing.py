"""Listing a small mapspace: every set of loops, each once."""

from collections.abc import Iterator

import numpy as np
import pytest
from search.machines import conv1d, costs, every_mapping, fixed, machine

from snnhw.errors import CapacityError
from snnhw.model import evaluate
from snnhw.model.plan import make_plan
from snnhw.model.sparse_plan import make_sparse_plan
from snnhw.search.divisors import chain
from snnhw.search.listing import Listing, LoopOrders, factor_table, listing
from snnhw.search.mapper import mapping_of
from snnhw.search.space import make_mapspace
from snnhw.search.task import Candidate
from snnhw.spec.architecture import Architecture
from snnhw.spec.constraints import Constraints, LoopConstraint, StorageConstraint
from snnhw.spec.mapping import Mapping
from snnhw.spec.problem import Problem

KEEP_ALL = StorageConstraint(level="pad", keep=frozenset({"Weights", "Inputs", "Outputs"}))


def listed(architecture: Architecture, problem: Problem, *loops: LoopConstraint, limit: int = 10_000,
           storage: tuple[StorageConstraint, ...] = (KEEP_ALL,)) -> Listing | None:
    plan = make_plan(architecture, problem, costs())
    mapspace = make_mapspace(architecture, problem, Constraints(loops=loops, storage=storage), plan)
    return listing(mapspace, plan, make_sparse_plan(architecture, problem), limit, np.zeros(5, np.int64))


def mappings(everything: Listing | None, architecture: Architecture, problem: Problem) -> Iterator[Mapping]:
    assert everything is not None
    for factors, orders, keep in everything.candidates():
        yield mapping_of(architecture, problem, Candidate(factors=factors, orders=orders, keep=keep, values=(), cost=(0, 0)))


def fits(architecture: Architecture, problem: Problem, mapping: Mapping) -> bool:
    try:
        evaluate(architecture, problem, mapping, costs())
    except CapacityError:
        return False
    return True


@pytest.mark.parametrize(("problem", "spad_words"), [(conv1d(p=4, c=2, m=2), 7), (conv1d(p=2, c=3, m=1, r=2), 5)])
def test_lists_exactly_the_mappings_that_fit(problem: Problem, spad_words: int) -> None:
    architecture = machine(spad_words=spad_words, columns=2, rows=3)
    ours = list(mappings(listed(architecture, problem), architecture, problem))
    theirs = [mapping for mapping in every_mapping(architecture, problem) if fits(architecture, problem, mapping)]
    assert len(ours) == len(set(ours)) == len(theirs)
    assert set(ours) == set(theirs)


def test_the_count_is_that_of_the_candidates() -> None:
    everything = listed(machine(), conv1d(p=4, c=2, m=2))
    assert everything is not None
    assert everything.count(10 ** 9) == len(list(everything.candidates()))


@pytest.mark.parametrize("limit", [1, 10, 100])
def test_a_mapspace_above_the_limit_is_not_listed(limit: int) -> None:
    assert listed(machine(), conv1d(p=4, c=2, m=2), limit=limit) is None


def test_constraints_leave_fewer() -> None:
    architecture, problem = machine(), conv1d(p=4, c=2, m=2)
    all_of_them = list(mappings(listed(architecture, problem), architecture, problem))
    innermost = LoopConstraint(level="DRAM", kind="temporal", innermost=("C",))
    narrowed = list(mappings(listed(architecture, problem, fixed("pad", "temporal", "P=2"), innermost), architecture, problem))
    expected = [one for one in all_of_them if [loop.bound for loop in one.level("pad").temporal if loop.dimension == "P"] == [2]
                and all(loop.dimension != "C" for loop in one.level("DRAM").temporal[:-1])]
    assert set(narrowed) == set(expected)


def test_each_choice_of_what_is_kept_is_listed() -> None:
    architecture, problem = machine(), conv1d(p=1, c=1, m=2)
    kept = {one.level("pad").keep for one in mappings(listed(architecture, problem, storage=()), architecture, problem)}
    assert len(kept) == 8


def test_factors_in_space_are_listed_along_both_axes() -> None:
    table = factor_table(chain(4, [(1, 1), (1, 1), (1, 4), (1, 1)]), np.array([1, 1, 1, 1, 4, 4]), 10)
    assert table is not None
    assert table.tolist() == [[1, 1, 1, 1, 4, 1], [1, 1, 1, 1, 1, 4]]


def test_factors_in_space_are_listed_only_where_they_fit() -> None:
    table = factor_table(chain(4, [(1, 1), (1, 1), (1, 4), (1, 4)]), np.array([1, 1, 1, 4, 2, 4]), 10)
    assert table is not None
    assert table.tolist() == [[1, 1, 1, 4, 1, 1], [1, 1, 1, 2, 2, 1], [1, 1, 1, 2, 1, 2], [1, 1, 1, 1, 1, 4]]


def test_a_partial_order_has_as_many_orders_as_counted() -> None:
    before = np.zeros((1, 2, 4, 4), np.bool_)
    before[0, 0, 0, 1] = before[0, 0, 2, 3] = True
    factors = np.ones((3, 4), np.int64)
    factors[0] = 2
    orders = LoopOrders(before)
    found = [tuple(one[0, 0].tolist()) for one in orders.all(factors)]
    assert orders.count(factors) == len(found) == len(set(found)) == 6
    assert all(order.index(0) < order.index(1) and order.index(2) < order.index(3) for order in found)
