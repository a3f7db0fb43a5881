"""snnhw evaluate --uncertainty, and the energies that it was given."""

import json

import pytest
from command import EVALUATE


def test_the_spread_stands_in_the_record_and_on_the_screen(snnhw):
    done = snnhw(*EVALUATE, "--uncertainty", "50", "-o", "out")
    assert done.status == 0
    assert "50 draws" in done.out
    record = json.loads((snnhw.folder / "out" / "result.json").read_text())["uncertainty"]
    assert (record["draws"], record["energy_pJ"]["low"] < record["energy_pJ"]["high"]) == (50, True)
    assert {one["family"] for one in record["families"]} >= {"dram", "sram"}


def test_two_results_are_held_against_each_other(snnhw):
    snnhw(*EVALUATE, "-o", "first")
    text = (snnhw.folder / "arch.yaml").read_text()
    snnhw.write("arch.yaml", text.replace("{width: 64, datawidth: 8}", "{width: 64, datawidth: 8, type: LPDDR2}"))
    done = snnhw(*EVALUATE, "--uncertainty", "50", "--against", "first", "--format", "json")
    (order,) = json.loads(done.out)["uncertainty"]["against"]
    assert (order["name"], order["energy_lower"]) == ("first", "second")
    assert 0.5 < order["energy"] <= 1
    said = " ".join(snnhw(*EVALUATE, "--uncertainty", "50", "--against", "first").out.split())
    assert "energy is higher here than in first in" in said


def test_policies_of_causality_are_held_against_each_other(snnhw):
    done = snnhw(*EVALUATE, "--causality", "strict,free", "--uncertainty", "50")
    assert "causality free in" in done.out


@pytest.mark.parametrize(("words", "message"), [
    (("--against", "x"), "--against needs --uncertainty"), (("--uncertainty", "1"), "1 is not in the range 2<=x<=1000000"),
    (("--uncertainty", "9", "--against", "nowhere"), "nowhere: seen No such file or directory, expected a result.json of snnhw evaluate")])
def test_what_cannot_be_compared_is_an_error_before_the_search(snnhw, words, message):
    done = snnhw(*EVALUATE, *words)
    assert done.status == 2
    assert message in done.err


def test_every_result_says_who_was_asked_and_who_answered(snnhw):
    actions = "[{name: read, energy: 1000}, {name: write, energy: 1000}]"
    snnhw.write("mine.yaml", f"ERT: {{version: 0.4, tables: [{{name: DRAM, actions: {actions}}}]}}")
    snnhw(*EVALUATE, "--ert", "mine.yaml", "--estimators", "ert,builtin", "-o", "out")
    record = json.loads((snnhw.folder / "out" / "result.json").read_text())["provenance"]
    assert record["estimators"] == ["ert", "builtin"]
    said = {(one["component"], one["action"]): one for one in record["energies"]}
    assert (said["DRAM", "read"]["energy_pJ"], said["DRAM", "read"]["source"]) == (1000, "mine.yaml, table DRAM")
    assert said["GLB", "read"]["estimator"] == "snnhw 28 nm"
    assert record["inputs"]["ert"][0]["source"] == "mine.yaml"
    assert set(record["areas_um2"]) >= {"GLB", "mac"}


def test_placeholders_are_told_of(snnhw):
    snnhw.write("arch.yaml", (snnhw.folder / "arch.yaml").read_text().replace("class: SRAM", "class: storage"))
    assert snnhw(*EVALUATE).status == 2
    done = snnhw(*EVALUATE, "--estimators", "builtin,placeholder")
    assert done.status == 0
    assert "energies of GLB are placeholders" in " ".join(done.out.split())


def test_power_and_energy_per_operation_are_told(snnhw):
    done = snnhw(*EVALUATE)
    line = next(line for line in done.out.splitlines() if line.startswith("power "))
    assert "leakage" in line
    record = json.loads(snnhw(*EVALUATE, "--format", "json").out)["efficiency"]
    assert record["power_mW"] > record["leakage_mW"] > 0
    assert record["pJ_per_SOP"] == pytest.approx(1e12 / record["SOP_per_J"])
