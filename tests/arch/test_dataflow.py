"""What the row-stationary array shares, and that every layer fits on it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from arch.flows import LAYERS, mapping, row_stationary

from snn_workload.nest import Nest, nest_problem
from snnhw.energy import estimate
from snnhw.model.evaluate import evaluate
from snnhw.spec.load import load_architecture
from snnhw.spec.problem import Density
from snnhw.spec.resolution import resolve

TINY_STEP = Nest(T=2, C=4, M=4, P=1, Q=8, R=1, S=3)


DENSE = {"spike_format": "none", "saf": "none"}


def dense(preset):
    """The machine without formats and skipping."""
    return load_architecture(preset, DENSE if preset == "eyeriss_snn" else None)


def counts(preset="eyeriss_snn"):
    """A layer of 8 positions and kernels of 3 on 8 columns and 12 rows, all of M in the state pad."""
    architecture = dense(preset)
    problem = nest_problem(TINY_STEP, name="step")
    made = mapping(architecture, dram={"T": 2}, buffer={}, x={"Q": 8}, y={"C": 4, "S": 3}, weights={}, state={"M": 4})
    return architecture, problem, evaluate(architecture, problem, made, estimate(architecture))


def level(result, name):
    return next(one for one in result.levels if one.name == name).tensors


def network(result, name):
    return next(one for one in result.networks if one.name == name).tensors


def test_a_spike_is_read_once_for_the_whole_diagonal_that_needs_it():
    """8 positions and a kernel of 3 touch 10 places of each of 4 channels in each of 2 steps."""
    _, _, result = counts()
    assert level(result, "shared_buffer")["Inputs"].reads == 2 * 4 * 10


def test_a_weight_is_sent_once_to_the_whole_row_that_uses_it():
    """4 x 4 x 3 weights, each used in 8 columns and, as they stay in the pads, in both steps."""
    _, _, result = counts()
    assert level(result, "DRAM")["Weights"].reads == 4 * 4 * 3
    assert level(result, "weight_spad")["Weights"].fills == 4


def test_partial_sums_add_up_along_columns():
    """Each of 32 sums gathers from 12 rows, by 11 additions on the way; with T outermost the pads hold the state over both steps."""
    _, _, result = counts()
    sums = network(result, "shared_buffer <==> spike_spad")["Outputs"]
    assert sums.ingresses == 32
    assert sums.spatial_reductions == 32 * 11


@pytest.mark.parametrize("preset", ["eyeriss_snn", "eyeriss_ann"])
@pytest.mark.parametrize("layer", LAYERS)
def test_every_layer_has_a_mapping_that_obeys_the_constraints_and_fits(preset, layer):
    architecture = dense(preset)
    problem = nest_problem(LAYERS[layer], name=layer)
    made = row_stationary(architecture, LAYERS[layer])
    result = evaluate(architecture, problem, made, estimate(architecture))
    assert result.utilization > 0.25
    assert made.levels[0].temporal[0].dimension == "T"
    for constraint in resolve(architecture.constraints, problem).loops:
        loops = made.level(constraint.level)
        factors = {loop.dimension: loop.bound for loop in
                   (loops.temporal if constraint.kind == "temporal" else (*loops.spatial_x, *loops.spatial_y))}
        for bound in constraint.factors:
            assert factors.get(bound.dimension, 1) == bound.value


@pytest.mark.parametrize("layer", ["Conv1", "Conv5", "TCJA11", "TCJA21", "Dense2", "fc"])
@pytest.mark.parametrize("name", ["RLE", "CP", "UOP", "UB"])
def test_layers_fit_with_formats_and_skipping(layer, name):
    architecture = load_architecture("eyeriss_snn", {"weight_format": name, "spike_format": name, "saf": "skipping"})
    problem = nest_problem(LAYERS[layer], name=layer, weights=Density(value=0.3), inputs=Density(value=0.05))
    result = evaluate(architecture, problem, row_stationary(architecture, LAYERS[layer]), estimate(architecture))
    assert result.energy_pJ > 0


def test_gating_saves_energy_and_skipping_saves_more_and_time():
    nest = LAYERS["Conv5"]
    problem = nest_problem(nest, name="Conv5", weights=Density(value=0.3), inputs=Density(value=0.05))
    found = {}
    for saf in ("none", "gating", "skipping"):
        architecture = load_architecture("eyeriss_snn", {"weight_format": "RLE", "spike_format": "RLE", "saf": saf})
        found[saf] = evaluate(architecture, problem, row_stationary(architecture, nest), estimate(architecture))
    assert found["skipping"].energy_pJ < found["gating"].energy_pJ < found["none"].energy_pJ
    assert found["skipping"].cycles < 0.5 * found["gating"].cycles
    assert found["gating"].cycles == pytest.approx(found["none"].cycles, abs=1)


def test_spiking_buys_energy_on_the_same_layer_and_mapping():
    nest = LAYERS["Conv5"]
    problem = nest_problem(nest, name="Conv5")
    snn, ann = (evaluate(a, problem, row_stationary(a, nest), estimate(a)) for a in map(dense, ("eyeriss_snn", "eyeriss_ann")))
    assert snn.cycles == ann.cycles
    assert snn.energy_pJ < ann.energy_pJ


def test_wires_between_buffer_and_array_cost_energy():
    architecture, problem, result = counts()
    made = mapping(architecture, dram={"T": 2}, buffer={}, x={"Q": 8}, y={"C": 4, "S": 3}, weights={}, state={"M": 4})
    silent = replace(architecture, storage=tuple(
        replace(one, network=replace(one.network, tile_width_um=0)) for one in architecture.storage))
    without = evaluate(silent, problem, made, estimate(silent))
    wires = sum(tensor.energy_pJ for tensor in network(result, "shared_buffer <==> spike_spad").values())
    assert wires > 0
    assert result.energy_pJ - without.energy_pJ == pytest.approx(wires)


def test_the_tiny_array_evaluates_a_tiny_layer():
    architecture = load_architecture("tiny_snn")
    nest = Nest(T=2, C=4, M=4)
    made = mapping(architecture, dram={"T": 2}, buffer={"C": 2}, x={"M": 2}, y={"C": 2}, weights={}, state={"M": 2})
    result = evaluate(architecture, nest_problem(nest, name="fc"), made, estimate(architecture))
    assert result.utilization == 1
    assert result.cycles == 2 * 2 * 2
