"""snnhw import arch and its way back, as a user of Timeloop types them."""

import json
from pathlib import Path

import yaml
from golden_comparison import GOLDEN

SPARSE = GOLDEN / "mapper" / "sparse-Dense1.yaml"


def parts_of(path, *keys):
    """Some sections of an input as the text of a file."""
    data = yaml.safe_load(path.read_text())
    return yaml.safe_dump({key: data[key] for key in keys if key in data}, sort_keys=False)


def test_a_user_of_timeloop_moves_in_one_step(snnhw):
    """Energies go beside, and evaluate takes both files."""
    done = snnhw("import", "arch", str(SPARSE), "-o", "mine.yaml")
    assert (done.status, done.out) == (0, "")
    assert "mapper: no part of an architecture; snnhw map reads it" in done.err
    assert done.err.endswith("written to mine.yaml, energies to mine.ert.yaml (--ert mine.ert.yaml)\n")


def test_evaluate_takes_what_was_imported(snnhw):
    """A flat file of a small array, its energies in an ERT."""
    assert snnhw("export", "arch", "tiny_snn", "-o", "flat.yaml", "--estimators", "builtin").status == 0
    assert snnhw("import", "arch", "flat.yaml", "-o", "mine.yaml").status == 0
    done = snnhw("evaluate", "--arch", "mine.yaml", "--ert", "mine.ert.yaml", "--stats", "run.json", "--mapper", "mapper.yaml",
                 "--causality", "free")
    assert done.status == 0, done.err
    assert "DRAM_Weights" in done.out


def test_import_then_export_gives_the_record_of_the_original(snnhw):
    """The problem and the mapping of the original beside the exported architecture and the energies of the import."""
    original = GOLDEN / "snn" / "003.yaml"
    assert snnhw("import", "arch", str(original), "-o", "mine.yaml").status == 0
    assert snnhw("export", "arch", "mine.yaml", "-o", "flat.yaml", "--no-energies").status == 0
    snnhw.write("rest.yaml", parts_of(original, "problem", "mapping"))
    made = snnhw("model", "--one", "flat.yaml", "mine.ert.yaml", "rest.yaml", "--format", "json", "-q")
    given = snnhw("model", str(original), "--format", "json", "-q")
    assert {**json.loads(made.out), "file": ""} == {**json.loads(given.out), "file": ""}


def test_import_export_import_writes_the_same_bytes(snnhw):
    for args in (["import", "arch", str(SPARSE), "-o", "a.yaml"], ["export", "arch", "a.yaml", "-o", "flat.yaml", "--ert", "a.ert.yaml"],
                 ["import", "arch", "flat.yaml", "-o", "b.yaml"]):
        assert snnhw(*args).status == 0
    assert Path("a.yaml").read_bytes() == Path("b.yaml").read_bytes()


def test_what_an_export_cannot_say_stands_on_stderr_and_at_its_head(snnhw):
    done = snnhw("export", "arch", "tiny_snn", "-o", "flat.yaml", "--estimators", "builtin", "--set", "weight_bits=4")
    assert done.status == 0
    said = "shared_buffer: its tensors share one capacity; each of the levels that stand for it has all of it"
    assert f"note: {said}\n" in done.err
    assert Path("flat.yaml").read_text().startswith(f"# Not said here: {said}.\n")
    assert snnhw("export", "arch", "tiny_snn", "-o", "flat.yaml", "-q").err == ""


def test_names_that_layers_lack_are_said_and_can_be_changed(snnhw):
    snnhw.write("limits.yaml", "constraints:\n  targets:\n  - {target: L1, type: temporal, factors: K=1 N=1}\n"
                .replace("constraints:", "architecture_constraints:"))
    snnhw.write("a.yaml", parts_of(GOLDEN / "dense" / "003.yaml", "architecture"))
    name = yaml.safe_load(Path("a.yaml").read_text())["architecture"]["subtree"][0]["local"][1]["name"].partition("[")[0]
    snnhw.write("limits.yaml", f"architecture_constraints:\n  targets:\n  - {{target: {name}, type: temporal, factors: K=1 N=1}}\n")
    done = snnhw("import", "arch", "a.yaml", "limits.yaml", "-o", "mine.yaml")
    assert "note: layers have no dimension K, N: theirs are C, G, M, P, Q, R, S, T; rename them with --rename OLD=NEW\n" in done.err
    done = snnhw("import", "arch", "a.yaml", "limits.yaml", "-o", "mine.yaml", "--rename", "K=M", "--rename", "N=")
    assert "layers have no" not in done.err
    assert "factors: [M=1]" in Path("mine.yaml").read_text()


def test_a_renaming_that_is_none_is_a_usage_error(snnhw):
    done = snnhw("import", "arch", "arch.yaml", "-o", "mine.yaml", "--rename", "K")
    assert (done.status, "expected OLD=NEW, such as K=M" in done.err) == (2, True)


def test_wrong_files_write_nothing_and_say_everything(snnhw):
    snnhw.write("wrong.yaml", "architecture:\n  version: 0.4\n  subtree:\n  - name: system\n    local:\n"
                "    - {name: DRAM, class: DRAM, attributes: {width: 63, datawidth: 8}}\n    - {name: mac, class: intmac, atributes: {}}\n")
    done = snnhw("import", "arch", "wrong.yaml", "missing.yaml", "-o", "mine.yaml")
    assert done.status == 2
    assert "error: missing.yaml: seen no such file" in done.err
    done = snnhw("import", "arch", "wrong.yaml", "-o", "mine.yaml")
    assert done.status == 2
    assert "error: wrong.yaml:6: architecture.subtree[0].local[0].attributes.width: seen 63" in done.err
    assert "error: wrong.yaml:7: architecture.subtree[0].local[1].atributes: seen an unknown key" in done.err
    assert "mine.yaml" not in snnhw.files()
