"""Shapes that are refused when they are built, and shapes that can't follow one another."""

from __future__ import annotations

import pytest

from snn_workload.layers import Conv1d, Conv2d, Flatten, Linear, Pool2d, RecurrentLinear, Shape, TcjaChannel, TcjaTemporal
from snn_workload.sizes import FeatureMap, Window
from snnhw.errors import SpecError

BASE = {"C": 4, "M": 6, "P": 8, "Q": 8, "R": 3, "S": 3}


def faults(shape: Shape, before: FeatureMap, exact: bool = True) -> list[tuple[str, str, str]]:
    return [(f.key, f.seen, f.expected) for f in shape.input_faults(before, exact=exact)]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"C": 0}, "a layer of type conv2d: C: seen 0, expected a whole number >= 1"),
        ({"M": -1}, "a layer of type conv2d: M: seen -1, expected a whole number >= 1"),
        ({"P": True}, "a layer of type conv2d: P: seen True, expected a whole number >= 1"),
        ({"stride": (1, 0)}, "a layer of type conv2d: stride: seen (1, 0), expected two whole numbers >= 1"),
        ({"padding": (-1, 0)}, "a layer of type conv2d: padding: seen (-1, 0), expected whole numbers >= 0"),
        ({"groups": 4}, "a layer of type conv2d: groups: seen 4, expected a divisor of M = 6; depthwise is groups = C = M"),
        ({"input_size": (8, 0)}, "a layer of type conv2d: input_size: seen (8, 0), expected two whole numbers >= 1"),
        (
            {"input_size": (8, 8), "padding": (0, 1)},
            "a layer of type conv2d: P: seen 8, expected 6 (input_size 8, kernel 3, stride 1, dilation 1, padding 0)",
        ),
        ({"input_size": (12, 8)}, "a layer of type conv2d: P: seen 8, expected 10 to 14 (input_size 12, kernel 3, stride 1, dilation 1)"),
        (
            {"input_size": (8, 2), "padding": (1, 0)},
            "a layer of type conv2d: Q: seen 8, expected an input that the kernel fits in "
            "(input_size 2, kernel 3, stride 1, dilation 1, padding 0)",
        ),
    ],
)
def test_a_wrong_conv2d_is_refused(change: dict[str, object], said: str) -> None:
    """The message names the field, its value and what would be right."""
    with pytest.raises(SpecError) as caught:
        Conv2d(**{**BASE, **change})  # type: ignore[arg-type]
    assert str(caught.value) == said


def test_all_wrong_fields_are_told_at_once() -> None:
    """Two mistakes give two findings."""
    with pytest.raises(SpecError, match="C: seen 0") as caught:
        Linear(C=0, M=-3)
    assert [found.key for found in caught.value.findings] == ["C", "M"]


@pytest.mark.parametrize("stride", [(1, 1), (2, 3)])
def test_sizes_that_agree_are_taken(stride: tuple[int, int]) -> None:
    """P = floor((in + 2*padding - dilation*(R - 1) - 1) / stride) + 1."""
    P, Q = (10 + 2 - 4 - 1) // stride[0] + 1, (9 + 4 - 2 - 1) // stride[1] + 1
    Conv2d(C=1, M=1, P=P, Q=Q, R=3, S=3, stride=stride, dilation=(2, 1), padding=(1, 2), input_size=(10, 9))


def test_conv1d_checks_its_one_axis() -> None:
    """Ten values and a kernel of four without padding make seven."""
    Conv1d(C=1, M=1, Q=7, S=4, padding=0, input_size=10)
    with pytest.raises(SpecError, match=r"Q: seen 8, expected 7 \(input_size 10, kernel 4"):
        Conv1d(C=1, M=1, Q=8, S=4, padding=0, input_size=10)


@pytest.mark.parametrize("kernel", [1, 2, 3, 5])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("padding", [0, 1])
def test_a_window_counts_the_positions_it_can_take(kernel: int, stride: int, padding: int) -> None:
    """The formula agrees with sliding the window along."""
    size = 7
    slid = sum(1 for start in range(0, size + 2 * padding, stride) if start + kernel <= size + 2 * padding)
    assert list(Window(kernel=kernel, stride=stride, padding=padding).sizes(size)) == [slid]


def test_a_tcja_applies_its_kernel_once_an_input() -> None:
    """T is the length of the axis that is mixed, so it equals C."""
    with pytest.raises(SpecError, match="T: seen 20, expected 128 as C"):
        TcjaChannel(T=20, C=128, M=20, Q=256, S=4)


def test_tcja_mixes_the_time_steps_of_the_run() -> None:
    """In a run of 10 steps a temporal kernel of 20 is wrong twice, a channel kernel of 20 outputs once."""
    assert [f.key for f in TcjaTemporal(T=20, C=20, M=20, Q=4, S=4).step_faults(10)] == ["C", "M"]
    assert [f.key for f in TcjaChannel(T=8, C=8, M=20, Q=4, S=4).step_faults(10)] == ["M"]
    assert not list(TcjaChannel(T=8, C=8, M=10, Q=4, S=4).step_faults(10))


def test_flatten_multiplies_out() -> None:
    """M, where it is given, is C * P * Q."""
    Flatten(C=128, P=4, Q=4, M=2048)
    with pytest.raises(SpecError, match=r"M: seen 2047, expected C \* P \* Q = 2048"):
        Flatten(C=128, P=4, Q=4, M=2047)


def test_conv2d_needs_the_channels_before() -> None:
    """C is what the layer before puts out."""
    conv = Conv2d(C=4, M=6, P=8, Q=8, R=3, S=3)
    assert faults(conv, FeatureMap(channels=5, P=8, Q=8)) == [("C", "4", "5, the channels that the layer before puts out")]


def test_unlisted_pooling_may_shrink_a_map_but_not_grow_it() -> None:
    """Where no pooling is listed, 16 x 16 may have become 8 x 8 on the way; 4 x 4 can't have."""
    conv = Conv2d(C=4, M=6, P=8, Q=8, R=3, S=3, padding=(1, 1))
    assert faults(conv, FeatureMap(channels=4, P=16, Q=16), exact=False) == []
    assert [f[0] for f in faults(conv, FeatureMap(channels=4, P=16, Q=16), exact=True)] == ["P", "Q"]
    assert [f[2] for f in faults(conv, FeatureMap(channels=4, P=4, Q=8), exact=False)] == [
        "at most 4 (size before 4, kernel 3, stride 1, dilation 1, padding 1)"
    ]


@pytest.mark.parametrize(
    ("C", "exact", "fits"),
    [(2048, True, False), (8192, True, True), (2048, False, True), (8192, False, True), (2000, False, False), (16384, False, False)],
)
def test_linear_after_a_map(C: int, exact: bool, fits: bool) -> None:
    """After 128 channels of 8 x 8: all 8192 values, or fewer positions of each of the 128 channels."""
    found = faults(Linear(C=C, M=10), FeatureMap(channels=128, P=8, Q=8), exact)
    assert [f[0] for f in found] == ([] if fits else ["C"])


def test_recurrent_linear_checks_only_its_outer_inputs() -> None:
    """C are the inputs from the layer before; the layer's own spikes come on top."""
    assert faults(RecurrentLinear(C=30, M=12), FeatureMap(channels=30)) == []
    assert faults(RecurrentLinear(C=42, M=12), FeatureMap(channels=30)) == [("C", "42", "30, from 30 values")]


@pytest.mark.parametrize(("Q", "exact", "fits"), [(256, True, True), (64, True, False), (64, False, True), (257, False, False)])
def test_tcja_takes_positions_of_the_map(Q: int, exact: bool, fits: bool) -> None:
    """Q is the number of positions, P x Q, of the map that is scaled."""
    before = FeatureMap(channels=8, P=16, Q=16)
    assert [f[0] for f in faults(TcjaTemporal(T=4, C=4, M=4, Q=Q, S=4), before, exact)] == ([] if fits else ["Q"])
    assert TcjaChannel(T=8, C=8, M=4, Q=256, S=4).output_map(before) == before


def test_pooling_halves_and_flatten_keeps() -> None:
    """A 2 x 2 window on 8 x 6 makes 4 x 3; flatten makes features of it."""
    before = FeatureMap(channels=5, P=8, Q=6)
    pool = Pool2d(C=5, P=4, Q=3)
    assert faults(pool, before) == []
    after = pool.output_map(before)
    assert faults(Flatten(C=5, P=4, Q=3), after) == []
    assert Flatten(C=5, P=4, Q=3).output_map(after) == FeatureMap(channels=60)
    assert faults(Flatten(C=5, P=3, Q=4), after) == [("P", "3", "4, from 5 channels of 4 x 3"), ("Q", "4", "3, from 5 channels of 4 x 3")]
    assert [f[0] for f in faults(Pool2d(C=4, P=5, Q=3), before)] == ["C", "P"]
