"""What is taken and what is kept while candidates walk."""

import numpy as np
import pytest
from search.machines import conv1d, costs, machine

from snnhw.model.plan import make_plan
from snnhw.model.sparse_plan import make_sparse_plan
from snnhw.search.annealing import _select
from snnhw.search.memory import empty_memory, remember_all
from snnhw.search.pool import Pool, copy_candidates, propose, starting_pool, take
from snnhw.search.randomness import seeded
from snnhw.search.score import CYCLES, ENERGY
from snnhw.search.space import make_mapspace
from snnhw.search.task import Task, metric_values, scores_of
from snnhw.spec.constraints import Constraints
from snnhw.spec.mapper import MapperConfig

PROBLEM = conv1d(p=48, c=24, m=36, r=3)
COSTS = np.array([[3.0, 10.0], [2.0, 20.0], [np.inf, np.inf], [2.0, 15.0]])


def task(**config: object) -> Task:
    architecture = machine(columns=6, rows=4, spad_words=40)
    plan = make_plan(architecture, PROBLEM, costs())
    return Task(plan=plan, sparse=make_sparse_plan(architecture, PROBLEM), config=MapperConfig(**config), listener=None,
                mapspace=make_mapspace(architecture, PROBLEM, Constraints(), plan))


def pool_of(one: Task, size: int) -> Pool:
    return starting_pool(one.plan, one.sparse, one.space, size)


def marked(one: Task, size: int) -> Pool:
    """A pool whose candidates can be told apart by their keys."""
    pool = pool_of(one, size)
    pool.keys[:] = np.arange(size)
    return pool


def test_metrics_are_energy_cycles_and_their_product() -> None:
    values = metric_values(COSTS, ("energy", "cycles", "edp"))
    assert values[:, 0].tolist() == [3.0, 10.0, 30.0]
    assert np.isinf(values[:, 2]).all()


def test_the_first_metric_outweighs_the_next_in_a_score() -> None:
    scores = scores_of(COSTS, ("energy", "cycles"))
    assert np.argsort(scores).tolist() == [3, 1, 0, 2]


def test_the_best_is_the_least_of_the_metrics_in_their_order() -> None:
    one = task(metrics=("energy", "cycles"))
    pool = marked(one, 4)
    pool.factors[3, 0, 0] = 77
    one._note_best(pool, COSTS)
    assert one.best is not None
    assert one.best.values == (2.0, 15.0)
    assert one.best.cost[ENERGY] == 2.0
    assert one.best.cost[CYCLES] == 15.0
    assert one.best.factors[0, 0] == 77


def test_what_does_not_fit_is_never_the_best() -> None:
    one = task()
    one._note_best(marked(one, 1), np.array([[np.inf, np.inf]]))
    assert one.best is None


def test_candidates_beyond_the_budget_are_not_scored() -> None:
    one = task(max_evaluations=3)
    costs_found = np.zeros((5, 2))
    wanted = np.array([True, False, True, True, True])
    one.score(pool_of(one, 5), wanted, costs_found)
    assert one.evaluated == 3
    assert wanted.tolist() == [True, False, True, True, False]
    assert np.isinf(costs_found[4]).all()
    assert np.isfinite(costs_found[:4]).all()


def test_better_candidates_are_taken_and_worse_ones_not_when_it_is_cold() -> None:
    one = task()
    pool, proposed = marked(one, 4), marked(one, 4)
    proposed.keys[:] += np.uint64(10)
    scores = np.array([1.0, 1.0, np.inf, 1.0])
    take(pool, scores, proposed, np.array([0.5, 2.0, 3.0, 1.0]), 0.0, seeded(0))
    assert pool.keys.tolist() == [10, 1, 12, 13]
    assert scores.tolist() == [0.5, 1.0, 3.0, 1.0]


def test_worse_candidates_are_taken_with_the_probability_of_the_temperature() -> None:
    one = task()
    pool, proposed = marked(one, 4000), marked(one, 4000)
    proposed.keys[:] += np.uint64(10_000)
    take(pool, np.zeros(4000), proposed, np.full(4000, 0.2), 0.2, seeded(1))
    assert (pool.keys >= 10_000).mean() == pytest.approx(np.exp(-1.0), abs=0.03)


def test_what_does_not_fit_is_not_taken_even_when_it_is_hot() -> None:
    one = task()
    pool, proposed = marked(one, 100), marked(one, 100)
    proposed.keys[:] += np.uint64(1000)
    take(pool, np.zeros(100), proposed, np.full(100, np.inf), 1e9, seeded(2))
    assert (pool.keys < 1000).all()


def test_the_worst_quarter_gives_way_to_the_best() -> None:
    one = task()
    pool, scores = marked(one, 32), np.arange(32.0)
    _select(pool, scores)
    assert pool.keys.tolist() == [*range(24), *range(8)]
    assert scores.tolist() == [*range(24), *range(8)]


def test_copied_candidates_are_copied_whole() -> None:
    one = task()
    pool = marked(one, 2)
    pool.factors[1, 0, 0], pool.orders[1, 0, 0, 0], pool.keep[1, 0, 0] = 5, 3, True
    copy_candidates(pool, np.array([1]), np.array([0]))
    for array in pool:
        np.testing.assert_array_equal(array[0], array[1])


def test_what_is_known_is_not_wanted_again() -> None:
    one = task()
    pool, proposed, memory = pool_of(one, 16), pool_of(one, 16), empty_memory(64)
    found, wanted = np.zeros((16, 2)), np.ones(16, np.bool_)
    arrays = one.plan, one.sparse, one.space, pool, proposed, memory, found, wanted
    propose(*arrays, seeded(3), one.died)
    assert wanted.all()
    remember_all(memory, proposed.keys, np.full((16, 2), 42.0), wanted)
    propose(*arrays, seeded(3), one.died)
    assert not wanted.any()
    assert (found == 42.0).all()


def test_what_is_dropped_is_counted_under_the_check_that_it_fails() -> None:
    one = task()
    pool, proposed, state = pool_of(one, 16), pool_of(one, 16), seeded(4)
    dropped = sum(propose(one.plan, one.sparse, one.space, pool, proposed, empty_memory(1), np.zeros((16, 2)), np.ones(16, np.bool_),
                          state, one.died) for _ in range(30))
    assert dropped == one.died.sum() > 0
