"""A mapping as text, loop by loop."""

from report.results import mapping

from snnhw.report.loop_nest import loop_nest
from snnhw.spec.mapping import LevelMapping, Loop, Mapping


def test_levels_and_loops_stand_from_the_outside_in():
    assert loop_nest(mapping(), tensors=("Weights", "Inputs", "Outputs"), compute="adder") == [
        "DRAM: keeps Weights, Inputs, Outputs",
        "  for T in 0..1",
        "    for C in 0..2",
        "      parallel for M in 0..4 along X",
        "        pad: keeps Outputs",
        "          adder"]


def test_last_passes_wholes_and_unlinked_tensors_are_told():
    temporal = (Loop(dimension="P", bound=3, residual=2), Loop(dimension="Q", bound=0), Loop(dimension="R", bound=1))
    level = LevelMapping(level="L", temporal=temporal, spatial_y=(Loop(dimension="M", bound=2),), no_link_transfer=frozenset({"Inputs"}))
    assert loop_nest(Mapping(levels=(level,))) == [
        "L: keeps nothing, not handed on by neighbours: Inputs",
        "  for P in 0..2, the last pass 2",
        "    for Q over all that is left",
        "      parallel for M in 0..1 along Y",
        "        compute"]
