"""Energy and area tables of the flat dialects."""

from __future__ import annotations

from pathlib import Path

import pytest
from spec.flat_inputs import WHOLE, changed, fault_of, read_flat

from snnhw.spec.flat_reference import component_name
from snnhw.spec.reference import ActionEnergy, ComponentCost, ReferenceTable

FLAT = "ERT: {version: '0.4', tables: [{name: 'system.GLB[1..1]', actions: [{name: read, arguments: {}, energy: 2.5}]}]}\n"
HERE = "in.yaml:40: ERT.tables"


def ert(energy: float) -> ActionEnergy:
    """An energy of the input's ERT."""
    return ActionEnergy(energy_pJ=energy, estimator="ERT of the input")


def reference_of(tmp_path: Path, text: str) -> ReferenceTable | None:
    """The table of the small input with these sections."""
    return read_flat(tmp_path, WHOLE + text).reference


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("GLB", "GLB"),
        ("system.GLB", "GLB"),
        ("system.GLB[1..1]", "GLB"),
        ("system.PE[0..5].pad[1..12]", "pad"),
        ("chip.PE[0..5].pad", "pad"),
        ("mac[10..12]", "mac"),
    ],
)
def test_a_component_is_named_by_the_last_part(text: str, name: str) -> None:
    """Without its range."""
    assert component_name(text) == name


@pytest.mark.parametrize(
    "text",
    [
        FLAT,
        FLAT.replace("'0.4'", "0.3"),
        FLAT.replace("arguments: {}", "arguments: null"),
        FLAT.replace("energy: 2.5}", "energy: 2.5}, {name: read, arguments: {data_delta: 0}, energy: 1}"),
        "ERT: {version: 0.2, tables: {system.GLB: {read: {energy: 2.5}}}}\n",
        "ERT: {version: 0.2, tables: {'system.GLB[0..0]': {read: [{arguments: {a: 1}, energy: 1}, {arguments: {a: 2}, energy: 2.5}]}}}\n",
    ],
)
def test_all_versions_of_an_ert_are_one(tmp_path: Path, text: str) -> None:
    """Lists and mappings; of several energies of an action the largest counts."""
    assert reference_of(tmp_path, text) == ReferenceTable(components={"GLB": ComponentCost(name="GLB", actions={"read": ert(2.5)})})


def test_areas_join_their_components(tmp_path: Path) -> None:
    """Also of components without an energy."""
    art = "ART: {version: '0.4', tables: [{name: system.GLB, area: 7}, {name: 'system.pad[0..5]', area: 3}]}\n"
    assert reference_of(tmp_path, FLAT + art) == ReferenceTable(
        components={
            "GLB": ComponentCost(name="GLB", actions={"read": ert(2.5)}, area_um2=7.0),
            "pad": ComponentCost(name="pad", actions={}, area_um2=3.0),
        }
    )


def test_without_an_ert_there_is_no_table(tmp_path: Path) -> None:
    """Timeloop does not look at an ART then."""
    assert reference_of(tmp_path, "") is None
    assert reference_of(tmp_path, "ART: {version: '0.4', tables: [{name: system.GLB, area: 7}]}\n") is None


def test_the_component_wire_sets_the_energy_of_all_wires(tmp_path: Path) -> None:
    """Its action transfer_random, in pJ a bit and mm."""
    text = "ERT: {version: 0.3, tables: [{name: system.wire, actions: [{name: transfer_random, arguments: {}, energy: 0.25}]}]}\n"
    architecture = read_flat(tmp_path, WHOLE + text).architecture
    assert [level.network.wire_energy_pJ_per_bit_mm for level in architecture.storage] == [0.25, 0.25, 0.25]


def test_an_energy_of_the_attributes_replaces_that_of_a_level(tmp_path: Path) -> None:
    """vector_access_energy holds for reading, writing and updating, and the ERT's entry of the level is not used."""
    text = changed(WHOLE, ("depth: 1024,", "depth: 1024, vector_access_energy: 9, cluster_area: 5,")) + FLAT
    table = read_flat(tmp_path, text).reference
    assert table is not None
    cost = table.components["GLB"]
    assert {name: action.energy_pJ for name, action in cost.actions.items()} == {"read": 9.0, "write": 9.0, "update": 9.0}
    assert (cost.actions["read"].estimator, cost.area_um2) == ("attribute vector_access_energy", 5.0)


def test_an_energy_of_the_compute_level_gives_way_to_the_ert(tmp_path: Path) -> None:
    """The attribute counts only where the ERT has no entry; an area likewise."""
    text = changed(WHOLE, ("{datawidth: 16, meshX: 3}", "{datawidth: 16, meshX: 3, energy: 4, area: 6}"))
    alone = read_flat(tmp_path, text).reference
    assert alone == ReferenceTable(
        components={
            "mac": ComponentCost(name="mac", actions={"compute": ActionEnergy(energy_pJ=4.0, estimator="attribute energy")}, area_um2=6.0)
        }
    )
    both = read_flat(tmp_path, text + FLAT.replace("GLB[1..1]", "mac[1..6]").replace("read", "compute")).reference
    assert both == ReferenceTable(components={"mac": ComponentCost(name="mac", actions={"compute": ert(2.5)}, area_um2=6.0)})


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (FLAT.replace("2.5", "-1"), f"{HERE}[0].actions[0].energy: seen -1, expected an energy in pJ, a number >= 0"),
        (FLAT.replace("2.5", "much"), f'{HERE}[0].actions[0].energy: seen "much", expected an energy in pJ, a number >= 0'),
        (FLAT.replace(", energy: 2.5", ""), f'{HERE}[0].actions[0]: seen no "energy", expected an energy in pJ, a number >= 0'),
        (FLAT.replace("name: read, ", ""), f"{HERE}[0].actions[0]: seen a mapping, expected an action with its name and energy"),
        (FLAT.replace("arguments", "argument"), f"{HERE}[0].actions[0].argument: seen an unknown key; known here: arguments, energy, name"),
        (FLAT.replace("'0.4'", "0.5"), "in.yaml:40: ERT.version: seen 0.5, expected 0.2, 0.3 or 0.4"),
        (
            FLAT.replace("tables", "table"),
            'in.yaml:40: ERT: seen no "tables", expected a list of components with their actions\n'
            'in.yaml:40: ERT.table: seen an unknown key; did you mean "tables"?',
        ),
        (
            FLAT.replace("actions", "action"),
            f'{HERE}[0]: seen no "actions", expected a list of actions\n{HERE}[0].action: seen an unknown key; did you mean "actions"?',
        ),
        ("ERT: {version: 0.4, tables: 3}\n", f"{HERE}: seen 3, expected a list of components with their actions"),
        (
            "ERT: {version: 0.4, tables: [{name: a.GLB, actions: []}, {name: b.GLB, actions: []}]}\n",
            f'{HERE}[1]: seen a second table for "GLB", "b.GLB" after "a.GLB", expected one',
        ),
        ("ERT: {version: 0.2, tables: {system.GLB: 3}}\n", f"{HERE}.system.GLB: seen 3, expected a mapping of actions"),
        (
            "ERT: {version: 0.2, tables: {system.GLB: {read: 3}}}\n",
            f'{HERE}.system.GLB.read: seen no "energy", expected an energy in pJ, a number >= 0',
        ),
        (
            "ART: {version: 0.4, tables: [{name: GLB}]}\n",
            'in.yaml:40: ART.tables[0]: seen no "area", expected its area in um2, a number >= 0',
        ),
        ("ART: {version: 0.4, tables: [{name: GLB, area: -2}]}\n", "in.yaml:40: ART.tables[0].area: seen -2, expected a number >= 0"),
    ],
)
def test_a_wrong_table_says_what_is_right(tmp_path: Path, text: str, fault: str) -> None:
    """File, line, key, what is seen and what would be right."""
    assert fault_of(tmp_path, WHOLE + text) == fault
