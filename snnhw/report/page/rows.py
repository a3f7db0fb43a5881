"""Rows of the page's tables: the page's data as text, a tuple a row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from snnhw.report.quantities import microjoules, percent, significant

Row: TypeAlias = tuple[str, ...]

__all__ = ["comparison_columns", "comparison_rows", "cycle_rows", "flow_rows", "layer_rows", "part_rows", "roof_rows", "source_rows",
           "split_rows", "step_rows"]  # fmt: skip


def layer_rows(result: Mapping[str, Any]) -> Iterator[Row]:
    """Figures of each layer, and of the network."""
    total = result["totals"]
    bounds = result["roofline"]["bound"] if result["roofline"] else None
    for i, layer in enumerate(result["layers"]):
        yield (layer["name"], layer["type"], microjoules(layer["energy_pJ"]), percent(_over(layer["energy_pJ"], total["energy_pJ"])),
               significant(_over(layer["energy_pJ"], layer["operations"])), f"{layer['cycles']:,}", significant(layer["edp_Js"]),
               percent(layer["utilization"]), *([bounds[i]] if bounds else []), layer["bounds"])
    yield ("total", "", microjoules(total["energy_pJ"]), "100.0%", significant(total["pJ_per_compute"]), f"{total['cycles']:,}",
           significant(total["edp_Js"]), "", *([""] if bounds else []), "")


def part_rows(result: Mapping[str, Any], split: str) -> Iterator[Row]:
    """Energy of each part of a split over the whole network, the largest first, and the sum."""
    table = result["splits"][split]
    total = result["totals"]["energy_pJ"]
    sums = [(name, sum(row[i] for row in table["pJ"])) for i, name in enumerate(table["parts"])]
    for name, energy in sorted(sums, key=lambda one: -one[1]):
        yield name, microjoules(energy), percent(_over(energy, total))
    yield "total", microjoules(total), "100.0%"


def split_rows(result: Mapping[str, Any], split: str) -> Iterator[Row]:
    """Energy of each part of a split, layer by layer, in uJ."""
    for layer, energies in zip(result["layers"], result["splits"][split]["pJ"], strict=True):
        yield layer["name"], *map(microjoules, energies), microjoules(layer["energy_pJ"])


def flow_rows(result: Mapping[str, Any]) -> Iterator[Row]:
    """What moves between levels."""
    for layer in result["flows"]["layers"]:
        for flow in layer["flows"]:
            yield (layer["name"], flow["tensor"], flow["source"], flow["target"], _count(flow["words"]), _count(flow["arriving"]),
                   _count(flow["bits"]), microjoules(flow["energy_pJ"]))


def roof_rows(result: Mapping[str, Any]) -> Iterator[Row]:
    """Each layer under each roof."""
    roofs = result["roofline"]["roofs"]
    for point in result["roofline"]["points"]:
        roof = roofs[point["roof"]]
        limit = "no limit" if roof["words_per_cycle"] is None else f"{roof['words_per_cycle']:g} words/cycle"
        yield (point["layer"], f"{roof['name']} ({limit})", significant(point["intensity"]), significant(point["performance"]),
               "yes" if point["bounds"] else "no")


def cycle_rows(result: Mapping[str, Any]) -> Iterator[Row]:
    """Utilisation, and the cycles that each level alone would take."""
    for layer in result["layers"]:
        yield (layer["name"], percent(layer["utilization"]), f"{layer['cycles']:,}",
               *(f"{layer['level_cycles'][level]:,}" if level in layer["level_cycles"] else "" for level in result["flows"]["levels"]))


def step_rows(result: Mapping[str, Any]) -> Iterator[Row]:
    """Each time step of each layer."""
    for layer in result["steps"]:
        for i, (density, spikes, energy, cycles) in enumerate(zip(layer["density"], layer["spikes"], layer["energy_pJ"], layer["cycles"],
                                                                  strict=True), 1):
            yield layer["name"], str(i), f"{density:.4g}", _count(spikes), microjoules(energy), _count(cycles)


def source_rows(result: Mapping[str, Any]) -> Iterator[Row]:
    """Each energy with who says so."""
    for one in result["sources"]["energies"]:
        bits = "" if one["input_bits"] is None else f" (inputs of {one['input_bits']} bits)"
        yield (one["component"], one["action"] + bits, _figure(one["energy_pJ"]),
               "not stated" if one["uncertainty"] is None else f"± {one['uncertainty']:.0%}", one["estimator"], one["source"])


def comparison_columns(data: Mapping[str, Any]) -> list[str]:
    """The results, each but the first followed by its ratio."""
    labels = [result["label"] for result in data["results"]]
    return [labels[0], *(column for label in labels[1:] for column in (label, "ratio"))]


def comparison_rows(data: Mapping[str, Any], groups: Sequence[str]) -> Iterator[Row]:
    """The lines of some groups, energies in uJ."""
    for line in data["comparison"]:
        if line["group"] in groups:
            is_energy = line["unit"] == "pJ"
            cells = []
            for i, (value, ratio) in enumerate(zip(line["values"], line["ratios"], strict=True)):
                cells.append("none" if value is None else microjoules(value) if is_energy else significant(value))
                if i:
                    cells.append("" if ratio is None else f"× {significant(ratio)}")
            yield line["name"], "µJ" if is_energy else line["unit"], *cells


def _count(value: float | None) -> str:
    if value is None:
        return "not known"
    return f"{value:,.0f}" if value == int(value) or value >= 1e4 else significant(value)


def _figure(value: float | None) -> str:
    return "not stated" if value is None else significant(value)


def _over(value: float, by: float) -> float:
    return value / by if by > 0 else 0.0
