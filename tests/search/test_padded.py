"""Factors that do not divide a dimension, as an option of the search."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from search.machines import conv1d, costs, fixed, machine

from snnhw.errors import SearchError
from snnhw.model import evaluate
from snnhw.search import search
from snnhw.search.padded import cut_back, fan_outs, larger_bounds
from snnhw.spec.constraints import Constraints
from snnhw.spec.factors import covered
from snnhw.spec.mapper import MapperConfig
from snnhw.spec.mapping import LevelMapping, Loop, Mapping

QUICK = MapperConfig(max_evaluations=2000)
IMPERFECT = replace(QUICK, imperfect=True)


def test_a_prime_dimension_runs_over_a_fan_out_in_fewer_passes() -> None:
    """7 over 4 instances: 4 and then 3, in 2 passes, where factors that divide need 7."""
    architecture, problem = machine(columns=4, rows=1), conv1d(p=7, c=1, m=1, r=1)
    config = replace(IMPERFECT, metrics=("cycles",))
    outcome = search(architecture, problem, Constraints(), costs(), config)
    divided = search(architecture, problem, Constraints(), costs(), replace(config, imperfect=False))
    assert (divided.evaluation.levels[0].cycles, outcome.evaluation.levels[0].cycles) == (7, 2)
    assert outcome.evaluation.cycles < divided.evaluation.cycles
    loops = [loop for level in outcome.mapping.levels for loop in (*level.temporal, *level.spatial_y, *level.spatial_x)]
    assert [loop.is_imperfect for loop in loops if loop.dimension == "P"].count(True) == 1


def test_the_result_is_what_the_model_says_of_its_mapping_and_no_worse_than_factors_that_divide() -> None:
    architecture, problem = machine(columns=4, rows=3), conv1d(p=13, c=3, m=7)
    outcome = search(architecture, problem, Constraints(), costs(), IMPERFECT)
    assert outcome.evaluation == evaluate(architecture, problem, outcome.mapping, costs())
    divided = search(architecture, problem, Constraints(), costs(), QUICK)
    assert outcome.report.objective is not None
    assert divided.report.objective is not None
    assert outcome.report.objective < divided.report.objective


def test_nothing_is_called_optimal_and_the_bound_holds() -> None:
    report = search(machine(columns=4, rows=1), conv1d(p=7, c=2, m=2), Constraints(), costs(), IMPERFECT).report
    assert not report.optimal
    assert report.lower_bound is not None
    assert report.objective is not None
    assert 0 < report.lower_bound <= report.objective


def test_the_ruby_template_of_a_file_asks_for_it() -> None:
    outcome = search(machine(columns=4, rows=1), conv1d(p=7, c=1, m=1, r=1), Constraints(imperfect=True), costs(),
                     replace(QUICK, metrics=("cycles",)))
    assert outcome.evaluation.levels[0].cycles == 2


def test_a_fixed_factor_that_divides_nothing_may_be_met_by_a_larger_bound() -> None:
    """P=4 in space does not divide 7."""
    constraint = Constraints(loops=(fixed("DRAM", "spatial", "P=4"),))
    architecture, problem = machine(columns=4, rows=1), conv1d(p=7, c=1, m=1, r=1)
    with pytest.raises(SearchError):
        search(architecture, problem, constraint, costs(), QUICK)
    mapping = search(architecture, problem, constraint, costs(), IMPERFECT).mapping
    assert [loop.bound for level in mapping.levels for loop in level.spatial_x if loop.dimension == "P"] == [4]


@settings(max_examples=200, deadline=None, derandomize=True)
@given(bounds=st.lists(st.integers(1, 6), min_size=1, max_size=5), data=st.data())
def test_loops_that_are_cut_back_cover_the_bound_exactly(bounds: list[int], data: st.DataObject) -> None:
    product = 1
    for bound in bounds:
        product *= bound
    true = data.draw(st.integers(1, product))
    mapping = Mapping(levels=tuple(LevelMapping(level=f"L{i}", temporal=(Loop(dimension="P", bound=n),)) for i, n in enumerate(bounds)))
    cut = [loop for level in cut_back(mapping, conv1d(p=true, c=1, m=1, r=1)).levels for loop in level.temporal]
    assert covered([(loop.bound, loop.bound if loop.residual is None else loop.residual) for loop in cut]) == true
    assert all(loop.residual is None or 1 <= loop.residual < loop.bound for loop in cut)
    assert all(after.bound <= before for before, after in zip(bounds, cut, strict=True))


def test_larger_bounds_need_fewer_passes_over_some_fan_out() -> None:
    """13 over 4 instances: 4 passes cover 16, 5 cover 15, 6 or more of 3 or 2 cover 18, 14 ...; a divisor needs 13."""
    assert list(larger_bounds(13, (4,))) == [16, 15, 18]
    assert list(larger_bounds(64, (14,))) == [65, 66, 70]
    assert list(larger_bounds(12, (4, 3))) == []


def test_fan_outs_are_those_that_loops_can_run_over() -> None:
    assert fan_outs(machine(columns=4, rows=3)) == (3, 4)
