"""Bars of figures and of the terminal."""

from itertools import pairwise

import pytest
from report.results import layer, network

from snnhw.look.labels import labels_of
from snnhw.look.layer_bars import layer_bars
from snnhw.look.roofline_figure import spread
from snnhw.look.stacks import REST, Bar, component_bar, gathered
from snnhw.look.style import HATCH


def test_a_bar_has_all_of_the_energy_and_its_computes():
    bar = component_bar("fc", [layer()])
    assert bar.energy_pJ == pytest.approx(25e6)
    assert bar.pJ_per_compute == pytest.approx(25e6 / 30)


def test_small_parts_of_all_bars_are_put_together_and_nothing_is_lost():
    bars = [Bar(label="a", parts={"DRAM": 99.7, "x": 0.2, "y": 0.1}), Bar(label="b", parts={"DRAM": 50.0, "big": 50.0})]
    made, parts = gathered(bars)
    assert [part.name for part in parts] == ["DRAM", "big", REST]
    assert [bar.energy_pJ for bar in made] == pytest.approx([100.0, 100.0])
    assert made[0].parts[REST] == pytest.approx(0.3)


def test_one_small_part_alone_keeps_its_name():
    assert [part.name for part in gathered([Bar(label="a", parts={"DRAM": 999.0, "x": 1.0})])[1]] == ["DRAM", "x"]


def test_transfers_are_hatched_in_the_colour_of_their_level():
    parts = {part.name: part for part in gathered([component_bar("fc", [layer()])])[1]}
    transfer = parts["DRAM <==> pad"]
    assert (transfer.hatch, transfer.colour) == (HATCH, parts["DRAM"].colour)
    assert parts["DRAM"].hatch == ""
    assert len({part.colour for part in parts.values()}) == len(parts) - 1


def test_bars_of_the_terminal_are_as_long_as_their_energies_and_fit_80_columns():
    lines = layer_bars([layer("one"), layer("half", scale=0.5), layer("a" * 60, scale=0.0001)], 80)
    assert max(map(len, lines)) <= 80
    drawn = [line.split("  ")[1] for line in lines[:2]]
    assert len(drawn[1]) == round(len(drawn[0]) / 2)
    assert drawn[0].count("D") == pytest.approx(len(drawn[0]) * 11 / 25, abs=1)
    assert lines[2].split("  ")[1].strip() == "."
    assert "D DRAM" in " ".join(lines[3:])


def test_labels_are_what_tells_results_apart():
    one, other = network(), network()
    assert labels_of([one], ["x"]) == ["net chip"]
    assert labels_of([one, other], ["x", "y"]) == ["x", "y"]
    from dataclasses import replace

    assert labels_of([one, replace(other, architecture="board")], ["x", "y"]) == ["chip", "board"]
    set_differently = [replace(one, provenance={"settings": {"depth": value}}) for value in (1, 2)]
    assert labels_of(set_differently, ["x", "y"]) == ["depth 1", "depth 2"]


@pytest.mark.parametrize("places", [[0.1, 0.11, 0.12], [0.0, 0.5, 1.0], [0.95, 0.96, 0.97], []])
def test_names_beside_a_figure_do_not_lie_on_each_other(places):
    heights = [0.1] * len(places)
    moved = spread(places, heights)
    assert all(b - a >= 0.1 - 1e-9 for a, b in pairwise(moved))
    assert not moved or moved[-1] <= 1.0
