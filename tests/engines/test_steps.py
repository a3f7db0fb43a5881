"""Densities over time: each step at its own, at one mapping."""

from __future__ import annotations

from dataclasses import replace

import pytest
from engines.small import arch_file, layer, measured, run_of

from snn_workload import LayerDensities
from snnhw.energy import estimate
from snnhw.engines.interface import engine_named
from snnhw.engines.steps import at_density, densest, over_time
from snnhw.spec.load import load_architecture
from snnhw.spec.mapping import LevelMapping, Loop, Mapping
from snnhw.spec.sparse import ActionOptimization, FormatRank, RepresentationFormat, SparseOptimizations

ALL_IN_BUFFER = Mapping(levels=(
    LevelMapping(level="DRAM", temporal=(Loop(dimension="T", bound=4),), keep=frozenset({"Weights", "Inputs", "Outputs"})),
    LevelMapping(level="buffer", temporal=(Loop(dimension="C", bound=8), Loop(dimension="M", bound=4)),
                 keep=frozenset({"Weights", "Inputs", "Outputs"})),
))  # fmt: skip


def case(tmp_path, per_step):
    """A layer on a machine that keeps spikes in run lengths and skips weights without one."""
    one = layer("fc")
    inputs = replace(measured(sum(per_step) / len(per_step)), max=max(per_step), per_step=per_step)
    one = replace(one, densities=LayerDensities(weights=one.densities.weights, inputs=inputs, outputs=one.densities.outputs))
    machine = load_architecture(arch_file(tmp_path))
    ranks = tuple(FormatRank(format="UB", flattened=(tuple("TCMRSPQ"),)) for _ in range(2))
    sparse = SparseOptimizations(formats=(RepresentationFormat(level="DRAM", tensor="Inputs", ranks=ranks),),
                                 actions=(ActionOptimization(level="buffer", kind="skipping", target="Weights", condition_on=("Inputs",)),))
    machine = replace(machine, sparse=sparse)
    problem = one.problem(4)
    engine, reference = engine_named("native"), estimate(machine)
    at_mean = engine.evaluate(machine, problem, ALL_IN_BUFFER, reference)
    return over_time(engine, one, machine, problem, ALL_IN_BUFFER, reference, at_mean), at_mean, (engine, machine, problem, reference)


def test_a_run_without_densities_of_steps_keeps_the_evaluation_at_the_mean(tmp_path):
    (evaluation, figures), at_mean, _ = case(tmp_path, (0.25,))
    assert figures is not None
    assert evaluation.energy_pJ == pytest.approx(at_mean.energy_pJ)
    one = layer("fc")
    assert over_time(engine_named("native"), one, None, None, None, None, at_mean) == (at_mean, None)


def test_the_layer_is_the_sum_of_its_steps_and_each_step_follows_its_density(tmp_path):
    steps = (0.0, 0.25, 0.5, 1.0)
    (evaluation, figures), at_mean, (engine, machine, problem, reference) = case(tmp_path, steps)
    assert sum(figures.energy_pJ) == pytest.approx(evaluation.energy_pJ)
    assert list(figures.energy_pJ) == sorted(figures.energy_pJ)
    assert figures.energy_pJ[0] < figures.energy_pJ[-1]
    for density, energy_pJ in zip(steps, figures.energy_pJ, strict=True):
        alone = engine.evaluate(machine, at_density(problem, density), ALL_IN_BUFFER, reference)
        assert energy_pJ == pytest.approx(alone.energy_pJ / 4)
    assert figures.at_mean_energy_pJ == at_mean.energy_pJ


def test_levels_and_networks_of_the_mean_add_up_to_its_energy(tmp_path):
    (evaluation, _), _, _ = case(tmp_path, (0.1, 0.9))
    parts = sum(level.energy_pJ + level.leakage_pJ for level in evaluation.levels)
    parts += sum(moved.energy_pJ for network in evaluation.networks for moved in network.tensors.values())
    assert parts == pytest.approx(evaluation.energy_pJ)


def test_steps_of_a_run_file_reach_the_result(tmp_path):
    from snnhw.engines.evaluate import evaluate

    one = layer("fc")
    inputs = replace(measured(0.3), max=0.5, per_step=(0.1, 0.1, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.5, 0.5))
    one = replace(one, densities=LayerDensities(weights=one.densities.weights, inputs=inputs, outputs=one.densities.outputs))
    result = evaluate(arch_file(tmp_path), run_of(one), mapper="quick")
    assert result.layers[0].steps.density == inputs.per_step
    assert len(result.layers[0].steps.cycles) == 10


def test_the_search_leaves_room_for_the_fullest_step(tmp_path):
    one = layer("fc")
    inputs = replace(measured(0.2), max=0.4, per_step=(0.1, 0.4, 0.1))
    one = replace(one, densities=LayerDensities(weights=one.densities.weights, inputs=inputs, outputs=one.densities.outputs))
    assert densest(one, one.problem(3)).tensor("Inputs").density.value == 0.4
    assert densest(layer("fc"), layer("fc").problem(3)) == layer("fc").problem(3)
