"""snnhw train, select, import nir and export nir."""

import json

import numpy as np
import pytest
from training import CONFIG

from snn_workload import read_run
from snn_workload.run_file import write_run


@pytest.fixture
def trained(snnhw):
    snnhw.write("c.yaml", CONFIG)
    done = snnhw("train", "c.yaml", "-o", "out", "--set", "optimiser.epochs=1")
    assert done.status == 0, done.err
    return snnhw, done


def test_train_writes_a_run_that_evaluate_reads_and_says_what_memory_it_needs(trained):
    snnhw, done = trained
    assert done.out.startswith("c: accuracy ")
    assert "memory of a training step: about " in done.err
    assert done.err.endswith("written to out: run.json, checkpoints/, log.jsonl, config.json\n")
    assert snnhw("check", "out/run.json").out == "out/run.json: fine, a run file\n"


def test_train_refuses_a_folder_with_a_training(trained):
    snnhw, _ = trained
    done = snnhw("train", "c.yaml", "-o", "out")
    assert done.status == 2
    assert done.err == "error: out: seen a training already, expected a new folder; go on with --resume, or choose another with -o\n"


def test_resume_without_a_folder_is_a_wrong_use(snnhw):
    assert snnhw("train", "digits", "--resume").status == 2


def test_a_dead_layer_ends_with_status_3(snnhw):
    snnhw.write("c.yaml", CONFIG.replace("- {type: lif}\n- {type: max", "- {type: lif, threshold: 1000000}\n- {type: max"))
    done = snnhw("train", "c.yaml", "--quiet")
    assert done.status == 3
    assert "lif1" in done.err
    assert "did not spike once" in done.err


def test_a_wrong_configuration_ends_with_status_2_and_the_line(snnhw):
    snnhw.write("c.yaml", CONFIG.replace("rate: 0.01", "rat: 0.01"))
    done = snnhw("train", "c.yaml")
    assert done.status == 2
    assert done.err == "error: c.yaml:12: optimiser.rat: seen the unknown key rat, expected one of batch, epochs, last, rate, warm_up, " \
                       "weight_decay; did you mean \"rate\"?\n"  # fmt: skip


def test_a_network_goes_out_to_nir_and_comes_back(trained):
    snnhw, _ = trained
    done = snnhw("export", "nir", "out", "--model", "m.nir", "--dt", "1")
    assert done.status == 0, done.err
    rng = np.random.default_rng(0)
    np.savez(snnhw.folder / "d.npz", x=(rng.random((5, 4, 1, 8, 8)) < 0.3).astype(np.float32))
    done = snnhw("import", "nir", "m.nir", "--data", "d.npz", "--dt", "1", "--run", "back.json", "--weight-bits", "8")
    assert done.status == 0, done.err
    assert [layer.bits.weights for layer in read_run(snnhw.folder / "back.json").layers] == [8, 8]


def test_import_needs_dt(snnhw):
    done = snnhw("import", "nir", "m.nir", "--data", "d.npz")
    assert done.status == 2
    assert "--dt" in done.err


def runs(snnhw):
    for name, bits, accuracy in (("fine", 8, 0.98), ("coarse", 2, 0.9)):
        snnhw.write(
            "one.json",
            json.dumps(
                {
                    "time_steps": 2,
                    "accuracy": accuracy,
                    "layers": [
                        {
                            "name": "fc",
                            "type": "linear",
                            "shape": {"C": 8, "M": 4},
                            "bits": {"weights": bits, "state": 8},
                            "density": {"inputs": 0.1},
                        }
                    ],
                }
            ),
        )
        write_run(read_run(snnhw.folder / "one.json"), snnhw.folder / f"{name}.json")


def test_select_takes_the_highest_reward_for_each_mu(snnhw):
    runs(snnhw)
    done = snnhw("select", "fine.json", "coarse.json", "--mu", "0,1", "--format", "json")
    assert [one["source"] for one in json.loads(done.out)["choices"]] == ["fine.json", "coarse.json"]
    assert snnhw("select", "fine.json", "--memory", "0.001").status == 3
    assert snnhw("select", "fine.json", "--energy", "1").status == 2
    assert snnhw("select", "fine.json", "--mu", "x").status == 2


@pytest.mark.slow
def test_select_keeps_a_limit_of_energy(snnhw):
    """Energies come from evaluate: the coarse network takes less."""
    runs(snnhw)
    args = ("select", "fine.json", "coarse.json", "--mu", "0", "--arch", "tiny_snn", "--mapper", "mapper.yaml", "--format", "json")
    models = {one["source"]: one["energy_pJ"] for one in json.loads(snnhw(*args).out)["models"]}
    assert 0 < models["coarse.json"] <= models["fine.json"]
    middle = (models["coarse.json"] + models["fine.json"]) / 2e6
    done = snnhw(*args, "--energy", str(middle))
    assert json.loads(done.out)["choices"][0]["source"] == "coarse.json"
