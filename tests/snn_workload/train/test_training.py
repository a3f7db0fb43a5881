"""Training from a configuration to a run: what is written, what is repeatable, what stops it."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from training import CONFIG

from snn_workload import read_run
from snn_workload.train.checkpoint import checkpoints, latest, read_checkpoint
from snn_workload.train.errors import TrainingError
from snn_workload.train.train import train
from snnhw.errors import SpecError


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "small.yaml"
    path.write_text(CONFIG)
    return path


def params_of(folder):
    return read_checkpoint(latest(folder)).params


def same(one, other):
    return one.keys() == other.keys() and all(one[name].tobytes() == other[name].tobytes() for name in one)


def test_a_run_folder_holds_what_evaluate_and_resume_need(config, tmp_path):
    trained = train(config, tmp_path / "out")
    run = read_run(tmp_path / "out/run.json")
    assert run == trained.run
    assert [layer.name for layer in run.layers] == ["conv", "fc"]
    assert run.seed == 0
    assert dict(run.versions).keys() >= {"snnhw", "numpy"}
    assert len(run.recall) == 10
    assert [json.loads(line)["epoch"] for line in (tmp_path / "out/log.jsonl").read_text().splitlines()] == [1, 2]
    conv = run.layers[0]
    assert conv.densities.inputs.interval[0] <= conv.densities.inputs.mean <= conv.densities.inputs.interval[1]
    assert sum(conv.densities.outputs.channels) == 8
    assert len(conv.densities.outputs.per_step) == run.time_steps == 4
    assert conv.state_range[0] < 0 < conv.state_range[1]
    assert not list((tmp_path / "out").rglob("*.part"))


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(config, tmp_path):
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        train(config, tmp_path / name, settings={"seed": seed, "optimiser.epochs": 1})
    assert (tmp_path / "a/run.json").read_bytes() == (tmp_path / "b/run.json").read_bytes()
    assert same(params_of(tmp_path / "a"), params_of(tmp_path / "b"))
    assert not same(params_of(tmp_path / "a"), params_of(tmp_path / "c"))


@pytest.mark.slow
def test_a_training_killed_at_any_moment_goes_on_to_the_same_weights(config, tmp_path):
    """kill -9 in the middle of an epoch, twice; then --resume. Weights, moments and the run are those of an undisturbed run."""
    settings = {"optimiser.epochs": 6, "pruning": {"sparsity": 0.5}, "quantisation": {"bits": 3, "begin": 0.3}}
    train(config, tmp_path / "whole", settings=settings)
    code = (
        f"from snn_workload.train.train import train; train({str(config)!r}, {str(tmp_path / 'cut')!r}, settings={settings!r}, resume=True)"
    )
    for epochs in (1, 3):
        process = subprocess.Popen([sys.executable, "-c", code], cwd=Path(__file__).parents[3], env=dict(os.environ))
        while process.poll() is None and not (tmp_path / f"cut/checkpoints/epoch-{epochs:04d}.npz").exists():
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
        process.wait()
    train(config, tmp_path / "cut", settings=settings, resume=True)
    whole, cut = read_checkpoint(latest(tmp_path / "whole")), read_checkpoint(latest(tmp_path / "cut"))
    assert same(whole.params, cut.params)
    assert same(whole.moments, cut.moments)
    assert same(whole.masks, cut.masks)
    assert (tmp_path / "whole/run.json").read_bytes() == (tmp_path / "cut/run.json").read_bytes()


def test_a_half_written_checkpoint_is_never_read(config, tmp_path):
    """What kill -9 leaves while a checkpoint is written lies beside, under another name."""
    train(config, tmp_path / "out")
    (tmp_path / "out/checkpoints/.epoch-0003.npz.77.part").write_bytes(b"PK half")
    assert latest(tmp_path / "out").name == "epoch-0002.npz"


def test_behind_a_damaged_checkpoint_the_one_before_is_taken_and_that_is_said(config, tmp_path):
    """The weights are then those of the undisturbed run."""
    whole = train(config, tmp_path / "out")
    path = latest(tmp_path / "out")
    path.write_bytes(path.read_bytes()[:200])
    said = []
    again = train(config, tmp_path / "out", resume=True, say=said.append)
    assert any("a damaged file" in one and one.endswith("going on from epoch-0001.npz") for one in said)
    assert all(np.array_equal(value, again.params[name]) for name, value in whole.params.items())


def test_without_a_whole_checkpoint_there_is_nothing_to_go_on_from(config, tmp_path):
    train(config, tmp_path / "out")
    for path in checkpoints(tmp_path / "out"):
        path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(SpecError, match="a damaged file"):
        train(config, tmp_path / "out", resume=True)


def test_resuming_from_nothing_begins_and_says_so(config, tmp_path):
    """A training may be killed before its first checkpoint, and a folder may be misspelt."""
    said = []
    train(config, tmp_path / "new", resume=True, say=said.append)
    assert said[0] == f"{tmp_path / 'new'}: nothing to go on from, so the training begins"


def test_a_folder_with_a_training_is_not_overwritten(config, tmp_path):
    train(config, tmp_path / "out")
    with pytest.raises(SpecError, match="seen a training already, expected a new folder; go on with --resume"):
        train(config, tmp_path / "out")
    with pytest.raises(SpecError, match="a checkpoint of another configuration"):
        train(config, tmp_path / "out", resume=True, settings={"optimiser.rate": 0.02})


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("config.json", '{"config": {"time', "a damaged file; written anew"),
        ("config.json", "null", "a damaged file; written anew"),
        ("log.jsonl", '{"epoch": 1', "not what the training gives, damaged or changed; written anew"),
        ("run.json", "", "not what the training gives, damaged or changed; written anew"),
    ],
)
def test_a_damaged_file_of_a_finished_run_is_told_of_and_mended(config, tmp_path, name, text, told):
    train(config, tmp_path / "out")
    path = tmp_path / "out" / name
    whole, said = path.read_bytes(), []
    path.write_text(text)
    train(config, tmp_path / "out", resume=True, say=said.append)
    assert f"{path}: {told}" in said
    assert path.read_bytes() == whole


def test_a_config_of_other_weights_is_told_of_and_a_whole_folder_gives_no_word(config, tmp_path):
    train(config, tmp_path / "out")
    path, said = tmp_path / "out/config.json", []
    train(config, tmp_path / "out", resume=True, say=said.append, settings={"name": "other", "memory": {"piece": 2}})
    assert [one for one in said if "written anew" in one and "run.json" not in one] == []
    record = json.loads(path.read_text())
    path.write_text(json.dumps({**record, "config": {**record["config"], "seed": 7}}))
    train(config, tmp_path / "out", resume=True, say=said.append)
    assert f"{path}: another configuration than that of the checkpoints; written anew" in said


def test_pieces_of_time_do_not_count_as_another_configuration(config, tmp_path):
    train(config, tmp_path / "out")
    train(config, tmp_path / "out", resume=True, settings={"memory": {"piece": 2}})


def test_a_layer_that_never_spikes_stops_with_its_name(config):
    with pytest.raises(TrainingError, match=r"lif1, lif2 did not spike once in epoch 1, so nothing can be learnt"):
        train(config, settings={"network": dead_network()})
    assert train(config, settings={"network": dead_network(), "allow_dead": True, "optimiser.epochs": 1}).run.accuracy is not None


def dead_network():
    return [{"type": "flatten"}, {"type": "linear", "features": 10}, {"type": "lif", "threshold": 1e6, "surrogate": "arctan"},
            {"type": "linear", "features": 10}, {"type": "lif"}]  # fmt: skip


def test_a_loss_that_is_no_number_stops_with_the_parameter(config):
    with np.errstate(all="ignore"), pytest.raises(TrainingError, match=r"the gradient of .* is not a finite number in epoch 1, step \d"):
        train(config, settings={"optimiser.rate": 1e38})


def test_a_last_step_that_leaves_no_number_stops_with_the_parameter(config):
    """No gradient is taken after it."""
    with pytest.raises(TrainingError, match=r"conv.weight is not finite after epoch 1; lower optimiser.rate"):
        train(config, settings={"optimiser": {"epochs": 1, "batch": 120, "rate": 1e38, "warm_up": 0.0}})


@pytest.mark.parametrize("memory", [{}, {"piece": 1}])
def test_one_time_step_can_be_trained(config, memory):
    run = train(config, settings={"time_steps": 1, "optimiser.epochs": 1, "memory": memory, "allow_dead": True}).run
    assert len(run.layers[0].densities.outputs.per_step) == 1


@pytest.mark.parametrize("combination", ["joint", "cumulative"])
def test_combinations_end_with_both_sparsity_and_few_bits(config, combination):
    settings = {
        "combination": combination,
        "pruning": {"sparsity": 0.8},
        "quantisation": {"bits": 3},
        "optimiser.epochs": 4,
        "allow_dead": True,
    }
    trained = train(config, settings=settings)
    assert [layer.bits.weights for layer in trained.run.layers] == [3, 3]
    weights = {name: trained.params[name] for name in ("conv.weight", "fc.weight")}
    zeros = sum(int((w == 0).sum()) for w in weights.values()) / sum(w.size for w in weights.values())
    assert zeros >= 0.8 - 1e-3
    assert len(np.unique(weights["fc.weight"])) <= 7
    sparsities = [record["sparsity"] for record in trained.log]
    assert sparsities[0] >= 0.8 - 1e-3 if combination == "joint" else sparsities[0] < 0.75


def test_ternary_weights_have_three_values_in_each_channel(config):
    """The folded batch normalisation gives each output channel a step of its own."""
    trained = train(config, settings={"quantisation": {"bits": 2}})
    assert len(np.unique(trained.params["fc.weight"])) == 3
    conv = trained.params["conv.weight"]
    assert all(len(np.unique(conv[..., m])) <= 3 for m in range(conv.shape[-1]))
    assert trained.run.layers[1].densities.weights.mean == pytest.approx(np.mean(trained.params["fc.weight"] != 0))


@pytest.mark.parametrize("rounding", ["truncate", "nearest", "stochastic"])
def test_weights_can_be_rounded_after_training(config, rounding):
    trained = train(config, settings={"quantisation": {"bits": 4, "when": "after", "rounding": rounding}, "optimiser.epochs": 1})
    assert len(np.unique(trained.params["fc.weight"])) <= 15
    assert trained.run.layers[0].bits.weights == 4


def test_a_quantised_membrane_is_recorded_with_its_bits_and_keeps_its_range(config):
    trained = train(config, settings={"quantisation": {"state": {"bits": 6}}, "optimiser.epochs": 1})
    assert [layer.bits.state for layer in trained.run.layers] == [6, 6]


def test_fine_tuning_starts_from_the_weights_of_a_run_and_keeps_its_masks(config, tmp_path):
    train(config, tmp_path / "first", settings={"pruning": {"sparsity": 0.7, "begin": 0.0, "end": 0.0}, "allow_dead": True})
    trained = train(config, settings={"start_from": "first", "allow_dead": True, "optimiser": {"epochs": 1, "rate": 1e-4, "batch": 30}})
    before = read_checkpoint(latest(tmp_path / "first"))
    assert ((trained.params["fc.weight"] != 0) <= (before.masks["fc.weight"] != 0)).all()
    np.testing.assert_allclose(trained.params["fc.weight"], before.params["fc.weight"] * before.masks["fc.weight"], atol=0.01)


def test_fine_tuning_another_network_is_refused(config, tmp_path):
    train(config, tmp_path / "first", settings={"optimiser.epochs": 1})
    other = [{"type": "flatten"}, {"type": "linear", "name": "fc", "features": 10}, {"type": "lif"}]
    with pytest.raises(SpecError, match=r"a checkpoint with the shape \(128, 10\) for fc.weight, expected the shape \(64, 10\)"):
        train(config, settings={"start_from": "first", "network": other})


@pytest.mark.parametrize("encoding", ["latency", "direct", "moving"])
def test_every_encoding_can_be_learnt_from(config, encoding):
    trained = train(config, settings={"data.encoding": encoding, "optimiser.epochs": 1})
    assert trained.run.layers[0].bits.inputs == (5 if encoding == "direct" else 1)


def test_attention_is_recorded_as_its_two_convolutions(config):
    layers = [{"type": "conv2d", "name": "conv", "channels": 4, "padding": 1}, {"type": "batch_norm"}, {"type": "lif"}, {"type": "tcja"},
              {"type": "avg_pool"}, {"type": "flatten"}, {"type": "linear", "name": "fc", "features": 10}, {"type": "lif"}]  # fmt: skip
    run = train(config, settings={"network": layers, "optimiser.epochs": 1, "allow_dead": True}).run
    assert [layer.type_name for layer in run.layers] == ["conv2d", "tcja_temporal", "tcja_channel", "linear"]
    assert run.layers[1].kind.T == 4
    assert run.layers[3].bits.inputs == 3  # the mean of four spikes has five levels


def test_a_limit_of_memory_cuts_time(config):
    said = []
    train(config, settings={"memory": {"limit_MiB": 1.5}, "optimiser.epochs": 1}, say=said.append)
    assert "time in pieces of" in said[0]
    with pytest.raises(SpecError, match="needed even step by step"):
        train(config, settings={"memory": {"limit_MiB": 0.1}})


@pytest.mark.slow
def test_the_default_configuration_reaches_97_percent():
    assert train("digits").run.accuracy >= 0.97


def test_a_start_is_looked_for_beside_the_configuration_and_then_where_one_stands(config, tmp_path, monkeypatch):
    train(config, tmp_path / "elsewhere/first", settings={"optimiser.epochs": 1})
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert train(config, settings={"start_from": "first", "optimiser.epochs": 1}).log


def test_what_a_check_refuses_leaves_no_folder(config, tmp_path):
    with pytest.raises(SpecError, match="limit_MiB"):
        train(config, tmp_path / "out", settings={"memory": {"limit_MiB": 0.001}})
    assert not (tmp_path / "out").exists()
