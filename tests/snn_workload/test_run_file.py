"""Run files: what is read, what is refused and how it is told, and what is written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from snn_workload import Conv2d, Layer, LayerDensities, Linear, MeasuredDensity, Run, TcjaChannel, read_run, write_run
from snn_workload.layers import Conv1d, RecurrentLinear, TcjaTemporal
from snn_workload.run_file import run_text
from snnhw.errors import OutputError, SpecError

CONV2 = """\
{"schema": "snnhw.run/1", "name": "ternary", "time_steps": 4, "accuracy": 0.9757,
 "layers": [{"name": "Conv2", "type": "conv2d",
             "shape": {"C": 128, "M": 64, "P": 32, "Q": 16, "R": 3, "S": 5, "stride": [1, 2], "dilation": [2, 1], "groups": 2},
             "bits": {"weights": 2, "inputs": 1, "state": 12},
             "density": {"weights": 0.278, "inputs": {"mean": 0.05, "max": 0.11, "per_step": [0.04, 0.06, 0.05, 0.05]},
                         "outputs": {"mean": 0.1, "assumed": true, "source": "a guess"}}}]}
"""


def put(folder: Path, text: str) -> Path:
    path = folder / "run.json"
    path.write_text(text, encoding="utf-8")
    return path


def lines(*layers: dict[str, Any], **head: Any) -> str:
    """A run file with one layer a line: layer i stands in line i + 3."""
    head = {"time_steps": 4, **head}
    return f'{json.dumps(head)[:-1]},\n"layers": [\n' + ",\n".join(json.dumps(layer) for layer in layers) + "\n]}\n"


def told(folder: Path, text: str) -> list[str]:
    """Findings of a file, without its name."""
    path = put(folder, text)
    with pytest.raises(SpecError, match=r"run\.json") as caught:
        read_run(path)
    return [str(found).removeprefix(f"{path}:") for found in caught.value.findings]


def linear(**change: Any) -> dict[str, Any]:
    return {"name": "fc", "type": "linear", "shape": {"C": 8, "M": 4}, **change}


def test_every_key_of_a_layer_is_read(tmp_path: Path) -> None:
    """Shape, bits and densities arrive as written."""
    run = read_run(put(tmp_path, CONV2))
    assert (run.name, run.time_steps, run.accuracy) == ("ternary", 4, 0.9757)
    (layer,) = run.layers
    assert layer.kind == Conv2d(C=128, M=64, P=32, Q=16, R=3, S=5, stride=(1, 2), dilation=(2, 1), groups=2)
    assert layer.bits.by_tensor() == {"Weights": 2, "Inputs": 1, "Outputs": 12}
    assert layer.densities == LayerDensities(
        weights=MeasuredDensity(mean=0.278, max=0.278),
        inputs=MeasuredDensity(mean=0.05, max=0.11, per_step=(0.04, 0.06, 0.05, 0.05)),
        outputs=MeasuredDensity(mean=0.1, max=0.1, assumed=True, source="a guess"),
    )


def test_defaults_of_absent_keys(tmp_path: Path) -> None:
    """Eight-bit weights, spikes, sixteen-bit state, everything dense and said so; the name is that of the file."""
    run = read_run(put(tmp_path, lines(linear())))
    (layer,) = run.layers
    assert (run.name, run.accuracy, run.standalone) == ("run", None, False)
    assert layer.bits.by_tensor() == {"Weights": 8, "Inputs": 1, "Outputs": 16}
    assert [tensor.density.value for tensor in layer.problem(4).tensors] == [1.0, 1.0, 1.0]
    assert run.notes == tuple(f"not given, taken as 1 (dense): density of {name} in fc" for name in ("weights", "inputs", "outputs"))


@pytest.mark.parametrize(
    ("layer", "kind"),
    [
        ({"type": "conv1d", "shape": {"C": 4, "M": 6, "Q": 10, "S": 3}}, Conv1d(C=4, M=6, Q=10, S=3)),
        ({"type": "conv1d", "shape": {"C": 4, "M": 6, "P": 1, "Q": 10, "R": 1, "S": 3, "stride": [1, 2], "padding": [0, 1]}},
         Conv1d(C=4, M=6, Q=10, S=3, stride=2, padding=1)),
        ({"type": "conv2d", "shape": {"C": 4, "M": 6, "P": 2, "Q": 3, "R": 3, "S": 3, "stride": 2, "T": 4}},
         Conv2d(C=4, M=6, P=2, Q=3, R=3, S=3, stride=(2, 2))),
        ({"type": "linear", "shape": {"C": 4, "M": 6, "P": 1, "Q": 1, "R": 1, "S": 1, "stride": [1, 1], "groups": 1}}, Linear(C=4, M=6)),
        ({"type": "recurrent_linear", "shape": {"C": 4, "M": 6}}, RecurrentLinear(C=4, M=6)),
        ({"type": "tcja_temporal", "shape": {"C": 4, "M": 4, "Q": 9}}, TcjaTemporal(T=4, C=4, M=4, Q=9, S=4)),
        ({"type": "tcja_channel", "shape": {"T": 6, "C": 6, "M": 4, "Q": 9, "S": 3}}, TcjaChannel(T=6, C=6, M=4, Q=9, S=3)),
    ],
)  # fmt: skip
def test_every_kind_can_be_written_in_a_file(tmp_path: Path, layer: dict[str, Any], kind: object) -> None:
    """Letters that a kind does not use may be given as 1."""
    (read,) = read_run(put(tmp_path, lines({"name": "x", **layer}))).layers
    assert read.kind == kind


def test_mean_and_max_follow_from_per_step(tmp_path: Path) -> None:
    """Where only the steps were measured, the mean is theirs and the max their largest."""
    (layer,) = read_run(put(tmp_path, lines(linear(density={"inputs": {"per_step": [0.1, 0.2, 0.3, 0.0]}})))).layers
    assert layer.densities.inputs.mean == pytest.approx(0.15)
    assert layer.densities.inputs.max == 0.3


def test_densities_of_zero_and_one_are_densities(tmp_path: Path) -> None:
    """The ends of the range are in it, as whole numbers too."""
    (layer,) = read_run(put(tmp_path, lines(linear(density={"weights": 1, "inputs": 0})))).layers
    assert (layer.densities.weights.mean, layer.densities.inputs.mean) == (1, 0)


def test_a_yaml_file_of_the_same_form_is_read(tmp_path: Path) -> None:
    """JSON is YAML."""
    path = tmp_path / "run.yaml"
    path.write_text("time_steps: 2\nlayers:\n- {name: fc, type: linear, shape: {C: 3, M: 2}}\n", encoding="utf-8")
    assert read_run(path).layers[0].kind == Linear(C=3, M=2)


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        (linear(shape={"C": 8, "M": 0}), "layers[0].shape.M: seen 0, expected a whole number x with x >= 1"),
        (linear(shape={"C": True, "M": 4}), "layers[0].shape.C: seen true, expected a whole number x with x >= 1"),
        (linear(shape={"C": "8", "M": 4}), 'layers[0].shape.C: seen "8", expected a whole number x with x >= 1'),
        (linear(shape={"C": 2**31, "M": 4}), "layers[0].shape.C: seen 2147483648, expected at most 2147483647"),
        (linear(shape={"C": 8, "M": 4, "P": 3}), "layers[0].shape.P: seen 3, expected 1"),
        (linear(shape={"C": 8, "M": 4, "T": 5}), "layers[0].shape.T: seen 5, expected 4, the time_steps of the run; leave T out"),
        (linear(shape={"C": 8}), "layers[0].shape.M: seen nothing, expected neurons; add M"),
        (linear(bits={"weights": 17}), "layers[0].bits.weights: seen 17, expected a whole number x with 1 <= x <= 16"),
        (linear(bits={"inputs": 0}), "layers[0].bits.inputs: seen 0, expected a whole number x with 1 <= x <= 16"),
        (linear(bits={"state": 33}), "layers[0].bits.state: seen 33, expected a whole number x with 1 <= x <= 32"),
        (
            linear(bits={"weigths": 2}),
            'layers[0].bits.weigths: seen the unknown key weigths, expected one of inputs, state, weights; did you mean "weights"?',
        ),
        (
            linear(density={"inputs": 1.2}),
            "layers[0].density.inputs: seen 1.2, expected a density x with 0 <= x <= 1; "
            "a density is the share of non-zeros, 1 - sparsity, no percentage",
        ),
        (
            linear(density={"inputs": {"mean": -0.1}}),
            "layers[0].density.inputs.mean: seen -0.1, expected a density x with 0 <= x <= 1; "
            "a density is the share of non-zeros, 1 - sparsity, no percentage",
        ),
        (
            linear(density={"inputs": [0.1]}),
            "layers[0].density.inputs: seen [0.1], expected a density x with 0 <= x <= 1, "
            "or a mapping with mean, max, assumed, source, per_step, interval, channels",
        ),
        (linear(density={"inputs": {"max": 0.1}}), "layers[0].density.inputs: seen a mapping, expected mean or per_step; add mean"),
        (linear(density={"inputs": {"mean": 0.3, "max": 0.1}}), "layers[0].density.inputs.max: seen 0.1, expected at least the mean, 0.3"),
        (
            linear(density={"inputs": {"per_step": [0.1, 0.2]}}),
            "layers[0].density.inputs.per_step: seen 2 numbers, expected 4, one for each time step",
        ),
        (
            linear(density={"inputs": {"mean": 0.2, "per_step": [0.1, 0.1, 0.1, 0.1]}}),
            "layers[0].density.inputs.mean: seen 0.2, expected 0.1, the mean of per_step",
        ),
        (
            linear(density={"weights": {"mean": 0.2, "per_step": [0.2] * 4}}),
            "layers[0].density.weights.per_step: seen the unknown key per_step, expected one of assumed, max, mean, source",
        ),
        (
            linear(type="lstm"),
            'layers[0].type: seen "lstm", expected one of conv2d, conv1d, linear, recurrent_linear, tcja_temporal, tcja_channel, '
            "pool2d, flatten",
        ),
        ("fc", 'layers[0]: seen "fc", expected a layer, a mapping with name, type and shape'),
        (
            {"name": "c", "type": "conv2d", "shape": {"C": 3, "M": 4, "P": 8, "Q": 8, "R": 3, "S": 3, "groups": 2}},
            "layers[0].shape.groups: seen 2, expected a divisor of C = 3; depthwise is groups = C = M",
        ),
        (
            {"name": "c", "type": "conv2d",
             "shape": {"C": 3, "M": 4, "P": 8, "Q": 8, "R": 3, "S": 3, "input_size": [8, 16], "stride": [1, 2], "padding": 0}},
            "layers[0].shape.P: seen 8, expected 6 (input_size 8, kernel 3, stride 1, dilation 1, padding 0)",
        ),
        (
            {"name": "t", "type": "tcja_temporal", "shape": {"C": 5, "M": 4, "Q": 9}},
            "layers[0].shape.C: seen 5, expected 4, the time steps of the run",
        ),
        (
            {"name": "t", "type": "tcja_channel", "shape": {"T": 4, "C": 6, "M": 4, "Q": 9}},
            "layers[0].shape.T: seen 4, expected 6 as C: the kernel is applied once for each input that it mixes; leave T out",
        ),
    ],
)  # fmt: skip
def test_a_wrong_layer_is_told_by_line_key_and_value(tmp_path: Path, layer: Any, said: str) -> None:
    """The message names what was seen and what is right."""
    assert f"3: {said}" in told(tmp_path, lines(layer))


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ({"time_steps": 0}, "1: time_steps: seen 0, expected a whole number x with x >= 1"),
        ({"time_steps": 2.5}, "1: time_steps: seen 2.5, expected a whole number x with x >= 1"),
        ({"accuracy": 97.57}, "1: accuracy: seen 97.57, expected an accuracy x with 0 <= x <= 1; 97.57 % is 0.9757"),
        ({"schema": "snnhw.run/2"}, '1: schema: seen "snnhw.run/2", expected one of snnhw.run/1; did you mean "snnhw.run/1"?'),
        (
            {"standalon": True},
            "1: standalon: seen the unknown key standalon, expected one of accuracy, assumptions, layers, name, recall, schema, seed, "
            'source, standalone, time_steps, versions; did you mean "standalone"?',
        ),
    ],
)
def test_a_wrong_head_is_told(tmp_path: Path, head: dict[str, Any], said: str) -> None:
    """Keys of the run itself."""
    assert told(tmp_path, lines(linear(), **head)) == [said]


def test_not_a_number_is_no_density(tmp_path: Path) -> None:
    """NaN is not even JSON."""
    text = lines(linear(density={"weights": 0.5})).replace("0.5", "NaN")
    assert told(tmp_path, text) == [
        '3: layers[0].density.weights: seen "NaN", expected a density x with 0 <= x <= 1, or a mapping with mean, max, assumed, source'
    ]


def test_two_layers_of_one_name_are_refused(tmp_path: Path) -> None:
    """The second is told where the first stands."""
    assert told(tmp_path, lines(linear(), linear(shape={"C": 4, "M": 2}))) == [
        '4: layers[1].name: seen "fc" again, expected a name for each layer; layers[0] in line 3 has it already'
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "seen an empty file"),
        ("[]", "seen a list at the top level"),
        ('{"time_steps": 4}', "layers: seen nothing, expected the layers in network order, a list of at least one"),
        ('{"time_steps": 4, "layers": []}', "layers: seen [], expected at least 1"),
        (
            '{"time_steps": 4, "layers": [{"name": "f", "type": "flatten", "shape": {"C": 1, "P": 2, "Q": 3}}]}',
            "seen no layer with weights",
        ),
        ('{"time_steps": 4, "layers": 3}', "layers: seen 3, expected a list"),
        ('{"time_steps": 4, "layers": [', "syntax error"),
    ],
)
def test_what_is_no_run_file_is_refused(tmp_path: Path, text: str, said: str) -> None:
    """Empty, cut off, or of another kind."""
    assert said in "\n".join(told(tmp_path, text))


def test_everything_wrong_is_told_in_one_run(tmp_path: Path) -> None:
    """Seven mistakes in the head and in three layers give seven findings, in the order of lines."""
    layers = (linear(shape={"C": 0, "M": 4}), linear(bits={"state": 0}, density={"outputs": 2}), linear(type="x"))
    found = told(tmp_path, lines(*layers, accuracy=2))
    assert [said.split(": ")[:2] for said in found] == [
        ["1", "accuracy"],
        ["3", "layers[0].shape.C"],
        ["4", "layers[1].bits.state"],
        ["4", "layers[1].density.outputs"],
        ["4", "layers[1].name"],
        ["5", "layers[2].type"],
        ["5", "layers[2].name"],
    ]


def test_a_layer_has_to_fit_the_one_before(tmp_path: Path) -> None:
    """300 inputs after 4 neurons are an error, unless the file says that layers stand alone."""
    second = {"name": "out", "type": "linear", "shape": {"C": 300, "M": 10}}
    assert told(tmp_path, lines(linear(), second)) == [
        "4: layers[1].shape.C: seen 300, expected 4, from 4 values (the layer before is fc); "
        'if these layers do not follow one another, add "standalone": true to the file'
    ]
    assert len(read_run(put(tmp_path, lines(linear(), second, standalone=True))).layers) == 2


def test_pooling_and_flatten_carry_shapes(tmp_path: Path) -> None:
    """They are entries, checked against what is before and after, and no layers."""
    conv = {"name": "c", "type": "conv2d", "shape": {"C": 2, "M": 4, "P": 8, "Q": 8, "R": 3, "S": 3}}
    pool = {"name": "p", "type": "pool2d", "shape": {"C": 4, "P": 4, "Q": 4}}
    flat = {"name": "f", "type": "flatten", "shape": {"C": 4, "P": 4, "Q": 4}}
    run = read_run(put(tmp_path, lines(conv, pool, flat, linear(shape={"C": 64, "M": 4}))))
    assert [entry.name for entry in run.entries] == ["c", "p", "f", "fc"]
    assert [layer.name for layer in run.layers] == ["c", "fc"]
    found = told(tmp_path, lines(conv, {**pool, "shape": {"C": 4, "P": 3, "Q": 4}}, flat, linear(shape={"C": 64, "M": 4})))
    assert [said.split(": seen")[0] for said in found] == ["4: layers[1].shape.P", "5: layers[2].shape.P"]


def test_a_nest_too_large_to_count_is_refused(tmp_path: Path) -> None:
    """More than 2^63 - 1 operations have no place in a 64-bit counter."""
    huge = linear(shape={"C": 2**31 - 1, "M": 2**31 - 1})
    assert told(tmp_path, lines(huge)) == [
        "3: layers[0].shape: seen a shape of more than 9.2e18 operations, expected at most 2^63 - 1 operations"
    ]


RUN = Run(
    name="näh", time_steps=2, accuracy=0.5, source="here", assumptions=("one", "two"), standalone=True,
    entries=(
        Layer(name="a", kind=Conv2d(C=4, M=6, P=2, Q=3, R=3, S=3, stride=(1, 2), padding=(0, 1), groups=2), densities=LayerDensities(
            weights=MeasuredDensity(mean=0.1, max=0.1),
            inputs=MeasuredDensity(mean=0.2, max=0.4, per_step=(0.1, 0.3), source="measured"),
            outputs=MeasuredDensity(mean=0.05, max=0.05, assumed=True))),
        Layer(name="b", kind=TcjaChannel(T=6, C=6, M=2, Q=6, S=4)),
        Layer(name="c", kind=Conv1d(C=6, M=6, Q=6, S=3, stride=2)),
    ),
)  # fmt: skip


def test_a_run_that_is_written_reads_back_equal(tmp_path: Path) -> None:
    """Nothing is lost, densities that nobody gave stay so."""
    write_run(RUN, tmp_path / "run.json")
    assert read_run(tmp_path / "run.json") == RUN
    second = json.loads(run_text(RUN))["layers"][1]
    assert second.pop("shape") == {"T": 6, "C": 6, "M": 2, "Q": 6, "S": 4}
    assert second == {"name": "b", "type": "tcja_channel", "bits": {"weights": 8, "inputs": 1, "state": 16}}


def test_a_run_with_carriers_reads_back_equal(tmp_path: Path) -> None:
    """Pooling and flatten are written too."""
    conv = {"name": "c", "type": "conv2d", "shape": {"C": 2, "M": 4, "P": 8, "Q": 8, "R": 3, "S": 3}}
    pool = {"name": "p", "type": "pool2d", "shape": {"C": 4, "P": 3, "Q": 4, "R": 3, "stride": [2, 2]}}
    flat = {"name": "f", "type": "flatten", "shape": {"C": 4, "P": 3, "Q": 4}}
    run = read_run(put(tmp_path, lines(conv, pool, flat)))
    write_run(run, tmp_path / "again.json")
    again = read_run(tmp_path / "again.json")
    assert (again.entries, again.name) == (run.entries, run.name)


def test_writing_replaces_whole_files_and_leaves_nothing_beside(tmp_path: Path) -> None:
    """The old file is gone, and no half-written one remains."""
    path = put(tmp_path, "old")
    write_run(RUN, path)
    assert read_run(path) == RUN
    assert [entry.name for entry in tmp_path.iterdir()] == ["run.json"]


def test_a_folder_that_is_not_there_cannot_be_written_to(tmp_path: Path) -> None:
    """The error names the file, and nothing is left behind."""
    with pytest.raises(OutputError, match=r"none/run\.json: cannot be written \(No such file or directory\)"):
        write_run(RUN, tmp_path / "none" / "run.json")
    with pytest.raises(OutputError, match="cannot be written"):
        write_run(RUN, tmp_path)
    assert list(tmp_path.iterdir()) == []


TRAINED = {
    "time_steps": 2, "recall": [0.5, 1.0], "seed": 7, "versions": {"snnhw": "1"},
    "layers": [{"name": "fc", "type": "linear", "shape": {"C": 8, "M": 4}, "state_range": [-1.5, 2.0], "density": {
        "weights": 0.5, "inputs": {"mean": 0.1, "interval": [0.05, 0.15], "channels": [0, 0, 0, 0, 0, 1, 7, 0, 0, 0]}, "outputs": 0.2}}],
}  # fmt: skip


def test_what_a_trainer_measures_is_read_and_written(tmp_path: Path) -> None:
    """Recall, seed, versions, intervals, channels and ranges of potentials come back as they went out."""
    (tmp_path / "run.json").write_text(json.dumps(TRAINED))
    run = read_run(tmp_path / "run.json")
    assert run.recall == (0.5, 1.0)
    assert run.seed == 7
    assert run.layers[0].state_range == (-1.5, 2.0)
    assert run.layers[0].densities.inputs.interval == (0.05, 0.15)
    write_run(run, tmp_path / "again.json")
    assert read_run(tmp_path / "again.json") == run


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("interval", [0.2, 0.3], "expected an interval that holds the mean, 0.1"),
        ("interval", [0.2], "expected at least 2 entries"),
        ("channels", [1, 2], "expected at least 10 entries"),
    ],
)
def test_what_a_trainer_cannot_have_measured_is_told(tmp_path: Path, key: str, value: Any, said: str) -> None:
    """An interval lies around its mean; a histogram has all bins."""
    text = json.loads(json.dumps(TRAINED))
    text["layers"][0]["density"]["inputs"][key] = value
    (tmp_path / "run.json").write_text(json.dumps(text))
    with pytest.raises(SpecError) as caught:
        read_run(tmp_path / "run.json")
    assert said in str(caught.value)
