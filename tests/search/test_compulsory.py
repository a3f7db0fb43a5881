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


def test_it_is_met_where_everything_is_moved_once() -> None:
    """One operation: its operands are read once, its result is written once, whatever the mapping."""
    problem = conv1d(p=1, c=1, m=1, r=1)
    report = search(machine(), problem, Constraints(), costs(), MapperConfig(max_evaluations=10, algorithm="random")).report
    assert report.lower_bound == pytest.approx(report.objective)


def test_a_search_that_draws_at_random_carries_it() -> None:
    report = search(machine(), conv1d(p=8, c=4, m=4), Constraints(), costs(), MapperConfig(max_evaluations=50, algorithm="random")).report
    assert report.lower_bound is not None
    assert 0 < report.lower_bound <= report.objective
    assert not report.optimal
