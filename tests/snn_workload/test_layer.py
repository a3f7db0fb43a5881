"""A layer of a run: densities by statistic, neuron work, notes."""

from __future__ import annotations

import pytest

from snn_workload.densities import LayerDensities, MeasuredDensity
from snn_workload.layer import Bits, Carrier, Layer
from snn_workload.layers import Conv2d, Linear, Pool2d, RecurrentLinear, TcjaTemporal
from snn_workload.run import Run, chain_faults

CONV = Conv2d(C=3, M=5, P=7, Q=2, R=3, S=3)
MEASURED = LayerDensities(
    weights=MeasuredDensity(mean=0.3, max=0.4), inputs=MeasuredDensity(mean=0.05, max=0.11), outputs=MeasuredDensity(mean=0.25, max=0.5)
)


@pytest.mark.parametrize(("statistic", "weights", "inputs"), [("mean", 0.3, 0.05), ("max", 0.4, 0.11), ("dense", 1.0, 1.0)])
def test_the_statistic_picks_the_densities(statistic: str, weights: float, inputs: float) -> None:
    """Mean, max and dense reach Weights and Inputs; Outputs stay dense, for they are states."""
    problem = Layer(name="x", kind=CONV, densities=MEASURED).problem(4, statistic=statistic)  # type: ignore[arg-type]
    assert problem.name == "x"
    assert {tensor.name: tensor.density.value for tensor in problem.tensors} == {"Weights": weights, "Inputs": inputs, "Outputs": 1.0}


def test_neurons_are_updated_once_a_step() -> None:
    """M * P * Q neurons, T steps; a quarter of the updates spike, and only those reset."""
    work = Layer(name="x", kind=CONV, densities=MEASURED).neuron_work(4)
    assert (work.neurons, work.updates, work.spikes) == (70, 280, 70.0)
    assert (work.leaks, work.adds, work.compares, work.resets) == (280, 280, 280, 70.0)
    assert Layer(name="x", kind=CONV, densities=MEASURED).neuron_work(4, statistic="max").spikes == 140


def test_attention_has_no_neuron_work() -> None:
    """The sums of a TCJA layer feed a sigmoid."""
    work = Layer(name="x", kind=TcjaTemporal(T=4, C=4, M=4, Q=9, S=4)).neuron_work(4)
    assert (work.updates, work.spikes) == (0, 0)


def test_recurrent_inputs_mix_two_densities() -> None:
    """30 inputs at 0.05 and 10 own spikes at 0.25 make (1.5 + 2.5) / 40."""
    problem = Layer(name="x", kind=RecurrentLinear(C=30, M=10), densities=MEASURED).problem(4)
    assert problem.tensor("Inputs").density.value == pytest.approx(0.1)


def test_bits_stand_by_tensor() -> None:
    """Outputs hold membrane potentials."""
    assert Bits(weights=2, inputs=1, state=12).by_tensor() == {"Weights": 2, "Inputs": 1, "Outputs": 12}


def test_pixels_need_multiplications() -> None:
    """A layer with 8-bit inputs says so; one with spikes doesn't."""
    pixels = Layer(name="x", kind=CONV, bits=Bits(inputs=8), densities=MEASURED)
    assert pixels.needs_multiplication
    assert pixels.notes == ("takes inputs of 8 bits, so it needs multiplications; adders alone can't do it",)
    assert Layer(name="x", kind=CONV, densities=MEASURED).notes == ()


def test_notes_tell_assumed_from_missing() -> None:
    """Whoever reads a result sees which densities nobody measured; a TCJA layer has no output spikes to miss."""
    guess = MeasuredDensity(mean=0.05, max=0.05, assumed=True, source="a guess")
    layer = Layer(name="x", kind=CONV, densities=LayerDensities(weights=MeasuredDensity(mean=0.3, max=0.3), inputs=guess))
    assert layer.notes == ("density of inputs 0.05 is assumed: a guess", "density of outputs is not given and taken as 1 (dense)")
    attention = Layer(name="a", kind=TcjaTemporal(T=4, C=4, M=4, Q=9, S=4), densities=layer.densities)
    assert attention.notes == ("density of inputs 0.05 is assumed: a guess",)


def test_a_run_groups_its_notes() -> None:
    """The run's own assumptions first, then one line for each figure, with the layers it stands in."""
    guess = LayerDensities(weights=MeasuredDensity(mean=0.3, max=0.3), inputs=MeasuredDensity(mean=0.05, max=0.05, assumed=True))
    layers = (Layer(name="a", kind=Linear(C=4, M=3), densities=guess), Layer(name="b", kind=Linear(C=3, M=2), densities=guess))
    third = Layer(name="c", kind=Linear(C=2, M=2), densities=MEASURED)
    run = Run(name="r", time_steps=4, entries=(*layers, third), assumptions=("said so",))
    assert run.notes == (
        "said so",
        "assumed, not measured: density of inputs 0.05 in a, b",
        "not given, taken as 1 (dense): density of outputs in a, b",
    )
    assert Run(name="r", time_steps=4, entries=layers).notes[0] == "assumed, not measured: density of inputs 0.05 in all layers"


def test_layers_are_the_entries_that_compute() -> None:
    """Pooling is an entry of the run and no layer."""
    conv, pool = Layer(name="c", kind=Conv2d(C=2, M=3, P=4, Q=4, R=1, S=1)), Carrier(name="p", kind=Pool2d(C=3, P=2, Q=2))
    assert Run(name="r", time_steps=1, entries=(conv, pool)).layers == (conv,)


def test_a_chain_with_pooling_is_exact() -> None:
    """Once pooling is listed, a map that shrinks without it is an error; with none listed it may shrink."""
    first = Layer(name="c1", kind=Conv2d(C=2, M=3, P=8, Q=8, R=3, S=3))
    pool = Carrier(name="p", kind=Pool2d(C=3, P=4, Q=4))
    second = Layer(name="c2", kind=Conv2d(C=3, M=3, P=4, Q=4, R=3, S=3, padding=(1, 1)))
    third = Layer(name="c3", kind=Conv2d(C=3, M=3, P=2, Q=2, R=3, S=3, padding=(1, 1)))
    assert list(chain_faults((first, pool, second))) == []
    assert [(i, f.key) for i, f in chain_faults((first, pool, second, third))] == [(3, "P"), (3, "Q")]
    assert list(chain_faults((first, second, third))) == []


def test_attention_passes_the_map_on() -> None:
    """The layer after a TCJA layer sees the map before it."""
    first = Layer(name="c", kind=Conv2d(C=2, M=3, P=3, Q=3, R=3, S=3))
    attention = Layer(name="a", kind=TcjaTemporal(T=4, C=4, M=4, Q=9, S=4))
    after = Layer(name="d", kind=Linear(C=28, M=3))
    assert [(i, f.key, f.expected) for i, f in chain_faults((first, attention, after))] == [
        (2, "C", "3 channels x at most 9 positions, from 3 channels of 3 x 3")
    ]
