"""Configurations: everything that is wrong is told in one run, with line, key, value and what is right."""

import numpy as np
import pytest
from training import CONFIG

from snn_workload.train.config import read_config
from snnhw.errors import SpecError
from snnhw.spec.presets import preset_files


def told(tmp_path, text):
    path = tmp_path / "c.yaml"
    path.write_text(text)
    with pytest.raises(SpecError) as caught:
        read_config(path)
    return [str(found).removeprefix(f"{path}:") for found in caught.value.findings]


CASES = [
    ("channels: 8, kernel: 3", "chanels: 8, kernel: 3", "network[0].chanels: seen the unknown key chanels"),
    ("{type: max_pool}", "{type: max_pol}", 'network[3].type: seen "max_pol", expected one of'),
    ("name: fc, features: 10", "name: fc, features: 9", "seen 9 values at the end, expected 10, one for each class of the data"),
    ("- {type: flatten}\n", "", "network[4].type: seen linear, expected a layer that takes 8 channels of 4 x 4; put a flatten before it"),
    ("{type: max_pool}", "{type: max_pool, size: 9}", "expected a window that fits in 8 x 8"),
    ("kernel: 3", "kernel: 13", "expected a kernel that fits in 8 x 8 with padding [1, 1]"),
    ("channels: 8", "channels: 8, groups: 3", "groups: seen 3, expected a divisor of the input channels, 1"),
    ("{type: lif}\n- {type: max", "{type: lif, tau: 2.0, decay: 0.5}\n- {type: max", "expected tau or decay, not both; remove one of them"),
    ("{type: lif}\n- {type: max", "{type: if, tau: 2.0}\n- {type: max", "an if neuron without tau"),
    ("epochs: 2", "epochs: 0", "optimiser.epochs: seen 0"),
    ("source: digits", "source: digit", 'data.source: seen "digit", expected one of'),
    ("source: digits", "source: nmnist", "expected path, the folder or file of the nmnist data; add path"),
    ("time_steps: 4", "time_steps: 4\ncombination: joint", "expected a combination only with both quantisation.bits and pruning"),
    ("time_steps: 4", "time_steps: 4\nquantisation: {bits: 1}", "quantisation.bits: seen 1"),
    ("time_steps: 4", "time_steps: 4\npruning: {sparsity: 1.0}", "pruning.sparsity: seen 1, expected a number x with x < 1"),
]


@pytest.mark.parametrize(("right", "wrong", "said"), CASES)
def test_what_is_wrong_is_told(tmp_path, right, wrong, said):
    assert right in CONFIG
    assert any(said in one for one in told(tmp_path, CONFIG.replace(right, wrong, 1))), told(tmp_path, CONFIG.replace(right, wrong, 1))


def test_several_findings_are_told_together(tmp_path):
    found = told(tmp_path, CONFIG.replace("epochs: 2", "epochs: two").replace("type: flatten", "type: flaten"))
    assert len(found) == 2


def test_two_layers_of_one_name_are_told(tmp_path):
    assert any('"fc" again' in one for one in told(tmp_path, CONFIG.replace("name: conv", "name: fc")))


def test_the_last_layer_has_to_spike(tmp_path):
    text = CONFIG.replace("features: 10}\n- {type: lif}", "features: 10}")
    assert any("expected spiking neurons: the loss counts their spikes; add a layer of type lif" in one for one in told(tmp_path, text))


def test_settings_stand_above_the_file(tmp_path):
    (tmp_path / "c.yaml").write_text(CONFIG)
    config = read_config(tmp_path / "c.yaml", {"optimiser.epochs": 7, "pruning.sparsity": 0.5})
    assert config.form.optimiser.epochs == 7
    assert config.form.pruning.sparsity == 0.5


@pytest.mark.parametrize("name", sorted(preset_files("workloads/training")))
def test_every_preset_is_whole(name):
    assert read_config(name).data.classes == 10


def test_an_unknown_preset_gets_a_near_miss():
    with pytest.raises(SpecError, match="digits"):
        read_config("digit")


def test_a_path_of_a_setting_begins_where_it_is_typed(tmp_path, monkeypatch):
    """The configuration lies elsewhere; a path that is not in the settings begins at its folder."""
    for folder, count in (("configs", 40), ("here", 60)):
        (tmp_path / folder).mkdir()
        np.savez(tmp_path / folder / "d.npz", x=np.ones((count, 4, 8, 8, 1), np.float32), y=np.arange(count) % 10)
    (tmp_path / "configs/c.yaml").write_text(CONFIG)
    monkeypatch.chdir(tmp_path / "here")
    settings = {"data": {"source": "arrays", "path": "d.npz"}, "time_steps": 4}
    data = [read_config(tmp_path / "configs/c.yaml", settings | more).data for more in ({}, {"data.path": "d.npz"})]
    assert [len(one.train) + len(one.test) for one in data] == [40, 60]


def test_weights_are_rounded_from_a_fifth_of_the_epochs_on(tmp_path):
    (tmp_path / "c.yaml").write_text(CONFIG)
    settings = {"quantisation": {"bits": 2}, "optimiser.epochs": 20}
    assert read_config(tmp_path / "c.yaml", settings).quantised_from == 4
    assert read_config(tmp_path / "c.yaml", settings | {"quantisation.begin": 0.0}).quantised_from == 0


def test_what_is_recorded_as_rounded_is_rounded_in_the_last_epoch_at_least(tmp_path):
    (tmp_path / "c.yaml").write_text(CONFIG)
    assert read_config(tmp_path / "c.yaml", {"quantisation": {"bits": 2, "begin": 1.0}, "optimiser.epochs": 20}).quantised_from == 19
