"""Who is asked, in which order, and what is said where nobody knows."""

from __future__ import annotations

import pytest

from snnhw.energy import KNOWN, ORDER, estimate, estimators_named, standing
from snnhw.energy.actions import COMPUTE_ACTIONS, NEURON_ACTIONS, STORAGE_ACTIONS, is_answered, names_for
from snnhw.errors import SpecError
from snnhw.model.costs import ACTIONS, action_names
from snnhw.spec.architecture import Architecture, Component, Compute, StorageLevel
from snnhw.spec.reference import ActionEnergy, ComponentCost, ReferenceTable

DRAM = StorageLevel(name="DRAM", class_name="DRAM", width_bits=64, is_dram=True, attributes={"type": "LPDDR4"})
PAD = StorageLevel(name="pad", class_name="regfile", width_bits=16, word_bits=16, depth_words=24)
ADDER = Compute(name="adder", class_name="accumulate_compute", word_bits=16)


def chip(*levels: StorageLevel, compute: Compute = ADDER, **more) -> Architecture:
    return Architecture(name="chip", storage=levels or (DRAM, PAD), compute=compute, **more)


def table(**energies: float) -> ReferenceTable:
    actions = {name: ActionEnergy(energy_pJ=energy, estimator="ERT of the input") for name, energy in energies.items()}
    return ReferenceTable(components={"pad": ComponentCost(name="pad", actions=actions)})


def test_the_order_is_that_of_the_documentation():
    assert ORDER == ("ert", "accelergy", "cacti", "builtin")
    assert [one.name for one in estimators_named()] == list(ORDER)


def test_each_says_whether_it_is_there(monkeypatch):
    monkeypatch.setattr("snnhw.energy.accelergy.shutil.which", lambda name: None)
    monkeypatch.setattr("snnhw.energy.cacti.find_spec", lambda name: None)
    assert standing(estimators_named()) == (
        "ert: no ERT is given", "accelergy: no command accelergy here",
        'cacti: not installed (pip install "snnhw[cacti]", Python >= 3.12)', "builtin: snnhw 28 nm")


@pytest.mark.parametrize(("names", "message"), [
    (("builtin", "oracle"), 'estimators: seen "oracle", expected one of ert, accelergy, cacti, builtin, placeholder'),
    (("builtin", "builtin"), "estimators: seen builtin, builtin, expected some of them, each once"),
    ((), "estimators: seen none, expected some of them, each once")])
def test_a_wrong_list_of_estimators_is_an_error(names, message):
    with pytest.raises(SpecError) as error:
        estimators_named(names)
    assert str(error.value) == message


def test_an_ert_that_nobody_would_ask_is_an_error():
    with pytest.raises(SpecError, match="expected ert among them, since an ERT is given"):
        estimate(chip(), table(read=1.0), ("builtin",))


def test_the_first_that_knows_wins_whatever_the_order():
    given = table(read=3.0)
    first, last = (estimate(chip(), given, order).components["pad"].actions["read"] for order in (ORDER, ("builtin", "ert")))
    assert (first.energy_pJ, first.estimator) == (3.0, "ERT of the input")
    assert last.estimator == "snnhw 28 nm"


def test_without_the_built_in_model_what_the_ert_lacks_is_missing():
    with pytest.raises(SpecError) as error:
        estimate(chip(), table(read=3.0), ("ert",))
    found = [str(finding) for finding in error.value.findings]
    assert found[0].startswith("energy estimate: DRAM.read: seen the ERT has no table DRAM (class DRAM; attributes type: LPDDR4)")
    assert [text.split(": ")[1] for text in found if "pad" in text] == ["pad.fill", "pad.update"]


def test_placeholders_answer_only_where_they_are_named():
    part = Component(name="reader", class_name="adc", attributes={"resolution": 8})
    with pytest.raises(SpecError, match="add placeholder to the estimators"):
        estimate(chip(parts=(part,)))
    odd = Compute(name="unit", class_name="analogcompute")
    made = estimate(chip(compute=odd, parts=(part,)), None, (*ORDER, "placeholder")).components
    assert (made["unit"].actions["compute"].energy_pJ, made["unit"].actions["compute"].uncertainty) == (1.0, 1.0)
    assert made["unit"].actions["compute"].source == "asked for; stands for no circuit"
    assert made["pad"].actions["read"].estimator == "snnhw 28 nm"


def test_a_node_beyond_the_model_is_no_matter_where_the_user_gives_what_is_needed():
    given = {name: ComponentCost(name=name, actions={action: ActionEnergy(energy_pJ=1.0) for action in actions})
             for name, actions in (("DRAM", ("read", "write")), ("pad", ("read", "write")), ("adder", ("compute",)))}
    made = estimate(chip(technology_nm=180.0), ReferenceTable(components=given)).components
    assert made["pad"].actions["read"].energy_pJ == 1.0
    with pytest.raises(SpecError, match="seen 180 nm, expected 7 to 65 nm"):
        estimate(chip(technology_nm=180.0))


@pytest.mark.parametrize("count", ACTIONS)
def test_names_that_answer_an_action_are_those_that_the_model_looks_for(count):
    assert names_for(count.removesuffix("s")) == action_names(count)


@pytest.mark.parametrize("action", [*STORAGE_ACTIONS, *COMPUTE_ACTIONS, *NEURON_ACTIONS, "leak"])
def test_every_action_is_answered_by_its_own_name(action):
    assert is_answered(action, [action])
    assert not is_answered(action, ["something"])


def test_every_estimator_that_can_be_named_is_known():
    assert set(ORDER) < set(KNOWN)
