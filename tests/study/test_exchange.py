"""Mappings exchanged between points, on tiny_snn."""

from dataclasses import replace

import pytest

from snnhw.engines.evaluate import evaluate
from snnhw.engines.preparation import prepare
from snnhw.model.evaluate import evaluate as evaluate_mapping
from snnhw.spec.mapper import MapperConfig
from snnhw.study.exchange import Searched, best_mappings, exchanged, with_exchanged


def searched(name, budget):
    """mnist_784_400 on tiny_snn after a search of so many mappings."""
    config = MapperConfig(max_evaluations=budget)
    prepared = prepare("tiny_snn", "mnist_784_400", mapper=config)
    result = evaluate("tiny_snn", "mnist_784_400", mapper=config)
    return Searched(key=(name,), run=prepared.run, tasks=prepared.tasks, result=result)


@pytest.fixture(scope="module")
def points():
    return searched("short", 2), searched("long", 300)


def edp(layer):
    return layer.evaluation.energy_pJ * layer.evaluation.cycles


def test_a_point_takes_the_better_mapping_of_another_and_the_other_keeps_its_own(points):
    short, long = points
    moved = exchanged(points)
    worse = [layer.name for layer, other in zip(short.result.layers, long.result.layers, strict=True) if edp(layer) > edp(other)]
    assert worse
    assert [(one.key, one.origin, one.chosen.name) for one in moved] == [(("short",), ("long",), name) for name in worse]
    assert [layer.mapping for layer in with_exchanged(long, moved).layers] == [layer.mapping for layer in long.result.layers]


def test_a_layer_with_another_mapping_is_what_an_evaluation_of_that_mapping_gives(points):
    short, long = points
    best = with_exchanged(short, exchanged(points))
    assert best.energy_pJ == pytest.approx(long.result.energy_pJ, rel=1e-12)
    assert best.cycles == long.result.cycles
    assert best.energy_pJ * best.cycles < short.result.energy_pJ * short.result.cycles


def test_of_equal_mappings_a_task_keeps_its_own(points):
    long = points[1]
    assert exchanged((long, replace(long, key=("again",)))) == ()


def test_mappings_of_other_shapes_or_constraints_are_no_candidates(points):
    task, good = points[0].tasks[0], points[1].result.layers[0].mapping
    poor = points[0].result.layers[0].mapping
    assert best_mappings((task, task), (poor, good)) == (1, 1)
    other = replace(task, problem=replace(task.problem, bounds={**task.problem.bounds, "T": task.problem.bounds["T"] + 1}))
    assert best_mappings((task, other), (poor, good)) == (0, 1)


def test_the_choice_goes_by_the_first_metric_of_the_mapper(points):
    task, found = points[0].tasks[0], [point.result.layers[0].mapping for point in points]
    for metric, figure in (("energy", "energy_pJ"), ("cycles", "cycles")):
        chosen = best_mappings([replace(task, config=replace(task.config, metrics=(metric,)))] * 2, found)
        costs = [getattr(evaluate_mapping(task.architecture, task.problem, one, task.reference), figure) for one in found]
        assert [costs[place] for place in chosen] == [min(costs)] * 2
