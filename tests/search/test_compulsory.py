"""The bound of mapspaces that are too large to be closed."""

from __future__ import annotations

import numpy as np
import pytest
from search.machines import conv1d, costs, machine
from search.small_cases import everything, small_case

from snnhw.search import search
from snnhw.search.compulsory import compulsory_bound
from snnhw.search.task import metric_values
from snnhw.spec.constraints import Constraints
from snnhw.spec.mapper import MapperConfig, Metric, Product

METRICS: tuple[Metric, ...] = ("edp", "energy", "cycles", Product(energy=1, cycles=2))


@pytest.mark.parametrize("sparse", [False, True])
def test_no_mapping_of_a_small_mapspace_is_below_the_bound(sparse: bool) -> None:
    checked = 0
    for seed in range(500, 540):
        case = small_case(seed, sparse=sparse)
        listed = everything(case, 2000)
        if listed is None or not np.isfinite(listed.costs).any():
            continue
        for metric in METRICS:
            least = metric_values(listed.costs, (metric,)).min()
            bound = compulsory_bound(case.task(metric), case.problem)
            assert bound is not None
            assert 0 < bound <= least * (1 + 1e-9)
        checked += 1
    assert checked > 15


def test_it_is_met_where_computing_takes_longest() -> None:
    """16 operations on 4 instances take 4 cycles; the best mapping needs no more."""
    config = MapperConfig(max_evaluations=2000, algorithm="random", metrics=("cycles",))
    report = search(machine(columns=2, rows=2), conv1d(p=4, c=2, m=2, r=1), Constraints(), costs(), config).report
    assert report.lower_bound == report.objective == 4.0


def test_a_search_that_draws_at_random_carries_it() -> None:
    report = search(machine(), conv1d(p=8, c=4, m=4), Constraints(), costs(), MapperConfig(max_evaluations=50, algorithm="random")).report
    assert report.lower_bound is not None
    assert 0 < report.lower_bound <= report.objective
    assert not report.optimal
