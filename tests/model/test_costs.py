"""Which entry of a reference table pays for which count."""

from __future__ import annotations

import pytest
from model.cases import level

from snnhw.errors import SpecError
from snnhw.model.costs import ACTIONS, action_names, compute_energies, leakage, storage_energies
from snnhw.spec.architecture import Compute, StorageLevel
from snnhw.spec.reference import ActionEnergy, ComponentCost, ReferenceTable


def table(**components: dict[str, float]) -> ReferenceTable:
    return ReferenceTable(components={name: ComponentCost(name=name, actions={a: ActionEnergy(energy_pJ=e) for a, e in actions.items()})
                                      for name, actions in components.items()})


def test_eighteen_counts():
    """Data, then metadata; what happens, is gated, is skipped; reads, fills, updates."""
    assert len(ACTIONS) == 18
    assert (ACTIONS[0], ACTIONS[4], ACTIONS[8], ACTIONS[9], ACTIONS[17]) == (
        "reads", "gated_fills", "skipped_updates", "metadata_reads", "skipped_metadata_updates")


@pytest.mark.parametrize(("count", "names"), [
    ("reads", ("random_read", "read", "access")),
    ("fills", ("random_fill", "random_write", "fill", "write", "access")),
    ("updates", ("random_update", "random_write", "update", "write", "access")),
    ("gated_reads", ("gated_read",)),
    ("gated_updates", ("gated_update", "gated_write")),
    ("skipped_reads", ("skipped_read", "gated_read")),
    ("skipped_fills", ("skipped_fill", "skipped_write", "gated_fill", "gated_write")),
    ("metadata_reads", ("random_metadata_read", "metadata_read")),
    ("gated_metadata_fills", ("gated_metadata_fill", "gated_metadata_write")),
    ("skipped_metadata_updates", ("skipped_metadata_update", "skipped_metadata_write", "gated_metadata_update", "gated_metadata_write")),
])
def test_names_of_actions(count, names):
    """The first that a table has counts."""
    assert action_names(count) == names


def energies(**actions: float) -> dict[str, float]:
    return dict(zip(ACTIONS, storage_energies(level("Buf"), table(Buf=actions)), strict=True))


def test_reads_and_writes_suffice():
    """All else costs nothing then."""
    found = {count: energy for count, energy in energies(read=1.0, write=2.0).items() if energy}
    assert found == {"reads": 1.0, "fills": 2.0, "updates": 2.0}


def test_a_more_special_name_wins():
    found = energies(read=1.0, random_read=3.0, write=2.0, update=5.0, fill=6.0, gated_read=0.5, metadata_read=0.25,
                     skipped_metadata_write=0.125)
    assert (found["reads"], found["fills"], found["updates"]) == (3.0, 6.0, 5.0)
    assert (found["gated_reads"], found["skipped_reads"], found["gated_fills"]) == (0.5, 0.5, 0.0)
    assert (found["metadata_reads"], found["skipped_metadata_fills"], found["gated_metadata_fills"]) == (0.25, 0.125, 0.0)


def test_a_level_that_stores_nothing_costs_nothing():
    assert storage_energies(StorageLevel(name="column", class_name="storage", is_dummy=True), table()) == [0.0] * 18


def test_a_component_that_is_not_there():
    with pytest.raises(SpecError) as caught:
        storage_energies(level("Buf"), table(mac={"compute": 1.0}, DRAM={}))
    assert str(caught.value) == ("energy reference table: Buf: seen entries for DRAM, mac, expected an entry for Buf; "
                                 "add it to the ERT, or leave the ERT out so that snnhw estimates every component")


@pytest.mark.parametrize(("actions", "missing"), [({"write": 1.0}, "read"), ({"read": 1.0, "leak": 2.0}, "write")])
def test_an_energy_that_is_not_there(actions, missing):
    with pytest.raises(SpecError) as caught:
        storage_energies(level("Buf"), table(Buf=actions))
    seen = ", ".join(actions)
    assert str(caught.value) == (f"energy reference table: Buf.{missing}: seen actions {seen}, expected an energy for {missing}; "
                                 f"add the action {missing} to the table of Buf")


COMPUTE = Compute(name="mac", class_name="intmac")


@pytest.mark.parametrize(("actions", "found"), [
    ({"compute": 1.0}, [1.0, 1.0, 1.0]),
    ({"compute": 1.0, "compute_gated": 0.5}, [1.0, 0.5, 0.5]),
    ({"compute": 1.0, "compute_gated": 0.5, "compute_skipped": 0.25}, [1.0, 0.5, 0.25]),
    ({"compute": 1.0, "gated_compute": 0.5, "skipped_compute": 0.25}, [1.0, 1.0, 1.0]),
    ({"mac_random": 3.0, "mult": 2.0, "compute": 1.0}, [3.0, 2.0, 2.0]),
])
def test_energies_of_computes(actions, found):
    """Without an energy of their own gated and skipped operations cost a whole one; gated_compute is no name that Timeloop knows."""
    assert compute_energies(COMPUTE, table(mac=actions)) == found


def test_a_compute_without_an_energy():
    with pytest.raises(SpecError) as caught:
        compute_energies(COMPUTE, table(mac={"leak": 1.0}))
    assert str(caught.value) == ("energy reference table: mac: seen actions leak, expected an energy for compute; "
                                 "add the action compute to the table of mac")


def test_leakage():
    """0 where the table says nothing."""
    reference = table(Buf={"read": 1.0, "leak": 0.25}, DRAM={"read": 1.0})
    assert [leakage(name, reference) for name in ("Buf", "DRAM", "mac")] == [0.25, 0.0, 0.0]
