"""Layers as loop nests: bounds, tensors, axes, against counts made by hand."""

from __future__ import annotations

import itertools

import pytest

from snn_workload.layers import SHAPES, Conv1d, Conv2d, LayerKind, Linear, RecurrentLinear, TcjaChannel, TcjaTemporal
from snnhw.spec.problem import Density, Problem, Tensor

ALEXNET1 = Conv2d(C=3, M=96, P=55, Q=54, R=11, S=10, stride=(4, 3), dilation=(2, 1))


def axes(tensor: Tensor) -> list[dict[str, int]]:
    return [{term.dimension: term.coefficient for term in rank} for rank in tensor.projection]


def sizes(problem: Problem) -> dict[str, int]:
    return {tensor.name: problem.tensor_size(tensor) for tensor in problem.tensors}


def touched(problem: Problem, name: str) -> int:
    """Points of a tensor that the nest touches, by walking it."""
    tensor = problem.tensor(name)
    points = set()
    for point in itertools.product(*(range(problem.bounds[d]) for d in problem.dimensions)):
        index = dict(zip(problem.dimensions, point, strict=True))
        points.add(tuple(sum(t.coefficient * index[t.dimension] for t in rank) for rank in tensor.projection))
    return len(points)


def test_conv2d_has_timeloops_axes() -> None:
    """R and P share the axis with Wstride and Wdilation, S and Q the one with Hstride and Hdilation."""
    problem = ALEXNET1.problem(7, membrane="per_step")
    assert problem.dimensions == ("T", "C", "M", "R", "S", "P", "Q")
    assert dict(problem.bounds) == {"T": 7, "C": 3, "M": 96, "R": 11, "S": 10, "P": 55, "Q": 54}
    assert axes(problem.tensor("Weights")) == [{"C": 1}, {"M": 1}, {"R": 1}, {"S": 1}]
    assert axes(problem.tensor("Inputs")) == [{"T": 1}, {"C": 1}, {"R": 2, "P": 4}, {"S": 1, "Q": 3}]
    assert axes(problem.tensor("Outputs")) == [{"T": 1}, {"M": 1}, {"Q": 1}, {"P": 1}]


def test_tensor_sizes_follow_from_stride_and_dilation() -> None:
    """The input of the first axis is 54*4 + 10*2 + 1 wide, that of the second 53*3 + 9 + 1."""
    assert sizes(ALEXNET1.problem(7)) == {"Weights": 3 * 96 * 11 * 10, "Inputs": 7 * 3 * 237 * 169, "Outputs": 96 * 55 * 54}


def test_only_the_outputs_are_written() -> None:
    """Weights and Inputs are read only."""
    assert [tensor.name for tensor in ALEXNET1.problem(1).tensors if tensor.read_write] == ["Outputs"]


def test_carried_state_has_no_time_axis() -> None:
    """With `carried` the sums over all steps go to one state; with `per_step` each step has outputs of its own."""
    layer = Linear(C=6, M=5)
    assert "T" not in layer.problem(4, membrane="carried").tensor("Outputs").dimensions()
    assert sizes(layer.problem(4, membrane="per_step"))["Outputs"] == 4 * sizes(layer.problem(4, membrane="carried"))["Outputs"] == 20


def test_carried_is_the_default() -> None:
    """Leaving membrane out is the same as `carried`."""
    assert Linear(C=6, M=5).problem(4) == Linear(C=6, M=5).problem(4, membrane="carried")


def test_membrane_changes_no_operations() -> None:
    """Both ways of counting do the same additions."""
    assert ALEXNET1.problem(3, membrane="carried").operations == ALEXNET1.problem(3, membrane="per_step").operations


def test_groups_make_a_loop_g() -> None:
    """G groups of C/G inputs and M/G outputs: the weights shrink by G, inputs and outputs keep their size."""
    grouped = Conv2d(C=6, M=4, P=3, Q=2, R=3, S=1, groups=2).problem(5, membrane="per_step")
    whole = Conv2d(C=6, M=4, P=3, Q=2, R=3, S=1).problem(5, membrane="per_step")
    assert dict(grouped.bounds) == {"T": 5, "G": 2, "C": 3, "M": 2, "R": 3, "S": 1, "P": 3, "Q": 2}
    assert sizes(grouped) == {**sizes(whole), "Weights": sizes(whole)["Weights"] // 2}
    assert grouped.operations * 2 == whole.operations
    assert "G" not in whole.dimensions


def test_depthwise_has_one_channel_a_group() -> None:
    """Depthwise: as many groups as channels, so the weights are M * R * S."""
    problem = Conv2d(C=8, M=8, P=4, Q=4, R=3, S=3, groups=8).problem(2)
    assert (problem.bounds["G"], problem.bounds["C"], problem.bounds["M"]) == (8, 1, 1)
    assert sizes(problem)["Weights"] == 8 * 9


def test_sizes_agree_with_a_walk_through_the_nest() -> None:
    """Overlapping windows: each axis is as long as what a step-by-step walk touches."""
    problem = Conv2d(C=2, M=2, P=3, Q=4, R=3, S=2, stride=(1, 1), dilation=(2, 1), groups=2).problem(2, membrane="per_step")
    assert {tensor.name: touched(problem, tensor.name) for tensor in problem.tensors} == sizes(problem)


def test_conv1d_is_a_conv2d_of_one_row() -> None:
    """Same bounds and same tensors as a conv2d with P = R = 1."""
    one = Conv1d(C=4, M=6, Q=10, S=3, stride=2, dilation=3, groups=2)
    two = Conv2d(C=4, M=6, P=1, Q=10, R=1, S=3, stride=(1, 2), dilation=(1, 3), groups=2)
    assert one.problem(3, name="x") == two.problem(3, name="x")
    assert one.neurons == two.neurons == 60


def test_linear_is_a_conv2d_of_one_point() -> None:
    """Dense1 of the study has P = Q = R = S = 1."""
    assert Linear(C=2048, M=512).problem(20, name="x") == Conv2d(C=2048, M=512, P=1, Q=1, R=1, S=1).problem(20, name="x")


def test_recurrent_linear_sees_inputs_and_its_own_spikes() -> None:
    """One problem with C + M inputs: both matrices, one state."""
    problem = RecurrentLinear(C=30, M=12).problem(5)
    assert sizes(problem) == {"Weights": 30 * 12 + 12 * 12, "Inputs": 5 * (30 + 12), "Outputs": 12}
    assert RecurrentLinear.is_recurrent
    assert not Linear.is_recurrent


@pytest.mark.parametrize(
    ("kind", "bounds", "operations"),
    [
        (TcjaTemporal(T=20, C=20, M=20, Q=256, S=4), {"T": 20, "C": 20, "M": 20, "R": 1, "S": 4, "P": 1, "Q": 256}, 8_192_000),
        (TcjaChannel(T=128, C=128, M=20, Q=256, S=4), {"T": 128, "C": 128, "M": 20, "R": 1, "S": 4, "P": 1, "Q": 256}, 335_544_320),
    ],
)
def test_tcja_has_the_published_loops(kind: LayerKind, bounds: dict[str, int], operations: int) -> None:
    """TCJA11 and TCJA12 of arXiv 2302.04174."""
    problem = kind.problem(20)
    assert dict(problem.bounds) == bounds
    assert problem.operations == operations


def test_tcja_carries_no_state() -> None:
    """Their sums feed a sigmoid: T stays an axis of the outputs and there are no neurons."""
    kind = TcjaTemporal(T=20, C=20, M=20, Q=256, S=4)
    assert kind.problem(20, membrane="carried") == kind.problem(20, membrane="per_step")
    assert "T" in kind.problem(20).tensor("Outputs").dimensions()
    assert kind.neurons == 0
    assert kind.outputs == 20 * 256


def test_densities_stand_on_weights_and_inputs() -> None:
    """A state is dense whatever the spikes are."""
    problem = Linear(C=6, M=5).problem(4, weights=Density(value=0.25), inputs=Density(value=0.5))
    assert {tensor.name: tensor.density.value for tensor in problem.tensors} == {"Weights": 0.25, "Inputs": 0.5, "Outputs": 1.0}


def test_every_kind_has_its_own_name() -> None:
    """The table of kinds finds each class by the name it carries."""
    assert {name: shape.type_name for name, shape in SHAPES.items()} == {name: name for name in SHAPES}
    assert set(SHAPES) == {"conv2d", "conv1d", "linear", "recurrent_linear", "tcja_temporal", "tcja_channel", "pool2d", "flatten"}
