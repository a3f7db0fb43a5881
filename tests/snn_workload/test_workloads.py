"""The workloads that come with the project, and the schema of run files."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from snn_workload import Conv2d, read_run, run_schema
from snn_workload.schema import schema_text
from snnhw.spec.problem import Problem

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "workloads" / "tcja_dvs_gesture"
NETWORKS = ("w2", "w3", "w4", "w6", "w8", "prune80", "cumulative", "joint")
FILES = [*(FOLDER / f"{name}.json" for name in NETWORKS), ROOT / "workloads" / "mnist_784_400.json"]

# From the study's table of layers: name, T, C, M, P, Q, R, S.
LAYERS = """Conv1 20 2 128 128 128 3 3
Conv2 20 128 128 64 64 3 3
Conv3 20 128 128 32 32 3 3
Conv4 20 128 128 16 16 3 3
TCJA11 20 20 20 1 256 1 4
TCJA12 128 128 20 1 256 1 4
Conv5 20 128 128 8 8 3 3
TCJA21 20 20 20 1 64 1 4
TCJA22 128 128 20 1 64 1 4
Dense1 20 2048 512 1 1 1 1
Dense2 20 512 110 1 1 1 1"""


def row(problem: Problem) -> str:
    return " ".join([problem.name, *(str(problem.bounds[letter]) for letter in "TCMPQRS")])


def weight_densities(name: str) -> list[float]:
    return [layer.densities.weights.mean for layer in read_run(FOLDER / f"{name}.json").layers]


@pytest.mark.parametrize("name", NETWORKS)
def test_the_layers_are_the_studys(name: str) -> None:
    """Eleven layers with the published bounds, 20 time steps, 1-bit inputs."""
    run = read_run(FOLDER / f"{name}.json")
    assert "\n".join(row(layer.problem(run.time_steps)) for layer in run.layers) == LAYERS
    assert run.time_steps == 20
    assert {(layer.bits.inputs, layer.bits.state) for layer in run.layers} == {(1, 16)}
    assert not any(layer.needs_multiplication for layer in run.layers)


@pytest.mark.parametrize(("name", "bits"), [*zip(NETWORKS, (2, 3, 4, 6, 8, 8, 3, 3), strict=True)])
def test_weights_have_the_bits_of_the_network(name: str, bits: int) -> None:
    """Pruning alone keeps 8 bits, pruning with quantisation has 3."""
    assert {layer.bits.weights for layer in read_run(FOLDER / f"{name}.json").layers} == {bits}


def test_measured_sparsity_stands_layer_by_layer() -> None:
    """First and last layer of Fig. 7, as densities."""
    assert [(weight_densities(name)[0], weight_densities(name)[-1]) for name in ("w2", "prune80", "cumulative", "joint")] == [
        (0.186, 0.358), (0.387, 0.474), (0.386, 0.466), (0.386, 0.467),
    ]  # fmt: skip


@pytest.mark.parametrize(("name", "density"), [("w3", 0.684), ("w4", 0.849), ("w6", 0.964), ("w8", 0.991)])
def test_an_average_stands_for_each_layer_and_says_so(name: str, density: float) -> None:
    """Where only the network's average is published, each layer has it, marked as assumed."""
    run = read_run(FOLDER / f"{name}.json")
    assert weight_densities(name) == [density] * 11
    assert all(layer.densities.weights.assumed for layer in run.layers)
    assert any("published for the whole network only" in note for note in run.notes)


def test_the_ternary_average_is_the_published_one() -> None:
    """Sparsity of the layers, weighted by their parameters, gives the published 67.9 % within what can be read off a figure."""
    layers = read_run(FOLDER / "w2.json").layers
    sizes = [problem.tensor_size(problem.tensor("Weights")) for problem in (layer.problem(20) for layer in layers)]
    zeros = sum(size * (1 - density) for size, density in zip(sizes, weight_densities("w2"), strict=True))
    assert 100 * zeros / sum(sizes) == pytest.approx(67.9, abs=0.2)


@pytest.mark.parametrize("name", NETWORKS)
def test_spike_densities_are_one_marked_assumption(name: str) -> None:
    """The same figure everywhere, marked in the file and told with every result."""
    run = read_run(FOLDER / f"{name}.json")
    spikes = [one for layer in run.layers for tensor, one in layer.stated() if tensor != "weights"]
    assert {(one.mean, one.assumed) for one in spikes} == {(0.05, True)}
    assert run.notes[0].startswith("Spike densities are not published.")
    assert "assumed, not measured: density of inputs 0.05 in all layers" in run.notes


def test_only_published_accuracies_are_given() -> None:
    """Quantised networks and the pruned one keep 97.57 %; for the others nothing is published."""
    accuracies = {name: read_run(FOLDER / f"{name}.json").accuracy for name in NETWORKS}
    assert accuracies == {**dict.fromkeys(NETWORKS, 0.9757), "cumulative": None, "joint": None}


def test_the_files_are_what_the_script_makes(tmp_path: Path) -> None:
    """The committed files come of published.tsv, all of them and no others."""
    runpy.run_path(str(FOLDER / "make.py"))["main"](tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(f"{name}.json" for name in NETWORKS)
    assert sorted(path.name for path in FOLDER.glob("*.json")) == sorted(f"{name}.json" for name in NETWORKS)
    for path in tmp_path.iterdir():
        assert path.read_text(encoding="utf-8") == (FOLDER / path.name).read_text(encoding="utf-8")


def test_the_small_network_has_one_layer_of_neurons() -> None:
    """784 inputs, 400 neurons, 10 steps."""
    run = read_run(ROOT / "workloads" / "mnist_784_400.json")
    assert [row(layer.problem(run.time_steps)) for layer in run.layers] == ["fc 10 784 400 1 1 1 1"]
    assert run.layers[0].neuron_work(run.time_steps).updates == 4000


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_schema_takes_every_workload(path: Path) -> None:
    """Editors that check by the schema find nothing wrong with our files."""
    jsonschema.Draft202012Validator(run_schema()).validate(json.loads(path.read_text(encoding="utf-8")))


def test_the_committed_schema_is_the_forms() -> None:
    """docs/schema/run.schema.json is `python -m snn_workload.schema`."""
    assert (ROOT / "docs" / "schema" / "run.schema.json").read_text(encoding="utf-8") == schema_text()
    jsonschema.Draft202012Validator.check_schema(run_schema())


def _changed(**change: Any) -> dict[str, Any]:
    layer: dict[str, Any] = {"name": "c", "type": "conv2d", "shape": {"C": 4, "M": 6, "P": 2, "Q": 3, "R": 3, "S": 3}, **change}
    return {"time_steps": 4, "layers": [layer]}


@pytest.mark.parametrize(
    "wrong",
    [
        {"time_steps": 0, "layers": _changed()["layers"]},
        {"time_steps": 4, "layers": []},
        {**_changed(), "acuracy": 0.5},
        {**_changed(), "accuracy": 97.5},
        _changed(type="conv3d"),
        _changed(shape={"C": 4}),
        _changed(shape={"C": 4, "M": 6, "P": 2, "Q": 3, "R": 3, "S": 3, "stride": [1, 2, 3]}),
        _changed(shape={"C": 4, "M": 6, "P": 2, "Q": 3, "R": 3, "S": 3, "stride": 0}),
        _changed(bits={"weights": 17}),
        _changed(density={"weights": 1.2}),
        _changed(density={"inputs": {"mean": 1.2}}),
        _changed(type="linear"),
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(tmp_path: Path, wrong: dict[str, Any]) -> None:
    """Both find fault with the same file."""
    (tmp_path / "run.json").write_text(json.dumps(wrong), encoding="utf-8")
    from snnhw.errors import SpecError

    with pytest.raises(SpecError, match=r"run\.json:1"):
        read_run(tmp_path / "run.json")
    assert not jsonschema.Draft202012Validator(run_schema()).is_valid(wrong)


@pytest.mark.parametrize(
    "change",
    [
        {"shape": {"C": 4, "M": 6, "P": 2, "Q": 3, "R": 3, "S": 3, "stride": 2, "padding": [0, 1]}},
        {"density": {"weights": 0, "inputs": {"mean": 0.1, "per_step": [0.1, 0.1, 0.1, 0.1]}}},
        {"density": {"outputs": {"mean": 1, "assumed": True, "source": "a guess"}}},
    ],
)
def test_the_schema_takes_what_the_reader_takes(tmp_path: Path, change: dict[str, Any]) -> None:
    """Short and long forms of strides and densities."""
    (tmp_path / "run.json").write_text(json.dumps(_changed(**change)), encoding="utf-8")
    assert isinstance(read_run(tmp_path / "run.json").layers[0].kind, Conv2d)
    assert jsonschema.Draft202012Validator(run_schema()).is_valid(_changed(**change))
